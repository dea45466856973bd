//! What a batch has to know before it can be decided: a few queries, however many commands.

use std::collections::HashMap;

use domain::{
    Book, Customer, CustomerId, Entry, Grant, Hold, HoldId, Instant, PastUsage, Posting, Reversed, TenantId, UsageId,
};
use sea_orm::{DatabaseConnection, DbErr, EntityTrait as _, FromQueryResult, Statement};
use serde::Serialize;
use uuid::Uuid;

use super::cache::{Cache, Owner};
use super::{Task, Work};
use crate::customers::customer;
use crate::entity;
use crate::row::{HoldAfter, book, credits, entry, grant, hex, hold, maybe_time, number};
use crate::sql::{spell, with_rows};

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
    pub(super) customers: HashMap<Owner, Customer>,
    pub(super) external_ids: HashMap<KeyOf, CustomerId>,
}

pub(super) struct Loader {
    connection: DatabaseConnection,
    books: String,
    keys: String,
    holds: String,
    entries: String,
    grants: String,
    reversed: String,
    customers: String,
    external_ids: String,
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
        let by_number = |table: &str, number: &str| {
            let template = format!(
                "SELECT t.* FROM {table} t JOIN {{rows}} \
                 ON t.tenant = {{u0}} AND t.customer = {{u1}} AND t.{number} = {{i2}}"
            );
            spell(backend, &template)
        };
        Self {
            books: spell(
                backend,
                "SELECT t.*, c.frozen_at FROM books t JOIN {rows} ON t.tenant = {u0} AND t.customer = {u1} \
                 LEFT JOIN clocks c ON c.tenant = t.tenant AND c.id = t.clock",
            ),
            keys: spell(backend, "SELECT t.* FROM entries t JOIN {rows} ON t.tenant = {u0} AND t.key = {t1}"),
            holds: by_number("holds", "number"),
            entries: by_number("entries", "sequence"),
            grants: by_number("grants", "number"),
            reversed: by_number("reversed", "sequence"),
            customers: spell(
                backend,
                "SELECT t.* FROM customers t JOIN {rows} ON t.tenant = {u0} AND t.customer = {u1}",
            ),
            external_ids: spell(
                backend,
                "SELECT t.* FROM customers t JOIN {rows} ON t.tenant = {u0} AND t.external_id = {t1}",
            ),
            connection,
        }
    }

    pub(super) async fn load(&self, tasks: &[Task], owners: &[Owner], cache: &mut Cache) -> Result<Loaded, DbErr> {
        let mut loaded = Loaded::default();
        self.load_books(owners, cache, &mut loaded).await?;
        self.load_spent(tasks, &mut loaded).await?;
        self.load_named(tasks, &mut loaded).await?;
        self.load_openings(tasks, &mut loaded).await?;
        Ok(loaded)
    }

    fn statement<R: Serialize>(&self, sql: &str, rows: &[R]) -> Result<Statement, DbErr> {
        with_rows(self.connection.get_database_backend(), sql, rows)
    }

    async fn load_books(&self, owners: &[Owner], cache: &mut Cache, loaded: &mut Loaded) -> Result<(), DbErr> {
        let mut missing = Vec::new();
        for owner in owners {
            match cache.get(owner) {
                Some(book) => drop(loaded.books.insert(*owner, LoadedBook { book, frozen_at: None })),
                None => missing.push((hex(owner.0.0), hex(owner.1.0))),
            }
        }
        missing.sort();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        let statement = self.statement(&self.books, &missing)?;
        for row in BookWithClock::find_by_statement(statement).all(&self.connection).await? {
            let owner = (TenantId(row.book.tenant), CustomerId(row.book.customer));
            let frozen_at = maybe_time(row.frozen_at)?;
            loaded.books.insert(owner, LoadedBook { book: book(&row.book)?, frozen_at });
        }
        Ok(())
    }

    /// What the batch's keys wrote before (R40).
    async fn load_spent(&self, tasks: &[Task], loaded: &mut Loaded) -> Result<(), DbErr> {
        let mut keys: Vec<(String, &str)> = tasks.iter().filter_map(|task| task.work.key()).collect();
        // A key that the batch names twice would find its rows twice.
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Ok(());
        }
        let mut rows = entity::entry::Entity::find()
            .from_raw_sql(self.statement(&self.keys, &keys)?)
            .all(&self.connection)
            .await?;
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
                    self.numbered::<entity::hold::Entity>(&self.holds, &[(tenant, id.customer, id.number)]).await?;
                let mut hold = found.first().map(hold).transpose()?;
                if let Some(hold) = hold.as_mut() {
                    after.restore(hold)?;
                }
                spent.hold = hold;
            }
        }
        Ok(())
    }

    /// The holds and usages that commands name.
    async fn load_named(&self, tasks: &[Task], loaded: &mut Loaded) -> Result<(), DbErr> {
        let commands = || {
            tasks.iter().filter_map(|task| match &task.work {
                Work::Post(command) => Some(command),
                Work::Open(_) => None,
            })
        };
        let holds: Vec<_> = commands()
            .filter_map(|command| command.hold.map(|hold| (command.tenant, hold.customer, hold.number)))
            .collect();
        for row in self.numbered::<entity::hold::Entity>(&self.holds, &holds).await? {
            let hold = hold(&row)?;
            loaded.holds.insert((TenantId(row.tenant), hold.id), hold);
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

    async fn numbered<E: sea_orm::EntityTrait>(
        &self,
        sql: &str,
        ids: &[(TenantId, CustomerId, u32)],
    ) -> Result<Vec<E::Model>, DbErr> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut rows: Vec<_> = ids.iter().map(|(tenant, customer, n)| (hex(tenant.0), hex(customer.0), n)).collect();
        rows.sort();
        rows.dedup();
        E::find().from_raw_sql(self.statement(sql, &rows)?).all(&self.connection).await
    }

    /// A usage with the terms of its grants and what has been given back of it.
    async fn past_usage(&self, tenant: TenantId, id: UsageId) -> Result<Option<PastUsage>, DbErr> {
        let place = [(hex(tenant.0), hex(id.customer.0), id.sequence)];
        let statement = self.statement(&self.entries, &place)?;
        let Some(row) = entity::entry::Entity::find().from_raw_sql(statement).one(&self.connection).await? else {
            return Ok(None);
        };
        let Entry { at, postings: draws, detail, .. } = entry(row)?.entry;
        let domain::Detail::Usage(usage) = detail else { return Ok(None) };
        let statement = self.statement(&self.reversed, &place)?;
        let row = entity::reversed::Entity::find().from_raw_sql(statement).one(&self.connection).await?;
        let reversed = match row {
            Some(row) => Reversed { quantity: number(row.quantity)?, amount: credits(row.amount)? },
            None => Reversed::default(),
        };
        let grants = self.grants_of(tenant, &draws).await?;
        Ok(Some(PastUsage { id: id.into(), at, usage: *usage, draws, grants, reversed }))
    }

    async fn grants_of(&self, tenant: TenantId, draws: &[Posting]) -> Result<Vec<Grant>, DbErr> {
        let ids: Vec<_> = draws.iter().map(|draw| (tenant, draw.grant.customer, draw.grant.number)).collect();
        let rows = self.numbered::<entity::grant::Entity>(&self.grants, &ids).await?;
        rows.into_iter().map(grant).collect()
    }

    /// Customers that openings may turn out to mean: by external id, or by key.
    async fn load_openings(&self, tasks: &[Task], loaded: &mut Loaded) -> Result<(), DbErr> {
        let openings = || {
            tasks.iter().filter_map(|task| match &task.work {
                Work::Open(opening) => Some(opening),
                Work::Post(_) => None,
            })
        };
        let external_ids: Vec<(String, &str)> = openings()
            .filter_map(|opening| Some((hex(opening.tenant.0), opening.customer.external_id.as_deref()?)))
            .collect();
        let mut rows = Vec::new();
        if !external_ids.is_empty() {
            rows = self.customers(&self.external_ids, &external_ids).await?;
        }
        let replayed: Vec<(String, String)> = openings()
            .filter_map(|opening| {
                loaded
                    .spent
                    .get(&(opening.tenant, opening.key.as_ref()?.text.clone()))
                    .map(|spent| (opening.tenant, spent.customer))
            })
            .map(|(tenant, customer)| (hex(tenant.0), hex(customer.0)))
            .collect();
        if !replayed.is_empty() {
            rows.extend(self.customers(&self.customers, &replayed).await?);
        }
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

    async fn customers<R: Serialize>(&self, sql: &str, rows: &[R]) -> Result<Vec<entity::customer::Model>, DbErr> {
        let statement = self.statement(sql, rows)?;
        entity::customer::Entity::find().from_raw_sql(statement).all(&self.connection).await
    }
}

impl Work {
    /// Its key, as the loader asks for it.
    fn key(&self) -> Option<(String, &str)> {
        let (tenant, key): (Uuid, _) = match self {
            Self::Post(command) => (command.tenant.0, command.key.as_ref()?),
            Self::Open(opening) => (opening.tenant.0, opening.key.as_ref()?),
        };
        Some((hex(tenant), &key.text))
    }
}
