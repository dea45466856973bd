//! Mail.

use poem_openapi::Object;
use ports::{Occasion, OutboxMail};

use crate::api::wire::Time;

/// A mail to a customer, or about one.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Mail", skip_serializing_if_is_none)]
pub(crate) struct MailBody {
    /// What makes it this mail: an invoice's number, for instance.
    id: String,
    /// `document`, `payment_failed`, `renewal_failed`, `subscription_ended`, `subscription_change_failed` or `quote_request`.
    occasion: String,
    /// Who gets it.
    to: String,
    /// `queued`, `sent` or `failed`.
    status: String,
    /// How often it was tried.
    tries: u32,
    /// Why the last try failed.
    error: Option<String>,
    /// When it was written.
    written_at: Time,
    /// When it is tried next.
    due_at: Option<Time>,
}

impl From<OutboxMail> for MailBody {
    fn from(mail: OutboxMail) -> Self {
        let occasion = match mail.occasion {
            Occasion::Document(_) => "document",
            Occasion::PaymentFailed { .. } => "payment_failed",
            Occasion::RenewalFailed { .. } => "renewal_failed",
            Occasion::SubscriptionEnded { .. } => "subscription_ended",
            Occasion::SubscriptionChangeFailed { .. } => "subscription_change_failed",
            Occasion::QuoteRequest { .. } => "quote_request",
        };
        Self {
            id: mail.id,
            occasion: occasion.to_owned(),
            to: mail.to.address,
            status: mail.status.word().to_owned(),
            tries: mail.tries,
            error: mail.error,
            written_at: mail.written_at.into(),
            due_at: mail.due_at.map(Time::from),
        }
    }
}
