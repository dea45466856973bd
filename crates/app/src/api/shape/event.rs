//! Events: what has happened, as others are told of it (R39).

use domain::{CustomerId, EventId, SubscriptionId};
use poem_openapi::Object;
use ports::{Event, Happening};

use crate::api::wire::{Id, Time};

/// What an event is about, as it was after it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "EventData")]
pub(crate) struct EventDataBody {
    /// Which subscription.
    subscription: Id<SubscriptionId>,
    /// The code of its plan.
    plan: String,
    /// How many of it.
    quantity: u32,
    /// Where the subscription was.
    status: String,
}

/// Something that has happened.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Event")]
pub(crate) struct EventBody {
    /// Its id: later ones sort later.
    id: Id<EventId>,
    /// `subscription.` and `created`, `renewed`, `changed`, `scheduled`, `change_failed`, `payment_failed`,
    /// `action_required`, `past_due`, `paused`, `resumed` or `canceled`.
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
        let Happening::Subscription { event: happened, subscription, plan, quantity, status } = event.what;
        Self {
            id: event.id.into(),
            kind: format!("subscription.{}", happened.word()),
            customer: event.customer.into(),
            created_at: event.at.into(),
            data: EventDataBody { subscription: subscription.into(), plan, quantity, status: status.word().to_owned() },
        }
    }
}
