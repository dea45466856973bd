//! Grants: what they keep, the order they burn in, what cannot be had from them (R2, R3, R5, R6).

use folio_domain::rules::{self, NewGrant};
use folio_domain::{Credits, Detail, Draft, Instant, Refusal, Source};

use crate::ledger::{Ledger, Names};
use crate::sugar::{MILLISECOND, credits, day, entries, legs, pages, paid, refused, terms};

/// Which grant burns first, when these are given in this order.
fn first_to_burn(grants: [NewGrant; 2]) -> u32 {
    let mut ledger = Ledger::opened();
    for grant in grants {
        ledger.give(grant);
    }
    ledger.go(day(1)).record(pages(1)).expect("a usage");
    ledger.journal[ledger.journal.len() - 1].postings[0].grant.number
}

fn extend(ledger: &mut Ledger, grant: u32, expires_at: Instant) -> Result<(), Refusal> {
    let id = ledger.grant_id(grant);
    ledger.post(Names::default(), |draft| rules::extend_grant(draft, id, expires_at))
}

fn revoke(ledger: &mut Ledger, grant: u32) -> Result<Credits, Refusal> {
    let id = ledger.grant_id(grant);
    ledger.post(Names::default(), |draft| rules::revoke(draft, id, None))
}

#[test]
fn r2_a_grant_keeps_its_terms() {
    let mut ledger = Ledger::opened();
    let new = NewGrant { source: Source::Pack, priority: 7, ..paid(1_900, terms("100", Some(day(365)))) };
    ledger.give(NewGrant { effective_at: Some(day(3)), ..new.clone() });

    let Detail::Grant(grant) = &ledger.journal.last().unwrap().detail else { panic!("not a grant") };
    assert_eq!((grant.source, grant.amount, grant.cost, grant.priority), (Source::Pack, credits("100"), new.cost, 7));
    assert_eq!((grant.granted_at, grant.effective_at, grant.expires_at), (day(0), day(3), Some(day(365))));
}

#[test]
fn r2_a_grant_ends_after_it_begins_and_brings_something() {
    let mut ledger = Ledger::opened();
    assert_eq!(refused(ledger.try_give(terms("0", None))), "NothingToDo");
    assert_eq!(refused(ledger.try_give(terms("1", Some(day(0))))), "BadInstant");
    let scheduled = NewGrant { effective_at: Some(day(9)), ..terms("1", Some(day(9))) };
    assert_eq!(refused(ledger.try_give(scheduled)), "BadInstant");
}

#[test]
fn r2_a_scheduled_grant_is_spendable_from_its_instant_on() {
    let mut ledger = Ledger::opened();
    let grant = ledger.give(NewGrant { effective_at: Some(day(5)), ..terms("3", None) });
    assert_eq!(ledger.available(), Credits::ZERO);
    assert_eq!(ledger.go(day(5) - MILLISECOND).available(), Credits::ZERO);
    assert_eq!(refused(ledger.record(pages(1))), "InsufficientCredits");
    assert_eq!(ledger.go(day(5)).available(), credits("3"));

    // Its beginning is an entry, of that instant, however late it is written.
    let before = ledger.book.sequence;
    ledger.go(day(8)).record(pages(1)).unwrap();
    assert_eq!(ledger.since(before), entries(&[("activate", "0"), ("usage", "1")]));
    let activation = ledger.entry(before + 1);
    assert_eq!(activation.detail, Detail::Activate(ledger.grant_id(grant)));
    assert_eq!((activation.at, activation.effective_at), (day(8), day(5)));
    assert_eq!(activation.balance.available, credits("3"));
}

#[test]
fn r2_a_past_beginning_counts_as_now() {
    let mut ledger = Ledger::opened();
    ledger.go(day(10)).give(NewGrant { effective_at: Some(day(2)), ..terms("3", None) });
    assert_eq!(ledger.state(1).grant.effective_at, day(10));
}

#[test]
fn r3_every_credit_of_a_grant_is_in_one_bucket() {
    let mut ledger = Ledger::with(&[("10", Some(day(5)))]);
    ledger.record(pages(3)).unwrap();
    ledger.hold(vec![pages(2)]).unwrap();
    let state = ledger.state(1);
    assert_eq!([state.available, state.held, state.consumed], ["5", "2", "3"].map(credits));
    assert_eq!([state.expired, state.revoked], [Credits::ZERO; 2]);

    // Expired at its instant, whether or not it is written down (R10).
    ledger.go(day(5));
    let state = ledger.state(1);
    assert_eq!([state.available, state.held, state.consumed, state.expired], ["0", "2", "3", "5"].map(credits));
    ledger.settle();
    assert_eq!(ledger.state(1), state);
}

#[test]
fn r3_a_revoked_grant_keeps_what_is_held_or_consumed() {
    let mut ledger = Ledger::with(&[("10", None)]);
    ledger.record(pages(3)).unwrap();
    ledger.hold(vec![pages(2)]).unwrap();
    assert_eq!(revoke(&mut ledger, 1), Ok(credits("5")));
    let state = ledger.state(1);
    assert_eq!([state.available, state.held, state.consumed, state.revoked], ["0", "2", "3", "5"].map(credits));
    assert_eq!(refused(revoke(&mut ledger, 1)), "GrantClosed");
}

#[test]
fn r35_a_part_of_a_grant_is_taken_back_and_the_rest_stays() {
    let mut ledger = Ledger::with(&[("10", None), ("10", None)]);
    ledger.record(pages(3)).unwrap();
    ledger.hold(vec![pages(2)]).unwrap();
    let id = ledger.grant_id(1);
    let mut part = |amount| ledger.post(Names::default(), |draft| rules::revoke_part(draft, id, credits(amount), None));
    // The other grant's credits do not count.
    assert_eq!(refused(part("5.000001")), "InsufficientCredits");
    assert_eq!(refused(part("0")), "NothingToDo");
    assert_eq!(part("4"), Ok(()));
    assert_eq!(part("1"), Ok(()));
    assert_eq!(refused(part("1")), "GrantClosed");
    let state = ledger.state(1);
    assert_eq!([state.available, state.held, state.consumed, state.revoked], ["0", "2", "3", "5"].map(credits));
}

#[test]
fn r3_a_revoked_scheduled_grant_never_begins() {
    let mut ledger = Ledger::opened();
    ledger.give(NewGrant { effective_at: Some(day(5)), ..terms("3", None) });
    assert_eq!(revoke(&mut ledger, 1), Ok(credits("3")));
    let before = ledger.book.sequence;
    ledger.go(day(6)).settle();
    assert_eq!(ledger.since(before), entries(&[]));
    assert_eq!(ledger.available(), Credits::ZERO);
}

#[test]
fn r5_lower_priority_burns_first() {
    let urgent = NewGrant { priority: 99, ..terms("5", None) };
    assert_eq!(first_to_burn([terms("5", Some(day(9))), urgent]), 2);
}

#[test]
fn r5_then_what_expires_first() {
    assert_eq!(first_to_burn([terms("5", Some(day(9))), terms("5", Some(day(8)))]), 2);
}

#[test]
fn r5_then_what_never_expires_burns_last() {
    assert_eq!(first_to_burn([terms("5", None), terms("5", Some(day(900)))]), 2);
}

#[test]
fn r5_then_free_before_paid() {
    assert_eq!(first_to_burn([paid(1, terms("5", None)), terms("5", None)]), 2);
    assert_eq!(first_to_burn([paid(1, terms("5", None)), paid(0, terms("5", None))]), 2);
}

#[test]
fn r5_then_the_lower_unit_cost_and_not_the_lower_price() {
    // 10.00 for 5 against 19.00 for 100.
    assert_eq!(first_to_burn([paid(1_000, terms("5", None)), paid(1_900, terms("100", None))]), 2);
    // A cent in a thousand credits tells them apart, and the same rate does not.
    assert_eq!(first_to_burn([paid(9_901, terms("1000", None)), paid(9_900, terms("1000", None))]), 2);
    assert_eq!(first_to_burn([paid(3_800, terms("200", None)), paid(1_900, terms("100", None))]), 1);
}

#[test]
fn r5_then_what_began_earlier() {
    let later = NewGrant { effective_at: Some(day(1)), ..terms("5", None) };
    assert_eq!(first_to_burn([later, terms("5", None)]), 2);
}

#[test]
fn r5_then_the_older_id() {
    assert_eq!(first_to_burn([terms("5", None), terms("5", None)]), 1);
}

#[test]
fn r5_an_entry_has_one_leg_per_grant_it_touches() {
    let mut ledger = Ledger::with(&[("5", Some(day(30))), ("3", Some(day(10))), ("9", None)]);
    ledger.record(pages(9)).unwrap();
    assert_eq!(ledger.drawn(), legs(&[(2, "3"), (1, "5"), (3, "1")]));
}

#[test]
fn r5_a_moved_end_changes_the_order() {
    let mut ledger = Ledger::with(&[("5", Some(day(10))), ("5", Some(day(20)))]);
    extend(&mut ledger, 1, day(30)).unwrap();
    ledger.record(pages(1)).unwrap();
    assert_eq!(ledger.drawn(), legs(&[(2, "1")]));
}

#[test]
fn r6_a_request_for_more_than_is_available_changes_nothing() {
    let mut ledger = Ledger::with(&[("10", None)]);
    let before = (ledger.book.clone(), ledger.journal.len());
    let Err(Refusal::InsufficientCredits { required, balance }) = ledger.record(pages(11)) else {
        panic!("not refused")
    };
    assert_eq!((required, balance.available), (credits("11"), credits("10")));
    assert_eq!(refused(ledger.hold(vec![pages(6), pages(5)])), "InsufficientCredits");
    assert_eq!((ledger.book.clone(), ledger.journal.len()), before);
    ledger.record(pages(10)).unwrap();
    assert_eq!(refused(ledger.record(pages(1))), "InsufficientCredits");
}

#[test]
fn r6_held_credits_are_not_available() {
    let mut ledger = Ledger::with(&[("10", None)]);
    ledger.hold(vec![pages(8)]).unwrap();
    assert_eq!(refused(ledger.record(pages(3))), "InsufficientCredits");
    assert_eq!(ledger.record(pages(2)).map(|_| ledger.available()), Ok(Credits::ZERO));
}

#[test]
fn r6_a_usage_of_nothing_is_refused_and_not_for_want_of_credits() {
    assert_eq!(refused(Ledger::opened().record(pages(0))), "NothingToDo");
}

#[test]
fn r9_an_end_is_only_ever_moved_back() {
    let mut ledger = Ledger::with(&[("5", Some(day(10))), ("5", None)]);
    assert_eq!(refused(extend(&mut ledger, 1, day(10))), "BadInstant");
    assert_eq!(refused(extend(&mut ledger, 2, day(90))), "BadInstant");
    extend(&mut ledger, 1, day(10) + MILLISECOND).unwrap();
    assert_eq!(ledger.go(day(10)).available(), credits("10"));
}

#[test]
fn r9_what_has_expired_or_is_used_up_is_not_extended() {
    let mut ledger = Ledger::with(&[("5", Some(day(10))), ("1", Some(day(5)))]);
    ledger.record(pages(1)).unwrap();
    assert_eq!(refused(extend(&mut ledger, 2, day(20))), "GrantClosed");
    // Not even where some of it is still held.
    ledger.go(day(10) - MILLISECOND).hold(vec![pages(2)]).unwrap();
    assert_eq!(refused(extend(ledger.go(day(10)), 1, day(20))), "GrantClosed");
}

#[test]
fn a_book_has_bounds() {
    let mut ledger = Ledger::opened();
    let full =
        |draft: &mut Draft| (0..1_000).try_for_each(|_| rules::grant(draft, terms("1000000000", None)).map(drop));
    ledger.post(Names::default(), full).unwrap();
    assert_eq!(refused(ledger.try_give(terms("0.000001", None))), "AmountTooLarge");
}
