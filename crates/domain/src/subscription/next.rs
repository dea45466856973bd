//! What a move of a subscription leads to.

use super::{Period, PlanTerms, Slack, Subscription};
use crate::rules::NewGrant;
use crate::{Credits, Grant, Instant, Money, Source};

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
        /// How much, as the price list has it with tax.
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

/// Money that a subscription asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Counted from 1 within the subscription.
    pub number: u32,
    /// How often it was tried; 0: not yet.
    pub attempt: u32,
    /// Whether a payment is under way, or its outcome not known (R33).
    pub under_way: bool,
    /// How much: more than zero, and as the price list has it with tax.
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

/// Credits that a plan gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanGrant {
    /// The plan's name.
    pub label: String,
    /// How many.
    pub amount: Credits,
    /// What was charged for them, as the price list has it with tax. All grants of a period come to what was charged
    /// for it, less what was given back.
    pub value: Money,
    /// When they become spendable: the exact beginning, or the later payment (R9, R28).
    pub effective_at: Instant,
    /// When they stop being spendable: exclusive.
    pub expires_at: Instant,
}

impl PlanGrant {
    /// The grant that it makes; `net` is its value without tax (R37), `None` where it was free.
    #[must_use]
    pub fn grant(&self, net: Option<Money>) -> NewGrant {
        NewGrant {
            source: Source::Plan,
            label: self.label.clone(),
            amount: self.amount,
            cost: net,
            priority: Grant::DEFAULT_PRIORITY,
            effective_at: Some(self.effective_at),
            expires_at: Some(self.expires_at),
            reason: None,
        }
    }
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

    /// Gives the credits of the grants' period that has `now` in it, for their part of what was charged.
    pub(super) fn grant(mut self, now: Instant) -> Self {
        let Subscription { plan, anchor, grants, unassigned, .. } = &mut self.subscription;
        if grants.end <= now {
            *grants = grants.next(*anchor, plan.grants_every, now);
        }
        let still = plan.grants().saturating_sub(grants.number).max(1);
        let value = unassigned.checked_div(still.into()).unwrap_or(0);
        *unassigned = unassigned.saturating_sub(value);
        let stays = plan.grants_every.saturating_mul(plan.rollover.into());
        let act = PlanGrant {
            label: plan.label.clone(),
            amount: plan.grant(),
            value: Money { minor: value, ..plan.price },
            effective_at: grants.start.max(now),
            expires_at: super::period::boundary(*anchor, grants.end_month.saturating_add(stays)).max(grants.end),
        };
        self.and(Act::Grant(act))
    }

    /// Gives more credits in the grants' period that is running, to its end (R29).
    pub(super) fn extra(mut self, amount: Credits, value: i64, now: Instant) -> Self {
        let Subscription { plan, grants, unassigned, .. } = &mut self.subscription;
        if amount.is_zero() {
            *unassigned = unassigned.saturating_add(value);
            return self;
        }
        let value = Money { minor: value, ..plan.price };
        let act = PlanGrant { label: plan.label.clone(), amount, value, effective_at: now, expires_at: grants.end };
        self.and(Act::Grant(act))
    }

    /// Over, as of `at`.
    pub(super) fn end(self, at: Instant) -> Self {
        let mut next = self.void();
        let subscription = &mut next.subscription;
        subscription.status = super::SubscriptionStatus::Canceled;
        subscription.at_period_end = super::AtPeriodEnd::Renew;
        subscription.dunning = None;
        subscription.ended_at = Some(at);
        next.tell(SubscriptionEvent::Canceled)
    }
}
