//! Money: orders, what of their price is earned, refunds, auto top-up (R32–R35, R37).

mod grants;
mod orders;
mod refunds;
mod reports;
mod revenue;
mod top_ups;

use folio_domain::{Credits, Currency, Instant, Money};

pub(crate) fn usd(minor: i64) -> Money {
    Money { minor, currency: Currency::USD }
}

pub(crate) fn credits(text: &str) -> Credits {
    text.parse().expect("an amount")
}

pub(crate) fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}
