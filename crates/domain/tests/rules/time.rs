//! Ledger time and expiry (R7, R8, R10, R11).

use folio_domain::rules::{self, NewGrant, NewUsage};
use folio_domain::{Book, Credits, Draft, Kind};

use crate::ledger::{Ledger, Names};
use crate::sugar::{HOUR, MILLISECOND, credits, day, entries, pages, refused, rest, terms};

#[test]
fn r7_ledger_time_never_runs_backwards() {
    let mut ledger = Ledger::opened();
    ledger.go(day(5)).give(terms("5", None));
    ledger.go(day(2)).record(pages(1)).unwrap();
    assert_eq!(ledger.journal.last().unwrap().at, day(5));
    assert_eq!(ledger.journal.last().unwrap().effective_at, day(5));
}

#[test]
fn r7_a_grant_that_expired_stays_expired_when_the_clock_goes_back() {
    let mut ledger = Ledger::with(&[("5", Some(day(10)))]);
    ledger.go(day(10)).settle();
    assert_eq!(ledger.go(day(1)).available(), Credits::ZERO);
    assert_eq!(refused(ledger.record(pages(1))), "InsufficientCredits");
}

#[test]
fn r7_ledger_time_is_whole_milliseconds() {
    let mut ledger = Ledger::new(day(0) + chrono::TimeDelta::nanoseconds(1_999_999));
    ledger.post(Names::default(), |draft| rules::grant(draft, terms("1", None))).unwrap();
    assert_eq!(ledger.journal[0].at, day(0) + MILLISECOND);
    let late = day(9) + chrono::TimeDelta::nanoseconds(999_999);
    assert_eq!(Draft::open(Book::new(ledger.book.customer, day(0)), late).now(), day(9));
}

#[test]
fn r7_what_a_caller_says_about_time_changes_nothing() {
    let mut ledger = Ledger::with(&[("5", Some(day(10)))]);
    let late = NewUsage {
        line: pages(1),
        reference: None,
        occurred_at: Some(day(9)),
        catalog_version: 1,
        metadata: Vec::new(),
    };
    ledger.go(day(10));
    assert_eq!(refused(ledger.post(Names::default(), |draft| rules::record(draft, late))), "InsufficientCredits");
}

#[test]
fn r8_a_grant_is_spendable_one_millisecond_before_its_end_and_not_at_it() {
    let mut before = Ledger::with(&[("5", Some(day(10)))]);
    assert_eq!(before.go(day(10) - MILLISECOND).available(), credits("5"));
    before.record(pages(5)).unwrap();

    let mut at = Ledger::with(&[("5", Some(day(10)))]);
    assert_eq!(at.go(day(10)).available(), Credits::ZERO);
    assert_eq!(refused(at.record(pages(1))), "InsufficientCredits");
}

#[test]
fn r10_expiry_is_right_before_anyone_writes_it_down() {
    let mut ledger = Ledger::with(&[("5", Some(day(10))), ("3", None)]);
    assert_eq!(ledger.go(day(20)).available(), credits("3"));
    assert_eq!(refused(ledger.record(pages(4))), "InsufficientCredits");
}

#[test]
fn r10_an_expiry_is_written_once_as_of_its_instant() {
    let mut ledger = Ledger::with(&[("5", Some(day(10))), ("3", None)]);
    let before = ledger.book.sequence;
    assert_eq!(ledger.book.due_at(), Some(day(10)));
    ledger.go(day(20)).settle();
    assert_eq!(ledger.since(before), entries(&[("expire", "5")]));
    let expiry = ledger.entry(before + 1);
    assert_eq!((expiry.at, expiry.effective_at), (day(20), day(10)));
    ledger.settle();
    ledger.go(day(21)).settle();
    assert_eq!(ledger.since(before).len(), 1);
    assert_eq!(ledger.book.due_at(), None);
}

#[test]
fn r10_a_book_tells_what_will_expire_and_when_the_clock_is_due() {
    let mut ledger = Ledger::with(&[("9", Some(day(30))), ("5", Some(day(10))), ("3", None)]);
    ledger.give(NewGrant { priority: 1, ..terms("7", Some(day(20))) });
    ledger.give(NewGrant { effective_at: Some(day(4)), ..terms("8", Some(day(6))) });
    ledger.record(pages(1)).unwrap();
    let expiring: Vec<_> = ledger.book.expiring().iter().map(|soon| (soon.grant.number, soon.amount)).collect();
    assert_eq!(expiring, [(2, credits("5")), (4, credits("6")), (1, credits("9"))], "the soonest first");
    assert_eq!(ledger.book.due_at(), Some(day(4)), "the scheduled grant begins");
    assert_eq!(ledger.book.granted(), credits("24"), "what the spendable grants gave");
}

#[test]
fn r10_what_the_clock_did_is_told_apart_from_the_command() {
    let ledger = Ledger::with(&[("5", Some(day(10))), ("3", None)]);
    let mut draft = Draft::open(ledger.book.clone(), day(10));
    rules::grant(&mut draft, terms("1", None)).unwrap();
    let written = draft.finish();
    assert_eq!(written.settled.iter().map(|entry| entry.kind).collect::<Vec<_>>(), [Kind::Expire]);
    assert_eq!(written.entries.iter().map(|entry| entry.kind).collect::<Vec<_>>(), [Kind::Grant]);
}

#[test]
fn r11_held_credits_survive_expiry_until_their_hold_ends() {
    let mut ledger = Ledger::with(&[("5", Some(day(10)))]);
    let hold = ledger.go(day(10) - HOUR / 2).hold(vec![pages(4)]).unwrap();
    let before = ledger.book.sequence;
    ledger.go(day(10)).settle();
    assert_eq!(ledger.since(before), entries(&[("expire", "1")]));
    assert_eq!((ledger.available(), ledger.held()), (Credits::ZERO, credits("4")));
    ledger.capture(hold, &rest()).unwrap();
    assert_eq!(ledger.state(1).consumed, credits("4"));
}
