//! What a move of a subscription leads to.

use super::{AtPeriodEnd, Period, PlanGrant, PlanTerms, Slack, Subscription, SubscriptionStatus};
use crate::{Credits, Instant, Money};

/// A subscription after a move, and what has to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// The subscription after it.
    pub subscription: Subscription,
    /// What has to be done; nothing where the move had been made before.
    pub acts: Vec<Act>,
}

/// Something that has to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Ask for this charge. Its number and attempt make the provider's key, so that asking twice charges once (R33).
    Charge(Charge),
    /// The charge of this number is not due any more: stop its payment.
    Void(u32),
    /// Give these credits.
    Grant(PlanGrant),
    /// Revoke so many of the credits that the plan gave in the grants' period that is running.
    TakeBack(Credits),
    /// Give back money that was charged for the period.
    Refund {
        /// How much: with or without tax, as the prices of the list are.
        amount: Money,
        /// How much of that, in minor units, stood for credits that were not granted yet.
        unassigned: i64,
    },
    /// Tell of it.
    Tell(SubscriptionEvent),
}

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubscriptionEvent {
    /// It has begun, or its trial has.
    Created,
    /// A period was paid.
    Renewed,
    /// The plan or the number of seats is another one.
    Changed,
    /// Another plan, a pause or the end was arranged for the period's end, or taken back.
    Arranged,
    /// A change was not paid and is off.
    ChangeFailed,
    /// A payment was declined.
    PaymentFailed,
    /// The customer has to agree to the payment with the bank.
    ActionRequired,
    /// A renewal was declined for the first time.
    PastDue,
    /// It is paused.
    Paused,
    /// It goes on after a pause.
    Resumed,
    /// It is over; the free tier follows (R31).
    Canceled,
}

impl SubscriptionEvent {
    /// Every event.
    pub const ALL: [Self; 11] = [
        Self::Created,
        Self::Renewed,
        Self::Changed,
        Self::Arranged,
        Self::ChangeFailed,
        Self::PaymentFailed,
        Self::ActionRequired,
        Self::PastDue,
        Self::Paused,
        Self::Resumed,
        Self::Canceled,
    ];

    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Renewed => "renewed",
            Self::Changed => "changed",
            Self::Arranged => "scheduled",
            Self::ChangeFailed => "change_failed",
            Self::PaymentFailed => "payment_failed",
            Self::ActionRequired => "action_required",
            Self::PastDue => "past_due",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Canceled => "canceled",
        }
    }

    /// The event with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.word() == word)
    }
}

/// Money that a subscription asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Counted from 1 within the subscription.
    pub number: u32,
    /// How often it was tried; 0: not yet.
    pub attempt: u32,
    /// Whether a payment is under way, or its outcome not known (R33).
    pub under_way: bool,
    /// How much, more than zero: with or without tax, as the prices of the list are.
    pub amount: Money,
    /// What for.
    pub reason: ChargeFor,
}

/// What a charge is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChargeFor {
    /// The first period.
    Start,
    /// A further period.
    Renewal,
    /// A change that waits for its payment (R29).
    Change(Box<PendingChange>),
}

/// A change as it was quoted, until it is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingChange {
    /// The new terms.
    pub to: PlanTerms,
    /// The period then.
    pub period: Period,
    /// The credits that come with it.
    pub credits: Credits,
    /// What the rounding comes to then.
    pub slack: Slack,
    /// Of the charge, in minor units: what the unused rest at the old terms was worth. `charge + credit` is the price of
    /// the rest at the new ones.
    pub credit: i64,
    /// Of the charge, in minor units: what stands for later grants of the period. Below zero: of the refund.
    pub unassigned: i64,
    /// Whether it pays for the whole period, which had not been paid at the old terms.
    pub renews: bool,
}

/// What has become of a charge, as it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChargeState {
    /// It waits for a payment.
    Due,
    /// Paid by the payment with this id.
    Paid(String),
    /// Not due any more.
    Void,
}

/// What a payment did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It has settled the charge.
    Now(Box<Next>),
    /// It had before: there is nothing to do (R32).
    Already,
}

impl Next {
    /// Nothing happened.
    pub(super) fn unchanged(subscription: &Subscription) -> Self {
        Self { subscription: subscription.clone(), acts: Vec::new() }
    }

    pub(super) fn and(mut self, act: Act) -> Self {
        self.acts.push(act);
        self
    }

    pub(super) fn tell(self, event: SubscriptionEvent) -> Self {
        self.and(Act::Tell(event))
    }

    /// Asks for a charge, in place of the one that was due.
    pub(super) fn charge(self, amount: Money, reason: ChargeFor) -> Self {
        self.owe(amount, reason).attempt()
    }

    /// A charge is due, in place of the one that was; nobody is asked yet.
    pub(super) fn owe(self, amount: Money, reason: ChargeFor) -> Self {
        let mut next = self.void();
        let subscription = &mut next.subscription;
        subscription.charges_made = subscription.charges_made.saturating_add(1);
        let number = subscription.charges_made;
        subscription.due = Some(Charge { number, attempt: 0, under_way: false, amount, reason });
        next
    }

    /// Asks for the charge that is due, once more.
    pub(super) fn attempt(mut self) -> Self {
        if let Some(due) = &mut self.subscription.due {
            due.attempt = due.attempt.saturating_add(1);
            due.under_way = true;
            self.acts.push(Act::Charge(due.clone()));
        }
        self
    }

    /// Nothing is due any more.
    pub(super) fn void(mut self) -> Self {
        if let Some(due) = self.subscription.due.take() {
            self.acts.push(Act::Void(due.number));
        }
        self
    }

    /// Over, as of `at`.
    pub(super) fn end(self, at: Instant) -> Self {
        let mut next = self.void();
        let subscription = &mut next.subscription;
        subscription.status = SubscriptionStatus::Canceled;
        subscription.at_period_end = AtPeriodEnd::Renew;
        subscription.dunning = None;
        subscription.ended_at = Some(at);
        next.tell(SubscriptionEvent::Canceled)
    }
}
