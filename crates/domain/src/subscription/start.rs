//! Beginning a subscription.

use chrono_tz::Tz;

use super::period::boundary;
use super::{
    AtPeriodEnd, ChargeFor, Next, Period, PlanTerms, Slack, Subscription, SubscriptionEvent, SubscriptionRefusal,
    SubscriptionStatus, SubscriptionTerms,
};
use crate::{Anchor, CustomerId, Instant, Plan, SubscriptionId};

/// A subscription to be begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSubscription<'c> {
    /// Its id.
    pub id: SubscriptionId,
    /// Whose.
    pub customer: CustomerId,
    /// Where the customer's months are counted (R27).
    pub zone: Tz,
    /// The plan.
    pub plan: &'c Plan,
    /// How many of it: seats.
    pub quantity: u32,
    /// Whether the operator has offered this plan to this customer, so that it may be private.
    pub offered: bool,
    /// Whether the customer has had a trial of a plan before; there is no second one.
    pub tried: bool,
    /// Until when a subscription that cost nothing, and has ended, had given its credits: it is not to be had twice.
    pub given_until: Option<Instant>,
    /// How long the first payment is awaited.
    pub terms: &'c SubscriptionTerms,
}

impl NewSubscription<'_> {
    /// Customers do not help themselves to more of what costs nothing than one at a time.
    fn is_modest(&self, now: Instant) -> Result<(), SubscriptionRefusal> {
        if self.quantity > 1 {
            return Err(SubscriptionRefusal::OnlyOne(self.plan.code.clone()));
        }
        match self.given_until.filter(|until| now < *until) {
            Some(until) => Err(SubscriptionRefusal::GivenUntil(until)),
            None => Ok(()),
        }
    }
}

impl Subscription {
    /// Begins a subscription. What is free, or tried first, runs at once; else the first period is charged, and nothing
    /// is given before that is paid (R32). `current` is the customer's latest one.
    pub fn start(new: &NewSubscription<'_>, current: Option<&Self>, now: Instant) -> Result<Next, SubscriptionRefusal> {
        let now = crate::instant(now);
        if let Some(current) = current.filter(|current| current.status != SubscriptionStatus::Canceled) {
            return Err(SubscriptionRefusal::AlreadySubscribed(current.id));
        }
        if new.plan.private && !new.offered {
            return Err(SubscriptionRefusal::NotOffered(new.plan.code.clone()));
        }
        let next = Next::unchanged(&Self::new(new, PlanTerms::of(new.plan, new.quantity)?, now));
        let trial = new.plan.trial_for.filter(|_| !new.tried).and_then(|span| span.after(now));
        let amount = next.subscription.plan.amount();
        if !new.offered && (trial.is_some() || amount.minor == 0) {
            new.is_modest(now)?;
        }
        if let Some(end) = trial {
            return Ok(next.try_until(end, now).grant(now).tell(SubscriptionEvent::Created));
        }
        if amount.minor == 0 {
            return Ok(next.begin(0, now));
        }
        Ok(next.charge(amount, ChargeFor::Start))
    }

    fn new(new: &NewSubscription<'_>, plan: PlanTerms, now: Instant) -> Self {
        let anchor = Anchor::at(now, new.zone);
        let period = Period::first(anchor, now, plan.months);
        Self {
            id: new.id,
            customer: new.customer,
            status: SubscriptionStatus::Incomplete,
            anchor,
            period,
            grants: period.first_grants(anchor, plan.months, plan.grants_every),
            plan,
            at_period_end: AtPeriodEnd::Renew,
            due: None,
            charges_made: 0,
            dunning: None,
            slack: Slack::default(),
            unassigned: 0,
            created_at: now,
            incomplete_until: new.terms.incomplete_for.after(now).unwrap_or(Instant::MAX_UTC),
            ended_at: None,
        }
    }
}

impl Next {
    /// The first period begins now, and has been paid for: months are counted from here (R27).
    pub(super) fn begin(self, charged: i64, now: Instant) -> Self {
        let mut next = self.count_from(now);
        next.subscription.status = SubscriptionStatus::Active;
        next.subscription.unassigned = charged;
        next.grant(now).tell(SubscriptionEvent::Created)
    }

    /// A first period begins now: months are counted from here.
    pub(super) fn count_from(mut self, now: Instant) -> Self {
        let subscription = &mut self.subscription;
        let PlanTerms { months, grants_every, .. } = subscription.plan;
        subscription.anchor = Anchor::at(now, subscription.anchor.zone);
        subscription.period = Period::first(subscription.anchor, now, months);
        subscription.grants = subscription.period.first_grants(subscription.anchor, months, grants_every);
        subscription.slack = Slack::default();
        subscription.unassigned = 0;
        self
    }

    /// A trial until `end`: the first period that costs money begins then.
    fn try_until(mut self, end: Instant, now: Instant) -> Self {
        let subscription = &mut self.subscription;
        subscription.status = SubscriptionStatus::Trialing;
        subscription.anchor = Anchor::at(end, subscription.anchor.zone);
        // The clock may show the trial's end twice; the trial is never shorter than promised.
        let end = boundary(subscription.anchor, 0).max(end);
        subscription.period = Period { number: 0, start: now, end, end_month: 0 };
        subscription.grants = subscription.period;
        self
    }
}
