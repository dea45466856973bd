//! Subscriptions, and all that changes with one.

mod due;

use async_trait::async_trait;
use domain::{ClockId, Instant, SubscriptionId, TenantId};
use ports::{KeptSubscription, Page, PageAsk, StoreError, SubscriptionChange, SubscriptionFilter, Subscriptions};
use sea_orm::sea_query::Condition;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use crate::Store;
use crate::connect::{conflict_or_fault, fault};
use crate::entity::subscription::{Column, Entity};
use crate::journal::{all, order, page_of};
use crate::keys::{keep, keep_last};
use crate::row::{self, big, subscription_row};
use crate::{events, outbox};

/// Writes a new subscription, at version 1.
async fn insert(to: &impl ConnectionTrait, tenant: TenantId, kept: &KeptSubscription) -> Result<(), StoreError> {
    let first = KeptSubscription { version: 1, ..kept.clone() };
    let row = subscription_row(tenant, &first).map_err(fault)?;
    let insert = Entity::insert(row.into_active_model().reset_all());
    insert.exec_without_returning(to).await.map(drop).map_err(conflict_or_fault)
}

/// Writes a subscription that is still at the version it was read at, and answers the version after it.
async fn update(
    to: &impl ConnectionTrait,
    tenant: TenantId,
    kept: KeptSubscription,
) -> Result<KeptSubscription, StoreError> {
    let read = kept.version;
    let changed = KeptSubscription { version: read.saturating_add(1), ..kept };
    let row = subscription_row(tenant, &changed).map_err(fault)?;
    let update = Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(Column::Tenant.eq(tenant.0))
        .filter(Column::Id.eq(changed.subscription.id.0))
        .filter(Column::Version.eq(big(read)));
    let updated = update.exec(to).await.map_err(conflict_or_fault)?;
    if updated.rows_affected == 1 { Ok(changed) } else { Err(StoreError::Conflict) }
}

/// Writes down what is told of a change.
async fn tell(to: &impl ConnectionTrait, tenant: TenantId, change: &SubscriptionChange) -> Result<(), StoreError> {
    events::add(to, tenant, &change.events).await?;
    for mail in &change.mails {
        outbox::add(to, tenant, mail).await.map_err(fault)?;
    }
    Ok(())
}

#[async_trait]
impl Subscriptions for Store {
    async fn begin_subscription(&self, tenant: TenantId, change: SubscriptionChange) -> Result<(), StoreError> {
        let transaction = self.begin().await.map_err(fault)?;
        insert(&*transaction, tenant, &change.kept).await?;
        tell(&*transaction, tenant, &change).await?;
        keep(&*transaction, tenant, change.reply.as_ref()).await.map_err(conflict_or_fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn save_subscription(
        &self,
        tenant: TenantId,
        change: SubscriptionChange,
    ) -> Result<KeptSubscription, StoreError> {
        let transaction = self.begin().await.map_err(fault)?;
        let changed = update(&*transaction, tenant, change.kept.clone()).await?;
        tell(&*transaction, tenant, &change).await?;
        keep_last(&*transaction, tenant, change.reply.as_ref()).await?;
        transaction.commit().await.map_err(fault)?;
        Ok(changed)
    }

    async fn subscription(&self, tenant: TenantId, id: SubscriptionId) -> Result<Option<KeptSubscription>, StoreError> {
        let found = Entity::find_by_id((tenant.0, id.0)).one(&self.read).await.map_err(fault)?;
        found.as_ref().map(row::subscription).transpose().map_err(fault)
    }

    async fn list_subscriptions(
        &self,
        tenant: TenantId,
        filter: SubscriptionFilter,
        ask: &PageAsk,
    ) -> Result<Page<KeptSubscription>, StoreError> {
        let after = ask.cursor.as_deref().map(str::parse::<SubscriptionId>).transpose();
        let after = after.map_err(|_| StoreError::BadCursor)?;
        let condition = Condition::all()
            .add(Column::Tenant.eq(tenant.0))
            .add_option(filter.customer.map(|customer| Column::Customer.eq(customer.0)))
            .add_option(filter.status.map(|status| Column::Status.eq(status.word())))
            .add_option(after.map(|id| if ask.oldest_first { Column::Id.gt(id.0) } else { Column::Id.lt(id.0) }));
        let query = Entity::find().filter(condition).order_by(Column::Id, order(ask)).limit(u64::from(ask.limit) + 1);
        let kept = all(query.all(&self.read).await.map_err(fault)?, |row| row::subscription(&row))?;
        Ok(page_of(kept, ask, |kept| kept.subscription.id.to_string()))
    }

    async fn claim_subscriptions(
        &self,
        now: Instant,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, SubscriptionId)>, StoreError> {
        self.claim_due(now, until, limit).await.map_err(fault)
    }

    async fn subscriptions_due(
        &self,
        clock: ClockId,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, SubscriptionId)>, StoreError> {
        self.due_by(clock, at, limit).await.map_err(fault)
    }
}
