//! What becomes of a subscription's charges (R28, R32, R33).

use super::{
    ChargeFor, ChargeState, Decline, DunningTerms, Next, PendingChange, Settled, Subscription, SubscriptionEvent,
    SubscriptionRefusal, SubscriptionStatus,
};
use crate::Instant;

impl Subscription {
    /// Money has come for the charge of this number, of which `state` was written down. However late, often or out of
    /// order we are told: it settles what is still due, once, and is refused where the period has passed meanwhile; what
    /// is refused here [leaves money](SubscriptionRefusal::leaves_money) with us.
    pub fn settle(
        &self,
        number: u32,
        state: &ChargeState,
        payment: &str,
        now: Instant,
    ) -> Result<Settled, SubscriptionRefusal> {
        let now = crate::instant(now);
        let late = || SubscriptionRefusal::PaidTooLate { number, payment: payment.to_owned() };
        match state {
            ChargeState::Paid(first) if first == payment => return Ok(Settled::Already),
            ChargeState::Paid(first) => {
                let (first, second) = (first.clone(), payment.to_owned());
                return Err(SubscriptionRefusal::PaidTwice { first, second });
            }
            ChargeState::Void => return Err(late()),
            ChargeState::Due => {}
        }
        let due = self.due.as_ref().filter(|due| due.number == number);
        let due = due.ok_or(SubscriptionRefusal::UnknownCharge(number))?.clone();
        let mut next = Next::unchanged(self);
        next.subscription.due = None;
        let settled = match due.reason {
            ChargeFor::Start => next.begin(due.amount.minor, now),
            ChargeFor::Renewal if now < self.period.end => next.renewed(due.amount.minor, now),
            ChargeFor::Change(change) if now < self.paid_until(&change) => next.changed(*change, due.amount.minor, now),
            ChargeFor::Renewal | ChargeFor::Change(_) => return Err(late()),
        };
        Ok(Settled::Now(Box::new(settled)))
    }

    /// A change that was quoted for a grants' period ends with it, unless it pays for the whole period.
    fn paid_until(&self, change: &PendingChange) -> Instant {
        if change.renews { change.period.end } else { self.grants.end }
    }

    /// The provider has declined this attempt at this charge. Told again, or of an attempt that is over, nothing changes.
    pub fn fail(
        &self,
        number: u32,
        attempt: u32,
        decline: Decline,
        terms: &DunningTerms,
        now: Instant,
    ) -> Result<Next, SubscriptionRefusal> {
        let now = crate::instant(now);
        if number == 0 || number > self.charges_made {
            return Err(SubscriptionRefusal::UnknownCharge(number));
        }
        let mut next = Next::unchanged(self);
        let due = next.subscription.due.as_mut();
        let Some(due) = due.filter(|due| (due.number, due.attempt, due.under_way) == (number, attempt, true)) else {
            return Ok(next);
        };
        due.under_way = false;
        let renewal = due.reason == ChargeFor::Renewal;
        let change = matches!(due.reason, ChargeFor::Change(_));
        let first = self.dunning.is_none();
        if renewal {
            let (since, failures) = self.dunning.map_or((now, 0), |dunning| (dunning.since, dunning.failures));
            next.subscription.status = SubscriptionStatus::PastDue;
            next.subscription.dunning = Some(terms.after(decline, since, failures.saturating_add(1), now));
        }
        next = if renewal && first { next.tell(SubscriptionEvent::PastDue) } else { next };
        Ok(match decline {
            Decline::ActionRequired => next.tell(SubscriptionEvent::ActionRequired),
            _ if change => next.call_off_change(),
            _ if renewal && first => next,
            _ => next.tell(SubscriptionEvent::PaymentFailed),
        })
    }

    /// Tries the charge that is due at once: the customer has another card, or asks for it (R28).
    pub fn pay_now(&self) -> Result<Next, SubscriptionRefusal> {
        match &self.due {
            None => Err(SubscriptionRefusal::NothingToPay),
            Some(due) if due.under_way => Err(SubscriptionRefusal::PaymentUnderWay),
            Some(_) => Ok(Next::unchanged(self).attempt()),
        }
    }
}

impl Next {
    /// The period that is due was paid: its credits come now, and it ends where it always would have (R28).
    pub(super) fn renewed(mut self, charged: i64, now: Instant) -> Self {
        self.subscription.status = SubscriptionStatus::Active;
        self.subscription.dunning = None;
        self.subscription.unassigned = charged;
        self.grant(now).tell(SubscriptionEvent::Renewed)
    }

    /// A change that was paid for, or costs nothing.
    pub(super) fn changed(mut self, change: PendingChange, charged: i64, now: Instant) -> Self {
        let subscription = &mut self.subscription;
        let PendingChange { to, period, credits, slack, unassigned, renews, .. } = change;
        subscription.period = period;
        subscription.slack = slack;
        if renews {
            subscription.grants = period.first_grants(subscription.anchor, to.months, to.grants_every);
            subscription.plan = to;
            return self.renewed(charged, now).tell(SubscriptionEvent::Changed);
        }
        subscription.plan = to;
        subscription.unassigned = subscription.unassigned.saturating_add(unassigned);
        self.extra(credits, charged.saturating_sub(unassigned.max(0)), now).tell(SubscriptionEvent::Changed)
    }

    /// The change that waits for its payment is off; what had been due before it is due again.
    pub(super) fn call_off_change(self) -> Self {
        let next = if self.subscription.status == SubscriptionStatus::PastDue {
            let amount = self.subscription.plan.amount();
            self.owe(amount, ChargeFor::Renewal)
        } else {
            self.void()
        };
        next.tell(SubscriptionEvent::ChangeFailed)
    }
}
