//! Invoices and credit notes as documents.

use folio_domain::{
    Invoice, InvoiceFacts, InvoiceFlaw, InvoiceKind, InvoiceNumber, Prices, Sale, TaxCategory, TaxRule, Taxed,
};
use proptest::prelude::*;

use crate::sugar::{at, day, euros, facts, sale, untaxed};

fn tax(sales: &[Sale]) -> Taxed {
    TaxRule { prices: Prices::Inclusive, ..TaxRule::default() }.tax(sales).expect("taxable")
}

/// An invoice over 119.00 at 19 % and 10.70 at 7 %.
fn two_rates() -> Invoice {
    let taxed = tax(&[sale(1, 11_900, at("19")), sale(2, 535, at("7"))]);
    Invoice::new(InvoiceKind::Invoice, facts("INV-2026-000001"), taxed).expect("good")
}

/// A slip.
type Change = fn(&mut Taxed);

fn credit(invoice: &Invoice, taxed: Taxed, earlier: &[Invoice]) -> Result<Invoice, InvoiceFlaw> {
    invoice.credit(facts("CN-2026-000001"), Some("Refund".into()), taxed, earlier)
}

#[test]
fn r36_a_number_has_one_way_to_be_written() {
    let number: InvoiceNumber = "INV-2026-000123".parse().expect("a number");
    assert_eq!((number.series.as_str(), number.year, number.sequence), ("INV", 2026, 123));
    let long: InvoiceNumber = "A-1-2026-1234567".parse().expect("a number");
    assert_eq!((long.series.as_str(), long.to_string().as_str()), ("A-1", "A-1-2026-1234567"));
    for wrong in
        ["INV-2026-123", "INV-26-000123", "INV-2026-000000", "inv-2026-000123", "2026-000123", "INV-2026-+00123"]
    {
        assert!(wrong.parse::<InvoiceNumber>().is_err(), "{wrong}");
    }
}

#[test]
fn r36_an_invoice_sums_net_tax_and_gross() {
    let invoice = two_rates();
    assert_eq!((invoice.net(), invoice.tax(), invoice.gross()), (euros(11_000), euros(1_970), euros(12_970)));
    assert_eq!(invoice.lines()[1].unit_net(), euros(500));
}

#[test]
fn r36_an_inconsistent_invoice_cannot_be_built() {
    let taxed = || tax(&[sale(1, 11_900, at("19")), sale(1, 100, untaxed(TaxCategory::Exempt))]);
    let build = |facts: InvoiceFacts, change: Change| {
        let mut taxed = taxed();
        change(&mut taxed);
        Invoice::new(InvoiceKind::Invoice, facts, taxed).map(|_| ())
    };
    let good = || facts("INV-2026-000001");
    assert_eq!(build(good(), |_| {}), Ok(()));
    let nameless = {
        let mut facts = good();
        facts.buyer.name = " ".into();
        facts
    };
    assert_eq!(build(nameless, |_| {}), Err(InvoiceFlaw::Party));
    let untaxable = {
        let mut facts = good();
        facts.seller.tax_id = None;
        facts
    };
    assert_eq!(build(untaxable, |_| {}), Err(InvoiceFlaw::TaxId));
    assert_eq!(build(facts("INV-2025-000001"), |_| {}), Err(InvoiceFlaw::Number));
    let billing = |first: &str, last: &str| InvoiceFacts { period: Some((day(first), day(last))), ..good() };
    assert_eq!(build(billing("2026-06-01", "2026-06-01"), |_| {}), Ok(()));
    assert_eq!(build(billing("2026-06-01", "2026-05-31"), |_| {}), Err(InvoiceFlaw::Period));
    let changes: [(Change, InvoiceFlaw); 10] = [
        (|taxed| taxed.lines.clear(), InvoiceFlaw::Lines),
        (|taxed| taxed.lines[0].net.minor += 1, InvoiceFlaw::Sum),
        (|taxed| taxed.totals.truncate(1), InvoiceFlaw::Sum),
        (|taxed| taxed.totals.push(taxed.totals[0].clone()), InvoiceFlaw::Sum),
        (|taxed| taxed.totals[0].tax.minor += 3, InvoiceFlaw::Rate),
        (|taxed| taxed.totals[1].tax.minor = 1, InvoiceFlaw::Treatment),
        (|taxed| taxed.lines[0].net.minor = -1, InvoiceFlaw::Sum),
        (|taxed| taxed.totals[0].net.minor = -1, InvoiceFlaw::Amount),
        (|taxed| taxed.totals[0].tax.minor = -1, InvoiceFlaw::Amount),
        (|taxed| taxed.lines[0].quantity = 0, InvoiceFlaw::Amount),
    ];
    for (place, (change, flaw)) in changes.into_iter().enumerate() {
        assert_eq!(build(good(), change), Err(flaw), "{place}");
    }
}

#[test]
fn r36_a_credit_note_refers_to_its_invoice_and_takes_back_at_most_that() {
    let invoice = two_rates();
    let first = credit(&invoice, invoice.part(0, 5_000, "Refund").expect("a part"), &[]).expect("within");
    let InvoiceKind::CreditNote { corrects, issued_on, .. } = first.kind() else { panic!("a credit note") };
    assert_eq!((corrects.to_string().as_str(), *issued_on), ("INV-2026-000001", day("2026-06-01")));
    assert_eq!(first.gross(), euros(5_000));
    let whole = invoice.part(0, 12_970, "Refund").expect("a part");
    assert_eq!(credit(&invoice, whole, std::slice::from_ref(&first)), Err(InvoiceFlaw::Credit));
    let rest = invoice.part(5_000, 7_970, "Refund").expect("a part");
    let second = credit(&invoice, rest, std::slice::from_ref(&first)).expect("within");
    assert_eq!(first.net().minor + second.net().minor, invoice.net().minor);
    let other_rate = tax(&[sale(1, 10, at("5"))]);
    assert_eq!(credit(&invoice, other_rate, &[]), Err(InvoiceFlaw::Credit));
    let again = first.part(0, 10, "Refund").expect("a part");
    assert_eq!(credit(&first, again, &[]), Err(InvoiceFlaw::Credit));
}

/// An upgrade: 19.33 for the rest of the new plan, less 6.00 for that of the old one.
fn upgrade() -> Invoice {
    let sales = [sale(1, 1_933, at("19")), sale(1, -600, at("19"))];
    let taxed = TaxRule::default().tax(&sales).expect("taxable");
    Invoice::new(InvoiceKind::Invoice, facts("INV-2026-000001"), taxed).expect("good")
}

#[test]
fn r29_an_upgrade_is_billed_as_two_lines_and_taxed_on_their_sum() {
    let invoice = upgrade();
    let lines: Vec<_> = invoice.lines().iter().map(|line| (line.net, line.unit_net())).collect();
    assert_eq!(lines, [(euros(1_933), euros(1_933)), (euros(-600), euros(-600))]);
    assert_eq!((invoice.net(), invoice.tax(), invoice.gross()), (euros(1_333), euros(253), euros(1_586)));
}

#[test]
fn r36_what_credits_a_line_is_itself_taken_back_with_its_row() {
    let invoice = upgrade();
    // Line by line, the credited one as well, or in parts: never more than the sum.
    let mirrored = Taxed { lines: invoice.lines().to_vec(), totals: invoice.totals().to_vec() };
    let whole = credit(&invoice, mirrored.clone(), &[]).expect("within");
    assert_eq!((whole.lines().len(), whole.gross()), (2, invoice.gross()));
    assert_eq!(credit(&invoice, mirrored, std::slice::from_ref(&whole)), Err(InvoiceFlaw::Credit));
    let new_plan_alone = TaxRule::default().tax(&[sale(1, 1_933, at("19"))]).expect("taxable");
    assert_eq!(credit(&invoice, new_plan_alone, &[]), Err(InvoiceFlaw::Credit));
    let part = credit(&invoice, invoice.part(0, 586, "Refund").expect("a part"), &[]).expect("within");
    let rest = credit(&invoice, invoice.part(586, 1_000, "Refund").expect("the rest"), std::slice::from_ref(&part));
    assert_eq!(part.tax().minor + rest.expect("within").tax().minor, invoice.tax().minor);
}

#[test]
fn r36_no_part_is_larger_than_what_is_left() {
    let invoice = two_rates();
    assert_eq!(invoice.part(0, 12_971, ""), None);
    assert_eq!(invoice.part(12_970, 1, ""), None);
    assert_eq!((invoice.part(0, 0, ""), invoice.part(-1, 1, ""), invoice.part(i64::MAX, 1, "")), (None, None, None));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r36_parts_of_an_invoice_together_are_the_invoice(parts in prop::collection::vec(1_i64..4_000, 1..12)) {
        let invoice = two_rates();
        let (mut credited, mut notes) = (0, Vec::new());
        for part in parts.into_iter().chain([i64::MAX]) {
            let gross = part.min(invoice.gross().minor - credited);
            let Some(taxed) = invoice.part(credited, gross, "Refund") else { break };
            let note = credit(&invoice, taxed, &notes).expect("within");
            prop_assert_eq!(note.gross().minor, gross);
            credited += gross;
            notes.push(note);
        }
        prop_assert_eq!(credited, invoice.gross().minor);
        prop_assert_eq!(notes.iter().map(|note| note.tax().minor).sum::<i64>(), invoice.tax().minor);
    }
}
