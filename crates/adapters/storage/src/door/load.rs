//! What a batch has to know before it can be decided: a few queries, however many commands.

use std::collections::HashMap;

use domain::{
    Book, Customer, CustomerId, Entry, Grant, GrantId, Hold, HoldId, Instant, PastUsage, Posting, Reversed, Revoked,
    TenantId, UsageId,
};
use ports::{Command, CommandKey, Opening};
use sea_orm::{DatabaseConnection, DbErr, FromQueryResult};

use super::cache::{Cache, Owner};
use super::{Task, Work};
use crate::customers::customer;
use crate::entity;
use crate::row::{HoldAfter, big, book, credits, entry, grant, hold, maybe_time, number};
use crate::sql::{Many, Row};

/// A key's place: unique within the tenant.
pub(super) type KeyOf = (TenantId, String);

/// What a key wrote before.
#[derive(Clone, Debug)]
pub(super) struct Spent {
    pub(super) fingerprint: u64,
    pub(super) customer: CustomerId,
    pub(super) entries: Vec<Entry>,
    pub(super) hold: Option<Hold>,
}

/// A book with the time that its customer lives by.
#[derive(Clone, Debug)]
pub(super) struct LoadedBook {
    pub(super) book: Book,
    pub(super) frozen_at: Option<Instant>,
}

/// Everything that the decisions of a batch may look at.
#[derive(Default)]
pub(super) struct Loaded {
    pub(super) books: HashMap<Owner, LoadedBook>,
    pub(super) spent: HashMap<KeyOf, Spent>,
    pub(super) holds: HashMap<(TenantId, HoldId), Hold>,
    pub(super) usages: HashMap<(TenantId, UsageId), PastUsage>,
    pub(super) revoked: HashMap<(TenantId, GrantId), Revoked>,
    pub(super) customers: HashMap<Owner, Customer>,
    pub(super) external_ids: HashMap<KeyOf, CustomerId>,
}

/// Which keys a batch asks about. A key that was spent and not asked about stops the write: it is unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Those that have likely been spent before.
    Likely,
    All,
}

pub(super) struct Loader {
    connection: DatabaseConnection,
    books: Many,
    keys: Many,
    holds: Many,
    entries: Many,
    grants: Many,
    reversed: Many,
    customers: Many,
    external_ids: Many,
}

#[derive(FromQueryResult)]
struct BookWithClock {
    #[sea_orm(nested)]
    book: entity::book::Model,
    frozen_at: Option<i64>,
}

impl Loader {
    pub(super) fn new(connection: DatabaseConnection) -> Self {
        let backend = connection.get_database_backend();
        // CROSS JOIN keeps SQLite from reading the table first and looking its rows up among the few wanted ones.
        let many = |template: &str| Many::new(backend, &format!("SELECT t.* FROM {{rows}} CROSS JOIN {template}"));
        let by_number = |table: &str, number: &str| {
            many(&format!("{table} t WHERE t.tenant = {{u0}} AND t.customer = {{u1}} AND t.{number} = {{i2}}"))
        };
        Self {
            books: Many::new(
                backend,
                "SELECT t.*, c.frozen_at FROM {rows} CROSS JOIN books t \
                 LEFT JOIN clocks c ON c.tenant = t.tenant AND c.id = t.clock \
                 WHERE t.tenant = {u0} AND t.customer = {u1}",
            ),
            keys: many("entries t {by entries_key} WHERE t.tenant = {u0} AND t.key = {t1}"),
            holds: by_number("holds", "number"),
            entries: by_number("entries", "sequence"),
            grants: by_number("grants", "number"),
            reversed: by_number("reversed", "sequence"),
            customers: many("customers t WHERE t.tenant = {u0} AND t.customer = {u1}"),
            external_ids: many("customers t {by customers_external_id} WHERE t.tenant = {u0} AND t.external_id = {t1}"),
            connection,
        }
    }

    pub(super) async fn load(
        &self,
        tasks: &[Task],
        owners: &[Owner],
        asked: Asked,
        cache: &mut Cache,
    ) -> Result<Loaded, DbErr> {
        let mut loaded = Loaded::default();
        self.load_books(owners, cache, &mut loaded).await?;
        let keyed = tasks.iter().filter(|task| asked == Asked::All || task.work.is_likely_done(cache));
        self.load_spent(keyed.filter_map(|task| task.work.key()).collect(), &mut loaded).await?;
        self.load_named(tasks, cache, &mut loaded).await?;
        self.load_openings(tasks, &mut loaded).await?;
        Ok(loaded)
    }

    async fn read<M: FromQueryResult>(&self, sql: &Many, rows: Vec<Row>) -> Result<Vec<M>, DbErr> {
        match sql.statement(rows) {
            Some(statement) => M::find_by_statement(statement).all(&self.connection).await,
            None => Ok(Vec::new()),
        }
    }

    async fn load_books(&self, owners: &[Owner], cache: &mut Cache, loaded: &mut Loaded) -> Result<(), DbErr> {
        let mut missing = Vec::new();
        for owner in owners {
            match cache.book(owner) {
                Some(book) => drop(loaded.books.insert(*owner, LoadedBook { book, frozen_at: None })),
                None => missing.push(*owner),
            }
        }
        missing.sort_unstable();
        missing.dedup();
        let missing = missing.into_iter().map(|(tenant, customer)| vec![tenant.0.into(), customer.0.into()]).collect();
        for row in self.read::<BookWithClock>(&self.books, missing).await? {
            let owner = (TenantId(row.book.tenant), CustomerId(row.book.customer));
            let frozen_at = maybe_time(row.frozen_at)?;
            loaded.books.insert(owner, LoadedBook { book: book(&row.book)?, frozen_at });
        }
        Ok(())
    }

    /// What the batch's keys wrote before (R40).
    async fn load_spent(&self, mut keys: Vec<(TenantId, &CommandKey)>, loaded: &mut Loaded) -> Result<(), DbErr> {
        // A key that the batch names twice would find its rows twice.
        keys.sort_unstable_by_key(|(tenant, key)| (*tenant, &key.text));
        keys.dedup_by_key(|(tenant, key)| (*tenant, &key.text));
        let keys = keys.into_iter().map(|(tenant, key)| vec![tenant.0.into(), key.text.as_str().into()]).collect();
        let mut rows: Vec<entity::entry::Model> = self.read(&self.keys, keys).await?;
        rows.sort_by_key(|row| row.sequence);
        for row in rows {
            let tenant = TenantId(row.tenant);
            let after = row.hold_after.as_deref().map(HoldAfter::read).transpose()?;
            let fingerprint = row.fingerprint.unwrap_or_default().cast_unsigned();
            let recorded = entry(row)?;
            let customer = recorded.id.customer;
            let key = (tenant, recorded.key.clone().unwrap_or_default());
            let fresh = Spent { fingerprint, customer, entries: Vec::new(), hold: None };
            let spent = loaded.spent.entry(key).or_insert(fresh);
            spent.entries.push(recorded.entry);
            if let Some(after) = after {
                let id = HoldId { customer, number: after.hold };
                let found =
                    self.numbered::<entity::hold::Model>(&self.holds, &[(tenant, id.customer, id.number)]).await?;
                let mut hold = found.first().map(hold).transpose()?;
                if let Some(hold) = hold.as_mut() {
                    after.restore(hold)?;
                }
                spent.hold = hold;
            }
        }
        Ok(())
    }

    /// The holds, usages and grants that commands name.
    async fn load_named(&self, tasks: &[Task], cache: &mut Cache, loaded: &mut Loaded) -> Result<(), DbErr> {
        let commands = || {
            tasks.iter().filter_map(|task| match &task.work {
                Work::Post(command) => Some(command),
                Work::Open(_) => None,
            })
        };
        let mut missing = Vec::new();
        for (tenant, id) in commands().filter_map(|command| Some((command.tenant, command.hold?))) {
            match cache.hold(tenant, id) {
                Some(hold) => drop(loaded.holds.insert((tenant, id), hold)),
                None => missing.push((tenant, id.customer, id.number)),
            }
        }
        for row in self.numbered::<entity::hold::Model>(&self.holds, &missing).await? {
            let hold = hold(&row)?;
            loaded.holds.insert((TenantId(row.tenant), hold.id), hold);
        }
        let revoked = |command: &Command| -> Vec<_> {
            command.revoked.iter().map(|id| (command.tenant, id.customer, id.number)).collect()
        };
        let revoked: Vec<_> = commands().flat_map(revoked).collect();
        for row in self.numbered::<entity::grant::Model>(&self.grants, &revoked).await? {
            let (tenant, amount) = (TenantId(row.tenant), credits(row.revoked)?);
            let grant = grant(row)?;
            loaded.revoked.insert((tenant, grant.id), Revoked { grant, amount });
        }
        for command in commands() {
            if let Some(usage) = command.usage
                && let Some(past) = self.past_usage(command.tenant, usage).await?
            {
                loaded.usages.insert((command.tenant, usage), past);
            }
        }
        Ok(())
    }

    async fn numbered<M: FromQueryResult>(
        &self,
        sql: &Many,
        ids: &[(TenantId, CustomerId, u32)],
    ) -> Result<Vec<M>, DbErr> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let row = |(tenant, customer, number): (TenantId, CustomerId, u32)| {
            vec![tenant.0.into(), customer.0.into(), number.into()]
        };
        self.read(sql, ids.into_iter().map(row).collect()).await
    }

    /// A usage with the terms of its grants and what has been given back of it.
    async fn past_usage(&self, tenant: TenantId, id: UsageId) -> Result<Option<PastUsage>, DbErr> {
        let place = || vec![vec![tenant.0.into(), id.customer.0.into(), big(id.sequence).into()]];
        let Some(row) = self.read::<entity::entry::Model>(&self.entries, place()).await?.pop() else {
            return Ok(None);
        };
        let Entry { at, postings: draws, detail, .. } = entry(row)?.entry;
        let domain::Detail::Usage(usage) = detail else { return Ok(None) };
        let reversed = match self.read::<entity::reversed::Model>(&self.reversed, place()).await?.pop() {
            Some(row) => Reversed { quantity: number(row.quantity)?, amount: credits(row.amount)? },
            None => Reversed::default(),
        };
        let grants = self.grants_of(tenant, &draws).await?;
        Ok(Some(PastUsage { id: id.into(), at, usage: *usage, draws, grants, reversed }))
    }

    async fn grants_of(&self, tenant: TenantId, draws: &[Posting]) -> Result<Vec<Grant>, DbErr> {
        let ids: Vec<_> = draws.iter().map(|draw| (tenant, draw.grant.customer, draw.grant.number)).collect();
        let rows = self.numbered::<entity::grant::Model>(&self.grants, &ids).await?;
        rows.into_iter().map(grant).collect()
    }

    /// Customers that openings may turn out to mean: by external id, or by key.
    async fn load_openings(&self, tasks: &[Task], loaded: &mut Loaded) -> Result<(), DbErr> {
        let openings = || {
            tasks.iter().filter_map(|task| match &task.work {
                Work::Open(opening) => Some(&**opening),
                Work::Post(_) => None,
            })
        };
        let external_id = |opening: &Opening| {
            let external_id = opening.customer.external_id.clone()?;
            Some(vec![opening.tenant.0.into(), external_id.into()])
        };
        let mut rows: Vec<entity::customer::Model> =
            self.read(&self.external_ids, openings().filter_map(external_id).collect()).await?;
        let replayed = |opening: &Opening| {
            let spent = loaded.spent.get(&(opening.tenant, opening.key.as_ref()?.text.clone()))?;
            Some(vec![opening.tenant.0.into(), spent.customer.0.into()])
        };
        rows.extend(self.read(&self.customers, openings().filter_map(replayed).collect()).await?);
        for row in rows {
            let tenant = TenantId(row.tenant);
            let customer = customer(row)?;
            if let Some(external_id) = &customer.external_id {
                loaded.external_ids.insert((tenant, external_id.clone()), customer.id);
            }
            loaded.customers.insert((tenant, customer.id), customer);
        }
        Ok(())
    }
}

impl Work {
    /// Its key, and the tenant within whom that is unique.
    pub(super) fn key(&self) -> Option<(TenantId, &CommandKey)> {
        match self {
            Self::Post(command) => Some((command.tenant, command.key.as_ref()?)),
            Self::Open(opening) => Some((opening.tenant, opening.key.as_ref()?)),
        }
    }

    /// Whether its key may well have been spent before. An opening may answer without writing, which no key stops.
    pub(super) fn is_likely_done(&self, cache: &Cache) -> bool {
        matches!(self, Self::Open(_)) || self.key().is_some_and(|(tenant, key)| cache.has_key(tenant, key))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ports::fake::SetClock;
    use sea_orm::ConnectionTrait as _;

    use super::*;
    use crate::Store;

    /// SQLite knows nothing of how full a young table is, and once read a tenant's whole journal for each key.
    #[tokio::test]
    async fn sqlite_reads_what_a_batch_needs_by_whole_keys() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("folio.db").display());
        let clock = SetClock::at("2026-06-01T12:00:00Z".parse().unwrap());
        let store = Store::open(&url, Arc::new(clock)).await.unwrap();
        let loader = Loader::new(store.read.clone());
        let by_number = "tenant=? AND customer=? AND number=?";
        let by_sequence = "tenant=? AND customer=? AND sequence=?";
        for (sql, key) in [
            (&loader.books, "tenant=? AND customer=?"),
            (&loader.keys, "tenant=? AND key=?"),
            (&loader.holds, by_number),
            (&loader.entries, by_sequence),
            (&loader.grants, by_number),
            (&loader.reversed, by_sequence),
            (&loader.customers, "tenant=? AND customer=?"),
            (&loader.external_ids, "tenant=? AND external_id=?"),
        ] {
            let mut explain = sql.statement(vec![vec![0_i64.into()]]).unwrap();
            explain.sql = format!("EXPLAIN QUERY PLAN {}", explain.sql);
            let plan = store.read.query_all_raw(explain).await.unwrap();
            let plan: Vec<String> = plan.iter().map(|step| step.try_get("", "detail").unwrap()).collect();
            let searched = plan.iter().any(|step| step.starts_with("SEARCH t ") && step.contains(key));
            assert!(searched && !plan.iter().any(|step| step.starts_with("SCAN t")), "{key}: {plan:?}");
        }
        store.close().await;
    }
}
