//! Changing plan or seats (R29, R30). A preview and the change at the same instant are one calculation.

use super::{
    AtPeriodEnd, ChargeFor, Next, PendingChange, Period, PlanTerms, Slack, Subscription, SubscriptionRefusal,
    SubscriptionStatus as Status,
};
use crate::proration::{downgrade, upgrade};
use crate::{Credits, Instant, Money, Plan, portion};

/// When a change is to be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChangeAt {
    /// At once where it costs more and gives more, at the period's end otherwise.
    #[default]
    Usual,
    /// At once, or not at all.
    Now,
    /// At the period's end.
    PeriodEnd,
}

/// A change that a customer asks for.
#[derive(Clone, Copy, Debug)]
pub struct ChangeAsk<'c> {
    /// Another plan; `None` for the one that it has. That keeps the terms that were bought, named or not (R21).
    pub plan: Option<&'c Plan>,
    /// How many of it: seats.
    pub quantity: u32,
    /// Whether the operator has offered this plan to this customer, so that it may be private.
    pub offered: bool,
    /// When.
    pub at: ChangeAt,
    /// Of the credits that the plan gave in the grants' period that is running, how many are available.
    pub left: Credits,
}

/// What a change comes to at an instant. Amounts are with or without tax, as the prices of the list are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The new terms.
    pub to: PlanTerms,
    /// When they count: the instant asked about, if it is at once and paid.
    pub effective_at: Instant,
    /// For the unused rest at the old price.
    pub credit: Money,
    /// For the rest at the new price.
    pub charge: Money,
    /// To be paid now: `charge − credit` for an upgrade, and at most one minor unit more where several changes in one
    /// period would else have saved a whole one by rounding (R29).
    pub due: Money,
    /// To be given back now: at most `credit − charge` (R30).
    pub refund: Money,
    /// Credits that come with it.
    pub credits: Credits,
    /// Credits that are taken back.
    pub take_back: Credits,
    /// Until when the credits that come with it can be spent: exclusive. Those of a whole period get the plan's rollover
    /// on top.
    pub credits_until: Instant,
    /// When the next period is charged.
    pub renews_at: Instant,
    /// What it costs.
    pub renewal: Money,
}

/// How a change is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Nothing was paid for the present: only the terms change.
    Terms,
    /// The unpaid period is paid for at the new terms (R28).
    Unpaid,
    /// R29.
    Up,
    /// R30, at once.
    Down,
    /// R30.
    Later,
}

impl Subscription {
    /// What the change would come to at `now`. Nothing changes.
    pub fn preview(&self, ask: &ChangeAsk<'_>, now: Instant) -> Result<Quote, SubscriptionRefusal> {
        self.quote(ask, crate::instant(now)).map(|(quote, ..)| quote)
    }

    /// Makes the change: at once where there is nothing to be paid; after its payment where there is (R29); or arranges
    /// it for the period's end (R30).
    pub fn change(&self, ask: &ChangeAsk<'_>, now: Instant) -> Result<Next, SubscriptionRefusal> {
        let now = crate::instant(now);
        let (quote, way, change) = self.quote(ask, now)?;
        let next = Next::unchanged(self);
        Ok(match way {
            Way::Later => next.arrange(AtPeriodEnd::Change(Box::new(quote.to))),
            Way::Down => {
                let unassigned = change.unassigned.saturating_neg();
                next.give_back(quote.take_back, quote.refund, unassigned).changed(change, 0, now)
            }
            _ if quote.due.minor > 0 => next.charge(quote.due, ChargeFor::Change(Box::new(change))),
            _ => next.void().changed(change, 0, now),
        })
    }

    fn quote(&self, ask: &ChangeAsk<'_>, now: Instant) -> Result<(Quote, Way, PendingChange), SubscriptionRefusal> {
        let to = self.terms(ask)?;
        if to.amount().minor == 0 && to.quantity > self.plan.quantity && !ask.offered {
            return Err(SubscriptionRefusal::OnlyOne(to.code));
        }
        let way = self.way(&to, ask.at, now)?;
        let zero = Money { minor: 0, ..to.price };
        let mut quote = Quote {
            effective_at: if way == Way::Later { self.period.end } else { now },
            credit: zero,
            charge: zero,
            due: zero,
            refund: zero,
            credits: Credits::ZERO,
            take_back: Credits::ZERO,
            credits_until: self.grants.end,
            renews_at: self.period.end,
            renewal: to.amount(),
            to,
        };
        let change = self.calculate(&mut quote, way, ask.left, now);
        Ok((quote, way, change))
    }

    /// The terms asked for.
    fn terms(&self, ask: &ChangeAsk<'_>) -> Result<PlanTerms, SubscriptionRefusal> {
        if matches!(self.status, Status::Incomplete | Status::Canceled) {
            return Err(SubscriptionRefusal::WrongStatus(self.status));
        }
        let Some(plan) = ask.plan.filter(|plan| plan.code != self.plan.code) else {
            let to = self.plan.times(ask.quantity)?;
            return if to == self.plan { Err(SubscriptionRefusal::SamePlan) } else { Ok(to) };
        };
        if plan.private && !ask.offered {
            return Err(SubscriptionRefusal::NotOffered(plan.code.clone()));
        }
        let (paid, asked) = (self.plan.price.currency, plan.price.currency);
        if paid != asked {
            return Err(SubscriptionRefusal::OtherCurrency { paid, asked });
        }
        PlanTerms::of(plan, ask.quantity)
    }

    /// How the change is made, if it can be made now.
    fn way(&self, to: &PlanTerms, at: ChangeAt, now: Instant) -> Result<Way, SubscriptionRefusal> {
        if self.status == Status::Paused {
            return Ok(Way::Terms);
        }
        self.in_period(now)?;
        match (&self.at_period_end, &self.due) {
            (AtPeriodEnd::Cancel, _) => return Err(SubscriptionRefusal::Ending),
            (AtPeriodEnd::Change(_) | AtPeriodEnd::Pause { .. }, _) => return Err(SubscriptionRefusal::Arranged),
            (AtPeriodEnd::Renew, Some(due)) if matches!(due.reason, ChargeFor::Change(_)) => {
                return Err(SubscriptionRefusal::ChangePending);
            }
            (AtPeriodEnd::Renew, Some(due)) if due.under_way => return Err(SubscriptionRefusal::PaymentUnderWay),
            (AtPeriodEnd::Renew, _) => {}
        }
        if at == ChangeAt::PeriodEnd {
            return Ok(Way::Later);
        }
        match self.status {
            Status::Trialing => return Ok(Way::Terms),
            Status::PastDue => {
                let period = self.period.resized(self.anchor, self.plan.months, to.months);
                return if now < period.end { Ok(Way::Unpaid) } else { Err(SubscriptionRefusal::OnlyAtPeriodEnd) };
            }
            _ => {}
        }
        // Credits must come on the same days for their rest to be compared.
        let (old, new) = (self.plan.prorated(), to.prorated());
        let alike = to.grants_every == self.plan.grants_every && self.grants.end > now;
        let up = alike && to.months >= self.plan.months && new.price >= old.price && new.credits >= old.credits;
        let down = alike && to.months == self.plan.months && new.price < old.price && new.credits <= old.credits;
        match at {
            _ if up => Ok(Way::Up),
            ChangeAt::Now if down => Ok(Way::Down),
            ChangeAt::Now => Err(SubscriptionRefusal::OnlyAtPeriodEnd),
            _ => Ok(Way::Later),
        }
    }

    /// Writes the figures into the quote, and answers what the subscription is after the change.
    fn calculate(&self, quote: &mut Quote, way: Way, left: Credits, now: Instant) -> PendingChange {
        let (old, new) = (self.plan.prorated(), quote.to.prorated());
        let money = |minor| Money { minor, ..quote.to.price };
        let period = match way {
            Way::Up | Way::Unpaid => self.period.resized(self.anchor, self.plan.months, quote.to.months),
            Way::Terms | Way::Down | Way::Later => self.period,
        };
        let granted = self.grants.rest(now);
        let mut slack = self.slack;
        let mut unassigned = 0;
        match way {
            Way::Terms | Way::Later => {}
            Way::Unpaid => {
                (quote.charge, quote.due, quote.credits) = (quote.renewal, quote.renewal, quote.to.grant());
                quote.credits_until = self.unpaid_grants(&quote.to, period, now).end;
                slack = Slack::default();
            }
            Way::Up => {
                let up = upgrade(old, new, (self.period.rest(now), period.rest(now)), granted, slack);
                (quote.credit, quote.charge) = (money(up.credit), money(up.charge));
                quote.due = money(up.due);
                quote.credits = up.extra;
                slack = up.slack;
                unassigned = later(&quote.to, period, self.grants).saturating_sub(self.unassigned);
                unassigned = unassigned.clamp(0, quote.due.minor);
            }
            Way::Down => {
                let down = downgrade(old, new, self.period.rest(now), granted, slack, left);
                (quote.credit, quote.charge, quote.refund) =
                    (money(down.credit), money(down.charge), money(down.refund));
                quote.take_back = down.take_back;
                slack = down.slack;
                unassigned = down.for_credits.saturating_sub(down.refund).max(self.unassigned.saturating_neg());
            }
        }
        quote.renews_at = period.end;
        let (to, credits, renews) = (quote.to.clone(), quote.credits, way == Way::Unpaid);
        let credit = quote.credit.minor;
        PendingChange { to, period, credits, slack, credit, unassigned, renews }
    }

    /// The grants' period at other terms of the unpaid period that has `now` in it.
    fn unpaid_grants(&self, to: &PlanTerms, period: Period, now: Instant) -> Period {
        let first = period.first_grants(self.anchor, to.months, to.grants_every);
        if first.end <= now { first.next(self.anchor, to.grants_every, now) } else { first }
    }
}

/// Of a period's price, in minor units, what stands for the grants after this one.
fn later(to: &PlanTerms, period: Period, grants: Period) -> i64 {
    let months = period.end_month.saturating_sub(grants.end_month);
    portion(to.amount().minor, months.into(), to.months.max(1).into())
}
