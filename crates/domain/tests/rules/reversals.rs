//! Giving consumed credits back (R19).

use folio_domain::{Credits, Source};

use crate::ledger::Ledger;
use crate::sugar::{HOUR, MILLISECOND, credits, day, entries, legs, line, pages, refused, rest, terms, units};

#[test]
fn r19_a_reversal_goes_back_to_the_same_grants() {
    let mut ledger = Ledger::with(&[("3", Some(day(10))), ("5", Some(day(20)))]);
    let usage = ledger.record(pages(7)).unwrap();
    ledger.reverse(usage, None).unwrap();
    assert_eq!(ledger.drawn(), legs(&[(1, "3"), (2, "4")]));
    assert_eq!((ledger.state(1).available, ledger.state(2).available), (credits("3"), credits("5")));
    assert_eq!(ledger.state(1).consumed, Credits::ZERO);
}

#[test]
fn r19_in_reverse_along_the_recorded_draws_and_never_in_todays_order() {
    let mut ledger = Ledger::with(&[("3", Some(day(10))), ("5", Some(day(20)))]);
    let usage = ledger.record(pages(7)).unwrap();
    // Would be drawn first today.
    ledger.give(terms("9", Some(day(2))));
    ledger.reverse(usage, Some(1)).unwrap();
    assert_eq!(ledger.drawn(), legs(&[(2, "1")]));
    ledger.reverse(usage, Some(5)).unwrap();
    assert_eq!(ledger.drawn(), legs(&[(1, "2"), (2, "3")]));
    ledger.reverse(usage, Some(1)).unwrap();
    assert_eq!(ledger.drawn(), legs(&[(1, "1")]));
}

#[test]
fn r19_reversed_in_total_never_exceeds_charged() {
    let mut ledger = Ledger::with(&[("9", None)]);
    let usage = ledger.record(pages(4)).unwrap();
    assert_eq!(refused(ledger.reverse(usage, Some(5))), "ReverseTooMuch");
    assert_eq!(refused(ledger.reverse(usage, Some(0))), "NothingToDo");
    ledger.reverse(usage, Some(3)).unwrap();
    assert_eq!(refused(ledger.reverse(usage, Some(2))), "ReverseTooMuch");
    ledger.reverse(usage, None).unwrap();
    assert_eq!(refused(ledger.reverse(usage, None)), "AlreadyReversed");
    assert_eq!(refused(ledger.reverse(usage, Some(1))), "AlreadyReversed");
    assert_eq!(ledger.available(), credits("9"));
}

#[test]
fn r19_a_grant_that_left_the_book_comes_back_into_it() {
    let mut ledger = Ledger::with(&[("3", Some(day(10)))]);
    let usage = ledger.record(pages(3)).unwrap();
    assert_eq!(ledger.book.grants(), []);
    ledger.go(day(10) - MILLISECOND).reverse(usage, None).unwrap();
    assert_eq!(ledger.available(), credits("3"));
    // On its old terms.
    assert_eq!(ledger.go(day(10)).available(), Credits::ZERO);
}

#[test]
fn r19_what_was_captured_can_be_reversed_as_well() {
    let mut ledger = Ledger::with(&[("3", None)]);
    let hold = ledger.hold(vec![pages(3)]).unwrap();
    ledger.capture(hold, &units(2)).unwrap();
    ledger.reverse(ledger.book.sequence, None).unwrap();
    assert_eq!((ledger.available(), ledger.held()), (credits("2"), credits("1")));
}

#[test]
fn r19_a_part_whose_grant_expired_comes_back_as_goodwill_with_the_validity_it_had_left() {
    let mut ledger = Ledger::with(&[("3", Some(day(40))), ("5", None)]);
    // 30 days before its end.
    let usage = ledger.go(day(10)).record(pages(4)).unwrap();
    let before = ledger.book.sequence;
    ledger.go(day(60)).reverse(usage, None).unwrap();
    assert_eq!(ledger.since(before), entries(&[("reverse", "4"), ("expire", "3"), ("grant", "3")]));
    let goodwill = ledger.state(3);
    assert_eq!((goodwill.grant.source, goodwill.available), (Source::Goodwill, credits("3")));
    assert_eq!(goodwill.grant.expires_at, Some(day(90)));
    assert_eq!((ledger.state(1).expired, ledger.state(1).consumed), (credits("3"), Credits::ZERO));
    assert_eq!(ledger.state(2).available, credits("5"));
}

#[test]
fn r19_and_with_seven_days_at_least() {
    let mut ledger = Ledger::with(&[("3", Some(day(12)))]);
    let usage = ledger.go(day(10)).record(pages(3)).unwrap();
    ledger.go(day(12)).reverse(usage, None).unwrap();
    assert_eq!(ledger.state(2).grant.expires_at, Some(day(19)));
}

#[test]
fn r19_even_of_what_was_captured_after_its_grant_expired() {
    let mut ledger = Ledger::with(&[("3", Some(day(0) + HOUR / 2))]);
    let hold = ledger.hold(vec![pages(3)]).unwrap();
    ledger.go(day(0) + HOUR - MILLISECOND).capture(hold, &rest()).unwrap();
    let usage = ledger.book.sequence;
    ledger.go(day(1)).reverse(usage, None).unwrap();
    assert_eq!(ledger.state(2).grant.expires_at, Some(day(8)));
}

#[test]
fn r19_of_a_usage_paid_in_part_only_what_was_paid_goes_back() {
    let mut ledger = Ledger::with(&[("6", None)]);
    let hold = ledger.hold(vec![pages(2)]).unwrap();
    // 2 from the hold; of 7 more, 4 are paid.
    ledger.capture(hold, &units(9)).unwrap();
    let usage = ledger.book.sequence;
    // The unpaid units go first: 4 units left are worth what was paid.
    ledger.reverse(usage, Some(3)).unwrap();
    assert_eq!(ledger.available(), Credits::ZERO);
    ledger.reverse(usage, Some(1)).unwrap();
    assert_eq!(ledger.available(), credits("1"));
    ledger.reverse(usage, None).unwrap();
    assert_eq!(ledger.available(), credits("4"));
    assert_eq!(refused(ledger.reverse(usage, None)), "AlreadyReversed");
}

#[test]
fn r19_a_free_usage_can_be_taken_back() {
    let mut ledger = Ledger::opened();
    let usage = ledger.record(line("preview", 3)).unwrap();
    let before = ledger.book.sequence;
    ledger.reverse(usage, None).unwrap();
    assert_eq!(ledger.since(before), entries(&[("reverse", "0")]));
    assert_eq!(refused(ledger.reverse(usage, None)), "AlreadyReversed");
}
