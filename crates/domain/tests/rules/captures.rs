//! Capturing: what was done is charged, and nothing else (R15–R18, R20).

use folio_domain::rules::{Capture, CaptureItem, Overage, What};
use folio_domain::{Credits, Document, HoldStatus, Kind, Line, Outcome, PageRule, Span, Usage};

use crate::ledger::Ledger;
use crate::sugar::{HOUR, MILLISECOND, credits, day, entries, items, legs, line, pages, refused, rest, terms, units};

/// Ten credits, and a hold of these pages.
fn held(lines: Vec<Line>) -> (Ledger, u32) {
    let mut ledger = Ledger::with(&[("10", None)]);
    let hold = ledger.hold(lines).expect("a hold");
    (ledger, hold)
}

fn last_usage(ledger: &Ledger) -> &Usage {
    ledger.journal.iter().rev().find_map(|entry| entry.usage()).expect("a usage")
}

fn reject(capture: Capture) -> Capture {
    Capture { overage: Overage::Reject, ..capture }
}

#[test]
fn r15_a_hold_is_captured_many_times_until_it_is_used_up() {
    let (mut ledger, hold) = held(vec![pages(4)]);
    for captured in 1..=3 {
        ledger.capture(hold, &units(1)).unwrap();
        assert_eq!(ledger.holds[&hold].progress.status, HoldStatus::Open);
        assert_eq!(ledger.held(), credits(&(4 - captured).to_string()));
    }
    ledger.capture(hold, &units(1)).unwrap();
    assert_eq!(ledger.holds[&hold].progress.status, HoldStatus::Captured);
    assert_eq!(refused(ledger.capture(hold, &units(1))), "HoldClosed");
    assert_eq!((ledger.available(), ledger.held()), (credits("6"), Credits::ZERO));
}

#[test]
fn r15_a_final_capture_closes_the_hold_and_gives_back_the_rest() {
    let (mut ledger, hold) = held(vec![pages(4)]);
    let before = ledger.book.sequence;
    ledger.capture(hold, &Capture { close: true, ..units(1) }).unwrap();
    assert_eq!(ledger.since(before), entries(&[("capture", "1"), ("release", "3")]));
    let progress = &ledger.holds[&hold].progress;
    assert_eq!((progress.status, progress.closed_at), (HoldStatus::Captured, Some(day(0))));
    assert_eq!((progress.captured, progress.released), (credits("1"), credits("3")));
    assert_eq!((progress.items[0].captured, progress.items[0].free), (1, 3));
}

#[test]
fn r15_what_burns_first_is_captured_first_and_given_back_last() {
    let mut ledger = Ledger::with(&[("3", Some(day(10))), ("3", Some(day(20)))]);
    let hold = ledger.hold(vec![pages(5)]).unwrap();
    ledger.capture(hold, &units(1)).unwrap();
    assert_eq!(ledger.drawn(), legs(&[(1, "1")]));
    ledger.capture(hold, &items(&[(0, 1, Outcome::Failed)])).unwrap();
    assert_eq!(ledger.drawn(), legs(&[(2, "1")]));
    ledger.capture(hold, &rest()).unwrap();
    assert_eq!(ledger.drawn(), legs(&[(1, "2"), (2, "1")]));
}

#[test]
fn r16_each_line_is_an_entry_of_its_own() {
    let (mut ledger, hold) = held(vec![pages(4), line("create_schema", 2)]);
    let before = ledger.book.sequence;
    ledger.capture(hold, &rest()).unwrap();
    assert_eq!(ledger.since(before), entries(&[("capture", "4"), ("capture", "1")]));
    assert_eq!(last_usage(&ledger).operation, "create_schema");
    assert_eq!(last_usage(&ledger).item, Some(1));
}

#[test]
fn r16_failed_and_cancelled_pages_cost_nothing() {
    let (mut ledger, hold) = held(vec![pages(6)]);
    let before = ledger.book.sequence;
    let outcomes = [(0, 3, Outcome::Completed), (0, 2, Outcome::Failed), (0, 1, Outcome::Cancelled)];
    ledger.capture(hold, &items(&outcomes)).unwrap();
    assert_eq!(ledger.since(before), entries(&[("release", "2"), ("release", "1"), ("capture", "3")]));
    assert_eq!((ledger.available(), ledger.held()), (credits("7"), Credits::ZERO));
    let usage = last_usage(&ledger);
    assert_eq!((usage.quantity, usage.failed, usage.free), (3, 2, 1), "the usage tells what failed (R20)");
    assert_eq!(ledger.holds[&hold].progress.status, HoldStatus::Captured);
}

#[test]
fn r16_a_job_that_failed_as_a_whole_is_released() {
    let (mut ledger, hold) = held(vec![pages(2)]);
    ledger.capture(hold, &items(&[(0, 2, Outcome::Failed)])).unwrap();
    assert_eq!(ledger.holds[&hold].progress.status, HoldStatus::Released);
    assert_eq!(ledger.available(), credits("10"));
}

#[test]
fn r16_the_customers_own_fault_is_free_unless_the_catalog_charges_it() {
    let capture = items(&[(0, 2, Outcome::CustomerFault)]);
    let (mut ledger, hold) = held(vec![pages(2)]);
    ledger.capture(hold, &capture).unwrap();
    assert_eq!(ledger.available(), credits("10"));

    let (mut ledger, hold) = held(vec![pages(2)]);
    ledger.capture(hold, &Capture { charge_customer_fault: true, ..capture }).unwrap();
    assert_eq!(ledger.available(), credits("8"));
    assert_eq!(last_usage(&ledger).outcome, Outcome::CustomerFault);
}

#[test]
fn r16_no_more_pages_fail_than_were_started() {
    let (mut ledger, hold) = held(vec![pages(2)]);
    assert_eq!(refused(ledger.capture(hold, &items(&[(0, 3, Outcome::Failed)]))), "AboveHold");
    assert_eq!(ledger.held(), credits("2"));
}

#[test]
fn r16_a_capture_names_lines_of_its_hold() {
    let (mut ledger, hold) = held(vec![pages(2), pages(3)]);
    assert_eq!(refused(ledger.capture(hold, &units(1))), "AmbiguousItem");
    assert_eq!(refused(ledger.capture(hold, &items(&[(2, 1, Outcome::Completed)]))), "NoSuchItem");
    assert_eq!(refused(ledger.capture(hold, &items(&[]))), "NothingToDo");
    assert_eq!(refused(ledger.capture(hold, &items(&[(0, 0, Outcome::Completed)]))), "NothingToDo");
    assert_eq!(ledger.held(), credits("5"));
}

#[test]
fn r16_a_line_without_a_quantity_means_what_is_left_of_it() {
    let (mut ledger, hold) = held(vec![pages(4), pages(1)]);
    ledger.capture(hold, &items(&[(0, 1, Outcome::Failed)])).unwrap();
    let all = CaptureItem { item: 0, quantity: None, outcome: Outcome::Completed };
    let capture = Capture { what: What::Items(vec![all]), ..rest() };
    ledger.capture(hold, &capture).unwrap();
    assert_eq!(last_usage(&ledger).quantity, 3);
    assert_eq!(refused(ledger.capture(hold, &capture)), "HoldClosed");
}

#[test]
fn r17_the_extra_is_taken_from_what_is_available() {
    let (mut ledger, hold) = held(vec![pages(4)]);
    let before = ledger.book.sequence;
    ledger.capture(hold, &units(6)).unwrap();
    assert_eq!(ledger.since(before), entries(&[("capture", "4"), ("usage", "2")]));
    let usage = last_usage(&ledger);
    assert!(usage.above_hold && !usage.late);
    assert_eq!((usage.cost, usage.uncollected), (credits("2"), Credits::ZERO));
    assert_eq!(ledger.available(), credits("4"));
    assert_eq!(ledger.holds[&hold].progress.captured, credits("4"));
}

#[test]
fn r17_as_far_as_it_goes_and_the_rest_is_recorded_as_uncollected() {
    let (mut ledger, hold) = held(vec![pages(8)]);
    ledger.capture(hold, &units(13)).unwrap();
    let usage = last_usage(&ledger);
    assert_eq!((usage.quantity, usage.cost, usage.uncollected), (5, credits("2"), credits("3")));
    assert_eq!(ledger.available(), Credits::ZERO);
}

#[test]
fn r17_the_extra_is_never_taken_from_what_other_lines_hold() {
    let (mut ledger, hold) = held(vec![pages(4), pages(6)]);
    ledger.capture(hold, &items(&[(0, 5, Outcome::Completed)])).unwrap();
    assert_eq!(last_usage(&ledger).uncollected, credits("1"));
    assert_eq!(ledger.held(), credits("6"));
}

#[test]
fn r17_or_the_capture_is_rejected() {
    let (mut ledger, hold) = held(vec![pages(4)]);
    assert_eq!(refused(ledger.capture(hold, &reject(units(5)))), "AboveHold");
    assert_eq!((ledger.available(), ledger.held()), (credits("6"), credits("4")));
    ledger.capture(hold, &reject(units(4))).unwrap();
}

#[test]
fn r18_a_late_capture_is_taken_from_what_is_available_and_marked() {
    let (mut ledger, hold) = held(vec![pages(4)]);
    let before = ledger.book.sequence;
    ledger.go(day(1) + HOUR - MILLISECOND).capture(hold, &units(3)).unwrap();
    assert_eq!(ledger.since(before), entries(&[("release", "4"), ("usage", "3")]));
    let usage = last_usage(&ledger);
    assert!(usage.late && !usage.above_hold);
    assert_eq!((usage.cost, usage.uncollected), (credits("3"), Credits::ZERO));
    assert_eq!(ledger.holds[&hold].progress.status, HoldStatus::Expired);
}

#[test]
fn r18_as_far_as_it_goes() {
    let (mut ledger, hold) = held(vec![pages(4)]);
    ledger.go(day(0) + HOUR).lapse(hold);
    ledger.record(pages(9)).unwrap();
    ledger.capture(hold, &rest()).unwrap();
    let usage = last_usage(&ledger);
    assert_eq!((usage.quantity, usage.cost, usage.uncollected), (4, credits("1"), credits("3")));
}

#[test]
fn r18_a_day_later_it_is_too_late() {
    let (mut ledger, hold) = held(vec![pages(4)]);
    let capture = |ledger: &mut Ledger| refused(ledger.capture(hold, &rest()));
    assert_eq!(capture(ledger.go(day(1) + HOUR)), "HoldExpired");
    let none = Capture { late_for: Span::default(), ..rest() };
    assert_eq!(refused(ledger.go(day(0) + HOUR).capture(hold, &none)), "HoldExpired");
}

#[test]
fn r18_late_units_are_counted_like_timely_ones() {
    let (mut ledger, hold) = held(vec![pages(4)]);
    ledger.go(day(0) + HOUR).capture(hold, &items(&[(0, 1, Outcome::Failed), (0, 2, Outcome::Completed)])).unwrap();
    assert_eq!(last_usage(&ledger).failed, 1);
    assert_eq!(ledger.available(), credits("8"));
    assert_eq!(refused(ledger.capture(hold, &reject(units(2)))), "AboveHold");
    ledger.capture(hold, &units(2)).unwrap();
    assert!(last_usage(&ledger).late && last_usage(&ledger).above_hold);
    assert_eq!(refused(ledger.capture(hold, &rest())), "HoldClosed");
    assert_eq!(ledger.holds[&hold].progress.status, HoldStatus::Expired);
}

#[test]
fn r18_a_late_capture_of_failed_pages_leaves_a_trace() {
    let (mut ledger, hold) = held(vec![pages(4)]);
    ledger.go(day(0) + HOUR).lapse(hold);
    let before = ledger.book.sequence;
    ledger.capture(hold, &items(&[(0, 1, Outcome::Failed)])).unwrap();
    assert_eq!(ledger.since(before), entries(&[("release", "0")]));
    let progress = &ledger.holds[&hold].progress;
    assert_eq!((progress.items[0].failed, progress.released), (1, credits("4")), "all was given back before");
}

#[test]
fn r18_late_pages_find_the_credits_that_the_lapse_gave_back() {
    // The grant ended while its credits were held: they are gone, and the late capture takes others.
    let mut ledger = Ledger::with(&[("4", Some(day(0) + HOUR / 2)), ("1", None)]);
    let hold = ledger.hold(vec![pages(4)]).unwrap();
    ledger.go(day(0) + HOUR).capture(hold, &rest()).unwrap();
    assert_eq!(last_usage(&ledger).uncollected, credits("3"));
    assert_eq!(ledger.state(1).expired, credits("4"));
    ledger.give(terms("5", None));
    assert_eq!(ledger.available(), credits("5"), "what was not collected is not collected later");
}

#[test]
fn r20_a_usage_keeps_its_evidence() {
    let document = Document {
        sha256: Some("ab".repeat(32)),
        media_type: Some("application/pdf".into()),
        pages: 3,
        rule: Some(PageRule::CURRENT),
    };
    let (mut ledger, hold) = held(vec![Line { document: Some(document.clone()), ..pages(3) }]);
    ledger.capture(hold, &Capture { occurred_at: Some(day(-1)), ..rest() }).unwrap();
    let entry = ledger.journal.iter().find(|entry| entry.kind == Kind::Capture).expect("a capture");
    let usage = entry.usage().expect("a usage");
    assert_eq!(usage.document, Some(document));
    assert_eq!((usage.name.as_deref(), usage.reference.as_deref()), (Some("3-extract.pdf"), Some("job-1")));
    assert_eq!((usage.quantity, usage.rate, usage.cost), (3, credits("1"), credits("3")));
    assert_eq!((usage.hold.map(|hold| hold.number), usage.item), (Some(hold), Some(0)));
    assert_eq!((usage.occurred_at, usage.catalog_version), (Some(day(-1)), 1));
    assert_eq!(entry.postings.len(), 1);
}
