//! What is released after its grant has expired (R12).

use folio_domain::rules::{self, ReleaseReason};
use folio_domain::{Credits, Draft, HoldStatus, Outcome, Source};

use crate::ledger::Ledger;
use crate::sugar::{HOUR, credits, day, entries, items, pages, rest, terms};

/// A hold of 2 credits that expire half-way through it and 2 that do not; half an hour has passed.
fn half_expired() -> (Ledger, u32) {
    let mut ledger = Ledger::with(&[("2", Some(day(0) + HOUR / 2)), ("9", None)]);
    let hold = ledger.hold(vec![pages(4)]).expect("a hold");
    ledger.go(day(0) + HOUR / 2);
    (ledger, hold)
}

#[test]
fn r12_released_credits_go_back_to_their_grants() {
    let mut ledger = Ledger::with(&[("2", Some(day(1))), ("9", None)]);
    let hold = ledger.hold(vec![pages(4)]).unwrap();
    ledger.release(hold).unwrap();
    assert_eq!((ledger.state(1).available, ledger.state(2).available), (credits("2"), credits("9")));
    assert_eq!(ledger.holds[&hold].progress.status, HoldStatus::Released);
}

#[test]
fn r12_released_credits_of_an_expired_grant_expire_at_once() {
    let (mut ledger, hold) = half_expired();
    let before = ledger.book.sequence;
    ledger.release(hold).unwrap();
    assert_eq!(ledger.since(before), entries(&[("release", "4"), ("expire", "2")]));
    assert_eq!(ledger.entry(before + 2).effective_at, ledger.now);
    assert_eq!(ledger.available(), credits("9"));
    assert_eq!(ledger.state(1).expired, credits("2"));
}

#[test]
fn r12_so_do_those_of_failed_pages_and_of_a_lapsed_hold() {
    let (mut ledger, hold) = half_expired();
    ledger.capture(hold, &items(&[(0, 3, Outcome::Failed)])).unwrap();
    // The last drawn go back first: 2 of the grant that lives, 1 of the one that has expired.
    assert_eq!((ledger.state(1).expired, ledger.state(1).held), (credits("1"), credits("1")));
    ledger.go(day(0) + HOUR).lapse(hold);
    assert_eq!(ledger.state(1).expired, credits("2"));
    assert_eq!(ledger.available(), credits("9"));
}

#[test]
fn r12_unless_the_vendor_is_at_fault_then_they_come_back_as_goodwill_for_seven_days() {
    let (mut ledger, hold) = half_expired();
    let before = ledger.book.sequence;
    ledger.release_for_vendor_fault(hold).unwrap();
    assert_eq!(ledger.since(before), entries(&[("release", "4"), ("expire", "2"), ("grant", "2")]));
    let goodwill = ledger.state(3);
    assert_eq!((goodwill.grant.source, goodwill.available), (Source::Goodwill, credits("2")));
    assert_eq!(goodwill.grant.expires_at, Some(day(7) + HOUR / 2));
    assert_eq!(ledger.available(), credits("11"));
}

#[test]
fn r12_a_vendors_fault_in_time_needs_no_goodwill() {
    let mut ledger = Ledger::with(&[("2", Some(day(1)))]);
    let hold = ledger.hold(vec![pages(2)]).unwrap();
    let before = ledger.book.sequence;
    ledger.release_for_vendor_fault(hold).unwrap();
    assert_eq!(ledger.since(before), entries(&[("release", "2")]));
}

#[test]
fn r12_a_release_gives_back_only_the_rest() {
    let mut ledger = Ledger::opened();
    ledger.give(terms("5", None));
    let hold = ledger.hold(vec![pages(2), pages(3)]).unwrap();
    ledger.capture(hold, &items(&[(0, 2, Outcome::Completed)])).unwrap();
    ledger.release(hold).unwrap();
    assert_eq!((ledger.available(), ledger.held()), (credits("3"), Credits::ZERO));
    assert_eq!(ledger.holds[&hold].progress.status, HoldStatus::Captured, "something was captured");
}

#[test]
fn r12_what_is_captured_after_its_grant_expired_stays_consumed() {
    let (mut ledger, hold) = half_expired();
    ledger.capture(hold, &rest()).unwrap();
    assert_eq!((ledger.state(1).consumed, ledger.state(1).expired), (credits("2"), Credits::ZERO));
}

#[test]
fn a_refused_release_writes_nothing_even_in_its_draft() {
    let mut ledger = Ledger::with(&[("2", None)]);
    let hold = ledger.hold(vec![pages(2)]).unwrap();
    ledger.release(hold).unwrap();
    let draft = || {
        let mut draft = Draft::open(ledger.book.clone(), ledger.now);
        draft.hold = Some(ledger.holds[&hold].clone());
        draft
    };
    let mut released = draft();
    rules::release(&mut released, &ReleaseReason::Other("cancelled".into())).unwrap_err();
    assert_eq!(released.entries(), []);
    let mut captured = draft();
    rules::capture(&mut captured, &rest()).unwrap_err();
    assert_eq!(captured.entries(), []);
}
