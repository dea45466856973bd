//! A frozen customer starts nothing, and what is under way goes on (R35).

use domain::rules::What;
use domain::{Kind, Refusal};

use super::Subject;
use super::asks::{
    capturing, credits, day, freezing, giving, holding, just_before, releasing, reversing, spending, unfreezing,
};
use super::case::{Case, refusal};
use super::spending::check_journal;
use super::walk::at_once;

/// Holds and usages are refused, and spend no key.
pub async fn r35_a_frozen_customer_starts_nothing_until_unfrozen(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let neighbour = case.neighbour().await;
    neighbour.done(neighbour.ask("theirs", giving("5"))).await;
    case.done(case.ask("freeze", freezing())).await;
    for _ in 0..2 {
        assert_eq!(refusal(case.post(case.ask("hold", holding(2))).await), Refusal::Frozen);
        assert_eq!(refusal(case.post(case.ask("spend", spending("3"))).await), Refusal::Frozen);
    }
    // Nobody else is.
    neighbour.done(neighbour.ask("spend of a neighbour", spending("5"))).await;
    case.done(case.ask("unfreeze", unfreezing())).await;
    case.done(case.ask("hold", holding(2))).await;
    let spent = case.done(case.ask("spend", spending("3"))).await;
    assert_eq!((spent.balance.available, spent.balance.held), (credits("5"), credits("2")));
    check_journal(&case, 6).await;
}

/// Since when a customer is frozen is read with their book, whatever is written after it.
pub async fn r35_a_freeze_is_kept_with_the_book(subject: Subject) {
    let case = Case::with(subject, "10").await;
    assert_eq!(case.book().await.frozen_since, None);
    let since = just_before(day(3));
    case.subject.clock.set(since);
    case.done(case.ask("freeze", freezing())).await;
    case.subject.clock.set(day(4));
    case.done(case.ask("more", giving("1"))).await;
    assert_eq!(case.book().await.frozen_since, Some(since));
    assert_eq!(refusal(case.post(case.ask("again", freezing())).await), Refusal::AlreadyFrozen);
    assert_eq!(case.book().await.frozen_since, Some(since));
    case.done(case.ask("unfreeze", unfreezing())).await;
    assert_eq!(case.book().await.frozen_since, None);
    assert_eq!(refusal(case.post(case.ask("once more", unfreezing())).await), Refusal::NotFrozen);
}

/// Captures, releases, reversals and grants are not refused.
pub async fn r35_what_is_under_way_goes_on_while_frozen(subject: Subject) {
    let case = Case::with(subject, "20").await;
    let usage = case.done(case.ask("spend", spending("1"))).await.sequence;
    case.done(case.ask("first", holding(5))).await;
    case.done(case.ask("second", holding(4))).await;
    case.done(case.ask("freeze", freezing())).await;
    case.done(case.ask_hold("capture", 1, capturing(What::Units(3)))).await;
    case.done(case.ask_hold("release", 2, releasing())).await;
    case.done(case.ask_usage("back", usage, reversing(None))).await;
    let given = case.done(case.ask("give", giving("7"))).await;
    assert_eq!((given.balance.available, given.balance.held), (credits("22"), credits("2")));
    check_journal(&case, 10).await;
}

/// A freeze and many starts at once: each start is before the freeze, or refused.
pub async fn r35_nothing_starts_after_a_freeze_that_comes_at_the_same_time(subject: Subject) {
    let case = Case::with(subject, "1000").await;
    let asks = (0..40).map(|n| match n {
        20 => case.ask("freeze", freezing()),
        n if n % 2 == 0 => case.ask(&format!("hold {n}"), holding(1)),
        n => case.ask(&format!("spend {n}"), spending("1")),
    });
    let outcomes = at_once(asks.map(|ask| case.posting(ask)).collect::<Vec<_>>()).await;
    let entries = case.entries().await;
    let last = entries.last().expect("entries");
    assert_eq!(last.kind, Kind::Freeze);
    let started = entries.iter().filter(|entry| matches!(entry.kind, Kind::Hold | Kind::Usage)).count();
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), started + 1);
    for refused in outcomes.into_iter().filter(Result::is_err) {
        assert_eq!(refusal(refused), Refusal::Frozen);
    }
}

/// Of many freezes at once one is written.
pub async fn r35_freezes_at_once_freeze_once(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let tasks = (0..16).map(|n| case.posting(case.ask(&format!("freeze {n}"), freezing())));
    let outcomes = at_once(tasks).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    check_journal(&case, 3).await;
}

/// The key of a freeze freezes once: sent again later, it tells of then.
pub async fn r40_a_freeze_is_replayed_after_an_unfreeze(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let first = case.done(case.ask("freeze", freezing())).await;
    case.done(case.ask("unfreeze", unfreezing())).await;
    let again = case.done(case.ask("freeze", freezing())).await;
    assert!(again.replayed);
    assert_eq!((again.entries, again.sequence), (first.entries, first.sequence));
    assert_eq!(case.book().await.frozen_since, None);
}
