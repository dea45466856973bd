//! Facts, as they are told to others (R39). They are written in the transaction of what they tell of.

use async_trait::async_trait;
use domain::{
    Credits, CustomerId, EventId, Instant, Money, OrderEvent, OrderId, OrderStatus, SubscriptionEvent, SubscriptionId,
    SubscriptionStatus, TenantId,
};

use crate::{Page, PageAsk, StoreError};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// To a subscription.
    Subscription {
        /// What.
        event: SubscriptionEvent,
        /// Which one.
        subscription: SubscriptionId,
        /// The code of its plan after it.
        plan: String,
        /// How many of it after it.
        quantity: u32,
        /// Where it is after it.
        status: SubscriptionStatus,
    },
    /// To an order, or to its payment.
    Order {
        /// What.
        event: OrderEvent,
        /// Which one.
        order: OrderId,
        /// Where it is after it, as it is told.
        status: OrderStatus,
        /// Its total; of a refund what goes back or did not, of a dispute what the bank took.
        amount: Money,
    },
    /// Credits were taken back for good, as money for them went back (R35).
    CreditsRevoked {
        /// Which order they came from.
        order: OrderId,
        /// How many.
        credits: Credits,
    },
    /// A customer has asked the operator for a quote.
    QuoteRequested {
        /// How many credits they need.
        credits: Credits,
        /// What they say about it.
        message: String,
    },
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id: later ones sort later.
    pub id: EventId,
    /// Whose.
    pub customer: CustomerId,
    /// When, by the customer's time.
    pub at: Instant,
    /// What.
    pub what: Happening,
}

/// Which events are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only this customer's.
    pub customer: Option<CustomerId>,
}

/// Events.
#[async_trait]
pub trait Events: Send + Sync {
    /// Events, by id: newest first unless asked otherwise.
    async fn list_events(
        &self,
        tenant: TenantId,
        filter: EventFilter,
        page: &PageAsk,
    ) -> Result<Page<Event>, StoreError>;
}
