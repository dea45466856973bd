//! Writing a decided batch: a few multi-row statements, one commit (R45).

use std::collections::HashMap;

use domain::{Customer, Instant, Reversed, TenantId, UsageId};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr};

use super::batch::Ended;
use super::cache::Owner;
use super::committer::Failed;
use crate::connect::begin;
use crate::customers::customer_row;
use crate::row::{big, millis};
use crate::sql::{Many, Row, hex};

/// Everything that a batch changes.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) opened: Vec<(TenantId, Customer)>,
    pub(super) new_books: Vec<Row>,
    /// By owner.
    pub(super) books: Vec<(Owner, Row)>,
    pub(super) entries: Vec<Row>,
    pub(super) grants: Vec<Row>,
    pub(super) extended: HashMap<(Owner, u32), Instant>,
    pub(super) ended: HashMap<(Owner, u32), Ended>,
    pub(super) holds: Vec<Row>,
    pub(super) reversed: Vec<((TenantId, UsageId), Reversed)>,
    /// Books that were looked at and not changed, each with its sequence: answers rest on them all the same.
    pub(super) untouched: Vec<(Owner, u64)>,
}

pub(super) struct Writer {
    connection: DatabaseConnection,
    sql: Sql,
}

/// The statements, spelled for the database at hand.
struct Sql {
    customers: Many,
    new_books: Many,
    books: Many,
    entries: Many,
    grants: Many,
    extended: Many,
    ended: Many,
    holds: Many,
    reversed: Many,
    untouched: Many,
}

impl Sql {
    fn new(backend: DbBackend) -> Self {
        let many = |template: &str| Many::new(backend, template);
        // A WHERE makes SQLite see that ON CONFLICT does not belong to a join.
        Self {
            customers: many(
                "INSERT INTO customers (tenant, customer, external_id, name, email, zone, clock, created_at, metadata) \
                 SELECT {u0}, {u1}, {t2}, {t3}, {t4}, {t5}, {u6}, {i7}, {t8} FROM {rows}",
            ),
            new_books: many(
                "INSERT INTO books (tenant, customer, sequence, last_at, grants_made, holds_made, grants, free_tier, due_at, clock) \
                 SELECT {u0}, {u1}, {i3}, {i4}, {i5}, {i6}, {t7}, {t8}, {i9}, c.clock FROM {rows} \
                 CROSS JOIN customers c WHERE c.tenant = {u0} AND c.customer = {u1}",
            ),
            books: many(
                "UPDATE books SET sequence = {i3}, last_at = {i4}, grants_made = {i5}, holds_made = {i6}, \
                 grants = {t7}, free_tier = {t8}, due_at = {i9} FROM {rows} \
                 WHERE books.tenant = {u0} AND books.customer = {u1} AND books.sequence = {i2}",
            ),
            entries: many(
                "INSERT INTO entries (tenant, customer, sequence, kind, at, effective_at, postings, available, held, \
                 key, part, fingerprint, detail, hold_after) \
                 SELECT {u0}, {u1}, {i2}, {t3}, {i4}, {i5}, {t6}, {i7}, {i8}, {t9}, {i10}, {i11}, {t12}, {t13} FROM {rows}",
            ),
            grants: many(
                "INSERT INTO grants (tenant, customer, number, source, label, amount, cost_minor, currency, priority, \
                 effective_at, expires_at, granted_at, reason, expired, revoked) \
                 SELECT {u0}, {u1}, {i2}, {t3}, {t4}, {i5}, {i6}, {t7}, {i8}, {i9}, {i10}, {i11}, {t12}, 0, 0 FROM {rows}",
            ),
            extended: many(
                "UPDATE grants SET expires_at = {i3} FROM {rows} \
                 WHERE grants.tenant = {u0} AND grants.customer = {u1} AND grants.number = {i2}",
            ),
            ended: many(
                "UPDATE grants SET expired = expired + {i3}, revoked = revoked + {i4} FROM {rows} \
                 WHERE grants.tenant = {u0} AND grants.customer = {u1} AND grants.number = {i2}",
            ),
            holds: many(
                "INSERT INTO holds (tenant, customer, number, status, held, expires_at, draws, progress, terms) \
                 SELECT {u0}, {u1}, {i2}, {t3}, {i4}, {i5}, {t6}, {t7}, {t8} FROM {rows} WHERE true \
                 ON CONFLICT (tenant, customer, number) DO UPDATE SET status = excluded.status, held = excluded.held, \
                 expires_at = excluded.expires_at, draws = excluded.draws, progress = excluded.progress",
            ),
            reversed: many(
                "INSERT INTO reversed (tenant, customer, sequence, quantity, amount) \
                 SELECT {u0}, {u1}, {i2}, {i3}, {i4} FROM {rows} WHERE true \
                 ON CONFLICT (tenant, customer, sequence) DO UPDATE SET quantity = excluded.quantity, amount = excluded.amount",
            ),
            untouched: many(
                "SELECT t.sequence FROM {rows} CROSS JOIN books t \
                 WHERE t.tenant = {u0} AND t.customer = {u1} AND t.sequence = {i2}",
            ),
        }
    }
}

impl Writer {
    pub(super) fn new(connection: DatabaseConnection) -> Self {
        let sql = Sql::new(connection.get_database_backend());
        Self { connection, sql }
    }

    /// Writes everything, or nothing: nothing as well where what was only looked at is out of date.
    pub(super) async fn write(&self, changes: Changes) -> Result<(), Failed> {
        self.check(&changes.untouched).await?;
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

    /// What was refused is checked by no write: another process may have written since the book was remembered.
    async fn check(&self, untouched: &[(Owner, u64)]) -> Result<(), Failed> {
        if untouched.is_empty() {
            return Ok(());
        }
        let row =
            |((tenant, customer), sequence): &(Owner, u64)| vec![hex(tenant.0), hex(customer.0), big(*sequence).into()];
        let rows = untouched.iter().map(row).collect();
        let same = match self.sql.untouched.statement(rows) {
            Some(statement) => self.connection.query_all_raw(statement).await?.len(),
            None => 0,
        };
        if same == untouched.len() { Ok(()) } else { Err(Failed::Conflict) }
    }

    async fn write_all(&self, to: &DatabaseTransaction, mut changes: Changes) -> Result<(), Failed> {
        let sql = &self.sql;
        // Books first: they are the locks, taken in one order by every process.
        changes.books.sort_by_key(|(owner, _)| *owner);
        let books = changes.books.drain(..).map(|(_, row)| row).collect::<Vec<_>>();
        let expected = books.len() as u64;
        if write(to, &sql.books, books).await? != expected {
            return Err(Failed::Conflict);
        }
        let customers = changes.opened.iter().map(|(tenant, new)| customer_row(*tenant, new)).collect();
        write(to, &sql.customers, customers).await?;
        write(to, &sql.new_books, std::mem::take(&mut changes.new_books)).await?;
        write(to, &sql.entries, std::mem::take(&mut changes.entries)).await?;
        write(to, &sql.grants, std::mem::take(&mut changes.grants)).await?;
        write(to, &sql.holds, std::mem::take(&mut changes.holds)).await?;
        self.write_ends(to, changes).await.map_err(Failed::from)
    }

    /// What happens seldom: grants that end, usages given back.
    async fn write_ends(&self, to: &DatabaseTransaction, changes: Changes) -> Result<(), DbErr> {
        // One row a grant: an UPDATE … FROM takes only one of several rows for the same.
        let extended = |(((tenant, customer), number), expires_at): ((Owner, u32), Instant)| {
            vec![hex(tenant.0), hex(customer.0), number.into(), millis(expires_at).into()]
        };
        write(to, &self.sql.extended, changes.extended.into_iter().map(extended).collect()).await?;
        let ended = |(((tenant, customer), number), ended): ((Owner, u32), Ended)| {
            let (expired, revoked) = (ended.expired.micros().into(), ended.revoked.micros().into());
            vec![hex(tenant.0), hex(customer.0), number.into(), expired, revoked]
        };
        write(to, &self.sql.ended, changes.ended.into_iter().map(ended).collect()).await?;
        let reversed = |((tenant, usage), total): ((TenantId, UsageId), Reversed)| {
            let (quantity, amount) = (big(total.quantity).into(), total.amount.micros().into());
            vec![hex(tenant.0), hex(usage.customer.0), big(usage.sequence).into(), quantity, amount]
        };
        write(to, &self.sql.reversed, changes.reversed.into_iter().map(reversed).collect()).await.map(drop)
    }
}

async fn write(to: &DatabaseTransaction, sql: &Many, rows: Vec<Row>) -> Result<u64, DbErr> {
    match sql.statement(rows) {
        Some(statement) => Ok(to.execute_raw(statement).await?.rows_affected()),
        None => Ok(0),
    }
}
