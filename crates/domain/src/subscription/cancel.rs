//! Ending a subscription, pausing it, and thinking better of it (R31).

use super::{
    Act, AtPeriodEnd, Next, Subscription, SubscriptionEvent, SubscriptionRefusal, SubscriptionStatus as Status,
};
use crate::proration::{Terms, downgrade};
use crate::{Credits, Instant, Money};

/// When a subscription is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelAt {
    /// With its period, which was paid for: the default.
    PeriodEnd,
    /// Now; nothing is given back, and the credits stay to the end that they were granted with.
    Now,
    /// Now; money and credits go back as with a downgrade to nothing (R30). Of the credits that the plan gave in the
    /// grants' period that is running, so many are available.
    NowWithRefund(Credits),
}

impl Subscription {
    /// Ends it. Where the period was not paid for, it ends now in any case. Asked again, nothing changes.
    pub fn cancel(&self, at: CancelAt, now: Instant) -> Result<Next, SubscriptionRefusal> {
        let now = crate::instant(now);
        let next = Next::unchanged(self);
        if self.status == Status::Canceled {
            return Ok(next);
        }
        if !self.is_paid() {
            return Ok(next.end(now));
        }
        if at == CancelAt::PeriodEnd && self.at_period_end == AtPeriodEnd::Cancel {
            return Ok(next);
        }
        self.in_period(now)?;
        match at {
            CancelAt::PeriodEnd => Ok(next.call_off_pending().arrange(AtPeriodEnd::Cancel)),
            CancelAt::NowWithRefund(left) if self.status == Status::Active => Ok(next.refund_rest(left, now).end(now)),
            CancelAt::Now | CancelAt::NowWithRefund(_) => Ok(next.end(now)),
        }
    }

    /// From the period's end on nothing is charged or granted, until it is resumed. Asked again, the last `until` counts.
    pub fn pause(&self, until: Option<Instant>, now: Instant) -> Result<Next, SubscriptionRefusal> {
        let pause = AtPeriodEnd::Pause { until: until.map(crate::instant) };
        let next = Next::unchanged(self);
        if self.at_period_end == pause {
            return Ok(next);
        }
        match (self.status, &self.at_period_end) {
            (Status::Active, AtPeriodEnd::Cancel) => Err(SubscriptionRefusal::Ending),
            (Status::Active, AtPeriodEnd::Change(_)) => Err(SubscriptionRefusal::Arranged),
            (Status::Active, _) => {
                self.in_period(crate::instant(now))?;
                Ok(next.arrange(pause))
            }
            (Status::Paused, _) => Ok(next.arrange(pause)),
            (status, _) => Err(SubscriptionRefusal::WrongStatus(status)),
        }
    }

    /// Takes back what was arranged for the period's end, a change, a pause or the end, and a change that waits for its
    /// payment. A subscription that is paused begins again, its months counted from now. Asked again, nothing changes.
    pub fn resume(&self, now: Instant) -> Result<Next, SubscriptionRefusal> {
        let now = crate::instant(now);
        let next = Next::unchanged(self);
        match self.status {
            Status::Incomplete | Status::Canceled => Err(SubscriptionRefusal::WrongStatus(self.status)),
            Status::Paused => Ok(next.restart(now)),
            _ if self.at_period_end == AtPeriodEnd::Renew => Ok(next.call_off_pending()),
            _ => {
                self.in_period(now)?;
                Ok(next.call_off_pending().arrange(AtPeriodEnd::Renew))
            }
        }
    }

    /// The period is not over.
    pub(super) fn in_period(&self, now: Instant) -> Result<(), SubscriptionRefusal> {
        let end = self.period.end;
        if now < end { Ok(()) } else { Err(SubscriptionRefusal::RenewalDue(end)) }
    }
}

impl Next {
    pub(super) fn arrange(mut self, at_period_end: AtPeriodEnd) -> Self {
        self.subscription.at_period_end = at_period_end;
        self.tell(SubscriptionEvent::Arranged)
    }

    /// Gives back what is not used of the period.
    fn refund_rest(mut self, left: Credits, now: Instant) -> Self {
        let Subscription { plan, period, grants, slack, unassigned, .. } = &mut self.subscription;
        let nothing = Terms { price: 0, credits: 0 };
        let down = downgrade(plan.prorated(), nothing, period.rest(now), grants.rest(now), *slack, left);
        let later = down.refund.saturating_sub(down.for_credits).min(*unassigned);
        *unassigned = unassigned.saturating_sub(later);
        let refund = Money { minor: down.refund, ..plan.price };
        self.give_back(down.take_back, refund, later)
    }

    /// Takes back credits, and gives back money of which `unassigned` minor units stood for later grants.
    pub(super) fn give_back(self, take_back: Credits, amount: Money, unassigned: i64) -> Self {
        let next = if take_back.is_zero() { self } else { self.and(Act::TakeBack(take_back)) };
        if amount.minor == 0 { next } else { next.and(Act::Refund { amount, unassigned }) }
    }
}
