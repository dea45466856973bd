//! Subscriptions: renewals, dunning, changes and their proration (R26–R31).

mod calendar;
mod changes;
mod dunning;
mod ends;
mod farming;
mod formula;
mod lives;
mod proration;
mod renewals;
mod shop;

use folio_domain::{Credits, Currency, Instant, Money, Plan};

pub(crate) fn usd(minor: i64) -> Money {
    Money { minor, currency: Currency::USD }
}

pub(crate) fn credits(text: &str) -> Credits {
    text.parse().expect("an amount")
}

pub(crate) fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

/// A monthly plan.
pub(crate) fn plan(code: &str, credits: u32, price: i64) -> Plan {
    Plan {
        code: code.into(),
        label: code.to_uppercase(),
        credits,
        price: usd(price),
        months: 1,
        grants_every: 1,
        rollover: 0,
        trial_for: None,
        private: false,
    }
}

pub(crate) fn basic() -> Plan {
    plan("basic", 100, 900)
}

pub(crate) fn pro() -> Plan {
    plan("pro", 1_000, 2_900)
}

/// A year of pro, with its credits month by month.
pub(crate) fn pro_yearly() -> Plan {
    Plan { months: 12, price: usd(29_000), ..plan("pro_yearly", 1_000, 0) }
}
