//! Events: what happened as a word, the rest as JSON.

use domain::{CustomerId, EventId, OrderEvent, OrderStatus, SubscriptionEvent, SubscriptionStatus, TenantId};
use ports::{Event, Happening};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::money::{MoneyText, money, money_text, parsed};
use super::{credits, damaged, from_text, millis, time, to_text};
use crate::entity::event::Model;

/// What the words of a subscription's events begin with.
const SUBSCRIPTION: &str = "subscription.";
const CREDITS_REVOKED: &str = "credits.revoked";
const QUOTE_REQUESTED: &str = "quote.requested";

#[derive(Serialize, Deserialize)]
struct SubscriptionText {
    subscription: String,
    plan: String,
    quantity: u32,
    status: String,
}

#[derive(Serialize, Deserialize)]
struct OrderText {
    order: String,
    status: String,
    amount: MoneyText,
}

#[derive(Serialize, Deserialize)]
struct RevokedText {
    order: String,
    credits: i64,
}

#[derive(Serialize, Deserialize)]
struct QuoteText {
    credits: i64,
    message: String,
}

/// An event to be written.
pub(crate) fn event_row(tenant: TenantId, event: &Event) -> Result<Model, DbErr> {
    let (kind, body) = match &event.what {
        Happening::Subscription { event, subscription, plan, quantity, status } => {
            let (plan, quantity, status) = (plan.clone(), *quantity, status.word().to_owned());
            let text = SubscriptionText { subscription: subscription.to_string(), plan, quantity, status };
            (format!("{SUBSCRIPTION}{}", event.word()), to_text(&text)?)
        }
        Happening::Order { event, order, status, amount } => {
            let (status, amount) = (status.word().to_owned(), money_text(*amount));
            (event.word().to_owned(), to_text(&OrderText { order: order.to_string(), status, amount })?)
        }
        Happening::CreditsRevoked { order, credits } => {
            let text = RevokedText { order: order.to_string(), credits: credits.micros() };
            (CREDITS_REVOKED.to_owned(), to_text(&text)?)
        }
        Happening::QuoteRequested { credits, message } => {
            let text = QuoteText { credits: credits.micros(), message: message.clone() };
            (QUOTE_REQUESTED.to_owned(), to_text(&text)?)
        }
    };
    let (id, customer) = (event.id.0, event.customer.0);
    Ok(Model { tenant: tenant.0, id, customer, at: millis(event.at), kind, body })
}

/// Reads an event back.
pub(crate) fn event(row: &Model) -> Result<Event, DbErr> {
    let what = match row.kind.as_str() {
        QUOTE_REQUESTED => {
            let QuoteText { credits: micros, message } = from_text(&row.body, "event")?;
            Happening::QuoteRequested { credits: credits(micros)?, message }
        }
        CREDITS_REVOKED => {
            let RevokedText { order, credits: micros } = from_text(&row.body, "event")?;
            Happening::CreditsRevoked { order: parsed(&order, "order's id")?, credits: credits(micros)? }
        }
        kind => match kind.strip_prefix(SUBSCRIPTION) {
            Some(word) => of_subscription(word, &row.body)?,
            None => of_order(kind, &row.body)?,
        },
    };
    Ok(Event { id: EventId(row.id), customer: CustomerId(row.customer), at: time(row.at)?, what })
}

fn of_subscription(word: &str, body: &str) -> Result<Happening, DbErr> {
    let text: SubscriptionText = from_text(body, "event")?;
    Ok(Happening::Subscription {
        event: SubscriptionEvent::from_word(word).ok_or_else(|| damaged("event"))?,
        subscription: parsed(&text.subscription, "subscription's id")?,
        plan: text.plan,
        quantity: text.quantity,
        status: SubscriptionStatus::from_word(&text.status).ok_or_else(|| damaged("subscription's status"))?,
    })
}

fn of_order(word: &str, body: &str) -> Result<Happening, DbErr> {
    let text: OrderText = from_text(body, "event")?;
    Ok(Happening::Order {
        event: OrderEvent::from_word(word).ok_or_else(|| damaged("event"))?,
        order: parsed(&text.order, "order's id")?,
        status: OrderStatus::from_word(&text.status).ok_or_else(|| damaged("order's status"))?,
        amount: money(text.amount)?,
    })
}
