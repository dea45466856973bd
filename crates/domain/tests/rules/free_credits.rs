//! The trial, the free tier and free operations (R24–R26).

use chrono::TimeDelta;
use folio_domain::{Catalog, Credits, FreeTierTerms, Instant, Refusal, Source, Span, Trial, Validity, rules};

use crate::ledger::{Ledger, Names};
use crate::sugar::{MILLISECOND, catalog, credits, day, entries, line, pages, refused};

fn trial(validity: Option<Span>) -> Catalog {
    Catalog { trial: Some(Trial { credits: credits("20"), validity: Validity(validity) }), ..catalog() }
}

fn free_tier(rollover: u8) -> Catalog {
    Catalog { free_tier: Some(FreeTierTerms { credits: credits("20"), rollover }), ..catalog() }
}

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

#[test]
fn r24_a_free_operation_needs_no_balance() {
    let mut ledger = Ledger::opened();
    ledger.record(line("preview", 50)).unwrap();
    let entry = ledger.journal.last().unwrap();
    assert_eq!(entry.usage().unwrap().cost, Credits::ZERO);
    assert_eq!(entry.postings, []);
    assert_eq!(refused(ledger.record(pages(1))), "InsufficientCredits");
}

#[test]
fn r25_a_trial_is_given_at_creation() {
    let mut ledger = Ledger::opened_with(&trial(None), day(0));
    assert_eq!(ledger.since(0), entries(&[("open", "0"), ("grant", "20")]));
    let grant = ledger.state(1).grant;
    assert_eq!((grant.source, grant.cost, grant.expires_at), (Source::Trial, None, None));
    ledger.record(pages(20)).unwrap();
    // Once: it is not renewed when it is used up.
    assert_eq!(ledger.go(day(400)).available(), Credits::ZERO);
}

#[test]
fn r25_a_trial_can_end() {
    let mut ledger = Ledger::opened_with(&trial(Some(Span::days(14))), day(0));
    // With the last moment of its last day.
    assert_eq!(ledger.go(at("2026-01-15T23:59:59.999Z")).available(), credits("20"));
    assert_eq!(ledger.go(at("2026-01-16T00:00:00Z")).available(), Credits::ZERO);
}

#[test]
fn r26_the_free_tier_is_renewed_on_the_anniversary_of_the_signup() {
    let mut ledger = Ledger::opened_with(&free_tier(0), at("2026-01-31T10:00:00Z"));
    for boundary in ["2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z", "2026-04-30T10:00:00Z"] {
        ledger.record(pages(13)).unwrap();
        assert_eq!(ledger.go(at(boundary) - MILLISECOND).available(), credits("7"));
        let before = ledger.book.sequence;
        assert_eq!(ledger.go(at(boundary)).available(), credits("20"), "no rollover");
        ledger.settle();
        // What is left expires first.
        assert_eq!(ledger.since(before), entries(&[("expire", "7"), ("grant", "20")]));
        assert_eq!(ledger.book.grants()[0].effective_at, at(boundary));
    }
}

#[test]
fn r26_months_in_which_nobody_came_are_written_as_they_happened() {
    let mut ledger = Ledger::opened_with(&free_tier(0), at("2026-01-31T10:00:00Z"));
    let before = ledger.book.sequence;
    ledger.go(at("2026-04-01T00:00:00Z")).settle();
    let expected = [("expire", "20"), ("grant", "20"), ("expire", "20"), ("grant", "20")];
    assert_eq!(ledger.since(before), entries(&expected));
    let told: Vec<_> = ledger.journal[2..].iter().map(|entry| entry.effective_at).collect();
    let (february, march) = (at("2026-02-28T10:00:00Z"), at("2026-03-31T10:00:00Z"));
    assert_eq!(told, [february, february, march, march]);
    let grant = ledger.state(3).grant;
    assert_eq!((grant.effective_at, grant.expires_at), (march, Some(at("2026-04-30T10:00:00Z"))));
    assert_eq!(ledger.available(), credits("20"));
}

#[test]
fn r26_with_a_rollover_what_is_left_stays_for_so_many_months() {
    let mut ledger = Ledger::opened_with(&free_tier(1), at("2026-01-31T10:00:00Z"));
    ledger.record(pages(5)).unwrap();
    assert_eq!(ledger.go(at("2026-02-28T10:00:00Z")).available(), credits("35"));
    // The older ones burn first.
    ledger.record(pages(10)).unwrap();
    assert_eq!(ledger.state(1).available, credits("5"));
    assert_eq!(ledger.go(at("2026-03-31T10:00:00Z")).available(), credits("40"));
}

#[test]
fn r26_a_trial_is_not_touched_by_the_renewal() {
    let both = Catalog { free_tier: free_tier(0).free_tier, ..trial(None) };
    let mut ledger = Ledger::opened_with(&both, day(0));
    assert_eq!(ledger.available(), credits("40"));
    assert_eq!(ledger.go(day(31)).available(), credits("40"));
    ledger.record(pages(25)).unwrap();
    assert_eq!((ledger.state(1).available, ledger.go(day(60)).available()), (credits("15"), credits("35")));
}

#[test]
fn r26_held_free_credits_survive_the_renewal() {
    let mut ledger = Ledger::opened_with(&free_tier(0), at("2026-01-31T10:00:00Z"));
    ledger.go(at("2026-02-28T09:30:00Z")).hold(vec![pages(15)]).unwrap();
    ledger.go(at("2026-02-28T10:00:00Z")).settle();
    assert_eq!((ledger.available(), ledger.held()), (credits("20"), credits("15")));
}

#[test]
fn r31_a_paused_free_tier_gives_nothing_and_goes_on_with_the_month_that_is_running() {
    let mut ledger = Ledger::opened_with(&free_tier(0), at("2026-01-31T10:00:00Z"));
    ledger.go(at("2026-02-10T00:00:00Z")).post(Names::default(), rules::pause_free_tier).unwrap();
    // What was given stays to its end.
    assert_eq!(ledger.available(), credits("20"));
    assert_eq!(ledger.go(at("2026-04-15T00:00:00Z")).available(), Credits::ZERO);
    let before = ledger.book.sequence;
    ledger.post(Names::default(), rules::resume_free_tier).unwrap();
    assert_eq!(ledger.since(before), entries(&[("expire", "20"), ("resume_free_tier", "0"), ("grant", "20")]));
    assert_eq!(ledger.go(at("2026-04-30T10:00:00Z") - MILLISECOND).available(), credits("20"));
    assert_eq!(ledger.go(at("2026-04-30T10:00:00Z")).available(), credits("20"), "the next month");
}

#[test]
fn r31_pausing_for_a_while_gains_no_second_grant_of_a_month() {
    let mut ledger = Ledger::opened_with(&free_tier(0), at("2026-01-31T10:00:00Z"));
    for day in 1..20 {
        ledger.go(at("2026-01-31T10:00:00Z") + TimeDelta::days(day));
        ledger.post(Names::default(), rules::pause_free_tier).unwrap();
        assert_eq!(ledger.post(Names::default(), rules::pause_free_tier), Err(Refusal::NothingToDo));
        ledger.post(Names::default(), rules::resume_free_tier).unwrap();
        assert_eq!(ledger.post(Names::default(), rules::resume_free_tier), Err(Refusal::NothingToDo));
        assert_eq!(ledger.available(), credits("20"));
    }
    assert_eq!(ledger.go(at("2026-02-28T10:00:00Z")).available(), credits("20"));
}
