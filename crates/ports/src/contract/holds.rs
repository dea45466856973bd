//! Holds, from their placing to their end (R11–R18).

use chrono::TimeDelta;
use domain::rules::{CaptureItem, What};
use domain::{Balance, Credits, HoldStatus, Kind, Outcome, Refusal, Span};

use super::Subject;
use super::asks::{
    capture, capturing, capturing_as, credits, day, extending_hold, giving, granting, holding, lapsing, line, new_hold,
    nothing, placing, releasing, spending, start, terms_until,
};
use super::case::{Case, refusal};
use super::spending::check_journal;
use super::walk::at_once;
use crate::{Command, PostError};

/// A hold is read as it was answered, at every step of its life.
pub async fn r15_a_hold_is_kept_as_it_moves(subject: Subject) {
    let case = Case::with(subject, "20").await;
    let steps = [
        case.ask("hold", placing(new_hold(vec![line(6, "1"), line(4, "0.5")]))),
        case.ask_hold("extend", 1, extending_hold(Span::hours(5))),
        case.ask_hold("capture", 1, capturing_as(capture(one_of_first_line(), false))),
        case.ask_hold("release", 1, releasing()),
    ];
    for step in steps {
        let posted = case.done(step).await;
        assert_eq!(posted.hold, Some(case.hold(1).await));
        assert_eq!(posted.balance.held, posted.hold.expect("a hold").held());
    }
    let hold = case.hold(1).await;
    assert_eq!(hold.progress.status, HoldStatus::Captured);
    assert_eq!((hold.progress.captured, hold.progress.released), (credits("1"), credits("7")));
    assert_eq!(hold.progress.expires_at, start() + TimeDelta::hours(5));
    let refused = refusal(case.post(case.ask_hold("late", 1, capturing_as(capture(one_of_first_line(), false)))).await);
    assert_eq!(refused, Refusal::HoldClosed);
    check_journal(&case, 6).await;
}

fn one_of_first_line() -> What {
    What::Items(vec![CaptureItem { item: 0, quantity: Some(1), outcome: Outcome::Completed }])
}

/// Held credits cannot be spent, and come back when released.
pub async fn r14_held_credits_are_not_spendable(subject: Subject) {
    let case = Case::with(subject, "10").await;
    case.done(case.ask("hold", holding(8))).await;
    refusal(case.post(case.ask("too much", spending("3"))).await);
    let released = case.done(case.ask_hold("release", 1, releasing())).await;
    assert_eq!(released.balance.available, credits("10"));
    case.done(case.ask("enough", spending("3"))).await;
    assert_eq!(case.hold(1).await.progress.status, HoldStatus::Released);
}

/// A hold that lapsed gives back what is left; late work is charged to what is available, for a day.
pub async fn r18_a_hold_lapses_and_late_work_is_charged(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let end = case.done(case.ask("hold", holding(8))).await.hold.expect("a hold").progress.expires_at;
    case.subject.clock.set(end);
    refusal(case.post(case.ask_hold("release", 1, releasing())).await);
    let late = case.done(case.ask_hold("late", 1, capturing(What::Units(3)))).await;
    assert_eq!(late.balance.available, credits("7"));
    assert!(late.entries.last().and_then(|entry| entry.usage()).expect("a usage").late);
    assert_eq!(case.hold(1).await.progress.status, HoldStatus::Expired);
    case.subject.clock.set(end + TimeDelta::hours(24));
    let refused = refusal(case.post(case.ask_hold("too late", 1, capturing(What::Units(1)))).await);
    assert_eq!(refused, Refusal::HoldExpired);
    check_journal(&case, 5).await;
}

/// Only the command's own customer's holds are found.
pub async fn r42_a_hold_of_someone_else_is_not_found(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let neighbour = case.neighbour().await;
    let stranger = case.stranger().await;
    let hold = case.done(case.ask("hold", holding(8))).await.hold.expect("a hold").id;
    for other in [&neighbour, &stranger] {
        let missing = other.post(other.ask_hold("none yet", 1, releasing())).await;
        assert!(matches!(missing, Err(PostError::HoldNotFound)), "{missing:?}");
        other.done(other.ask(&format!("credits {}", other.customer), giving("5"))).await;
        other.done(other.ask(&format!("hold {}", other.customer), holding(5))).await;
        let outcome = other.post(Command { hold: Some(hold), ..other.ask("theirs", releasing()) }).await;
        assert!(matches!(outcome, Err(PostError::HoldNotFound)), "{outcome:?}");
        assert_eq!(other.hold(1).await.progress.status, HoldStatus::Open);
    }
    assert_eq!(case.hold(1).await.progress.status, HoldStatus::Open);
}

/// Captures and releases of a whole hold race: exactly one wins.
pub async fn r15_of_captures_and_releases_at_once_one_wins(subject: Subject) {
    let case = Case::with(subject, "10").await;
    case.done(case.ask("hold", holding(8))).await;
    let tasks = (0..16).map(|n| {
        let decide = if n % 2 == 0 { capturing(What::Rest) } else { releasing() };
        case.posting(case.ask_hold(&format!("end {n}"), 1, decide))
    });
    let outcomes = at_once(tasks).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let closed = |outcome: &&Result<_, PostError>| matches!(outcome, Err(PostError::Refused(Refusal::HoldClosed)));
    assert_eq!(outcomes.iter().filter(closed).count(), 15);
    let hold = case.hold(1).await;
    assert_eq!(hold.progress.captured + hold.progress.released, credits("8"));
    check_journal(&case, 4).await;
}

/// Captures race with the hold's end: it is charged once, from the hold or late, and lapses at most once.
pub async fn r15_a_capture_and_the_end_of_its_hold_race(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let end = case.done(case.ask("hold", holding(8))).await.hold.expect("a hold").progress.expires_at;
    let tasks = (0..33).map(|n| {
        let case = case.clone();
        async move {
            match n {
                16 => case.subject.clock.set(end),
                _ if n % 2 == 0 => {
                    let nudge = Command { hold: Some(case.hold_id(1)), ..case.nudge(lapsing()) };
                    case.done(nudge).await;
                }
                _ => return case.post(case.ask_hold(&format!("capture {n}"), 1, capturing(What::Rest))).await.is_ok(),
            }
            false
        }
    });
    let charged = at_once(tasks).await.into_iter().filter(|charged| *charged).count();
    assert_eq!(charged, 1);
    assert_eq!(case.moved(Kind::Usage).await + case.moved(Kind::Capture).await, credits("8"));
    let balance = case.balance().await;
    assert_eq!((balance.available, balance.held), (credits("2"), Credits::ZERO));
    assert_ne!(case.hold(1).await.progress.status, HoldStatus::Open);
}

/// Parts of a hold captured at once never take more than it holds and the balance has.
pub async fn r16_captures_of_parts_at_once_take_each_unit_once(subject: Subject) {
    let case = Case::with(subject, "20").await;
    case.done(case.ask("hold", holding(20))).await;
    let tasks = (0..20).map(|n| case.posting(case.ask_hold(&format!("page {n}"), 1, capturing(What::Units(1)))));
    assert!(at_once(tasks).await.iter().all(Result::is_ok));
    let hold = case.hold(1).await;
    assert_eq!((hold.progress.status, hold.progress.captured), (HoldStatus::Captured, credits("20")));
    assert!(hold.draws.is_empty());
    check_journal(&case, 23).await;
}

/// Held credits outlive their grant's end, and expire when they are given back.
pub async fn r12_released_credits_of_an_expired_grant_expire(subject: Subject) {
    let case = Case::new(subject).await;
    let end = start() + TimeDelta::minutes(30);
    case.done(case.ask("grant", granting(terms_until("10", end)))).await;
    case.done(case.ask("hold", holding(6))).await;
    case.subject.clock.set(end);
    case.done(case.nudge(nothing())).await;
    let balance = case.balance().await;
    assert_eq!((balance.available, balance.held), (Credits::ZERO, credits("6")));
    case.done(case.ask_hold("capture", 1, capturing(What::Units(1)))).await;
    let released = case.done(case.ask_hold("release", 1, releasing())).await;
    assert_eq!(released.balance, Balance::default());
    let state = case.grants().await.pop().expect("the grant");
    assert_eq!((state.consumed, state.expired), (credits("1"), credits("9")));
    check_journal(&case, 7).await;
}

/// A hold keeps the grants that it took from, whatever comes after it.
pub async fn r15_a_hold_is_pinned_to_its_grants(subject: Subject) {
    let case = Case::new(subject).await;
    case.done(case.ask("first", granting(terms_until("5", day(20))))).await;
    case.done(case.ask("second", granting(terms_until("5", day(30))))).await;
    case.done(case.ask("hold", holding(7))).await;
    case.done(case.ask("sooner", granting(terms_until("9", day(2))))).await;
    let captured = case.done(case.ask_hold("capture", 1, capturing(What::Rest))).await;
    let postings = &captured.entries.first().expect("an entry").postings;
    let drawn: Vec<_> = postings.iter().map(|posting| (posting.grant.number, posting.amount)).collect();
    assert_eq!(drawn, [(1, credits("5")), (2, credits("2"))]);
}
