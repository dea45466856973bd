//! Forward-only steps of the schema, the same for SQLite and Postgres but for the names of three things.

use sea_orm::{ConnectionTrait as _, DbBackend};
use sea_orm_migration::prelude::*;

/// All steps, oldest first. Steps are only ever added.
pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(Step { name: "m0001_ledger", sql: include_str!("m0001_ledger.sql") }),
            Box::new(Step { name: "m0002_frozen", sql: include_str!("m0002_frozen.sql") }),
            Box::new(Step { name: "m0003_billing", sql: include_str!("m0003_billing.sql") }),
            Box::new(Step { name: "m0004_sales", sql: include_str!("m0004_sales.sql") }),
            Box::new(Step { name: "m0005_books", sql: include_str!("m0005_books.sql") }),
            Box::new(Step { name: "m0006_top_up", sql: include_str!("m0006_top_up.sql") }),
            Box::new(Step { name: "m0007_subscriptions", sql: include_str!("m0007_subscriptions.sql") }),
            Box::new(Step { name: "m0008_reports", sql: include_str!("m0008_reports.sql") }),
        ]
    }
}

struct Step {
    name: &'static str,
    sql: &'static str,
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite keeps the rows of a WITHOUT ROWID table in the order of its key; Postgres has no such thing.
        // Postgres compares texts as the database's language does unless told otherwise; SQLite, byte by byte.
        let (uuid, clustered, bytewise) = match manager.get_database_backend() {
            DbBackend::Sqlite => ("BLOB", "WITHOUT ROWID", ""),
            _ => ("UUID", "", "COLLATE \"C\""),
        };
        let sql = self.sql.replace("{uuid}", uuid).replace("{clustered}", clustered).replace("{bytewise}", bytewise);
        manager.get_connection().execute_unprepared(&sql).await.map(drop)
    }
}
