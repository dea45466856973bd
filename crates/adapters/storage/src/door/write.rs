//! Writing a decided batch: a few multi-row statements, one commit (R45).

use std::collections::HashMap;

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
    pub(super) extended: HashMap<(Owner, u32), Instant>,
    pub(super) ended: HashMap<(Owner, u32), Ended>,
    pub(super) holds: Vec<HoldRow>,
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
    customers: String,
    new_books: String,
    books: String,
    entries: String,
    grants: String,
    extended: String,
    ended: String,
    holds: String,
    reversed: String,
    untouched: String,
}

impl Sql {
    fn new(backend: DbBackend) -> Self {
        let spell = |template: &str| spell(backend, template);
        // A WHERE makes SQLite see that ON CONFLICT does not belong to a join.
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
            ended: spell(
                "UPDATE grants SET expired = expired + {i3}, revoked = revoked + {i4} FROM {rows} \
                 WHERE grants.tenant = {u0} AND grants.customer = {u1} AND grants.number = {i2}",
            ),
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
            untouched: spell(
                "SELECT t.sequence FROM books t JOIN {rows} \
                 ON t.tenant = {u0} AND t.customer = {u1} AND t.sequence = {i2}",
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
        let row = |((tenant, customer), sequence): &(Owner, u64)| (hex(tenant.0), hex(customer.0), big(*sequence));
        let rows: Vec<_> = untouched.iter().map(row).collect();
        let statement = with_rows(self.connection.get_database_backend(), &self.sql.untouched, &rows)?;
        let same = self.connection.query_all_raw(statement).await?.len();
        if same == rows.len() { Ok(()) } else { Err(Failed::Conflict) }
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
        // One row a grant: an UPDATE … FROM takes only one of several rows for the same.
        let extended = |(((tenant, customer), number), expires_at): ((Owner, u32), Instant)| {
            (hex(tenant.0), hex(customer.0), number, millis(expires_at))
        };
        let rows: Vec<_> = changes.extended.into_iter().map(extended).collect();
        insert(to, &self.sql.extended, &rows).await?;
        let ended = |(((tenant, customer), number), ended): ((Owner, u32), Ended)| {
            (hex(tenant.0), hex(customer.0), number, ended.expired.micros(), ended.revoked.micros())
        };
        let rows: Vec<_> = changes.ended.into_iter().map(ended).collect();
        insert(to, &self.sql.ended, &rows).await?;
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
