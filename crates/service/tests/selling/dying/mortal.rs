//! The ports of a process that may be stopped.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{ClockId, Instant, OrderId, SubscriptionId, TenantId};
use ports::{
    Command, KeptSubscription, Ledger, Opened, Opening, OrderChange, OrderEnd, OrderFilter, Orders, Page, PageAsk,
    PayerRecord, PlacedOrder, PostError, Posted, Reply, StoreError, SubscriptionChange, SubscriptionFilter,
    Subscriptions,
};

use super::Process;

fn dead() -> StoreError {
    StoreError::Fault("the process is dead".into())
}

/// A port of such a process.
pub(super) struct Mortal<P: ?Sized> {
    pub(super) it: Arc<P>,
    pub(super) process: Process,
}

#[async_trait]
impl Orders for Mortal<dyn Orders> {
    async fn place(&self, tenant: TenantId, placed: &PlacedOrder, reply: Option<&Reply>) -> Result<(), StoreError> {
        self.process.write(self.it.place(tenant, placed, reply), dead).await
    }

    async fn place_top_up(
        &self,
        tenant: TenantId,
        placed: &PlacedOrder,
        payer: &PayerRecord,
    ) -> Result<(), StoreError> {
        self.process.write(self.it.place_top_up(tenant, placed, payer), dead).await
    }

    async fn save(&self, tenant: TenantId, change: OrderChange) -> Result<PlacedOrder, StoreError> {
        self.process.write(self.it.save(tenant, change), dead).await
    }

    async fn get(&self, tenant: TenantId, id: OrderId) -> Result<Option<PlacedOrder>, StoreError> {
        self.process.turn().await;
        self.it.get(tenant, id).await
    }

    async fn some(&self, tenant: TenantId, ids: &[OrderId]) -> Result<Vec<PlacedOrder>, StoreError> {
        self.process.turn().await;
        self.it.some(tenant, ids).await
    }

    async fn find(&self, id: OrderId) -> Result<Option<(TenantId, PlacedOrder)>, StoreError> {
        self.process.turn().await;
        self.it.find(id).await
    }

    async fn list(
        &self,
        tenant: TenantId,
        filter: OrderFilter,
        ask: &PageAsk,
    ) -> Result<Page<PlacedOrder>, StoreError> {
        self.process.turn().await;
        self.it.list(tenant, filter, ask).await
    }

    async fn to_ask(&self, at: Instant, limit: u32) -> Result<Vec<(TenantId, OrderId)>, StoreError> {
        self.it.to_ask(at, limit).await
    }

    async fn to_end(
        &self,
        clock: Option<ClockId>,
        at: Instant,
        after: Option<OrderEnd>,
        limit: u32,
    ) -> Result<Vec<OrderEnd>, StoreError> {
        self.it.to_end(clock, at, after, limit).await
    }
}

#[async_trait]
impl Subscriptions for Mortal<dyn Subscriptions> {
    async fn begin_subscription(&self, tenant: TenantId, change: SubscriptionChange) -> Result<(), StoreError> {
        self.process.write(self.it.begin_subscription(tenant, change), dead).await
    }

    async fn save_subscription(
        &self,
        tenant: TenantId,
        change: SubscriptionChange,
    ) -> Result<KeptSubscription, StoreError> {
        self.process.write(self.it.save_subscription(tenant, change), dead).await
    }

    async fn subscription(&self, tenant: TenantId, id: SubscriptionId) -> Result<Option<KeptSubscription>, StoreError> {
        self.process.turn().await;
        self.it.subscription(tenant, id).await
    }

    async fn list_subscriptions(
        &self,
        tenant: TenantId,
        filter: SubscriptionFilter,
        page: &PageAsk,
    ) -> Result<Page<KeptSubscription>, StoreError> {
        self.process.turn().await;
        self.it.list_subscriptions(tenant, filter, page).await
    }

    async fn claim_subscriptions(
        &self,
        now: Instant,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, SubscriptionId)>, StoreError> {
        self.process.write(self.it.claim_subscriptions(now, until, limit), dead).await
    }

    async fn subscriptions_due(
        &self,
        clock: ClockId,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, SubscriptionId)>, StoreError> {
        self.it.subscriptions_due(clock, at, limit).await
    }
}

#[async_trait]
impl Ledger for Mortal<dyn Ledger> {
    async fn post(&self, command: Command) -> Result<Posted, PostError> {
        self.process.write(self.it.post(command), || PostError::OutcomeUnknown("the process is dead".into())).await
    }

    async fn post_all(&self, commands: Vec<Command>) -> Vec<Result<Posted, PostError>> {
        self.it.post_all(commands).await
    }

    async fn open(&self, opening: Opening) -> Result<Opened, PostError> {
        self.it.open(opening).await
    }
}
