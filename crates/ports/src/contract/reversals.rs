//! Consumed credits go back along the recorded draw-down, once (R19).

use domain::rules::{NewGrant, What};
use domain::{Credits, Refusal, Source};

use super::Subject;
use super::asks::{
    capturing, credits, day, extending_grant, giving, granting, holding, reversing, spending, spending_units, terms,
    terms_until,
};
use super::case::{Case, refusal};
use super::spending::check_journal;
use super::walk::at_once;
use crate::{Command, PostError, Posted};

/// Credits go back to the grants they came from, the last drawn first, also to those that were used up.
pub async fn r19_a_reversal_follows_the_recorded_draw_down(subject: Subject) {
    let case = Case::new(subject).await;
    case.done(case.ask("a", granting(terms_until("3", day(10))))).await;
    case.done(case.ask("b", granting(terms("4")))).await;
    let spent = case.done(case.ask("spend", spending_units(6))).await;
    case.done(case.ask("sooner", granting(NewGrant { priority: 1, ..terms("50") }))).await;
    let part = case.done(case.ask_usage("part", spent.sequence, reversing(Some(4)))).await;
    assert_eq!(drawn(&part), [(1, credits("1")), (2, credits("3"))]);
    let rest = case.done(case.ask_usage("rest", spent.sequence, reversing(None))).await;
    assert_eq!(drawn(&rest), [(1, credits("2"))]);
    assert_eq!(rest.balance.available, credits("57"));
    check_journal(&case, 7).await;
}

fn drawn(posted: &Posted) -> Vec<(u32, Credits)> {
    let postings = &posted.entries.first().expect("an entry").postings;
    postings.iter().map(|posting| (posting.grant.number, posting.amount)).collect()
}

/// No more is given back than was charged.
pub async fn r19_a_usage_is_reversed_once(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let usage = case.done(case.ask("spend", spending_units(6))).await.sequence;
    case.done(case.ask_usage("some", usage, reversing(Some(4)))).await;
    let refused = refusal(case.post(case.ask_usage("more", usage, reversing(Some(3)))).await);
    assert_eq!(refused, Refusal::ReverseTooMuch { left: 2 });
    case.done(case.ask_usage("rest", usage, reversing(None))).await;
    let refused = refusal(case.post(case.ask_usage("again", usage, reversing(None))).await);
    assert_eq!(refused, Refusal::AlreadyReversed);
    assert_eq!(case.balance().await.available, credits("10"));
}

/// Reversals of one usage at once give it back once.
pub async fn r19_reversals_at_once_give_back_once(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let usage = case.done(case.ask("spend", spending("10"))).await.sequence;
    let tasks = (0..16).map(|n| case.posting(case.ask_usage(&format!("back {n}"), usage, reversing(None))));
    let outcomes = at_once(tasks).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(case.balance().await.available, credits("10"));
    check_journal(&case, 4).await;
}

/// A capture is a usage, and can be reversed like one.
pub async fn r19_a_capture_can_be_reversed(subject: Subject) {
    let case = Case::with(subject, "10").await;
    case.done(case.ask("hold", holding(6))).await;
    let captured = case.done(case.ask_hold("capture", 1, capturing(What::Units(4)))).await;
    let usage = captured.entries.first().expect("a capture").sequence;
    let back = case.done(case.ask_usage("back", usage, reversing(Some(1)))).await;
    assert_eq!((back.balance.available, back.balance.held), (credits("5"), credits("2")));
}

/// What comes back after its grant's end comes back as goodwill.
pub async fn r19_what_returns_too_late_comes_back_as_goodwill(subject: Subject) {
    let case = Case::new(subject).await;
    case.done(case.ask("grant", granting(terms_until("10", day(20))))).await;
    let usage = case.done(case.ask("spend", spending("4"))).await.sequence;
    case.subject.clock.set(day(30));
    let back = case.done(case.ask_usage("back", usage, reversing(None))).await;
    assert_eq!(back.balance.available, credits("4"));
    let goodwill = case.grants().await.pop().expect("a grant").grant;
    assert_eq!((goodwill.source, goodwill.expires_at), (Source::Goodwill, Some(day(50))));
    check_journal(&case, 7).await;
}

/// A reversal goes by the grant's end as it is now: one that was extended is still open.
pub async fn r19_a_reversal_knows_that_a_grant_was_extended(subject: Subject) {
    let case = Case::new(subject).await;
    case.done(case.ask("grant", granting(terms_until("10", day(20))))).await;
    case.done(case.ask("extend", extending_grant(1, day(40)))).await;
    let usage = case.done(case.ask("spend", spending("10"))).await.sequence;
    assert!(case.book().await.grants().is_empty());
    case.subject.clock.set(day(30));
    let back = case.done(case.ask_usage("back", usage, reversing(None))).await;
    assert_eq!(back.entries.len(), 1);
    assert_eq!(case.book().await.grant(1).expect("it is open again").expires_at, Some(day(40)));
}

/// Only usages of the command's own customer are found.
pub async fn r42_a_usage_of_someone_else_is_not_found(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let neighbour = case.neighbour().await;
    let stranger = case.stranger().await;
    let usage = case.usage_id(case.done(case.ask("spend", spending("4"))).await.sequence);
    for sequence in [1, 2, 99] {
        let outcome = case.post(case.ask_usage("no usage", sequence, reversing(None))).await;
        assert!(matches!(outcome, Err(PostError::UsageNotFound)), "{outcome:?}");
    }
    for other in [&neighbour, &stranger] {
        other.done(other.ask(&format!("credits {}", other.customer), giving("10"))).await;
        other.done(other.ask(&format!("spend {}", other.customer), spending("5"))).await;
        let outcome = other.post(Command { usage: Some(usage), ..other.ask("theirs", reversing(None)) }).await;
        assert!(matches!(outcome, Err(PostError::UsageNotFound)), "{outcome:?}");
        assert_eq!(other.balance().await.available, credits("5"));
    }
    assert_eq!(case.balance().await.available, credits("6"));
}
