//! Rounding, and what it must never lose.

use folio_domain::{
    Currency, Money, Prices, Sale, TaxCategory, TaxRate, TaxRounding, TaxRule, TaxTreatment, Untaxable,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::sugar::{at, sale, untaxed};

const RULES: [(Prices, TaxRounding); 4] = [
    (Prices::Exclusive, TaxRounding::Invoice),
    (Prices::Exclusive, TaxRounding::Line),
    (Prices::Inclusive, TaxRounding::Invoice),
    (Prices::Inclusive, TaxRounding::Line),
];

fn rule((prices, rounding): (Prices, TaxRounding)) -> TaxRule {
    TaxRule { prices, rounding, ..TaxRule::default() }
}

/// Net and tax of each row of the summary.
fn rows(rule: &TaxRule, sales: &[Sale]) -> Vec<(i64, i64)> {
    let taxed = rule.tax(sales).expect("taxable");
    taxed.totals.iter().map(|row| (row.net.minor, row.tax.minor)).collect()
}

#[test]
fn r36_tax_is_rounded_half_up_once_or_on_each_line() {
    // 10 % of 5 cents is half a cent, three times.
    let sales = [sale(1, 5, at("10")), sale(1, 5, at("10")), sale(1, 5, at("10"))];
    assert_eq!(rows(&rule((Prices::Exclusive, TaxRounding::Invoice)), &sales), [(15, 2)]);
    assert_eq!(rows(&rule((Prices::Exclusive, TaxRounding::Line)), &sales), [(15, 3)]);
    // 19 % inside 1.00 is 15.97 cents, so 84 cents are net; of 3.00, 2.52 are.
    let sales = [sale(1, 100, at("19")), sale(2, 100, at("19"))];
    assert_eq!(rows(&rule((Prices::Inclusive, TaxRounding::Invoice)), &sales), [(252, 48)]);
    assert_eq!(rows(&rule((Prices::Inclusive, TaxRounding::Line)), &sales), [(84 + 168, 16 + 32)]);
}

#[test]
fn r36_each_rate_has_a_row() {
    let sales = [sale(1, 1_000, at("19")), sale(1, 1_000, at("7")), sale(1, 100, at("19")), sale(1, 9, at("0"))];
    let taxed = rule(RULES[0]).tax(&sales).expect("taxable");
    let rows: Vec<_> = taxed
        .totals
        .iter()
        .map(|row| (row.treatment.category, row.treatment.rate.to_string(), row.net.minor, row.tax.minor))
        .collect();
    let (standard, zero) = (TaxCategory::Standard, TaxCategory::Zero);
    let expected = [(standard, "19", 1_100, 209), (standard, "7", 1_000, 70), (zero, "0", 9, 0)];
    assert_eq!(rows, expected.map(|(category, rate, net, tax)| (category, rate.to_owned(), net, tax)));
}

#[test]
fn r36_without_tax_the_price_is_what_is_paid_either_way() {
    for category in [TaxCategory::ReverseCharge, TaxCategory::Outside, TaxCategory::Exempt, TaxCategory::Zero] {
        for one in RULES {
            assert_eq!(rows(&rule(one), &[sale(3, 1_900, untaxed(category))]), [(5_700, 0)]);
        }
    }
}

#[test]
fn r36_a_rate_is_a_percentage_with_four_decimals() {
    let rate = |text: &str| text.parse::<TaxRate>().map(|rate| (rate.millionths(), rate.to_string())).ok();
    assert_eq!(rate("19"), Some((190_000, "19".into())));
    assert_eq!(rate("8.875"), Some((88_750, "8.875".into())));
    assert_eq!((rate("100"), rate("0.0")), (Some((1_000_000, "100".into())), Some((0, "0".into()))));
    for wrong in ["", "-1", "100.0001", "1.", ".5", "1.23456", "1e1", "1000", "+5", "५"] {
        assert_eq!(rate(wrong), None, "{wrong}");
    }
}

#[test]
fn r36_what_cannot_be_taxed_is_refused() {
    let tax = |sales: &[Sale]| rule(RULES[0]).tax(sales).unwrap_err();
    let yen = Sale { unit_price: Money { minor: 1, currency: Currency::JPY }, ..sale(1, 1, at("0")) };
    assert_eq!(tax(&[]), Untaxable::Currency);
    assert_eq!(tax(&[sale(1, 1, at("0")), yen]), Untaxable::Currency);
    assert_eq!(tax(&[sale(0, 1, at("0"))]), Untaxable::Negative);
    assert_eq!(tax(&[sale(1, -1, at("0"))]), Untaxable::Negative);
    assert_eq!(tax(&[sale(2, i64::MAX, at("0"))]), Untaxable::TooLarge);
    assert_eq!(tax(&[sale(1, i64::MAX, at("1"))]), Untaxable::TooLarge);
    assert_eq!(tax(&[sale(1, i64::MAX, at("0")), sale(1, 1, untaxed(TaxCategory::Exempt))]), Untaxable::TooLarge);
}

fn treatments() -> impl Strategy<Value = TaxTreatment> {
    let rates = prop_oneof![Just("19"), Just("7"), Just("5.5"), Just("8.875"), Just("0"), Just("100"), Just("0.0001")];
    prop_oneof![4 => rates.prop_map(at), 1 => Just(untaxed(TaxCategory::ReverseCharge))]
}

fn sales() -> impl Strategy<Value = Vec<Sale>> {
    let price = prop_oneof![0_i64..200, 0_i64..10_000_000_000];
    vec((1_u32..50, price, treatments()).prop_map(|(quantity, price, how)| sale(quantity, price, how)), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r36_lines_sum_to_totals_and_nothing_is_negative(sales in sales()) {
        for one in RULES {
            let taxed = rule(one).tax(&sales).expect("taxable");
            for row in &taxed.totals {
                let alike = taxed.lines.iter().filter(|line| line.treatment.is_summed_with(&row.treatment));
                prop_assert_eq!(alike.map(|line| line.net.minor).sum::<i64>(), row.net.minor);
                prop_assert!(row.tax.minor >= 0);
            }
            prop_assert!(taxed.lines.iter().all(|line| line.net.minor >= 0));
            let lines: i64 = taxed.lines.iter().map(|line| line.net.minor).sum();
            prop_assert_eq!(lines, taxed.totals.iter().map(|row| row.net.minor).sum::<i64>());
        }
    }

    #[test]
    fn r36_inclusive_prices_are_paid_to_the_cent(sales in sales()) {
        let listed: i64 = sales.iter().map(|sale| sale.unit_price.minor * i64::from(sale.quantity)).sum();
        for one in &RULES[2..] {
            let paid: i64 = rule(*one).tax(&sales).expect("taxable").totals.iter().map(|row| row.gross().minor).sum();
            prop_assert_eq!(paid, listed);
        }
    }

    #[test]
    fn r36_inclusive_and_exclusive_agree_to_a_minor_unit(sales in sales()) {
        let inclusive = rule((Prices::Inclusive, TaxRounding::Invoice)).tax(&sales).expect("taxable");
        let nets = inclusive.lines.iter().map(|line| sale(1, line.net.minor, line.treatment.clone()));
        let exclusive = rule(RULES[0]).tax(&nets.collect::<Vec<_>>()).expect("taxable");
        for (one, other) in inclusive.totals.iter().zip(&exclusive.totals) {
            prop_assert_eq!(one.net, other.net);
            prop_assert!(one.tax.minor.abs_diff(other.tax.minor) <= 1);
        }
    }
}
