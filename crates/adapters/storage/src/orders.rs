//! Orders, and all that changes with one.

use async_trait::async_trait;
use domain::{ClockId, Instant, OrderId, TenantId};
use ports::{OrderChange, OrderEnd, OrderFilter, Orders, Page, PageAsk, PayerRecord, PlacedOrder, Reply, StoreError};
use sea_orm::sea_query::Condition;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use crate::Store;
use crate::connect::{conflict_or_fault, fault};
use crate::due::by_clock;
use crate::entity::order::{Column, Entity};
use crate::journal::{all, order, page_of};
use crate::keys::{keep, keep_last};
use crate::row::{self, big, millis, order_row};
use crate::{documents, events, payers};

/// Writes a new order, at version 1.
async fn insert(to: &impl ConnectionTrait, tenant: TenantId, placed: &PlacedOrder) -> Result<(), StoreError> {
    let first = PlacedOrder { version: 1, ..placed.clone() };
    let row = order_row(tenant, &first).map_err(fault)?;
    let insert = Entity::insert(row.into_active_model().reset_all());
    insert.exec_without_returning(to).await.map(drop).map_err(conflict_or_fault)
}

/// Writes an order that is still at the version it was read at, and answers the version after it.
async fn change(to: &impl ConnectionTrait, tenant: TenantId, placed: PlacedOrder) -> Result<PlacedOrder, StoreError> {
    let read = placed.version;
    let changed = PlacedOrder { version: read.saturating_add(1), ..placed };
    let row = order_row(tenant, &changed).map_err(fault)?;
    let update = Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(Column::Tenant.eq(tenant.0))
        .filter(Column::Id.eq(changed.order.id.0))
        .filter(Column::Version.eq(big(read)));
    let updated = update.exec(to).await.map_err(fault)?;
    if updated.rows_affected == 1 { Ok(changed) } else { Err(StoreError::Conflict) }
}

/// The rows after an order's end. Its instant is said twice, so that an index finds where they begin.
fn is_after(end: OrderEnd) -> Condition {
    let later = Condition::any().add(Column::EndsAt.gt(millis(end.at))).add(Column::Id.gt(end.order.0));
    Condition::all().add(Column::EndsAt.gte(millis(end.at))).add(later)
}

impl Store {
    /// Where the first of these orders are.
    async fn places(&self, orders: Select<Entity>, limit: u32) -> Result<Vec<(TenantId, OrderId)>, StoreError> {
        let query = orders.select_only().columns([Column::Tenant, Column::Id]).limit(u64::from(limit));
        let rows = query.into_tuple::<(Uuid, Uuid)>().all(&self.read).await.map_err(fault)?;
        Ok(rows.into_iter().map(|(tenant, id)| (TenantId(tenant), OrderId(id))).collect())
    }

    /// The first end of an order that waits, at or before `until`.
    pub(crate) async fn first_end(&self, clock: ClockId, until: Instant) -> Result<Option<i64>, DbErr> {
        let due = Entity::find()
            .select_only()
            .column(Column::EndsAt)
            .filter(by_clock(Column::Clock, Some(clock)))
            .filter(Column::EndsAt.lte(millis(until)))
            .order_by_asc(Column::EndsAt)
            .into_tuple::<Option<i64>>()
            .one(&self.read)
            .await?;
        Ok(due.flatten())
    }
}

#[async_trait]
impl Orders for Store {
    async fn place(&self, tenant: TenantId, placed: &PlacedOrder, reply: Option<&Reply>) -> Result<(), StoreError> {
        let transaction = self.begin().await.map_err(fault)?;
        insert(&*transaction, tenant, placed).await?;
        keep(&*transaction, tenant, reply).await.map_err(conflict_or_fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn place_top_up(
        &self,
        tenant: TenantId,
        placed: &PlacedOrder,
        payer: &PayerRecord,
    ) -> Result<(), StoreError> {
        let transaction = self.begin().await.map_err(fault)?;
        payers::keep(&*transaction, tenant, placed.order.customer, payer).await?;
        insert(&*transaction, tenant, placed).await?;
        transaction.commit().await.map_err(fault)
    }

    async fn save(&self, tenant: TenantId, asked: OrderChange) -> Result<PlacedOrder, StoreError> {
        let OrderChange { mut placed, document, events, reply } = asked;
        let transaction = self.begin().await.map_err(fault)?;
        // The series first, everywhere: whoever waits for its turn holds nothing that another could wait for.
        if let Some(document) = &document {
            documents::issue(&*transaction, tenant, document, &mut placed).await?;
        }
        let changed = change(&*transaction, tenant, placed).await?;
        events::add(&*transaction, tenant, &events).await?;
        keep_last(&*transaction, tenant, reply.as_ref()).await?;
        transaction.commit().await.map_err(fault)?;
        Ok(changed)
    }

    async fn get(&self, tenant: TenantId, id: OrderId) -> Result<Option<PlacedOrder>, StoreError> {
        let found = Entity::find_by_id((tenant.0, id.0)).one(&self.read).await.map_err(fault)?;
        found.as_ref().map(row::order).transpose().map_err(fault)
    }

    async fn some(&self, tenant: TenantId, ids: &[OrderId]) -> Result<Vec<PlacedOrder>, StoreError> {
        let these = Column::Id.is_in(ids.iter().map(|id| id.0));
        let found = Entity::find().filter(Column::Tenant.eq(tenant.0)).filter(these).all(&self.read).await;
        all(found.map_err(fault)?, |row| row::order(&row))
    }

    async fn find(&self, id: OrderId) -> Result<Option<(TenantId, PlacedOrder)>, StoreError> {
        let found = Entity::find().filter(Column::Id.eq(id.0)).one(&self.read).await.map_err(fault)?;
        found.map(|found| Ok((TenantId(found.tenant), row::order(&found)?))).transpose().map_err(fault)
    }

    async fn list(
        &self,
        tenant: TenantId,
        filter: OrderFilter,
        ask: &PageAsk,
    ) -> Result<Page<PlacedOrder>, StoreError> {
        let condition = Condition::all()
            .add(Column::Tenant.eq(tenant.0))
            .add_option(filter.customer.map(|customer| Column::Customer.eq(customer.0)))
            .add_option(filter.status.map(|status| Column::Status.eq(status.word())));
        let mut query =
            Entity::find().filter(condition).order_by(Column::Id, order(ask)).limit(u64::from(ask.limit) + 1);
        if let Some(cursor) = &ask.cursor {
            let id: OrderId = cursor.parse().map_err(|_| StoreError::BadCursor)?;
            query = query.filter(if ask.oldest_first { Column::Id.gt(id.0) } else { Column::Id.lt(id.0) });
        }
        let orders = all(query.all(&self.read).await.map_err(fault)?, |row| row::order(&row))?;
        Ok(page_of(orders, ask, |placed| placed.order.id.to_string()))
    }

    async fn to_ask(&self, at: Instant, limit: u32) -> Result<Vec<(TenantId, OrderId)>, StoreError> {
        let due = Entity::find().filter(Column::AskAt.lte(millis(at))).order_by_asc(Column::AskAt);
        self.places(due, limit).await
    }

    async fn to_end(
        &self,
        clock: Option<ClockId>,
        at: Instant,
        after: Option<OrderEnd>,
        limit: u32,
    ) -> Result<Vec<OrderEnd>, StoreError> {
        // By the clock, which is one, as well: Postgres else sorts all that is due, as `IS NULL` is no constant to it.
        let due = Entity::find()
            .filter(by_clock(Column::Clock, clock))
            .filter(Column::EndsAt.lte(millis(at)))
            .filter(Condition::all().add_option(after.map(is_after)))
            .order_by_asc(Column::Clock)
            .order_by_asc(Column::EndsAt)
            .order_by_asc(Column::Id)
            .limit(u64::from(limit));
        let columns = due.select_only().columns([Column::Tenant, Column::Id, Column::EndsAt]);
        let rows = columns.into_tuple::<(Uuid, Uuid, i64)>().all(&self.read).await.map_err(fault)?;
        let end = |(tenant, id, ends_at)| {
            Ok(OrderEnd { at: row::time(ends_at)?, order: OrderId(id), tenant: TenantId(tenant) })
        };
        all(rows, end)
    }
}
