//! Subscriptions: a customer on a plan, from period to period (R27–R31).
//!
//! Every move gives a [`Next`]: the subscription after it, and what has to be done. Money is asked for with
//! [`Act::Charge`]; whoever asks the provider comes back with [`Subscription::settle`] or [`Subscription::fail`]. What the
//! calendar does is [`Subscription::advance`], due at [`Subscription::due_at`]. Asked again, a move does nothing twice.

mod advance;
mod cancel;
mod change;
mod grants;
mod next;
mod payment;
mod period;
mod refusal;
mod start;
mod status;
mod terms;
mod words;

use crate::{Anchor, CustomerId, Instant, SubscriptionId};

pub use crate::proration::Slack;
pub use cancel::CancelAt;
pub use change::{ChangeAsk, ChangeAt, Quote};
pub use grants::PlanGrant;
pub use next::{Act, Charge, ChargeFor, ChargeState, Next, PendingChange, Settled, SubscriptionEvent};
pub use period::Period;
pub use refusal::SubscriptionRefusal;
pub use start::NewSubscription;
pub use status::{AtPeriodEnd, Decline, Dunning, SubscriptionStatus};
pub(crate) use terms::flaws;
pub use terms::{DunningTerms, PlanTerms, SubscriptionTerms};

/// A customer on a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its id; the keys of its payments are made from it (R33).
    pub id: SubscriptionId,
    /// Whose.
    pub customer: CustomerId,
    /// The plan, as it was bought.
    pub plan: PlanTerms,
    /// Where it is.
    pub status: SubscriptionStatus,
    /// What its periods are counted from; a change of plan keeps it (R27).
    pub anchor: Anchor,
    /// What is, or was last, paid for.
    pub period: Period,
    /// The part of it that the last credits were for; the same where credits come once a period.
    pub grants: Period,
    /// What happens when the period ends.
    pub at_period_end: AtPeriodEnd,
    /// The charge that has not been paid.
    pub due: Option<Charge>,
    /// Charges so far: the last one's number.
    pub charges_made: u32,
    /// Where a renewal stands that was declined.
    pub dunning: Option<Dunning>,
    /// By how much changes within the period have favoured the customer, by rounding.
    pub slack: Slack,
    /// Of the charges for this period, in minor units: what stands for credits still to be granted. What is left of it
    /// when the subscription ends was charged for credits that nobody gets.
    pub unassigned: i64,
    /// When it was begun.
    pub created_at: Instant,
    /// Until when the first payment is awaited: exclusive.
    pub incomplete_until: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
}

impl Subscription {
    /// Whether the period has been paid for, or costs nothing.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        let unpaid = self.due.is_some() && !self.has_pending_change();
        matches!(self.status, SubscriptionStatus::Trialing | SubscriptionStatus::Active) && !unpaid
    }

    /// Whether a change waits for its payment.
    fn has_pending_change(&self) -> bool {
        self.due.as_ref().is_some_and(|due| matches!(due.reason, ChargeFor::Change(_)))
    }
}
