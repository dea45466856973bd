//! Revoked credits that come back, because the refund they were taken for came to nothing (R35).

use folio_domain::rules::{self, NewGrant};
use folio_domain::{Credits, Refusal};

use crate::ledger::{Ledger, Names};
use crate::sugar::{MILLISECOND, credits, day, entries, legs, pages, refused, terms};

impl Ledger {
    fn revoke_part(&mut self, grant: u32, amount: &str) {
        let id = self.grant_id(grant);
        let revoke = |draft: &mut folio_domain::Draft| rules::revoke_part(draft, id, credits(amount), None);
        self.post(Names::default(), revoke).expect("a revocation");
    }

    fn reinstate(&mut self, grant: u32, amount: &str) -> Result<(), Refusal> {
        let (id, amount) = (self.grant_id(grant), credits(amount));
        let names = Names { revoked: Some(grant), ..Names::default() };
        self.post(names, |draft| rules::reinstate(draft, id, amount, Some("refund failed".into())))
    }
}

#[test]
fn r35_reinstated_credits_are_in_their_grant_again() {
    let mut ledger = Ledger::with(&[("10", Some(day(9))), ("10", None)]);
    ledger.record(pages(3)).unwrap();
    ledger.revoke_part(1, "5");
    ledger.reinstate(1, "4").unwrap();
    assert_eq!(ledger.drawn(), legs(&[(1, "4")]));
    let state = ledger.state(1);
    assert_eq!([state.available, state.consumed, state.revoked], ["6", "3", "1"].map(credits));
    ledger.record(pages(7)).unwrap();
    assert_eq!(ledger.drawn(), legs(&[(1, "6"), (2, "1")]));
}

#[test]
fn r35_a_grant_that_was_revoked_to_the_last_is_open_again_on_its_old_terms() {
    let mut ledger = Ledger::with(&[("10", Some(day(9))), ("10", None)]);
    let before = ledger.book.grants().to_vec();
    ledger.revoke_part(1, "10");
    assert!(ledger.book.grant(1).is_none());
    ledger.reinstate(1, "10").unwrap();
    // In its old place in the burn order as well.
    assert_eq!(ledger.book.grants(), before);
    assert_eq!(ledger.go(day(9) - MILLISECOND).available(), credits("20"));
    assert_eq!(ledger.go(day(9)).available(), credits("10"));
}

#[test]
fn r3_no_more_is_reinstated_than_was_revoked() {
    let mut ledger = Ledger::with(&[("10", None), ("10", None)]);
    assert_eq!(refused(ledger.reinstate(1, "0.000001")), "ReinstateTooMuch");
    ledger.record(pages(4)).unwrap();
    ledger.revoke_part(1, "6");
    let before = ledger.book.clone();
    assert_eq!(ledger.reinstate(1, "6.000001"), Err(Refusal::ReinstateTooMuch { left: credits("6") }));
    assert_eq!(refused(ledger.reinstate(2, "1")), "ReinstateTooMuch");
    assert_eq!(refused(ledger.reinstate(1, "0")), "NothingToDo");
    assert_eq!(ledger.book, before);
    ledger.reinstate(1, "5").unwrap();
    assert_eq!(ledger.reinstate(1, "2"), Err(Refusal::ReinstateTooMuch { left: credits("1") }));
    // What comes back can be taken again.
    ledger.revoke_part(1, "5");
    ledger.reinstate(1, "6").unwrap();
    let state = ledger.state(1);
    assert_eq!([state.available, state.consumed, state.revoked], ["6", "4", "0"].map(credits));
}

#[test]
fn r3_one_command_reinstates_no_more_in_two_steps() {
    let mut ledger = Ledger::with(&[("10", None)]);
    ledger.revoke_part(1, "10");
    let id = ledger.grant_id(1);
    let names = Names { revoked: Some(1), ..Names::default() };
    let twice = ledger.post(names, |draft| {
        rules::reinstate(draft, id, credits("6"), None)?;
        rules::reinstate(draft, id, credits("5"), None)
    });
    assert_eq!(twice, Err(Refusal::ReinstateTooMuch { left: credits("4") }));
    assert_eq!(ledger.state(1).revoked, credits("10"));
}

#[test]
fn r3_only_a_grant_that_the_command_names_is_reinstated() {
    let mut ledger = Ledger::with(&[("10", None)]);
    ledger.revoke_part(1, "10");
    let id = ledger.grant_id(1);
    let unnamed = ledger.post(Names::default(), |draft| rules::reinstate(draft, id, credits("1"), None));
    assert_eq!(unnamed, Err(Refusal::ReinstateTooMuch { left: Credits::ZERO }));
}

#[test]
fn r35_credits_reinstated_after_their_grants_end_expire_at_once() {
    let mut ledger = Ledger::with(&[("10", Some(day(9)))]);
    ledger.revoke_part(1, "10");
    let before = ledger.book.sequence;
    ledger.go(day(9)).reinstate(1, "4").unwrap();
    assert_eq!(ledger.since(before), entries(&[("reinstate", "4"), ("expire", "4")]));
    let state = ledger.state(1);
    assert_eq!([state.available, state.expired, state.revoked], ["0", "4", "6"].map(credits));
    assert_eq!((ledger.available(), ledger.book.grants().len()), (Credits::ZERO, 0));
}

#[test]
fn r35_also_where_some_of_the_grant_is_still_held() {
    let mut ledger = Ledger::with(&[("10", Some(day(1)))]);
    ledger.place(vec![pages(3)], |hold| hold.ttl = folio_domain::Span::days(5)).unwrap();
    ledger.revoke_part(1, "7");
    ledger.go(day(2)).reinstate(1, "7").unwrap();
    let state = ledger.state(1);
    assert_eq!([state.available, state.held, state.expired, state.revoked], ["0", "3", "7", "0"].map(credits));
}

#[test]
fn r35_a_grant_revoked_before_it_began_comes_back_as_one_that_has_begun() {
    let mut ledger = Ledger::opened();
    ledger.give(NewGrant { effective_at: Some(day(5)), ..terms("3", None) });
    ledger.revoke_part(1, "3");
    let before = ledger.book.sequence;
    ledger.go(day(6)).reinstate(1, "3").unwrap();
    assert_eq!(ledger.since(before), entries(&[("reinstate", "3")]));
    assert_eq!(ledger.journal.last().unwrap().balance.available, credits("3"));
    ledger.record(pages(3)).unwrap();
}

#[test]
fn r35_or_waits_for_its_beginning_again() {
    let mut ledger = Ledger::opened();
    ledger.give(NewGrant { effective_at: Some(day(5)), ..terms("3", None) });
    ledger.revoke_part(1, "3");
    ledger.go(day(1)).reinstate(1, "3").unwrap();
    assert_eq!(ledger.available(), Credits::ZERO);
    let before = ledger.book.sequence;
    ledger.go(day(5)).settle();
    assert_eq!(ledger.since(before), entries(&[("activate", "0")]));
    assert_eq!(ledger.available(), credits("3"));
}
