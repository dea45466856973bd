//! Events: what happened as a word, the rest as JSON.

use domain::{CustomerId, EventId, SubscriptionEvent, SubscriptionStatus, TenantId};
use ports::{Event, Happening};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::money::parsed;
use super::{damaged, from_text, millis, time, to_text};
use crate::entity::event::Model;

/// What the words of a subscription's events begin with.
const SUBSCRIPTION: &str = "subscription.";

#[derive(Serialize, Deserialize)]
struct SubscriptionText {
    subscription: String,
    plan: String,
    quantity: u32,
    status: String,
}

/// An event to be written.
pub(crate) fn event_row(tenant: TenantId, event: &Event) -> Result<Model, DbErr> {
    let (kind, body) = match &event.what {
        Happening::Subscription { event, subscription, plan, quantity, status } => {
            let (plan, quantity, status) = (plan.clone(), *quantity, status.word().to_owned());
            let text = SubscriptionText { subscription: subscription.to_string(), plan, quantity, status };
            (format!("{SUBSCRIPTION}{}", event.word()), to_text(&text)?)
        }
    };
    let (id, customer) = (event.id.0, event.customer.0);
    Ok(Model { tenant: tenant.0, id, customer, at: millis(event.at), kind, body })
}

/// Reads an event back.
pub(crate) fn event(row: &Model) -> Result<Event, DbErr> {
    let word = row.kind.strip_prefix(SUBSCRIPTION);
    let event = word.and_then(SubscriptionEvent::from_word).ok_or_else(|| damaged("event"))?;
    let text: SubscriptionText = from_text(&row.body, "event")?;
    let what = Happening::Subscription {
        event,
        subscription: parsed(&text.subscription, "subscription's id")?,
        plan: text.plan,
        quantity: text.quantity,
        status: SubscriptionStatus::from_word(&text.status).ok_or_else(|| damaged("subscription's status"))?,
    };
    Ok(Event { id: EventId(row.id), customer: CustomerId(row.customer), at: time(row.at)?, what })
}
