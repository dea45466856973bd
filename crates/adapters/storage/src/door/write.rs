//! Writing a decided batch: a few multi-row statements, one commit (R45).

use domain::{Customer, Instant, Reversed, TenantId, UsageId};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr};
use serde::Serialize;

use super::batch::Ended;
use super::cache::Owner;
use super::committer::Failed;
use crate::connect::begin;
use crate::customers::CustomerRow;
use crate::row::{BookRow, EntryRow, GrantRow, HoldRow, big, hex, millis};
use crate::sql::{spell, with_rows};

/// Everything that a batch changes.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) opened: Vec<(TenantId, Customer)>,
    pub(super) new_books: Vec<BookRow>,
    pub(super) books: Vec<BookRow>,
    pub(super) entries: Vec<EntryRow>,
    pub(super) grants: Vec<GrantRow>,
    pub(super) extended: Vec<(Owner, u32, Instant)>,
    pub(super) ended: Vec<Ended>,
    pub(super) holds: Vec<HoldRow>,
    pub(super) reversed: Vec<((TenantId, UsageId), Reversed)>,
}

pub(super) struct Writer {
    connection: DatabaseConnection,
    sql: Sql,
}

/// The statements, spelled for the database at hand.
struct Sql {
    customers: String,
    new_books: String,
    books: String,
    entries: String,
    grants: String,
    extended: String,
    expired: String,
    revoked: String,
    holds: String,
    reversed: String,
}

impl Sql {
    fn new(backend: DbBackend) -> Self {
        let spell = |template: &str| spell(backend, template);
        // A WHERE makes SQLite see that ON CONFLICT does not belong to a join.
        let ended = |column: &str| {
            spell(&format!(
                "UPDATE grants SET {column} = {column} + {{i3}} FROM {{rows}} \
                 WHERE grants.tenant = {{u0}} AND grants.customer = {{u1}} AND grants.number = {{i2}}"
            ))
        };
        Self {
            customers: spell(
                "INSERT INTO customers (tenant, customer, external_id, name, email, zone, clock, created_at, metadata) \
                 SELECT {u0}, {u1}, {t2}, {t3}, {t4}, {t5}, {u6}, {i7}, {t8} FROM {rows}",
            ),
            new_books: spell(
                "INSERT INTO books (tenant, customer, sequence, last_at, grants_made, holds_made, grants, free_tier, due_at, clock) \
                 SELECT {u0}, {u1}, {i3}, {i4}, {i5}, {i6}, {t7}, {t8}, {i9}, c.clock FROM {rows} \
                 JOIN customers c ON c.tenant = {u0} AND c.customer = {u1}",
            ),
            books: spell(
                "UPDATE books SET sequence = {i3}, last_at = {i4}, grants_made = {i5}, holds_made = {i6}, \
                 grants = {t7}, free_tier = {t8}, due_at = {i9} FROM {rows} \
                 WHERE books.tenant = {u0} AND books.customer = {u1} AND books.sequence = {i2}",
            ),
            entries: spell(
                "INSERT INTO entries (tenant, customer, sequence, kind, at, effective_at, postings, available, held, \
                 key, part, fingerprint, detail, hold_after) \
                 SELECT {u0}, {u1}, {i2}, {t3}, {i4}, {i5}, {t6}, {i7}, {i8}, {t9}, {i10}, {i11}, {t12}, {t13} FROM {rows}",
            ),
            grants: spell(
                "INSERT INTO grants (tenant, customer, number, source, label, amount, cost_minor, currency, priority, \
                 effective_at, expires_at, granted_at, reason, expired, revoked) \
                 SELECT {u0}, {u1}, {i2}, {t3}, {t4}, {i5}, {i6}, {t7}, {i8}, {i9}, {i10}, {i11}, {t12}, 0, 0 FROM {rows}",
            ),
            extended: spell(
                "UPDATE grants SET expires_at = {i3} FROM {rows} \
                 WHERE grants.tenant = {u0} AND grants.customer = {u1} AND grants.number = {i2}",
            ),
            expired: ended("expired"),
            revoked: ended("revoked"),
            holds: spell(
                "INSERT INTO holds (tenant, customer, number, status, held, expires_at, draws, progress, terms) \
                 SELECT {u0}, {u1}, {i2}, {t3}, {i4}, {i5}, {t6}, {t7}, {t8} FROM {rows} WHERE true \
                 ON CONFLICT (tenant, customer, number) DO UPDATE SET status = excluded.status, held = excluded.held, \
                 expires_at = excluded.expires_at, draws = excluded.draws, progress = excluded.progress",
            ),
            reversed: spell(
                "INSERT INTO reversed (tenant, customer, sequence, quantity, amount) \
                 SELECT {u0}, {u1}, {i2}, {i3}, {i4} FROM {rows} WHERE true \
                 ON CONFLICT (tenant, customer, sequence) DO UPDATE SET quantity = excluded.quantity, amount = excluded.amount",
            ),
        }
    }
}

impl Writer {
    pub(super) fn new(connection: DatabaseConnection) -> Self {
        let sql = Sql::new(connection.get_database_backend());
        Self { connection, sql }
    }

    /// Writes everything, or nothing.
    pub(super) async fn write(&self, changes: Changes) -> Result<(), Failed> {
        if changes.entries.is_empty() {
            return Ok(());
        }
        let transaction = begin(&self.connection).await?;
        match self.write_all(&transaction, changes).await {
            Ok(()) => transaction.commit().await.map_err(Failed::During),
            Err(failed) => {
                // Its own failure changes nothing: what was not committed is gone either way.
                let _ = transaction.rollback().await;
                Err(failed)
            }
        }
    }

    async fn write_all(&self, to: &DatabaseTransaction, mut changes: Changes) -> Result<(), Failed> {
        let sql = &self.sql;
        // Books first: they are the locks, taken in one order by every process.
        changes.books.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        let written = insert(to, &sql.books, &changes.books).await?;
        if written != changes.books.len() as u64 {
            return Err(Failed::Conflict);
        }
        let customers: Vec<_> = changes.opened.iter().map(|(tenant, new)| CustomerRow::new(*tenant, new)).collect();
        insert(to, &sql.customers, &customers).await?;
        insert(to, &sql.new_books, &changes.new_books).await?;
        insert(to, &sql.entries, &changes.entries).await?;
        insert(to, &sql.grants, &changes.grants).await?;
        insert(to, &sql.holds, &changes.holds).await?;
        self.write_ends(to, changes).await.map_err(Failed::from)
    }

    /// What happens seldom: grants that end, usages given back.
    async fn write_ends(&self, to: &DatabaseTransaction, changes: Changes) -> Result<(), DbErr> {
        // One row at a time: an UPDATE … FROM takes only one of several rows for the same grant.
        for ((tenant, customer), number, expires_at) in changes.extended {
            insert(to, &self.sql.extended, &[(hex(tenant.0), hex(customer.0), number, millis(expires_at))]).await?;
        }
        for ((tenant, customer), posting, expired) in changes.ended {
            let sql = if expired { &self.sql.expired } else { &self.sql.revoked };
            let row = (hex(tenant.0), hex(customer.0), posting.grant.number, posting.amount.micros());
            insert(to, sql, &[row]).await?;
        }
        let reversed = |((tenant, usage), total): ((TenantId, UsageId), Reversed)| {
            let (quantity, amount) = (big(total.quantity), total.amount.micros());
            (hex(tenant.0), hex(usage.customer.0), big(usage.sequence), quantity, amount)
        };
        let rows: Vec<_> = changes.reversed.into_iter().map(reversed).collect();
        insert(to, &self.sql.reversed, &rows).await.map(drop)
    }
}

async fn insert<R: Serialize>(to: &DatabaseTransaction, sql: &str, rows: &[R]) -> Result<u64, DbErr> {
    if rows.is_empty() {
        return Ok(0);
    }
    let statement = with_rows(to.get_database_backend(), sql, rows)?;
    Ok(to.execute_raw(statement).await?.rows_affected())
}
