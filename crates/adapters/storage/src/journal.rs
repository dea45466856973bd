//! The journal and its projections, for reading: keyset paging along the tables' own order.

use async_trait::async_trait;
use domain::{Balance, Book, CustomerId, EntryId, Grant, GrantId, GrantState, Hold, HoldId, Instant, TenantId};
use ports::{EntryFilter, HoldFilter, Journal, Page, PageAsk, Recorded, StoreError};
use sea_orm::sea_query::{Condition, Order, SimpleExpr};
use sea_orm::{
    AccessMode, ColumnTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait as _, ExprTrait as _, IsolationLevel,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, TransactionTrait as _,
};
use uuid::Uuid;

use crate::Store;
use crate::connect::fault;
use crate::entity::{book, entry, grant, hold, tenant};
use crate::row::{self, big, credits, millis};
use crate::sql::{columns, values};

/// The page that was asked for, of rows fetched with one more than its limit.
pub(crate) fn page_of<T>(mut items: Vec<T>, ask: &PageAsk, cursor: impl Fn(&T) -> String) -> Page<T> {
    let limit = ask.limit as usize;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(cursor);
    Page { items, next }
}

/// Where a list of numbered records goes on: after this customer's record of this number.
struct After {
    customer: CustomerId,
    number: i64,
}

impl After {
    fn read(ask: &PageAsk, customer: Option<CustomerId>) -> Result<Option<Self>, StoreError> {
        let Some(cursor) = &ask.cursor else { return Ok(None) };
        // Any numbered id reads back; an entry's takes the widest numbers.
        let id: EntryId = cursor.parse().map_err(|_| StoreError::BadCursor)?;
        if customer.is_some_and(|customer| customer != id.customer) {
            return Err(StoreError::BadCursor);
        }
        Ok(Some(Self { customer: id.customer, number: big(id.sequence) }))
    }

    /// The rows after it, where `of` and `number` are the two columns of the list's order.
    fn condition<C: ColumnTrait>(&self, of: C, number: C, oldest_first: bool) -> SimpleExpr {
        let (here, after) = (columns([of, number]), values([self.customer.0.into(), self.number.into()]));
        if oldest_first { here.gt(after) } else { here.lt(after) }
    }
}

fn cursor(customer: CustomerId, sequence: u64) -> String {
    EntryId { customer, sequence }.to_string()
}

/// The last millisecond before `at`.
fn before(at: Instant) -> Instant {
    at - chrono::TimeDelta::milliseconds(1)
}

pub(crate) fn order(ask: &PageAsk) -> Order {
    if ask.oldest_first { Order::Asc } else { Order::Desc }
}

pub(crate) fn all<R, T>(rows: Vec<R>, read: impl FnMut(R) -> Result<T, DbErr>) -> Result<Vec<T>, StoreError> {
    rows.into_iter().map(read).collect::<Result<_, _>>().map_err(fault)
}

impl Store {
    /// A snapshot: everything read in it is of this instant.
    pub(crate) async fn snapshot_of_now(&self) -> Result<DatabaseTransaction, DbErr> {
        let snapshot = if self.read.get_database_backend() == DbBackend::Sqlite {
            self.read.begin().await?
        } else {
            let level = Some(IsolationLevel::RepeatableRead);
            self.read.begin_with_config(level, Some(AccessMode::ReadOnly)).await?
        };
        // Both databases take the snapshot with the first look at a table, not before.
        tenant::Entity::find()
            .select_only()
            .column(tenant::Column::Id)
            .limit(1)
            .into_tuple::<Uuid>()
            .one(&snapshot)
            .await?;
        Ok(snapshot)
    }

    async fn entry_row(&self, tenant: TenantId, id: EntryId) -> Result<Option<entry::Model>, DbErr> {
        entry::Entity::find_by_id((tenant.0, id.customer.0, big(id.sequence))).one(&self.read).await
    }

    /// The last entry effective at or before `at`; 0 where there is none. Along a customer's journal
    /// `effective_at` never falls, so this is a search by halves, not a scan.
    async fn sequence_at(&self, tenant: TenantId, customer: CustomerId, at: Instant) -> Result<u64, DbErr> {
        let book = book::Entity::find_by_id((tenant.0, customer.0)).one(&self.read).await?;
        let length = book.map_or(0, |book| book.sequence.unsigned_abs());
        let (mut low, mut high) = (0, length + 1);
        while high - low > 1 {
            let middle = low.midpoint(high);
            let row = self.entry_row(tenant, EntryId { customer, sequence: middle }).await?;
            if row.is_some_and(|row| row.effective_at <= millis(at)) { low = middle } else { high = middle }
        }
        Ok(low)
    }

    /// What a filter means in the order of the table.
    async fn entry_condition(&self, tenant: TenantId, filter: &EntryFilter) -> Result<Condition, DbErr> {
        use entry::Column;
        let mut condition = Condition::all().add(Column::Tenant.eq(tenant.0));
        if !filter.kinds.is_empty() {
            condition = condition.add(Column::Kind.is_in(filter.kinds.iter().map(|kind| kind.word())));
        }
        let Some(customer) = filter.customer else {
            let from = filter.from.map(|from| Column::EffectiveAt.gte(millis(from)));
            let until = filter.until.map(|until| Column::EffectiveAt.lt(millis(until)));
            return Ok(condition.add_option(from).add_option(until));
        };
        condition = condition.add(Column::Customer.eq(customer.0));
        if let Some(from) = filter.from {
            let last = self.sequence_at(tenant, customer, before(from)).await?;
            condition = condition.add(Column::Sequence.gt(big(last)));
        }
        if let Some(until) = filter.until {
            let last = self.sequence_at(tenant, customer, before(until)).await?;
            condition = condition.add(Column::Sequence.lte(big(last)));
        }
        Ok(condition)
    }

    async fn grant_rows(
        &self,
        snapshot: &DatabaseTransaction,
        (tenant, customer): (Uuid, Uuid),
        after: Option<&After>,
        ask: &PageAsk,
    ) -> Result<Vec<grant::Model>, DbErr> {
        use grant::Column;
        let mut condition = Condition::all().add(Column::Tenant.eq(tenant)).add(Column::Customer.eq(customer));
        if let Some(after) = after {
            condition = condition.add(after.condition(Column::Customer, Column::Number, ask.oldest_first));
        }
        let limit = u64::from(ask.limit) + 1;
        grant::Entity::find().filter(condition).order_by(Column::Number, order(ask)).limit(limit).all(snapshot).await
    }
}

#[async_trait]
impl Journal for Store {
    async fn entries(
        &self,
        tenant: TenantId,
        filter: &EntryFilter,
        ask: &PageAsk,
    ) -> Result<Page<Recorded>, StoreError> {
        use entry::Column;
        let mut condition = self.entry_condition(tenant, filter).await.map_err(fault)?;
        if let Some(after) = After::read(ask, filter.customer)? {
            condition = condition.add(after.condition(Column::Customer, Column::Sequence, ask.oldest_first));
        }
        let rows = entry::Entity::find()
            .filter(condition)
            .order_by(Column::Customer, order(ask))
            .order_by(Column::Sequence, order(ask))
            .limit(u64::from(ask.limit) + 1)
            .all(&self.read)
            .await
            .map_err(fault)?;
        let entries = all(rows, row::entry)?;
        Ok(page_of(entries, ask, |recorded| cursor(recorded.id.customer, recorded.id.sequence)))
    }

    async fn entry(&self, tenant: TenantId, id: EntryId) -> Result<Option<Recorded>, StoreError> {
        let row = self.entry_row(tenant, id).await.map_err(fault)?;
        row.map(row::entry).transpose().map_err(fault)
    }

    async fn balance_at(
        &self,
        tenant: TenantId,
        customer: CustomerId,
        at: Instant,
    ) -> Result<Option<Balance>, StoreError> {
        let sequence = self.sequence_at(tenant, customer, at).await.map_err(fault)?;
        let row = self.entry_row(tenant, EntryId { customer, sequence }).await.map_err(fault)?;
        let balance = |row: entry::Model| {
            Ok::<_, DbErr>(Balance { available: credits(row.available)?, held: credits(row.held)? })
        };
        row.map(balance).transpose().map_err(fault)
    }

    async fn grants(
        &self,
        tenant: TenantId,
        customer: CustomerId,
        now: Instant,
        ask: &PageAsk,
    ) -> Result<Option<(Page<GrantState>, Book)>, StoreError> {
        let after = After::read(ask, Some(customer))?;
        let place = (tenant.0, customer.0);
        let snapshot = self.snapshot_of_now().await.map_err(fault)?;
        let row = book::Entity::find_by_id(place).one(&snapshot).await.map_err(fault)?;
        let rows = self.grant_rows(&snapshot, place, after.as_ref(), ask).await.map_err(fault)?;
        snapshot.commit().await.map_err(fault)?;
        let Some(row) = row else { return Ok(None) };
        let book = row::book(&row).map_err(fault)?;
        let state = |row: grant::Model| {
            let (expired, revoked) = (credits(row.expired)?, credits(row.revoked)?);
            Ok(GrantState::of(row::grant(row)?, &book, expired, revoked, now))
        };
        let states = all(rows, state)?;
        let page = page_of(states, ask, |state| cursor(customer, state.grant.id.number.into()));
        Ok(Some((page, book)))
    }

    async fn grant(&self, tenant: TenantId, id: GrantId) -> Result<Option<Grant>, StoreError> {
        let place = (tenant.0, id.customer.0, i64::from(id.number));
        let row = grant::Entity::find_by_id(place).one(&self.read).await.map_err(fault)?;
        row.map(row::grant).transpose().map_err(fault)
    }

    async fn holds(&self, tenant: TenantId, filter: &HoldFilter, ask: &PageAsk) -> Result<Page<Hold>, StoreError> {
        use hold::Column;
        let mut condition = Condition::all().add(Column::Tenant.eq(tenant.0));
        if let Some(customer) = filter.customer {
            condition = condition.add(Column::Customer.eq(customer.0));
        }
        if let Some(status) = filter.status {
            condition = condition.add(Column::Status.eq(status.word()));
        }
        if let Some(after) = After::read(ask, filter.customer)? {
            condition = condition.add(after.condition(Column::Customer, Column::Number, ask.oldest_first));
        }
        let rows = hold::Entity::find()
            .filter(condition)
            .order_by(Column::Customer, order(ask))
            .order_by(Column::Number, order(ask))
            .limit(u64::from(ask.limit) + 1)
            .all(&self.read)
            .await
            .map_err(fault)?;
        let holds = all(rows, |row| row::hold(&row))?;
        Ok(page_of(holds, ask, |hold| cursor(hold.id.customer, hold.id.number.into())))
    }

    async fn hold(&self, tenant: TenantId, id: HoldId) -> Result<Option<Hold>, StoreError> {
        let place = (tenant.0, id.customer.0, i64::from(id.number));
        let row = hold::Entity::find_by_id(place).one(&self.read).await.map_err(fault)?;
        row.map(|row| row::hold(&row)).transpose().map_err(fault)
    }
}
