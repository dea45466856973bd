//! What the calendar does to a subscription (R27, R28).

use super::{
    AtPeriodEnd, ChargeFor, Next, PlanTerms, Slack, Subscription, SubscriptionEvent, SubscriptionRefusal,
    SubscriptionStatus,
};
use crate::Instant;

/// What falls due; in the order in which things happen at the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// The first payment did not come, or dunning is over.
    End,
    /// The period ends.
    Boundary,
    /// The grants' period ends within a longer one.
    Grants,
    /// A declined charge is tried again.
    Retry,
    /// A pause ends.
    Resume,
}

impl Subscription {
    /// When [`advance`](Self::advance) has something to do next; `None`: never by itself.
    #[must_use]
    pub fn due_at(&self) -> Option<Instant> {
        self.next_due().map(|(at, _)| at)
    }

    /// Does the first thing that is due by `now`; to be asked until nothing is. A period that ended is followed by the
    /// one that `now` lies in: those that passed meanwhile are neither charged nor granted (R28), so whoever advances a
    /// clock by itself asks at each [`due_at`](Self::due_at).
    pub fn advance(&self, now: Instant) -> Result<Next, SubscriptionRefusal> {
        let now = crate::instant(now);
        let (at, due) =
            self.next_due().filter(|(at, _)| *at <= now).ok_or(SubscriptionRefusal::NotDue(self.due_at()))?;
        let next = Next::unchanged(self);
        Ok(match due {
            Due::End => next.end(at),
            Due::Boundary => next.cross(now),
            Due::Grants => next.call_off_pending().grant(now),
            Due::Retry => next.retry(),
            Due::Resume => next.restart(now),
        })
    }

    fn next_due(&self) -> Option<(Instant, Due)> {
        let boundary = Some((self.period.end, Due::Boundary));
        let all = match self.status {
            SubscriptionStatus::Canceled => [None, None, None],
            SubscriptionStatus::Incomplete => [Some((self.incomplete_until, Due::End)), None, None],
            SubscriptionStatus::Paused => [self.resumes_at().map(|at| (at, Due::Resume)), None, None],
            SubscriptionStatus::PastDue => {
                [boundary, self.dunning.map(|dunning| (dunning.ends_at, Due::End)), self.retry()]
            }
            SubscriptionStatus::Trialing | SubscriptionStatus::Active => {
                [boundary, Some((self.grants.end, Due::Grants)).filter(|_| self.is_paid()), None]
            }
        };
        all.into_iter().flatten().filter(|(at, _)| *at < Instant::MAX_UTC).min()
    }

    fn resumes_at(&self) -> Option<Instant> {
        match self.at_period_end {
            AtPeriodEnd::Pause { until } => until,
            _ => None,
        }
    }

    /// The next try of a declined charge, unless one is under way.
    fn retry(&self) -> Option<(Instant, Due)> {
        let waits = self.due.as_ref().is_some_and(|due| !due.under_way);
        self.dunning.and_then(|dunning| dunning.retry_at).filter(|_| waits).map(|at| (at, Due::Retry))
    }
}

impl Next {
    /// The period is over.
    fn cross(mut self, now: Instant) -> Self {
        let ended = self.subscription.period.end;
        // A change of that period, still unpaid, is off; what was due besides it is dealt with below.
        if self.subscription.has_pending_change() {
            self = self.void().tell(SubscriptionEvent::ChangeFailed);
        }
        match std::mem::take(&mut self.subscription.at_period_end) {
            AtPeriodEnd::Cancel => self.end(ended),
            AtPeriodEnd::Pause { until } => {
                self.subscription.at_period_end = AtPeriodEnd::Pause { until };
                self.subscription.status = SubscriptionStatus::Paused;
                self.subscription.dunning = None;
                self.void().tell(SubscriptionEvent::Paused)
            }
            AtPeriodEnd::Change(to) => self.turn(*to, now, true),
            AtPeriodEnd::Renew => {
                let plan = self.subscription.plan.clone();
                self.turn(plan, now, false)
            }
        }
    }

    /// The period that has `now` in it begins at these terms, and is charged: grants follow the payment.
    fn turn(mut self, plan: PlanTerms, now: Instant, changed: bool) -> Self {
        let subscription = &mut self.subscription;
        let anchor = subscription.anchor;
        subscription.period = subscription.period.next(anchor, plan.months, now);
        subscription.grants = subscription.period.first_grants(anchor, plan.months, plan.grants_every);
        subscription.slack = Slack::default();
        subscription.unassigned = 0;
        subscription.plan = plan;
        let next = if changed { self.tell(SubscriptionEvent::Changed) } else { self };
        next.charge_period(now)
    }

    fn charge_period(mut self, now: Instant) -> Self {
        let amount = self.subscription.plan.amount();
        if amount.minor == 0 {
            return self.void().renewed(0, now);
        }
        if self.subscription.status == SubscriptionStatus::PastDue {
            // The schedule goes on; what it tries is this period now, as the one before has passed unpaid.
            return self.owe(amount, ChargeFor::Renewal);
        }
        self.subscription.status = SubscriptionStatus::Active;
        self.charge(amount, ChargeFor::Renewal)
    }

    /// Tries the declined renewal again, rather than a change that the customer has left unpaid.
    fn retry(self) -> Self {
        self.call_off_pending().attempt()
    }

    /// A change that still waits for its payment is off.
    pub(super) fn call_off_pending(self) -> Self {
        if self.subscription.has_pending_change() { self.call_off_change() } else { self }
    }

    /// A pause is over: a first period begins, as with a new subscription.
    pub(super) fn restart(self, now: Instant) -> Self {
        let mut next = self.count_from(now).tell(SubscriptionEvent::Resumed);
        next.subscription.at_period_end = AtPeriodEnd::Renew;
        next.subscription.status = SubscriptionStatus::Active;
        next.charge_period(now)
    }
}
