//! Subscriptions, with what is still to be done for them. A subscription changes as one, under a version; what a change
//! leads to is written down with it, as tasks, and done one after the other by whoever comes first. Each task can be done
//! again.

use async_trait::async_trait;
use domain::{
    Charge, ClockId, Credits, CustomerId, GrantId, Instant, Money, OrderId, PaymentWay, PlanGrant, Subscription,
    SubscriptionId, SubscriptionStatus, TenantId, portion,
};

use crate::{Event, MethodId, OutboxMail, Page, PageAsk, Reply, StoreError};

/// A subscription and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSubscription {
    /// The subscription.
    pub subscription: Subscription,
    /// How its charges are paid.
    pub way: PaymentWay,
    /// The saved method that is charged; the newest of the customer where `None`.
    pub method: Option<MethodId>,
    /// Where the payer of the charge that is due lands after the provider's page; `None`: nobody is there.
    pub return_url: Option<String>,
    /// The test clock that its customer lives by.
    pub clock: Option<ClockId>,
    /// Whether it began with a trial: a customer has one.
    pub tried: bool,
    /// What is still to be done, in this order.
    pub tasks: Vec<NumberedTask>,
    /// Tasks so far: the last one's number.
    pub tasks_made: u32,
    /// The order of the last charge that was asked for.
    pub asked_by: Option<OrderId>,
    /// The orders that have paid for the period that is running.
    pub paid_by: Vec<OrderId>,
    /// What they brought in and no grant stands for yet.
    pub pot: Pot,
    /// What the plan gave in the grants' period that is running.
    pub granted: Vec<GrantId>,
    /// What the operator has to look at.
    pub note: Option<String>,
    /// When it is to be worked on, by the real clock, and not before: it has tasks, or what was due could not be done.
    /// `None`: only the calendar asks for it.
    pub work_at: Option<Instant>,
    /// How often that was tried in vain.
    pub failed: u32,
    /// The version that it was read at; 0: not kept yet.
    pub version: u64,
}

/// Money of a period that no grant stands for yet, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pot {
    /// As the price list says it: with tax or without.
    pub listed: i64,
    /// Without tax.
    pub net: i64,
}

impl Pot {
    /// The net part of so much of the list's money that is taken out: all that is left with the last of it.
    pub fn take(&mut self, listed: i64) -> i64 {
        let net = if listed >= self.listed { self.net } else { portion(self.net, listed, self.listed) };
        self.listed = self.listed.saturating_sub(listed).max(0);
        self.net = self.net.saturating_sub(net).max(0);
        net
    }
}

/// A task with its place among the subscription's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedTask {
    /// Counted from 1 within the subscription: what it writes to the ledger has its key from it.
    pub number: u32,
    /// What is to be done.
    pub task: Task,
}

impl KeptSubscription {
    /// One more thing is to be done, after all others.
    pub fn add(&mut self, task: Task) {
        self.tasks_made = self.tasks_made.saturating_add(1);
        self.tasks.push(NumberedTask { number: self.tasks_made, task });
    }

    /// The same subscription, whose tasks wait until `at` for whoever comes, if there are any.
    #[must_use]
    pub fn waiting_until(self, at: Instant) -> Self {
        let work_at = (!self.tasks.is_empty()).then_some(at);
        Self { work_at, ..self }
    }
}

/// What a change of a subscription leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Place this order for a charge.
    Ask {
        /// The order's id.
        order: OrderId,
        /// The charge.
        charge: Charge,
    },
    /// Stop the payment of an order: its charge is not due any more.
    Stop(OrderId),
    /// Give credits; the free tier is paused with them.
    Grant {
        /// The credits.
        grant: PlanGrant,
        /// Without tax, in minor units: what was paid for them (R37).
        net: i64,
        /// The order that has paid for them.
        order: Option<OrderId>,
    },
    /// Number and mail the invoice of an order that was paid.
    Invoice(OrderId),
    /// Take credits back, and give money back for them.
    GiveBack {
        /// The credits, at most: what is spent stays spent.
        credits: Credits,
        /// Where they are taken from.
        from: Vec<GrantId>,
        /// The money: with or without tax, as the prices of the list are. Zero: none.
        amount: Money,
        /// Of the money, in minor units: what stood for credits that were not granted yet.
        unassigned: i64,
        /// The orders that it was paid with.
        paid_by: Vec<OrderId>,
    },
    /// Send all money of an order back: nothing was delivered for it.
    Return(OrderId),
    /// Go on with the free tier.
    ResumeFreeTier,
}

/// A change of a subscription, with what goes with it: all of it or nothing.
#[derive(Clone, Debug)]
pub struct SubscriptionChange {
    /// The subscription after it, with the version that it was read at.
    pub kept: KeptSubscription,
    /// What is told of it.
    pub events: Vec<Event>,
    /// What is mailed.
    pub mails: Vec<OutboxMail>,
    /// The answer to keep under the caller's idempotency key, in the place of an earlier one.
    pub reply: Option<Reply>,
}

impl SubscriptionChange {
    /// A change that nobody is told of.
    #[must_use]
    pub const fn untold(kept: KeptSubscription) -> Self {
        Self { kept, events: Vec::new(), mails: Vec::new(), reply: None }
    }
}

/// Which subscriptions are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionFilter {
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// Only in this status.
    pub status: Option<SubscriptionStatus>,
}

/// Subscriptions.
#[async_trait]
pub trait Subscriptions: Send + Sync {
    /// Keeps a new subscription, at version 1. [`StoreError::Conflict`] where the reply's key is spent, or the customer
    /// has another subscription that has not ended: they have one at most, however many begin at once.
    async fn begin_subscription(&self, tenant: TenantId, change: SubscriptionChange) -> Result<(), StoreError>;

    /// Changes a subscription, and answers it with its new version; whoever had claimed it has let go of it.
    /// [`StoreError::Conflict`] where it has changed since it was read, or the reply's key was spent on another request.
    async fn save_subscription(
        &self,
        tenant: TenantId,
        change: SubscriptionChange,
    ) -> Result<KeptSubscription, StoreError>;

    /// One subscription.
    async fn subscription(&self, tenant: TenantId, id: SubscriptionId) -> Result<Option<KeptSubscription>, StoreError>;

    /// Subscriptions, by id: newest first unless asked otherwise.
    async fn list_subscriptions(
        &self,
        tenant: TenantId,
        filter: SubscriptionFilter,
        page: &PageAsk,
    ) -> Result<Page<KeptSubscription>, StoreError>;

    /// Claims subscriptions for whoever asks until `until`: those whose `work_at` has come, and those without one that have
    /// something due by the real clock, as of `now`, and that nobody else has claimed; the longest due first. No two that ask at once get the same.
    async fn claim_subscriptions(
        &self,
        now: Instant,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, SubscriptionId)>, StoreError>;

    /// Subscriptions that live by a test clock and have something due at or before `at` by it, or tasks to be done; the
    /// longest due first. [`DueWork::next`](crate::DueWork::next) knows what they are due at as well.
    async fn subscriptions_due(
        &self,
        clock: ClockId,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, SubscriptionId)>, StoreError>;
}
