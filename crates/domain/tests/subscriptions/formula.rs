//! What the rules say that a period costs and gives: exact fractions of what the shop sees, whatever is rounded (R29,
//! R30).

use folio_domain::{
    Act, ChargeFor, Credits, Instant, Money, Next, Period, PlanTerms, Subscription, SubscriptionEvent,
    SubscriptionStatus,
};

/// Amounts are in parts of a minor unit, or of a micro-credit.
const PARTS: i128 = 1_000_000_000_000;
/// In a period the customer gains less than a minor unit and less than 0.3 credits by rounding …
const SLACK: i128 = 300_000;
/// … and loses at most a minor unit and a tenth of a credit by each change.
const TENTH: i128 = 100_000;

/// An account of the period that was paid last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Formula {
    begun_at: Option<Instant>,
    /// What it costs, in parts.
    cost: i128,
    paid: i64,
    refunded: i64,
    /// What its grants stand for of what was paid, and what was given back of those to come.
    valued: i64,
    /// What the grants' period gives, in parts.
    gives: i128,
    /// In micro-credits; less what was taken back.
    given: i64,
    /// What had been used before it could be taken back, and its price, which is not given back, in parts.
    used: i128,
    used_cost: i128,
    changes: i128,
    /// When the change was quoted that waits for its payment.
    quoted_at: Option<Instant>,
}

impl Formula {
    /// Hears of a move before it is made, with the payment that led to it and what is left of the plan's credits.
    pub(crate) fn hear(&mut self, before: &Subscription, next: &Next, paid: i64, now: Instant, left: Credits) {
        let after = &next.subscription;
        let tells = |event| next.acts.contains(&Act::Tell(event));
        let runs = before.status == SubscriptionStatus::Active && before.period.start == after.period.start;
        let gives_back = next.acts.iter().any(|act| matches!(act, Act::Refund { .. } | Act::TakeBack(_)));
        if tells(SubscriptionEvent::Created) || tells(SubscriptionEvent::Renewed) {
            *self = Self::of(after);
        } else if tells(SubscriptionEvent::Changed) && runs {
            let at = self.quoted_at.filter(|_| paid > 0).unwrap_or(now);
            self.change(before, &after.plan, after.period, at, left);
        } else if gives_back {
            let nothing = PlanTerms { price: Money { minor: 0, ..after.plan.price }, credits: 0, ..after.plan.clone() };
            self.change(before, &nothing, before.period, now, left);
        } else if next.acts.iter().any(|act| matches!(act, Act::Grant(_))) {
            (self.gives, self.given, self.used) = (parts(after.plan.grant().micros()), 0, 0);
        }
        self.paid += paid;
        next.acts.iter().for_each(|act| self.count(act, now));
    }

    /// A period that begins at these terms; what is tried costs nothing.
    fn of(subscription: &Subscription) -> Self {
        let (plan, tried) = (&subscription.plan, subscription.status == SubscriptionStatus::Trialing);
        let cost = if tried { 0 } else { parts(plan.amount().minor) };
        let (begun_at, gives) = (Some(subscription.period.start), parts(plan.grant().micros()));
        Self { begun_at, cost, gives, ..Self::default() }
    }

    /// The rest of the period is had at other terms from `at` on.
    fn change(&mut self, before: &Subscription, new: &PlanTerms, period: Period, at: Instant, left: Credits) {
        let old = &before.plan;
        let cheaper = i128::from(old.amount().minor - new.amount().minor);
        let fewer = i128::from(old.grant().micros() - new.grant().micros());
        self.cost += share(new.amount().minor, period, at) - share(old.amount().minor, before.period, at);
        let due = share(old.grant().micros(), before.grants, at) - share(new.grant().micros(), before.grants, at);
        let used = (due + self.gained() - parts(left.micros())).clamp(0, due.max(0));
        self.gives -= due;
        self.changes += 1;
        if used > 0 {
            // The price of what both terms differ by, in the part of the period that these grants are for.
            self.used += used;
            self.used_cost += used * cheaper * seconds(before.grants) / (fewer * seconds(before.period));
        }
    }

    /// Credits beyond the formula that are not paid for, in parts.
    fn gained(&self) -> i128 {
        parts(self.given) - self.gives - self.used
    }

    fn count(&mut self, act: &Act, now: Instant) {
        match act {
            Act::Grant(grant) => {
                self.given += grant.amount.micros();
                self.valued += grant.value.minor;
            }
            Act::TakeBack(credits) => self.given -= credits.micros(),
            Act::Refund { amount, unassigned } => {
                self.refunded += amount.minor;
                self.valued += unassigned;
            }
            Act::Charge(charge) if charge.attempt == 1 && matches!(charge.reason, ChargeFor::Change(_)) => {
                self.quoted_at = Some(now);
            }
            _ => {}
        }
    }

    /// Nobody has gained, or lost, more than by rounding.
    pub(crate) fn check(&self, subscription: &Subscription) {
        let saved = self.cost + self.used_cost - parts(self.paid - self.refunded);
        assert!(saved < PARTS, "{saved} saved: {self:?}");
        assert!(saved > -PARTS * (1 + self.changes), "{saved} saved: {self:?}");
        let gained = self.gained();
        assert!(gained < PARTS * SLACK, "{gained} gained: {self:?}");
        assert!(gained > -PARTS * TENTH * (1 + self.changes), "{gained} gained: {self:?}");
        if self.begun_at == Some(subscription.period.start) {
            assert_eq!(self.valued + subscription.unassigned, self.paid, "{self:?}");
        }
    }
}

fn parts(amount: i64) -> i128 {
    i128::from(amount) * PARTS
}

fn seconds(period: Period) -> i128 {
    (period.end - period.start).num_seconds().into()
}

/// What is left of an amount, in parts.
fn share(amount: i64, period: Period, at: Instant) -> i128 {
    parts(amount) * i128::from((period.end - at).num_seconds()) / seconds(period)
}
