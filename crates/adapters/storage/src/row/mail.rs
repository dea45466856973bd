//! Mails of the outbox.

use domain::{CustomerId, TenantId};
use ports::{MailStatus, Mailbox, Occasion, OutboxMail};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::money::{MoneyText, money, money_text, parsed};
use super::{credits, damaged, from_text, maybe_time, millis, number, time, to_text};
use crate::entity::mail::Model;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OccasionText {
    Document(String),
    PaymentFailed {
        order: String,
        reason: String,
    },
    RenewalFailed {
        subscription: String,
        plan: String,
        amount: MoneyText,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_at: Option<i64>,
        ends_at: i64,
        action_required: bool,
    },
    SubscriptionEnded {
        subscription: String,
        plan: String,
        unpaid: bool,
    },
    SubscriptionChangeFailed {
        subscription: String,
        plan: String,
        reason: String,
    },
    QuoteRequest {
        credits: i64,
        message: String,
    },
}

/// A mail to be written.
pub(crate) fn mail_row(tenant: TenantId, mail: &OutboxMail) -> Result<Model, DbErr> {
    Ok(Model {
        tenant: tenant.0,
        id: mail.id.clone(),
        customer: mail.customer.0,
        status: mail.status.word().to_owned(),
        due_at: mail.due_at.map(millis),
        tries: mail.tries.into(),
        written_at: millis(mail.written_at),
        to_name: mail.to.name.clone(),
        to_address: mail.to.address.clone(),
        occasion: to_text(&occasion_text(&mail.occasion))?,
        error: mail.error.clone(),
    })
}

fn occasion_text(occasion: &Occasion) -> OccasionText {
    match occasion {
        Occasion::Document(number) => OccasionText::Document(number.to_string()),
        Occasion::PaymentFailed { order, reason } => {
            OccasionText::PaymentFailed { order: order.to_string(), reason: reason.clone() }
        }
        Occasion::RenewalFailed { subscription, plan, amount, retry_at, ends_at, action_required } => {
            OccasionText::RenewalFailed {
                subscription: subscription.to_string(),
                plan: plan.clone(),
                amount: money_text(*amount),
                retry_at: retry_at.map(millis),
                ends_at: millis(*ends_at),
                action_required: *action_required,
            }
        }
        Occasion::SubscriptionEnded { subscription, plan, unpaid } => OccasionText::SubscriptionEnded {
            subscription: subscription.to_string(),
            plan: plan.clone(),
            unpaid: *unpaid,
        },
        Occasion::SubscriptionChangeFailed { subscription, plan, reason } => OccasionText::SubscriptionChangeFailed {
            subscription: subscription.to_string(),
            plan: plan.clone(),
            reason: reason.clone(),
        },
        Occasion::QuoteRequest { credits, message } => {
            OccasionText::QuoteRequest { credits: credits.micros(), message: message.clone() }
        }
    }
}

/// Reads a mail back.
pub(crate) fn mail(row: Model) -> Result<OutboxMail, DbErr> {
    Ok(OutboxMail {
        id: row.id,
        customer: CustomerId(row.customer),
        to: Mailbox { name: row.to_name, address: row.to_address },
        occasion: occasion(from_text(&row.occasion, "mail's occasion")?)?,
        status: MailStatus::from_word(&row.status).ok_or_else(|| damaged("mail's status"))?,
        written_at: time(row.written_at)?,
        due_at: maybe_time(row.due_at)?,
        tries: number(row.tries)?,
        error: row.error,
    })
}

fn occasion(text: OccasionText) -> Result<Occasion, DbErr> {
    let of = |id: &str| parsed(id, "subscription's id");
    Ok(match text {
        OccasionText::Document(number) => Occasion::Document(parsed(&number, "number of a document")?),
        OccasionText::PaymentFailed { order, reason } => {
            Occasion::PaymentFailed { order: parsed(&order, "order's id")?, reason }
        }
        OccasionText::RenewalFailed { subscription, plan, amount, retry_at, ends_at, action_required } => {
            Occasion::RenewalFailed {
                subscription: of(&subscription)?,
                plan,
                amount: money(amount)?,
                retry_at: maybe_time(retry_at)?,
                ends_at: time(ends_at)?,
                action_required,
            }
        }
        OccasionText::SubscriptionEnded { subscription, plan, unpaid } => {
            Occasion::SubscriptionEnded { subscription: of(&subscription)?, plan, unpaid }
        }
        OccasionText::SubscriptionChangeFailed { subscription, plan, reason } => {
            Occasion::SubscriptionChangeFailed { subscription: of(&subscription)?, plan, reason }
        }
        OccasionText::QuoteRequest { credits: micros, message } => {
            Occasion::QuoteRequest { credits: credits(micros)?, message }
        }
    })
}
