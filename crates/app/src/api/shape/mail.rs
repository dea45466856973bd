//! Mail.

use poem_openapi::Object;
use ports::{Occasion, OutboxMail, Written};
use service::mail::Template;

use crate::api::wire::{Time, Word};

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
    /// Why the last try failed; an operator's key sees it.
    error: Option<String>,
    /// When it was written.
    written_at: Time,
    /// When it is tried next.
    due_at: Option<Time>,
}

impl MailBody {
    pub(crate) fn of(mail: OutboxMail, for_operator: bool) -> Self {
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
            // It can name our own servers.
            error: mail.error.filter(|_| for_operator),
            written_at: mail.written_at.into(),
            due_at: mail.due_at.map(Time::from),
        }
    }
}

/// What a mail would say.
#[derive(Clone, Debug, Object)]
#[oai(rename = "MailPreview")]
pub(crate) struct MailPreviewBody {
    /// Which mail.
    template: Word<Template>,
    /// Its subject.
    subject: String,
    /// Its plain text.
    text: String,
    /// The same as HTML: a whole page.
    html: String,
}

impl MailPreviewBody {
    pub(crate) fn of(template: Template, written: Written) -> Self {
        let Written { subject, text, html } = written;
        Self { template: Word(template), subject, text, html }
    }
}

#[cfg(test)]
mod tests {
    use domain::{CustomerId, Instant};
    use ports::Mailbox;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn r42_why_a_mail_failed_is_for_the_operator() {
        let to = Mailbox { name: None, address: "ada@example.com".to_owned() };
        let occasion = Occasion::QuoteRequest { credits: domain::Credits::whole(1), message: String::new() };
        let customer = CustomerId(Uuid::nil());
        let mail = OutboxMail::new("quote".to_owned(), customer, to, occasion, Instant::UNIX_EPOCH);
        let failed = OutboxMail { tries: 1, error: Some("10.0.0.7:25 refuses".to_owned()), ..mail };
        let error = |for_operator| MailBody::of(failed.clone(), for_operator).error;
        assert_eq!((error(true).as_deref(), error(false)), (Some("10.0.0.7:25 refuses"), None));
    }
}
