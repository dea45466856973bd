//! Events: what has happened, as others are told of it (R39).

use domain::{CustomerId, EventId, OrderId, SubscriptionId};
use poem_openapi::{Object, Union};
use ports::{Event, Happening};

use crate::api::wire::{CreditsText, Id, MoneyBody, Time};

/// A subscription, as it was after an event.
#[derive(Clone, Debug, Object)]
#[oai(rename = "SubscriptionEventData")]
pub(crate) struct SubscriptionDataBody {
    /// Which subscription.
    subscription: Id<SubscriptionId>,
    /// The code of its plan.
    plan: String,
    /// How many of it.
    quantity: u32,
    /// Where the subscription was.
    status: String,
}

/// An order, as it was after an event.
#[derive(Clone, Debug, Object)]
#[oai(rename = "OrderEventData")]
pub(crate) struct OrderDataBody {
    /// Which order.
    order: Id<OrderId>,
    /// Where the order was.
    status: String,
    /// Its total; with `order.refunded` what went back, with `order.refund_failed` what did not, with
    /// `payment.disputed` what the bank took.
    amount: MoneyBody,
}

/// Credits that were taken back for good.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CreditsEventData")]
pub(crate) struct CreditsDataBody {
    /// Which order they came from.
    order: Id<OrderId>,
    /// How many.
    credits: CreditsText,
}

/// What a customer has asked for.
#[derive(Clone, Debug, Object)]
#[oai(rename = "QuoteEventData")]
pub(crate) struct QuoteDataBody {
    /// How many credits they need.
    credits: CreditsText,
    /// What they say about it.
    message: String,
}

/// What an event is about.
#[derive(Clone, Debug, Union)]
#[oai(rename = "EventData", one_of)]
pub(crate) enum EventDataBody {
    Subscription(SubscriptionDataBody),
    Order(OrderDataBody),
    Credits(CreditsDataBody),
    Quote(QuoteDataBody),
}

/// Something that has happened.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Event")]
pub(crate) struct EventBody {
    /// Its id: later ones sort later.
    id: Id<EventId>,
    /// `subscription.` and `created`, `renewed`, `changed`, `scheduled`, `change_failed`, `payment_failed`,
    /// `action_required`, `past_due`, `paused`, `resumed` or `canceled`; `order.` and `paid`, `failed`, `expired`,
    /// `canceled`, `refunded` or `refund_failed`; `payment.disputed`; `credits.revoked`; `quote.requested`.
    #[oai(rename = "type")]
    kind: String,
    /// Whose.
    customer: Id<CustomerId>,
    /// When, by the customer's time.
    created_at: Time,
    /// What it is about.
    data: EventDataBody,
}

impl From<Event> for EventBody {
    fn from(event: Event) -> Self {
        let (kind, data) = match event.what {
            Happening::Subscription { event: happened, subscription, plan, quantity, status } => {
                let (subscription, status) = (subscription.into(), status.word().to_owned());
                let data = SubscriptionDataBody { subscription, plan, quantity, status };
                (format!("subscription.{}", happened.word()), EventDataBody::Subscription(data))
            }
            Happening::Order { event: happened, order, status, amount } => {
                let (order, status, amount) = (order.into(), status.word().to_owned(), amount.into());
                (happened.word().to_owned(), EventDataBody::Order(OrderDataBody { order, status, amount }))
            }
            Happening::CreditsRevoked { order, credits } => {
                let data = CreditsDataBody { order: order.into(), credits: credits.into() };
                ("credits.revoked".to_owned(), EventDataBody::Credits(data))
            }
            Happening::QuoteRequested { credits, message } => {
                let data = QuoteDataBody { credits: credits.into(), message };
                ("quote.requested".to_owned(), EventDataBody::Quote(data))
            }
        };
        Self { id: event.id.into(), kind, customer: event.customer.into(), created_at: event.at.into(), data }
    }
}
