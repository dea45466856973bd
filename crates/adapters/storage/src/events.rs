//! Events, written with what they tell of (R39).

use async_trait::async_trait;
use domain::{EventId, TenantId};
use ports::{Event, EventFilter, Events, Page, PageAsk, StoreError};
use sea_orm::sea_query::Condition;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use crate::Store;
use crate::connect::{conflict_or_fault, fault};
use crate::entity::event::{Column, Entity};
use crate::journal::{all, order, page_of};
use crate::row::{self, event_row};

/// Writes events down in the transaction of what they tell of.
pub(crate) async fn add(
    to: &impl ConnectionTrait,
    tenant: TenantId,
    events: impl IntoIterator<Item = &Event>,
) -> Result<(), StoreError> {
    let row = |event| event_row(tenant, event).map(|row| row.into_active_model().reset_all());
    let rows = events.into_iter().map(row).collect::<Result<Vec<_>, _>>().map_err(fault)?;
    if rows.is_empty() {
        return Ok(());
    }
    Entity::insert_many(rows).exec_without_returning(to).await.map(drop).map_err(conflict_or_fault)
}

#[async_trait]
impl Events for Store {
    async fn list_events(
        &self,
        tenant: TenantId,
        filter: EventFilter,
        ask: &PageAsk,
    ) -> Result<Page<Event>, StoreError> {
        let after = ask.cursor.as_deref().map(str::parse::<EventId>).transpose().map_err(|_| StoreError::BadCursor)?;
        let condition = Condition::all()
            .add(Column::Tenant.eq(tenant.0))
            .add_option(filter.customer.map(|customer| Column::Customer.eq(customer.0)))
            .add_option(after.map(|id| if ask.oldest_first { Column::Id.gt(id.0) } else { Column::Id.lt(id.0) }));
        let query = Entity::find().filter(condition).order_by(Column::Id, order(ask)).limit(u64::from(ask.limit) + 1);
        let events = all(query.all(&self.read).await.map_err(fault)?, |row| row::event(&row))?;
        Ok(page_of(events, ask, |event| event.id.to_string()))
    }
}
