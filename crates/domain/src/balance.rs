//! Balances: what a customer can spend and has promised.

use crate::{Book, Credits, GrantId, Instant};

/// What a customer can spend, and what is promised to jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Spendable now: in grants that are effective and not expired (R3).
    pub available: Credits,
    /// Promised to open holds.
    pub held: Credits,
}

/// Credits that will expire unless they are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiring {
    /// Whose credits.
    pub grant: GrantId,
    /// How many are left.
    pub amount: Credits,
    /// When they go.
    pub expires_at: Instant,
}

/// How a balance stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing to tell.
    Ok,
    /// At or under a threshold of the catalog.
    Low,
    /// Nothing left to spend.
    Zero,
    /// Whatever is left: the customer may start no work (R35).
    Frozen,
}

impl Standing {
    /// Its word in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Low => "low",
            Self::Zero => "zero",
            Self::Frozen => "frozen",
        }
    }

    /// How the book stands where `low_percent` is the highest threshold.
    #[must_use]
    pub fn of(book: &Book, low_percent: Option<u8>) -> Self {
        if book.frozen_since.is_some() {
            return Self::Frozen;
        }
        Self::of_credits(book.balance().available, book.granted(), low_percent)
    }

    /// How `available` stands where the active grants gave `granted`.
    fn of_credits(available: Credits, granted: Credits, low_percent: Option<u8>) -> Self {
        if available.is_zero() {
            return Self::Zero;
        }
        let share = i128::from(available.micros()).saturating_mul(100);
        let limit = i128::from(granted.micros()).saturating_mul(low_percent.unwrap_or(0).into());
        if share <= limit { Self::Low } else { Self::Ok }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r38_a_balance_is_low_at_its_threshold_and_not_above() {
        let standing = |available: &str, percent| {
            Standing::of_credits(available.parse().expect("an amount"), Credits::whole(250), percent)
        };
        assert_eq!(standing("50.000001", Some(20)), Standing::Ok);
        assert_eq!(standing("50", Some(20)), Standing::Low);
        assert_eq!(standing("0.000001", None), Standing::Ok);
        assert_eq!(standing("0", Some(20)), Standing::Zero);
    }
}
