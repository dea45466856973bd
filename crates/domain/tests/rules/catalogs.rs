//! The catalog: prices of lines, and what a catalog must not say (R13, R21, R24).

use folio_domain::{
    Catalog, Credits, Currency, Document, FreeTierTerms, Money, Operation, Pack, Per, Plan, Policies, RefundTerms,
    ResultMode, Span, Trial, Unpriced, Validity,
};

use crate::ledger::Ledger;
use crate::sugar::{catalog, credits};

/// `FlexOCR`'s price list.
fn flexocr() -> Catalog {
    let operation =
        |code: &str, per, rate: &str| Operation { code: code.into(), label: code.into(), per, rate: credits(rate) };
    Catalog {
        operations: vec![
            operation("extract", Per::Page, "1"),
            operation("create_schema", Per::Page, "0.5"),
            operation("update_schema", Per::ChangePage, "0.1"),
        ],
        ..catalog()
    }
}

fn cost(operation: &str, quantity: u64) -> Credits {
    flexocr().line(operation, quantity, ResultMode::OnePerFile, None, None).expect("a price").cost
}

/// Pointers and codes of the flaws of a catalog that was changed like this.
fn flaws(change: impl FnOnce(&mut Catalog)) -> Vec<(String, &'static str)> {
    let mut catalog = Catalog {
        packs: vec![Pack {
            code: "starter".into(),
            label: "Starter".into(),
            credits: 100,
            price: Money { minor: 1_900, currency: Currency::USD },
            validity: Validity(Some(Span { months: 12, days: 0, seconds: 0 })),
            private: false,
        }],
        plans: vec![Plan {
            code: "pro".into(),
            label: "Pro".into(),
            credits: 1_000,
            price: Money { minor: 2_900, currency: Currency::USD },
            months: 1,
            grants_every: 1,
            rollover: 0,
            trial_for: None,
            private: false,
        }],
        trial: Some(Trial { credits: credits("20"), validity: Validity(None) }),
        free_tier: Some(FreeTierTerms { credits: credits("20"), rollover: 0 }),
        low_percents: vec![20, 5, 0],
        ..catalog()
    };
    change(&mut catalog);
    catalog.flaws().into_iter().map(|flaw| (flaw.pointer, flaw.code)).collect()
}

fn flaw(pointer: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(pointer.to_owned(), code)]
}

#[test]
fn r13_a_line_is_priced_exactly() {
    assert_eq!(cost("update_schema", 3), credits("0.3"));
    assert_eq!(cost("extract", 999), credits("999"));
}

#[test]
fn r13_the_mode_changes_the_records_expected_and_never_the_cost() {
    let document = Document { sha256: None, media_type: None, pages: 12, rule: None };
    let line = |mode| catalog().line("extract", 12, mode, None, Some(document.clone())).expect("a price");
    let (file, page) = (line(ResultMode::OnePerFile), line(ResultMode::OnePerPage));
    assert_eq!((file.records, page.records), (1, 12));
    assert_eq!(file.cost, page.cost);
}

#[test]
fn r13_what_cannot_be_priced_is_told() {
    let line = |operation, quantity| catalog().line(operation, quantity, ResultMode::OnePerFile, None, None);
    assert_eq!(line("translate", 1), Err(Unpriced::UnknownOperation("translate".into())));
    assert_eq!(line("extract", 1_000_000_001), Err(Unpriced::TooLarge));
    assert_eq!(line("extract", u64::MAX), Err(Unpriced::TooLarge));
    assert_eq!(line("extract", 1_000_000_000).map(|line| line.cost), Ok(Credits::MAX));
}

#[test]
fn b07_flexocrs_worked_example_costs_exactly_101_6() {
    let mut ledger = Ledger::with(&[("1000", None)]);
    // A schema of 2 sample pages, three updates of one change each, a hundred invoices of one page.
    let jobs = [("create_schema", 2), ("update_schema", 2), ("update_schema", 2), ("update_schema", 2)];
    let invoices = std::iter::repeat_n(("extract", 1), 100);
    for (operation, quantity) in jobs.into_iter().chain(invoices) {
        let line = flexocr().line(operation, quantity, ResultMode::OnePerFile, None, None).expect("a price");
        ledger.record(line).unwrap();
    }
    let charged = |operation: &str| -> Credits {
        let usages = ledger.journal.iter().filter_map(|entry| entry.usage());
        usages.filter(|usage| usage.operation == operation).map(|usage| usage.cost).sum()
    };
    let lines = ["create_schema", "update_schema", "extract"].map(charged);
    assert_eq!(lines, ["1", "0.6", "100"].map(credits));
    assert_eq!(lines.into_iter().sum::<Credits>(), credits("101.6"));
    assert_eq!(ledger.available(), credits("898.4"));
}

#[test]
fn r21_a_good_catalog_has_no_flaws() {
    assert_eq!(flaws(|_| {}), []);
    assert_eq!(catalog().flaws(), []);
}

#[test]
fn r21_a_catalog_prices_something() {
    assert_eq!(flaws(|catalog| catalog.operations.clear()), flaw("/operations", "missing"));
}

#[test]
fn r21_codes_are_plain_and_stand_once() {
    let rename = |code: &str| flaws(|catalog| catalog.packs[0].code = code.into());
    for wrong in ["", "Starter", "sta rter", "a/b", "päck", &"x".repeat(65)] {
        assert_eq!(rename(wrong), flaw(&format!("/packs/{wrong}"), "malformed"), "{wrong:?}");
    }
    assert_eq!(rename(&"x".repeat(64)), []);
    assert_eq!(
        flaws(|catalog| catalog.operations[1].code = "extract".into()),
        flaw("/operations/extract", "duplicate")
    );
    assert_eq!(flaws(|catalog| catalog.plans.push(catalog.plans[0].clone())), flaw("/plans/pro", "duplicate"));
}

#[test]
fn r21_offers_bring_credits_for_a_price_in_the_catalogs_currency() {
    assert_eq!(flaws(|catalog| catalog.packs[0].credits = 0), flaw("/packs/starter/credits", "out_of_range"));
    assert_eq!(flaws(|catalog| catalog.packs[0].price.minor = -1), flaw("/packs/starter/price", "out_of_range"));
    assert_eq!(flaws(|catalog| catalog.plans[0].price.currency = Currency::EUR), flaw("/plans/pro/price", "currency"));
    assert_eq!(flaws(|catalog| catalog.packs[0].price.minor = 0), []);
}

#[test]
fn r21_what_lasts_lasts_some_time() {
    let none = Validity(Some(Span::default()));
    assert_eq!(flaws(|catalog| catalog.packs[0].validity = none), flaw("/packs/starter/expires_after", "too_small"));
    assert_eq!(flaws(|catalog| catalog.plans[0].months = 0), flaw("/plans/pro/every", "too_small"));
    assert_eq!(flaws(|catalog| catalog.plans[0].months = 121), flaw("/plans/pro/every", "too_large"));
    assert_eq!(flaws(|catalog| catalog.plans[0].grants_every = 2), flaw("/plans/pro/grants_every", "out_of_range"));
    assert_eq!(flaws(|catalog| catalog.plans[0].grants_every = 0), flaw("/plans/pro/grants_every", "out_of_range"));
    assert_eq!(flaws(|catalog| catalog.packs[0].validity = Validity(None)), []);
}

#[test]
fn r21_free_credits_are_some() {
    let nothing = |catalog: &mut Catalog| {
        catalog.trial = Some(Trial { credits: Credits::ZERO, validity: Validity(None) });
        catalog.free_tier = Some(FreeTierTerms { credits: Credits::ZERO, rollover: 0 });
    };
    let expected = [flaw("/trial/credits", "too_small"), flaw("/free_tier/credits", "too_small")].concat();
    assert_eq!(flaws(nothing), expected);
}

#[test]
fn r21_thresholds_are_percents() {
    assert_eq!(flaws(|catalog| catalog.low_percents = vec![100, 101]), flaw("/alerts/low_percents/1", "too_large"));
}

#[test]
fn r21_policies_fit_each_other() {
    let policies = |change: fn(&mut Policies)| flaws(|catalog| change(&mut catalog.policies));
    assert_eq!(policies(|p| p.goodwill_for = Span::default()), flaw("/policies/goodwill_for", "too_small"));
    assert_eq!(policies(|p| p.hold_for = Span::days(8)), flaw("/policies/hold_for", "too_large"));
    assert_eq!(policies(|p| p.hold_for = Span::days(7)), []);
    assert_eq!(policies(|p| p.late_capture_for = Span::default()), [], "no late captures at all");
    // Past the calendar's end.
    let for_ever = Span { months: u32::MAX, days: 0, seconds: 0 };
    assert_eq!(
        flaws(|catalog| catalog.policies.hold_for = for_ever),
        flaw("/policies/hold_for", "too_large"),
        "longer than hold_at_most"
    );
}

#[test]
fn r35_refunds_have_limits_that_can_be_met() {
    let terms = RefundTerms { first_purchase_only: true, within: Some(Span::days(7)), used_under_percent: Some(10) };
    assert_eq!(flaws(|catalog| catalog.refunds = Some(terms)), []);
    let refunds = |change: fn(&mut RefundTerms)| {
        let mut changed = terms;
        change(&mut changed);
        flaws(|catalog| catalog.refunds = Some(changed))
    };
    assert_eq!(refunds(|r| r.within = Some(Span::default())), flaw("/refunds/within", "too_small"));
    assert_eq!(refunds(|r| r.used_under_percent = Some(0)), flaw("/refunds/used_under_percent", "out_of_range"));
    assert_eq!(refunds(|r| r.used_under_percent = Some(101)), flaw("/refunds/used_under_percent", "out_of_range"));
    assert_eq!(refunds(|r| r.used_under_percent = Some(100)), []);
    assert_eq!(refunds(|r| (r.within, r.used_under_percent) = (None, None)), []);
}

#[test]
fn an_order_waits_some_time_for_its_payment() {
    let none = Span::default();
    assert_eq!(flaws(|catalog| catalog.orders.unpaid_for = none), flaw("/orders/unpaid_for", "too_small"));
    assert_eq!(flaws(|catalog| catalog.orders.manual_for = none), flaw("/orders/manual_for", "too_small"));
}

/// A page of the provider's lives a day at most: the order must not be said to be payable for longer.
#[test]
fn r33_an_order_waits_no_longer_than_a_payment_page_lives() {
    let unpaid = |unpaid_for: Span| flaws(|catalog| catalog.orders.unpaid_for = unpaid_for);
    let day = Span { months: 0, days: 0, seconds: 24 * 60 * 60 };
    assert_eq!((unpaid(Span::days(1)), unpaid(day)), (Vec::new(), Vec::new()));
    let for_ever = Span { months: u32::MAX, days: 0, seconds: 0 };
    for long in [Span { seconds: day.seconds + 1, ..day }, Span::days(2), for_ever] {
        assert_eq!(unpaid(long), flaw("/orders/unpaid_for", "too_large"), "{long:?}");
    }
    assert_eq!(flaws(|catalog| catalog.orders.manual_for = Span::days(90)), [], "a transfer needs no page");
}

#[test]
fn r24_a_private_pack_is_not_listed_and_can_be_named() {
    let mut catalog = catalog();
    for (code, private) in [("starter", false), ("tailored", true)] {
        catalog.packs.push(Pack {
            code: code.into(),
            label: code.into(),
            credits: 100,
            price: Money { minor: 1_900, currency: Currency::USD },
            validity: Validity(None),
            private,
        });
    }
    assert_eq!(catalog.public_packs().map(|pack| pack.code.as_str()).collect::<Vec<_>>(), ["starter"]);
    assert!(catalog.pack("tailored").is_some());
}
