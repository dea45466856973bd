//! Credits: exact decimal amounts, six places, no floating point (R1).

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};
use std::str::FromStr;

use thiserror::Error;

/// Credits, counted in millionths: a tenth is exact and no float ever appears (R1). Never negative (R3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credits(i64);

/// The text is not an amount of credits.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ParseCreditsError {
    /// Not plain digits with at most one point between them.
    #[error("not a decimal number such as \"12\" or \"0.5\"")]
    Malformed,
    /// More than six decimals: the rest could not be kept.
    #[error("more than six decimals")]
    TooPrecise,
    /// Above [`Credits::MAX`].
    #[error("more than {max} credits", max = Credits::MAX)]
    TooLarge,
}

impl Credits {
    /// Micro-credits in one credit.
    pub const SCALE: i64 = 1_000_000;
    /// No credits.
    pub const ZERO: Self = Self(0);
    /// The largest amount that one request may name: a thousand million credits.
    pub const MAX: Self = Self(1_000_000_000 * Self::SCALE);
    /// The largest sum that one customer's book may hold; far enough from `i64::MAX` that sums of it never overflow.
    pub const MAX_BALANCE: Self = Self(1_000_000_000_000 * Self::SCALE);

    /// `micros` millionths of a credit, or `None` where negative.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < 0 { None } else { Some(Self(micros)) }
    }

    /// A whole number of credits.
    #[must_use]
    pub const fn whole(credits: u32) -> Self {
        // u32::MAX × 10^6 fits an i64 2000 times over.
        #[expect(clippy::arithmetic_side_effects, reason = "bounded above")]
        Self(credits as i64 * Self::SCALE)
    }

    /// The count of millionths.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whether this is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `self + other`, or `None` beyond an `i64`.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// `self − other`, or `None` where that would go below zero.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).and_then(Self::from_micros)
    }

    /// `self − other`, or zero where that would go below it.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        self.checked_sub(other).unwrap_or_default()
    }

    /// This rate × a whole quantity: exact (R1). `None` above [`Credits::MAX`].
    #[must_use]
    pub fn times(self, quantity: u64) -> Option<Self> {
        let product = self.0.checked_mul(i64::try_from(quantity).ok()?)?;
        Some(Self(product)).filter(|cost| *cost <= Self::MAX)
    }

    /// The same amount as whole credits, a started one counted as one.
    #[must_use]
    pub fn ceil_whole(self) -> u64 {
        self.0.unsigned_abs().div_ceil(Self::SCALE.unsigned_abs())
    }
}

/// Sums stay below [`Credits::MAX_BALANCE`] by the book's own check; anything above is a bug, and stops.
impl Add for Credits {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.checked_add(other).expect("a sum of credits is bounded by the book")
    }
}

/// For differences already known to be possible; a negative one is a bug, and stops.
impl Sub for Credits {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.checked_sub(other).expect("a difference of credits is checked before it is taken")
    }
}

impl Sum for Credits {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.unsigned_abs();
        let scale = Self::SCALE.unsigned_abs();
        let (whole, rest) = (micros.div_euclid(scale), micros.rem_euclid(scale));
        if rest == 0 {
            return f.pad(&whole.to_string());
        }
        let decimals = format!("{rest:06}");
        f.pad(&format!("{whole}.{}", decimals.trim_end_matches('0')))
    }
}

impl FromStr for Credits {
    type Err = ParseCreditsError;

    fn from_str(text: &str) -> Result<Self, ParseCreditsError> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(decimals) {
            return Err(ParseCreditsError::Malformed);
        }
        let decimals = decimals.trim_end_matches('0');
        if decimals.len() > 6 {
            return Err(ParseCreditsError::TooPrecise);
        }
        let micros = format!("{whole}{decimals:0<6}");
        let micros: i64 = micros.parse().map_err(|_| ParseCreditsError::TooLarge)?;
        Some(Self(micros)).filter(|amount| *amount <= Self::MAX).ok_or(ParseCreditsError::TooLarge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn credits(text: &str) -> Credits {
        text.parse().expect("an amount")
    }

    #[test]
    fn r1_three_tenths_are_exactly_nought_point_three() {
        assert_eq!(credits("0.1").times(3), Some(credits("0.3")));
        assert_eq!(credits("0.1") + credits("0.1") + credits("0.1"), credits("0.3"));
        assert_eq!((credits("1") + credits("0.6") + credits("100")).to_string(), "101.6");
    }

    #[test]
    fn r1_only_plain_decimals_are_amounts() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "NaN", "inf", "1,5", " 1", "0x1", "١"] {
            assert_eq!(text.parse::<Credits>(), Err(ParseCreditsError::Malformed), "{text:?}");
        }
        assert_eq!("0.0000001".parse::<Credits>(), Err(ParseCreditsError::TooPrecise));
        assert_eq!("1.0000000".parse::<Credits>(), Ok(Credits::whole(1)));
        assert_eq!("1000000000.000001".parse::<Credits>(), Err(ParseCreditsError::TooLarge));
        assert_eq!("9".repeat(40).parse::<Credits>(), Err(ParseCreditsError::TooLarge));
    }

    #[test]
    fn r3_credits_are_never_negative() {
        assert_eq!(Credits::from_micros(-1), None);
        assert_eq!(credits("1").checked_sub(credits("1.000001")), None);
    }

    #[test]
    fn a_started_credit_counts_as_one_where_whole_ones_are_needed() {
        assert_eq!(credits("100.000001").ceil_whole(), 101);
        assert_eq!(credits("100").ceil_whole(), 100);
    }

    proptest! {
        #[test]
        fn amounts_read_back_what_they_print(micros in 0..=Credits::MAX.micros()) {
            let amount = Credits::from_micros(micros).expect("not negative");
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
        }
    }
}
