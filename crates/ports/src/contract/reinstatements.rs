//! Revoked credits come back to their grant, never more of them than were revoked (R3, R35).

use domain::{Credits, Refusal, rules};

use super::Subject;
use super::asks::{
    credits, day, extending_grant, giving, granting, nothing, reinstating, revoking, spending, start, terms_until,
};
use super::case::{Case, refusal};
use super::spending::check_journal;
use super::walk::at_once;
use crate::{Command, Decide, PostError};

/// Available, consumed, expired and revoked credits of a grant.
async fn buckets(case: &Case, number: u32) -> [String; 4] {
    let grants = case.grants().await;
    let state = grants.iter().find(|state| state.grant.id == case.grant_id(number)).expect("the grant");
    [state.available, state.consumed, state.expired, state.revoked].map(|amount| amount.to_string())
}

/// Grant 1 of ten credits, of which six are revoked and four used.
async fn revoked(subject: Subject) -> Case {
    let case = Case::new(subject).await;
    case.done(case.ask("grant", granting(terms_until("10", day(20))))).await;
    case.done(case.ask("spend", spending("4"))).await;
    case.done(case.ask("revoke", revoking(1))).await;
    assert!(case.book().await.grants().is_empty());
    case
}

/// What was revoked is spendable again, part by part, in the same grant.
pub async fn r35_revoked_credits_come_back_to_their_grant(subject: Subject) {
    let case = revoked(subject).await;
    let back = case.done(case.ask_revoked("some", 1, reinstating(1, "2.5"))).await;
    assert_eq!(back.balance.available, credits("2.5"));
    assert_eq!(buckets(&case, 1).await, ["2.5", "4", "0", "3.5"]);
    assert_eq!(case.book().await.grant(1).expect("it is open again").expires_at, Some(day(20)));
    let more = refusal(case.post(case.ask_revoked("more", 1, reinstating(1, "3.500001"))).await);
    assert_eq!(more, Refusal::ReinstateTooMuch { left: credits("3.5") });
    case.done(case.ask_revoked("rest", 1, reinstating(1, "3.5"))).await;
    assert_eq!(buckets(&case, 1).await, ["6", "4", "0", "0"]);
    let none = refusal(case.post(case.ask_revoked("none", 1, reinstating(1, "0.000001"))).await);
    assert_eq!(none, Refusal::ReinstateTooMuch { left: Credits::ZERO });
    case.done(case.ask("spend again", spending("6"))).await;
    check_journal(&case, 7).await;
}

/// Credits of a grant that has ended meanwhile expire at once.
pub async fn r35_what_comes_back_too_late_expires_at_once(subject: Subject) {
    let case = revoked(subject).await;
    case.subject.clock.set(day(20));
    let back = case.done(case.ask_revoked("late", 1, reinstating(1, "5"))).await;
    assert_eq!((back.entries.len(), back.balance.available), (2, Credits::ZERO));
    assert_eq!(buckets(&case, 1).await, ["0", "4", "5", "1"]);
    check_journal(&case, 6).await;
}

/// A reinstatement goes by the grant's end as it is now.
pub async fn r35_a_reinstatement_knows_that_a_grant_was_extended(subject: Subject) {
    let case = Case::new(subject).await;
    case.done(case.ask("grant", granting(terms_until("10", day(20))))).await;
    case.done(case.ask("extend", extending_grant(1, day(40)))).await;
    case.done(case.ask("revoke", revoking(1))).await;
    case.subject.clock.set(day(30));
    let back = case.done(case.ask_revoked("back", 1, reinstating(1, "10"))).await;
    assert_eq!((back.entries.len(), back.balance.available), (1, credits("10")));
    case.subject.clock.set(day(40));
    case.done(case.nudge(nothing())).await;
    assert_eq!(buckets(&case, 1).await, ["0", "0", "10", "0"]);
}

/// However many ask at once, no more comes back than was revoked.
pub async fn r3_reinstatements_at_once_give_back_what_was_revoked(subject: Subject) {
    let case = revoked(subject).await;
    let tasks = (0..16).map(|n| case.posting(case.ask_revoked(&format!("back {n}"), 1, reinstating(1, "2"))));
    let outcomes = at_once(tasks).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 3);
    assert_eq!(buckets(&case, 1).await, ["6", "4", "0", "0"]);
    check_journal(&case, 7).await;
}

/// Commands of one batch see what those before them revoked, gave back and extended.
pub async fn r3_a_batch_reinstates_no_more_than_was_revoked(subject: Subject) {
    let case = revoked(subject).await;
    case.subject.clock.set(start());
    let batch = vec![
        case.ask_revoked("a", 1, reinstating(1, "4")),
        case.ask_revoked("b", 1, reinstating(1, "3")),
        case.ask("c", extending_grant(1, day(30))),
        case.ask("d", revoking(1)),
        case.ask_revoked("e", 1, reinstating(1, "6")),
        case.ask_revoked("f", 1, reinstating(1, "1")),
        case.ask("g", giving("5")),
        case.ask("h", revoking(2)),
        case.ask_revoked("i", 2, reinstating(2, "3")),
    ];
    let done: Vec<bool> = case.subject.ledger.post_all(batch).await.iter().map(Result::is_ok).collect();
    assert_eq!(done, [true, false, true, true, true, false, true, true, true]);
    assert_eq!(buckets(&case, 1).await, ["6", "4", "0", "0"]);
    assert_eq!(buckets(&case, 2).await, ["3", "0", "0", "2"]);
    assert_eq!(case.book().await.grant(1).expect("it is open").expires_at, Some(day(30)));
    check_journal(&case, 11).await;
}

/// A refund that took credits of several grants gives them back at once, or not at all.
pub async fn r35_one_command_reinstates_several_grants(subject: Subject) {
    let case = revoked(subject).await;
    case.done(case.ask("second", giving("9"))).await;
    case.done(case.ask("revoke the second", revoking(2))).await;
    let both = |second: &str| -> Decide {
        let second = credits(second);
        Box::new(move |draft| {
            let [one, two] = [1, 2].map(|number| draft.book().grant_id(number));
            rules::reinstate(draft, one, credits("6"), None)?;
            rules::reinstate(draft, two, second, None)
        })
    };
    let named = vec![case.grant_id(1), case.grant_id(2)];
    let ask = |key, second| Command { revoked: named.clone(), ..case.ask(key, both(second)) };
    let refused = refusal(case.post(ask("too much", "9.1")).await);
    assert_eq!(refused, Refusal::ReinstateTooMuch { left: credits("9") });
    assert_eq!(case.balance().await.available, Credits::ZERO);
    assert_eq!(case.done(ask("both", "9")).await.balance.available, credits("15"));
    check_journal(&case, 8).await;
}

/// Only grants of the command's own customer are found.
pub async fn r42_a_grant_of_someone_else_is_not_found(subject: Subject) {
    let case = revoked(subject).await;
    for number in [0, 2, 99] {
        let outcome = case.post(case.ask_revoked("no grant", number, reinstating(number, "1"))).await;
        assert!(matches!(outcome, Err(PostError::GrantNotFound)), "{outcome:?}");
    }
    for other in [&case.neighbour().await, &case.stranger().await] {
        let theirs = Command { revoked: vec![case.grant_id(1)], ..other.ask("theirs", reinstating(1, "1")) };
        let outcome = other.post(theirs).await;
        assert!(matches!(outcome, Err(PostError::GrantNotFound)), "{outcome:?}");
    }
    assert_eq!(buckets(&case, 1).await, ["0", "4", "0", "6"]);
}
