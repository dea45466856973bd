//! Frozen customers: nothing starts, and what is under way goes on (R35).

use folio_domain::{Credits, Detail, Kind, Refusal, Standing, rules};

use crate::ledger::{Ledger, Names};
use crate::sugar::{HOUR, credits, day, entries, line, pages, refused, rest, terms, units};

impl Ledger {
    fn freeze(&mut self) -> Result<(), Refusal> {
        self.post(Names::default(), |draft| rules::freeze(draft, Some("chargeback".into())))
    }

    fn unfreeze(&mut self) -> Result<(), Refusal> {
        self.post(Names::default(), |draft| rules::unfreeze(draft, Some("won".into())))
    }
}

#[test]
fn r35_a_frozen_customer_starts_no_hold_and_no_usage() {
    let mut ledger = Ledger::with(&[("10", None)]);
    ledger.freeze().unwrap();
    let before = ledger.book.clone();
    assert_eq!(refused(ledger.hold(vec![pages(1)])), "Frozen");
    assert_eq!(refused(ledger.place(vec![pages(1)], |hold| hold.partial = true)), "Frozen");
    assert_eq!(refused(ledger.record(pages(1))), "Frozen");
    // Not even what costs nothing.
    assert_eq!(refused(ledger.record(line("preview", 3))), "Frozen");
    assert_eq!(refused(ledger.hold(vec![line("preview", 3)])), "Frozen");
    assert_eq!(ledger.book, before);
}

#[test]
fn r35_a_frozen_customer_is_told_so_and_not_what_is_missing() {
    let mut ledger = Ledger::with(&[("10", None)]);
    ledger.freeze().unwrap();
    assert_eq!(refused(ledger.hold(vec![pages(11)])), "Frozen");
    assert_eq!(refused(ledger.record(pages(11))), "Frozen");
    assert_eq!(refused(ledger.record(pages(0))), "Frozen");
    assert_eq!(refused(ledger.hold(Vec::new())), "Frozen");
}

#[test]
fn r35_what_is_under_way_goes_on_while_the_customer_is_frozen() {
    let mut ledger = Ledger::with(&[("30", None)]);
    let usage = ledger.record(pages(1)).unwrap();
    let [captured, released, lapsed] = [8, 5, 3].map(|quantity| ledger.hold(vec![pages(quantity)]).unwrap());
    ledger.freeze().unwrap();
    let frozen = ledger.book.sequence;
    // Above the hold as well: the work is done.
    ledger.capture(captured, &units(9)).unwrap();
    ledger.release(released).unwrap();
    ledger.reverse(usage, None).unwrap();
    ledger.give(terms("4", None));
    ledger.go(day(0) + HOUR).lapse(lapsed);
    // Late, out of what is available.
    ledger.capture(lapsed, &rest()).unwrap();
    let expected = [
        ("capture", "8"),
        ("usage", "1"),
        ("release", "5"),
        ("reverse", "1"),
        ("grant", "4"),
        ("release", "3"),
        ("usage", "3"),
    ];
    assert_eq!(ledger.since(frozen), entries(&expected));
    assert_eq!((ledger.available(), ledger.held()), (credits("22"), Credits::ZERO));
}

#[test]
fn r35_credits_of_a_frozen_customer_still_expire() {
    let mut ledger = Ledger::with(&[("10", Some(day(5)))]);
    ledger.freeze().unwrap();
    assert_eq!(ledger.go(day(5)).available(), Credits::ZERO);
}

#[test]
fn r35_an_unfrozen_customer_starts_work_again() {
    let mut ledger = Ledger::with(&[("10", None)]);
    ledger.freeze().unwrap();
    ledger.go(day(1)).unfreeze().unwrap();
    assert_eq!(ledger.book.frozen_since, None);
    ledger.hold(vec![pages(4)]).unwrap();
    ledger.record(pages(6)).unwrap();
}

#[test]
fn r35_a_freeze_is_an_entry_that_moves_nothing_and_tells_why() {
    let mut ledger = Ledger::with(&[("10", None)]);
    ledger.go(day(2)).freeze().unwrap();
    assert_eq!(ledger.book.frozen_since, Some(day(2)));
    let entry = ledger.journal.last().unwrap();
    assert_eq!((entry.kind, entry.postings.len(), entry.balance.available), (Kind::Freeze, 0, credits("10")));
    assert_eq!(entry.detail, Detail::Freeze { reason: Some("chargeback".into()) });
    ledger.unfreeze().unwrap();
    let entry = ledger.journal.last().unwrap();
    assert_eq!(entry.detail, Detail::Unfreeze { reason: Some("won".into()) });
}

#[test]
fn r35_nobody_is_frozen_or_unfrozen_twice() {
    let mut ledger = Ledger::opened();
    assert_eq!(refused(ledger.unfreeze()), "NotFrozen");
    ledger.freeze().unwrap();
    let since = ledger.book.frozen_since;
    assert_eq!(refused(ledger.go(day(1)).freeze()), "AlreadyFrozen");
    assert_eq!(ledger.book.frozen_since, since);
    ledger.unfreeze().unwrap();
    assert_eq!(refused(ledger.unfreeze()), "NotFrozen");
}

#[test]
fn r35_a_frozen_balance_says_so_whatever_is_left() {
    let mut ledger = Ledger::with(&[("10", None)]);
    assert_eq!(Standing::of(&ledger.book, Some(20)), Standing::Ok);
    ledger.freeze().unwrap();
    assert_eq!(Standing::of(&ledger.book, Some(20)), Standing::Frozen);
    assert_eq!(Standing::of(&ledger.book.settled(day(9)), None), Standing::Frozen);
    ledger.unfreeze().unwrap();
    ledger.record(pages(10)).unwrap();
    assert_eq!(Standing::of(&ledger.book, Some(20)), Standing::Zero);
}
