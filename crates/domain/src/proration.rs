//! What a change of terms within a period comes to: money per second, credits to a tenth (R29, R30).
//!
//! A subscription that goes from $9 and 100 credits to $29 and 1000 with 20 of 30 days left owes
//! `round(2900·2/3) − round(900·2/3) = 1933 − 600 = 1333` cents, and gets `900·2/3 = 600` credits to the period's end.
//!
//! Amounts of money and credits are exact fractions here, as numerators over the seconds of a period, and rounded once.
//! They stay countable: the terms of one subscription are at most 10^12 minor units and 10^15 micro-credits
//! (`PlanTerms::of`), and no period is longer than 10^10 seconds: 10^37 at most.

use crate::{Credits, Instant};

/// A tenth of a credit, in micro-credits.
const TENTH: i128 = 100_000;
/// What rounding may give in a grants' period, in micro-credits: three times up to a tenth.
const MOST_SLACK: i128 = 300_000;

/// The rest of a period `[start, end)` at an instant, in started seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rest {
    left: i128,
    whole: i128,
}

impl Rest {
    /// What is left of it at `at`: all before its beginning, nothing after its end.
    pub(crate) fn of(start: Instant, end: Instant, at: Instant) -> Self {
        let whole = seconds(start, end).max(1);
        Self { left: seconds(at, end).clamp(0, whole), whole }
    }

    /// The share of `price` minor units that is left, half-up.
    pub(crate) fn money(self, price: i64) -> i64 {
        let twice = i128::from(price).saturating_mul(self.left).saturating_mul(2).saturating_add(self.whole);
        narrow(floor(twice, self.whole.saturating_mul(2)))
    }

    /// The exact share of `amount` that is left, as a numerator over all seconds.
    fn exact(self, amount: i64) -> i128 {
        i128::from(amount).saturating_mul(self.left)
    }
}

/// Seconds from one instant to another, a started one counted as one.
fn seconds(from: Instant, to: Instant) -> i128 {
    ceil(to.signed_duration_since(from).num_milliseconds().into(), 1_000)
}

/// What a subscription costs and gives in a whole period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Minor units a period.
    pub price: i64,
    /// Micro-credits a grant.
    pub credits: i64,
}

/// By how much rounding has favoured the customer: in all less than a minor unit since the period began, and less than 0.3
/// credits since the grants' period did. Without a memory of it, a thousand seats that are added one by one in the last
/// second, or going up and down again, would gain up to a tenth of a credit and a cent each time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slack {
    /// Charged too little, in minor units × the seconds of the period. Below zero: too much.
    pub money: i64,
    /// Granted too much, in micro-credits × the seconds of the grant's period. Below zero: too little.
    pub credits: i64,
}

/// A change that costs more, or the same, and gives as many credits or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Upgrade {
    /// Minor units for the unused rest at the old price.
    pub credit: i64,
    /// Minor units for the rest at the new price.
    pub charge: i64,
    /// Minor units to be paid: `charge − credit`, and one more where rounding would have saved a whole one by now.
    pub due: i64,
    /// Credits to the end of the grant's period.
    pub extra: Credits,
    /// The slack after it.
    pub slack: Slack,
}

/// R29: `−round(P_old·r/L)`, `+round(P_new·r/L)`, and `(A_new − A_old)·r/L` credits, rounded up to 0.1.
/// The rest of the period differs between old and new where the new one is longer; `granted` is the rest of the grant's.
pub(crate) fn upgrade(
    old: Terms,
    new: Terms,
    (old_rest, new_rest): (Rest, Rest),
    granted: Rest,
    slack: Slack,
) -> Upgrade {
    let (credit, charge) = (old_rest.money(old.price), new_rest.money(new.price));
    // Exactly, over the seconds of both periods: the new one may be longer.
    let both = old_rest.whole.saturating_mul(new_rest.whole);
    let before = old_rest.exact(old.price).saturating_sub(slack.money.into()).saturating_mul(new_rest.whole);
    let owed = new_rest.exact(new.price).saturating_mul(old_rest.whole).saturating_sub(before);
    let due = charge.saturating_sub(credit).max(narrow(floor(owed, both)));
    let money = narrow(ceil(owed.saturating_sub(i128::from(due).saturating_mul(both)), old_rest.whole));
    let more = granted.exact(new.credits.saturating_sub(old.credits)).max(0);
    let owed = more.saturating_sub(slack.credits.into());
    let extra = up_to_tenth(more, granted.whole).min(below_most_slack(owed, granted.whole));
    let given = i128::from(extra.micros()).saturating_mul(granted.whole);
    Upgrade { credit, charge, due, extra, slack: Slack { money, credits: narrow(given.saturating_sub(owed)) } }
}

/// The most tenths of a credit that exceed `owed` by less than [`MOST_SLACK`].
fn below_most_slack(owed: i128, whole: i128) -> Credits {
    let bound = owed.saturating_add(MOST_SLACK.saturating_sub(TENTH).saturating_mul(whole));
    up_to_tenth(bound, whole)
}

/// A change that costs less at once, and gives fewer credits, or as many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Downgrade {
    /// Minor units for the unused rest at the old price.
    pub credit: i64,
    /// Minor units for the rest at the new price.
    pub charge: i64,
    /// Minor units to be given back: at most `credit − charge`.
    pub refund: i64,
    /// Of the refund, what is for the credits that are taken back; the rest is for those of later grants.
    pub for_credits: i64,
    /// Credits to be taken back.
    pub take_back: Credits,
    /// The slack after it.
    pub slack: Slack,
}

/// R30: the smaller of the time share and the unused-credit share, and at most the credits that are `left`.
///
/// The time share is that of R29. The unused-credit share leaves out the price of those credits that the new terms would
/// not have given and that are not there to be taken back. Neither gives back so much that rounding, over all changes of
/// the period, would have saved the customer a whole minor unit.
pub(crate) fn downgrade(old: Terms, new: Terms, rest: Rest, granted: Rest, slack: Slack, left: Credits) -> Downgrade {
    let (credit, charge) = (rest.money(old.price), rest.money(new.price));
    let (fewer, cheaper) = (old.credits.saturating_sub(new.credits), old.price.saturating_sub(new.price));
    // All numerators, over the seconds of the grant's period …
    let due = granted.exact(fewer);
    let in_excess = i128::from(slack.credits);
    let take_back = up_to_tenth(due.saturating_add(in_excess), granted.whole).min(left);
    let taken = i128::from(take_back.micros()).saturating_mul(granted.whole);
    let returned = taken.saturating_sub(in_excess).clamp(0, due);
    // … and over those of the paid period: the price of a credit is that of the difference between both terms.
    let used = ceil(i128::from(cheaper).saturating_mul(due.saturating_sub(returned)), i128::from(fewer).max(1));
    let unused = rest.exact(cheaper).saturating_sub(used);
    let bound = narrow(ceil(unused.saturating_sub(slack.money.into()), rest.whole));
    let refund = credit.saturating_sub(charge).min(bound).max(0);
    let given = i128::from(refund).saturating_mul(rest.whole);
    let worth = floor(i128::from(cheaper).saturating_mul(returned), i128::from(fewer).max(1));
    let for_credits = narrow(floor(worth, rest.whole)).min(refund);
    let slack = Slack {
        money: slack.money.saturating_add(narrow(given.saturating_sub(unused))),
        credits: narrow(in_excess.saturating_add(returned).saturating_sub(taken)),
    };
    Downgrade { credit, charge, refund, for_credits, take_back, slack }
}

/// A fraction of micro-credits, rounded up to 0.1 credits; nothing where it is below zero.
fn up_to_tenth(amount: i128, whole: i128) -> Credits {
    let tenths = ceil(amount.max(0), whole.saturating_mul(TENTH));
    Credits::from_micros(narrow(tenths.saturating_mul(TENTH))).unwrap_or_default()
}

fn floor(amount: i128, divisor: i128) -> i128 {
    // No divisor here is below 1.
    amount.checked_div_euclid(divisor).unwrap_or(0)
}

fn ceil(amount: i128, divisor: i128) -> i128 {
    floor(amount.saturating_add(divisor.saturating_sub(1)), divisor)
}

/// Bounded by the terms, as the module says.
fn narrow(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(if amount < 0 { i64::MIN } else { i64::MAX })
}
