//! A process that is stopped at a chosen write: it dies before that is on disk, or after it with nobody told, or others
//! come before it or overtake it.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::{ClockId, Instant, OrderId, SubscriptionId, TenantId};
use folio_service::Context;
use ports::{
    Command, KeptSubscription, Ledger, Opened, Opening, OrderChange, OrderEnd, OrderFilter, Orders, Page, PageAsk,
    PayerRecord, PlacedOrder, PostError, Posted, Reply, StoreError, SubscriptionChange, SubscriptionFilter,
    Subscriptions,
};

/// What happens to a process at a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It dies, and nothing is on disk.
    Before,
    /// It dies, and the write is on disk.
    After,
    /// Others do what there is to do, and then it writes what it had decided before.
    Preceded,
    /// The write is done, and before the process goes on, others do what there is to do.
    Overtaken,
}

/// When a process is stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Life {
    /// Not at all.
    #[default]
    Long,
    /// At the write after so many.
    Until { writes: u32, stop: Stop },
    /// Others were there at a write, and it lives.
    Late,
    /// It is dead.
    Over,
}

/// Whether a write comes to pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    DoneAfterOthers,
    DoneLate,
    DoneUntold,
    Nothing,
}

/// What others do meanwhile.
type Others = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// A process that may be stopped. Clones are the same process.
#[derive(Clone)]
pub(crate) struct Process {
    life: Arc<Mutex<Life>>,
    others: Others,
}

impl Process {
    /// The same world, in which every write is this process's.
    pub(crate) fn of<O: Future<Output = ()> + Send + 'static>(
        ctx: &Context,
        others: impl Fn() -> O + Send + Sync + 'static,
    ) -> (Self, Context) {
        let process = Self { life: Arc::default(), others: Arc::new(move || Box::pin(others())) };
        let (orders, subscriptions, ledger) = (ctx.orders.clone(), ctx.subscriptions.clone(), ctx.ledger.clone());
        let mortal = Context {
            orders: Arc::new(Mortal { it: orders, process: process.clone() }),
            subscriptions: Arc::new(Mortal { it: subscriptions, process: process.clone() }),
            ledger: Arc::new(Mortal { it: ledger, process: process.clone() }),
            ..ctx.clone()
        };
        (process, mortal)
    }

    pub(crate) fn stops_after(&self, writes: u32, stop: Stop) {
        *self.life() = Life::Until { writes, stop };
    }

    /// Starts it again; whether it was stopped.
    pub(crate) fn restart(&self) -> bool {
        matches!(std::mem::take(&mut *self.life()), Life::Over | Life::Late)
    }

    fn life(&self) -> std::sync::MutexGuard<'_, Life> {
        self.life.lock().expect("nobody panics with it")
    }

    fn fate(&self) -> Fate {
        let mut life = self.life();
        match *life {
            Life::Long | Life::Late => Fate::Done,
            Life::Over => Fate::Nothing,
            Life::Until { writes: 0, stop } => {
                let (then, fate) = match stop {
                    Stop::Before => (Life::Over, Fate::Nothing),
                    Stop::After => (Life::Over, Fate::DoneUntold),
                    Stop::Preceded => (Life::Late, Fate::DoneAfterOthers),
                    Stop::Overtaken => (Life::Late, Fate::DoneLate),
                };
                *life = then;
                fate
            }
            Life::Until { writes, stop } => {
                *life = Life::Until { writes: writes - 1, stop };
                Fate::Done
            }
        }
    }

    async fn write<T>(&self, write: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        match self.fate() {
            Fate::Done => write.await,
            Fate::DoneAfterOthers => {
                (self.others)().await;
                write.await
            }
            Fate::DoneLate => {
                let done = write.await;
                (self.others)().await;
                done
            }
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

    async fn some(&self, tenant: TenantId, ids: &[OrderId]) -> Result<Vec<PlacedOrder>, StoreError> {
        self.it.some(tenant, ids).await
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
            Fate::DoneAfterOthers => {
                (self.process.others)().await;
                self.it.post(command).await
            }
            Fate::DoneLate => {
                let posted = self.it.post(command).await;
                (self.process.others)().await;
                posted
            }
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
