//! Amounts as Stripe counts them: nearly always in the currency's minor unit.

use domain::{Currency, Money};

/// How many decimals Stripe gives a currency. Where that is not what ISO 4217 says, Stripe's documentation is followed.
fn decimals(currency: Currency) -> u32 {
    match currency.code() {
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND" | "VUV" | "XAF"
        | "XOF" | "XPF" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// Ten to the decimals of ISO 4217, and to those of Stripe.
fn scales(currency: Currency) -> (i128, i128) {
    let iso = u32::from(currency.exponent().unwrap_or(0));
    (10_i128.pow(iso), 10_i128.pow(decimals(currency)))
}

/// The number to send. `None` where Stripe cannot say it: half an ariary.
pub(crate) fn to_stripe(money: Money) -> Option<i64> {
    let (iso, stripe) = scales(money.currency);
    convert(money.minor, iso, stripe)
}

/// The money that a number of Stripe's is, in a currency as Stripe writes it.
pub(crate) fn from_stripe(number: i64, currency: &str) -> Option<Money> {
    let currency = Currency::from_code(&currency.to_ascii_uppercase())?;
    let (iso, stripe) = scales(currency);
    Some(Money { minor: convert(number, stripe, iso)?, currency })
}

fn convert(number: i64, from: i128, to: i128) -> Option<i64> {
    let scaled = i128::from(number).checked_mul(to)?;
    (scaled.rem_euclid(from) == 0).then(|| i64::try_from(scaled.div_euclid(from)).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_sent_in_stripes_units_and_come_back_the_same() {
        let table = [
            (Currency::USD, 1_900, 1_900),
            (Currency::JPY, 1_900, 1_900),
            (Currency::KWD, 1_900, 1_900),
            (Currency::ISK, 19, 1_900),
            (Currency::UGX, 19, 1_900),
            (Currency::MGA, 1_900, 19),
        ];
        for (currency, minor, number) in table {
            let money = Money { minor, currency };
            assert_eq!(to_stripe(money), Some(number), "{money}");
            assert_eq!(from_stripe(number, &currency.code().to_ascii_lowercase()), Some(money));
        }
    }

    #[test]
    fn what_has_no_exact_number_is_not_rounded() {
        assert_eq!(to_stripe(Money { minor: 150, currency: Currency::MGA }), None);
        assert_eq!(from_stripe(150, "isk"), None);
        assert_eq!(to_stripe(Money { minor: i64::MAX, currency: Currency::ISK }), None);
        assert_eq!(from_stripe(1, "credits"), None);
    }
}
