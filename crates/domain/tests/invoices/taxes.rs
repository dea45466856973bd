//! Rounding, and what it must never lose.

use folio_domain::{
    Currency, Invoice, InvoiceKind, InvoiceLine, Money, Prices, Sale, TaxCategory, TaxRate, TaxRounding, TaxRule,
    TaxTreatment, Untaxable,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::sugar::{at, euros, facts, sale, untaxed};

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
    assert_eq!(tax(&[sale(2, 100, at("19")), sale(1, -201, at("19"))]), Untaxable::Negative);
    // What one rate credits is not what another one sells.
    assert_eq!(tax(&[sale(1, 100, at("19")), sale(1, -1, at("7"))]), Untaxable::Negative);
    assert_eq!(tax(&[sale(1, i64::MIN, at("19"))]), Untaxable::TooLarge);
    assert_eq!(tax(&[sale(2, i64::MAX, at("0"))]), Untaxable::TooLarge);
    assert_eq!(tax(&[sale(1, i64::MAX, at("1"))]), Untaxable::TooLarge);
    assert_eq!(tax(&[sale(1, i64::MAX, at("0")), sale(1, 1, untaxed(TaxCategory::Exempt))]), Untaxable::TooLarge);
}

#[test]
fn r29_a_credited_line_is_rounded_as_its_positive_twin() {
    // 10 % of 5 cents is half a cent; 19 % inside 1.00 is 15.97 cents.
    for (prices, price, rate, (net, tax)) in
        [(Prices::Exclusive, 5, "10", (5, 1)), (Prices::Inclusive, 100, "19", (84, 16))]
    {
        let rule = rule((prices, TaxRounding::Line));
        let sales = [sale(2, price, at(rate)), sale(1, -price, at(rate))];
        let taxes = rule.line_taxes(&sales).expect("taxable");
        assert_eq!(taxes[1].minor, -tax);
        assert_eq!(rule.tax(&sales).expect("taxable").lines[1].net.minor, -net);
    }
    let halves = [sale(1, 101, at("0")), sale(2, -51, at("0")), sale(1, 1, at("0"))];
    let lines = rule(RULES[0]).tax(&halves).expect("taxable").lines;
    assert_eq!(lines.iter().map(|line| line.unit_net().minor).collect::<Vec<_>>(), [101, -51, 1]);
    assert_eq!(InvoiceLine { quantity: 4, ..lines[1].clone() }.unit_net().minor, -26, "25.5");
}

#[test]
fn r29_an_upgrade_is_taxed_on_the_sum_of_its_lines() {
    let sales = [sale(1, 1_933, at("19")), sale(1, -600, at("19"))];
    let taxes = |one| rule(one).line_taxes(&sales).expect("taxable").iter().map(|tax| tax.minor).collect::<Vec<_>>();
    let figures = [
        ([(1_333, 253)], [367, -114]),
        ([(1_333, 253)], [367, -114]),
        ([(1_120, 213)], [309, -96]),
        ([(1_120, 213)], [309, -96]),
    ];
    for (one, (row, lines)) in RULES.into_iter().zip(figures) {
        assert_eq!((rows(&rule(one), &sales), taxes(one)), (row.to_vec(), lines.to_vec()), "{one:?}");
    }
}

fn treatments() -> impl Strategy<Value = TaxTreatment> {
    let rates = prop_oneof![Just("19"), Just("7"), Just("5.5"), Just("8.875"), Just("0"), Just("100"), Just("0.0001")];
    prop_oneof![4 => rates.prop_map(at), 1 => Just(untaxed(TaxCategory::ReverseCharge))]
}

fn sales() -> impl Strategy<Value = Vec<Sale>> {
    let price = prop_oneof![0_i64..200, 0_i64..10_000_000_000];
    vec((1_u32..50, price, treatments()).prop_map(|(quantity, price, how)| sale(quantity, price, how)), 1..40)
}

/// Sales, each perhaps with a credit of at most its price at any later place: no rate comes to less than zero.
fn credited() -> impl Strategy<Value = Vec<Sale>> {
    let one = (sales(), vec((any::<prop::sample::Index>(), 0_u8..=100), 0..20));
    one.prop_map(|(mut sales, credits)| {
        for (place, percent) in credits {
            let of = place.get(&sales).clone();
            let left: i64 = sales
                .iter()
                .filter(|sale| sale.treatment.is_summed_with(&of.treatment))
                .map(|sale| sale.unit_price.minor * i64::from(sale.quantity))
                .sum();
            let credit = (of.unit_price.minor.abs() * i64::from(percent) / 100).min(left);
            sales.push(sale(1, -credit, of.treatment));
        }
        sales
    })
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
    fn r29_rows_with_credits_are_the_sum_of_their_lines_and_tax_is_their_rate(sales in credited()) {
        for one in RULES {
            // Rounding each line may leave a row that credits everything a few cents short.
            let Ok(taxed) = rule(one).tax(&sales) else { prop_assert_eq!(one.1, TaxRounding::Line); continue };
            let taxes = rule(one).line_taxes(&sales).expect("taxable");
            for row in &taxed.totals {
                let alike = || taxed.lines.iter().zip(&taxes).filter(|(line, _)| line.treatment == row.treatment);
                prop_assert_eq!(alike().map(|(line, _)| line.net.minor).sum::<i64>(), row.net.minor);
                prop_assert_eq!(alike().map(|(_, tax)| tax.minor).sum::<i64>(), row.tax.minor);
                prop_assert!(row.net.minor >= 0 && row.tax.minor >= 0);
                // Each rounding is off by half a minor unit: of the tax, or of the net amount that it is reckoned from.
                let roundings = if one.1 == TaxRounding::Line { alike().count() } else { 1 };
                let exact = i128::from(row.net.minor) * i128::from(row.treatment.rate.millionths());
                let off = exact.abs_diff(i128::from(row.tax.minor) * 1_000_000);
                prop_assert!(off <= roundings as u128 * 1_000_000, "{one:?}: {row:?}");
                if one == RULES[0] {
                    prop_assert!(off <= 500_000, "{row:?}");
                }
            }
            if one.0 == Prices::Inclusive {
                for ((sale, line), tax) in sales.iter().zip(&taxed.lines).zip(&taxes) {
                    prop_assert_eq!(line.net.minor + tax.minor, sale.unit_price.minor * i64::from(sale.quantity));
                }
            }
            let kind = InvoiceKind::Invoice;
            prop_assert!(Invoice::new(kind, facts("INV-2026-000001"), taxed.clone()).is_ok(), "{taxed:?}");
        }
    }

    #[test]
    fn r29_a_sale_and_its_negative_cancel_to_nothing(sales in sales(), reversed in any::<bool>()) {
        let back = sales.iter().map(|sale| Sale { unit_price: euros(-sale.unit_price.minor), ..sale.clone() });
        let mut all: Vec<_> = sales.iter().cloned().chain(back).collect();
        if reversed {
            // Credits first: only the end counts.
            all.reverse();
        }
        for one in RULES {
            prop_assert!(rows(&rule(one), &all).iter().all(|row| *row == (0, 0)));
            if one.1 == TaxRounding::Line {
                let lines = rule(one).tax(&all).expect("taxable").lines;
                let taxes = rule(one).line_taxes(&all).expect("taxable");
                for place in 0..sales.len() {
                    let twin = place + sales.len();
                    prop_assert_eq!(lines[place].net.minor, -lines[twin].net.minor);
                    prop_assert_eq!(taxes[place].minor, -taxes[twin].minor);
                }
            }
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
