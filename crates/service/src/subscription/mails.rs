//! What customers are mailed about their subscription; invoices come by themselves (R28).

use domain::{EventId, Instant, Subscription, SubscriptionEvent};
use ports::OutboxMail;

use crate::issue::Recipient;

/// The mail that an event leads to, if it does.
pub(super) fn mail(
    _subscription: &Subscription,
    _event: SubscriptionEvent,
    _id: EventId,
    _recipient: &Recipient,
    _now: Instant,
) -> Option<OutboxMail> {
    None
}
