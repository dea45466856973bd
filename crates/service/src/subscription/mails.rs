//! What customers are mailed about their subscription; invoices come by themselves (R28).

use domain::{ChargeFor, Decline, EventId, Instant, Subscription, SubscriptionEvent as Told, SubscriptionStatus};
use ports::{Occasion, OutboxMail};

use super::moved::Cause;
use crate::issue::Recipient;

/// What is mailed about.
pub(super) struct News<'a> {
    /// The subscription before it happened.
    pub(super) before: &'a Subscription,
    /// The subscription after it.
    pub(super) after: &'a Subscription,
    /// What led to it.
    pub(super) cause: &'a Cause<'a>,
}

/// The mail that an event leads to, if it does.
pub(super) fn mail(
    news: &News<'_>,
    event: Told,
    id: EventId,
    recipient: &Recipient,
    now: Instant,
) -> Option<OutboxMail> {
    let to = recipient.mailbox.clone()?;
    Some(OutboxMail::new(id.to_string(), news.after.customer, to, news.occasion(event)?, now))
}

impl News<'_> {
    fn occasion(&self, event: Told) -> Option<Occasion> {
        match event {
            Told::PastDue | Told::PaymentFailed | Told::ActionRequired => self.renewal_failed(event),
            Told::ChangeFailed => self.change_failed(),
            // What never began is not over.
            Told::Canceled if self.before.status != SubscriptionStatus::Incomplete => {
                Some(Occasion::SubscriptionEnded {
                    subscription: self.after.id,
                    plan: self.after.plan.label.clone(),
                    unpaid: self.before.status == SubscriptionStatus::PastDue,
                })
            }
            _ => None,
        }
    }

    /// One mail for each try that failed. Whoever subscribes is there to see it.
    fn renewal_failed(&self, event: Told) -> Option<Occasion> {
        let dunning = self.after.dunning?;
        let action_required = dunning.decline == Decline::ActionRequired;
        if action_required != (event == Told::ActionRequired) {
            return None;
        }
        Some(Occasion::RenewalFailed {
            subscription: self.after.id,
            plan: self.after.plan.label.clone(),
            amount: self.cause.unpaid()?.order.gross,
            retry_at: dunning.retry_at,
            ends_at: dunning.ends_at,
            action_required,
        })
    }

    fn change_failed(&self) -> Option<Occasion> {
        let Some(ChargeFor::Change(change)) = self.before.due.as_ref().map(|due| &due.reason) else { return None };
        Some(Occasion::SubscriptionChangeFailed {
            subscription: self.after.id,
            plan: change.to.label.clone(),
            reason: self.cause.why_off()?.to_owned(),
        })
    }
}
