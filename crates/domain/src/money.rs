//! Money: whole minor units of a currency, and the price of one credit that a price table shows.

use std::fmt;

use iso_currency::Currency;

use crate::taxed::rounded;

/// An amount of money in the currency's minor unit (cents of USD, yen of JPY).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// How many minor units.
    pub minor: i64,
    /// ISO 4217.
    pub currency: Currency,
}

/// `part` of `whole` of an amount, rounded down; nothing where there is no whole.
#[must_use]
pub fn portion(amount: i64, part: i64, whole: i64) -> i64 {
    let product = i128::from(amount).saturating_mul(part.into());
    product.checked_div(whole.into()).and_then(|portion| i64::try_from(portion).ok()).unwrap_or(0)
}

/// The same, rounded half up.
#[must_use]
pub fn portion_half_up(amount: i64, part: i64, whole: i64) -> i64 {
    rounded(i128::from(amount).saturating_mul(part.into()), whole.into()).unwrap_or(0)
}

/// Minor units in one unit of the currency: 100 for USD, 1 for JPY.
fn minor_per_unit(currency: Currency) -> i64 {
    10_i64.pow(u32::from(currency.exponent().unwrap_or(0)))
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_unit = minor_per_unit(self.currency).unsigned_abs();
        let minor = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "-" } else { "" };
        let (units, rest) = (minor.div_euclid(per_unit), minor.rem_euclid(per_unit));
        let width = usize::from(self.currency.exponent().unwrap_or(0));
        let decimals = if width == 0 { String::new() } else { format!(".{rest:0width$}") };
        f.pad(&format!("{sign}{}{units}{decimals}", self.currency.symbol()))
    }
}

/// What one credit of a pack costs: for showing, never for billing (R22).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPrice {
    price: Money,
    credits: u32,
}

impl UnitPrice {
    /// The price of a pack spread over its credits. `None` for a pack of none or a negative price.
    #[must_use]
    pub fn of(price: Money, credits: u32) -> Option<Self> {
        (credits > 0 && price.minor >= 0).then_some(Self { price, credits })
    }

    /// The first `places` decimals, the rest cut off, trailing zeros dropped.
    fn decimal(self, places: u32) -> String {
        let shift = 10_i128.pow(places);
        let scaled = i128::from(self.price.minor).saturating_mul(shift);
        let divisor = i128::from(minor_per_unit(self.price.currency)).saturating_mul(i128::from(self.credits));
        let floored = scaled.div_euclid(divisor);
        let (units, rest) = (floored.div_euclid(shift), floored.rem_euclid(shift));
        let width = usize::try_from(places).unwrap_or(0);
        let text = format!("{units}.{rest:0width$}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// Floored to 3 decimals of the currency unit, trailing zeros dropped: `0.075` (R22).
    #[must_use]
    pub fn shown(self) -> String {
        self.decimal(3)
    }

    /// The same with the currency's sign: `$0.075`.
    #[must_use]
    pub fn display(self) -> String {
        format!("{}{}", self.price.currency.symbol(), self.shown())
    }

    /// The value itself, to 12 decimals: `0.0756`.
    #[must_use]
    pub fn exact(self) -> String {
        self.decimal(12)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(minor: i64) -> Money {
        Money { minor, currency: Currency::USD }
    }

    #[test]
    fn r22_the_shown_unit_price_is_floored_to_three_decimals() {
        let table = [
            (1_900, 100, "$0.19"),
            (3_900, 250, "$0.156"),
            (5_900, 500, "$0.118"),
            (9_900, 1_000, "$0.099"),
            (18_900, 2_500, "$0.075"),
            (34_900, 5_000, "$0.069"),
            (59_900, 10_000, "$0.059"),
            (129_900, 25_000, "$0.051"),
        ];
        for (price, credits, shown) in table {
            assert_eq!(UnitPrice::of(usd(price), credits).expect("a pack").display(), shown);
        }
        assert_eq!(UnitPrice::of(usd(18_900), 2_500).expect("a pack").exact(), "0.0756");
        assert_eq!(UnitPrice::of(usd(129_900), 25_000).expect("a pack").exact(), "0.05196");
    }

    #[test]
    fn money_prints_in_its_own_minor_unit() {
        assert_eq!(usd(129_905).to_string(), "$1299.05");
        assert_eq!(usd(-5).to_string(), "-$0.05");
        assert_eq!(Money { minor: 1_900, currency: Currency::JPY }.to_string(), "¥1900");
    }

    #[test]
    fn a_pack_of_nothing_has_no_unit_price() {
        assert_eq!(UnitPrice::of(usd(1), 0), None);
        assert_eq!(UnitPrice::of(usd(-1), 1), None);
    }
}
