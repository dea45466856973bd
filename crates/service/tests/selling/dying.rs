//! A process that dies at a chosen write: before it is on disk, or after it, with nobody told.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::{ClockId, Instant, OrderId, SubscriptionId, TenantId};
use folio_service::Context;
use ports::{
    Command, KeptSubscription, Ledger, Opened, Opening, OrderChange, OrderEnd, OrderFilter, Orders, Page, PageAsk,
    PayerRecord, PlacedOrder, PostError, Posted, Reply, StoreError, SubscriptionChange, SubscriptionFilter,
    Subscriptions,
};

/// When a process dies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Life {
    /// Not at all.
    #[default]
    Long,
    /// At the write after so many, which is on disk or not.
    Until { writes: u32, on_disk: bool },
    /// It is dead.
    Over,
}

/// Whether a write comes to pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    DoneUntold,
    Nothing,
}

/// A process that may die. Clones are the same process.
#[derive(Clone, Default)]
pub(crate) struct Process(Arc<Mutex<Life>>);

impl Process {
    /// The same world, in which every write is this process's.
    pub(crate) fn of(ctx: &Context) -> (Self, Context) {
        let process = Self::default();
        let (orders, subscriptions, ledger) = (ctx.orders.clone(), ctx.subscriptions.clone(), ctx.ledger.clone());
        let mortal = Context {
            orders: Arc::new(Mortal { it: orders, process: process.clone() }),
            subscriptions: Arc::new(Mortal { it: subscriptions, process: process.clone() }),
            ledger: Arc::new(Mortal { it: ledger, process: process.clone() }),
            ..ctx.clone()
        };
        (process, mortal)
    }

    pub(crate) fn dies_after(&self, writes: u32, on_disk: bool) {
        *self.life() = Life::Until { writes, on_disk };
    }

    /// Starts it again; whether it had died.
    pub(crate) fn restart(&self) -> bool {
        std::mem::take(&mut *self.life()) == Life::Over
    }

    fn life(&self) -> std::sync::MutexGuard<'_, Life> {
        self.0.lock().expect("nobody panics with it")
    }

    fn fate(&self) -> Fate {
        let mut life = self.life();
        match *life {
            Life::Long => Fate::Done,
            Life::Over => Fate::Nothing,
            Life::Until { writes: 0, on_disk } => {
                *life = Life::Over;
                if on_disk { Fate::DoneUntold } else { Fate::Nothing }
            }
            Life::Until { writes, on_disk } => {
                *life = Life::Until { writes: writes - 1, on_disk };
                Fate::Done
            }
        }
    }

    async fn write<T>(&self, write: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        match self.fate() {
            Fate::Done => write.await,
            Fate::DoneUntold => write.await.and_then(|_| Err(dead())),
            Fate::Nothing => Err(dead()),
        }
    }
}

fn dead() -> StoreError {
    StoreError::Fault("the process is dead".into())
}

/// A port of such a process.
struct Mortal<P: ?Sized> {
    it: Arc<P>,
    process: Process,
}

#[async_trait]
impl Orders for Mortal<dyn Orders> {
    async fn place(&self, tenant: TenantId, placed: &PlacedOrder, reply: Option<&Reply>) -> Result<(), StoreError> {
        self.process.write(self.it.place(tenant, placed, reply)).await
    }

    async fn place_top_up(
        &self,
        tenant: TenantId,
        placed: &PlacedOrder,
        payer: &PayerRecord,
    ) -> Result<(), StoreError> {
        self.process.write(self.it.place_top_up(tenant, placed, payer)).await
    }

    async fn save(&self, tenant: TenantId, change: OrderChange) -> Result<PlacedOrder, StoreError> {
        self.process.write(self.it.save(tenant, change)).await
    }

    async fn get(&self, tenant: TenantId, id: OrderId) -> Result<Option<PlacedOrder>, StoreError> {
        self.it.get(tenant, id).await
    }

    async fn find(&self, id: OrderId) -> Result<Option<(TenantId, PlacedOrder)>, StoreError> {
        self.it.find(id).await
    }

    async fn list(
        &self,
        tenant: TenantId,
        filter: OrderFilter,
        ask: &PageAsk,
    ) -> Result<Page<PlacedOrder>, StoreError> {
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
        self.process.write(self.it.begin_subscription(tenant, change)).await
    }

    async fn save_subscription(
        &self,
        tenant: TenantId,
        change: SubscriptionChange,
    ) -> Result<KeptSubscription, StoreError> {
        self.process.write(self.it.save_subscription(tenant, change)).await
    }

    async fn subscription(&self, tenant: TenantId, id: SubscriptionId) -> Result<Option<KeptSubscription>, StoreError> {
        self.it.subscription(tenant, id).await
    }

    async fn list_subscriptions(
        &self,
        tenant: TenantId,
        filter: SubscriptionFilter,
        page: &PageAsk,
    ) -> Result<Page<KeptSubscription>, StoreError> {
        self.it.list_subscriptions(tenant, filter, page).await
    }

    async fn claim_subscriptions(
        &self,
        now: Instant,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, SubscriptionId)>, StoreError> {
        self.process.write(self.it.claim_subscriptions(now, until, limit)).await
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
        let died = || PostError::OutcomeUnknown("the process is dead".into());
        match self.process.fate() {
            Fate::Done => self.it.post(command).await,
            Fate::DoneUntold => self.it.post(command).await.and_then(|_| Err(died())),
            Fate::Nothing => Err(died()),
        }
    }

    async fn post_all(&self, commands: Vec<Command>) -> Vec<Result<Posted, PostError>> {
        self.it.post_all(commands).await
    }

    async fn open(&self, opening: Opening) -> Result<Opened, PostError> {
        self.it.open(opening).await
    }
}
