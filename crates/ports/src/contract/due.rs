//! What the clock made due is found, and only that.

use domain::rules::{NewGrant, NewHold, What};
use domain::{ClockId, CustomerId, HoldId, Instant, Span};

use super::Subject;
use super::asks::{
    capturing, day, extending_grant, extending_hold, free_tier_catalog, granting, holding, just_before, lapsing, line,
    new_hold, nothing, placing, revoking, spending, start, terms, terms_until,
};
use super::case::Case;
use crate::Command;

async fn books(case: &Case, clock: Option<ClockId>, at: Instant, limit: u32) -> Vec<CustomerId> {
    let found = case.subject.due.books(clock, at, limit).await.expect("a read");
    assert!(found.iter().all(|(tenant, _)| *tenant == case.tenant));
    found.into_iter().map(|(_, customer)| customer).collect()
}

async fn holds(case: &Case, clock: Option<ClockId>, at: Instant, limit: u32) -> Vec<HoldId> {
    let found = case.subject.due.holds(clock, at, limit).await.expect("a read");
    assert!(found.iter().all(|(tenant, _)| *tenant == case.tenant));
    found.into_iter().map(|(_, hold)| hold).collect()
}

/// A hold of one credit for so many days.
fn for_days(days: u32) -> NewHold {
    NewHold { ttl: Span::days(days), ..new_hold(vec![line(1, "1")]) }
}

/// Books are due once the clock has done something to them, the longest due first, until it is written.
pub async fn r10_books_are_due_once_the_clock_did_something(subject: Subject) {
    let late = Case::new(subject).await;
    let (early, never) = (late.neighbour().await, late.neighbour().await);
    late.done(late.ask("late", granting(terms_until("5", day(10))))).await;
    early.done(early.ask("early", granting(terms_until("5", day(5))))).await;
    never.done(never.ask("never", granting(terms("5")))).await;
    assert!(books(&late, None, just_before(day(5)), 10).await.is_empty());
    assert_eq!(books(&late, None, day(5), 10).await, [early.customer]);
    assert_eq!(books(&late, None, day(10), 10).await, [early.customer, late.customer]);
    assert_eq!(books(&late, None, day(10), 1).await, [early.customer]);
    late.subject.clock.set(day(10));
    for case in [&early, &late] {
        assert_eq!(books(case, None, day(10), 1).await, [case.customer]);
        case.done(case.nudge(nothing())).await;
    }
    assert!(books(&late, None, day(1_000), 10).await.is_empty());
}

/// Whatever moves the next thing that the clock will do moves when the book is due.
pub async fn r10_a_book_is_due_by_what_is_in_it_now(subject: Subject) {
    let case = Case::new(subject).await;
    let due = async |at| !books(&case, None, at, 10).await.is_empty();
    case.done(case.ask("a", granting(terms_until("5", day(5))))).await;
    case.done(case.ask("b", granting(terms_until("5", day(10))))).await;
    assert!(due(day(5)).await);
    case.done(case.ask("revoke a", revoking(1))).await;
    assert!(!due(day(9)).await && due(day(10)).await);
    case.done(case.ask("extend b", extending_grant(2, day(20)))).await;
    assert!(!due(day(19)).await && due(day(20)).await);
    case.done(case.ask("c", granting(NewGrant { effective_at: Some(day(3)), ..terms("1") }))).await;
    assert!(!due(just_before(day(3))).await && due(day(3)).await);
    case.subject.clock.set(day(4));
    case.done(case.ask("all of b", spending("5"))).await;
    assert!(!due(day(1_000)).await);

    let free = Case::of(case.subject.clone(), case.tenant, free_tier_catalog()).await;
    assert!(books(&free, None, day(33), 10).await.is_empty());
    assert_eq!(books(&free, None, day(34), 10).await, [free.customer]);
}

/// Open holds are due once they have lapsed, the longest due first; closed ones never.
pub async fn r18_holds_are_due_once_they_lapsed(subject: Subject) {
    let case = Case::with(subject, "10").await;
    for (key, days) in [("a", 4), ("b", 2), ("c", 3), ("d", 1)] {
        case.done(case.ask(key, placing(for_days(days)))).await;
    }
    let [a, b, c, d] = [1, 2, 3, 4].map(|number| case.hold_id(number));
    assert!(holds(&case, None, just_before(day(1)), 10).await.is_empty());
    assert_eq!(holds(&case, None, day(3), 10).await, [d, b, c]);
    assert_eq!(holds(&case, None, day(4), 2).await, [d, b]);
    case.done(case.ask_hold("capture d", 4, capturing(What::Rest))).await;
    case.done(case.ask_hold("extend b", 2, extending_hold(Span::days(6)))).await;
    assert_eq!(holds(&case, None, day(4), 10).await, [c, a]);
    case.subject.clock.set(day(3));
    case.done(Command { hold: Some(c), ..case.nudge(lapsing()) }).await;
    assert_eq!(holds(&case, None, day(6), 10).await, [a, b]);
}

/// Each clock makes due what lives by it.
pub async fn r7_work_is_due_by_the_customers_own_clock(subject: Subject) {
    let real = Case::new(subject).await;
    let tenant = real.tenant;
    let (slow, fast) = (real.subject.test_clock(tenant, start()).await, real.subject.test_clock(tenant, start()).await);
    let (tortoise, hare) = (real.living_by(slow).await, real.living_by(fast).await);
    for case in [&real, &tortoise, &hare] {
        case.done(case.ask(&format!("grant {}", case.customer), granting(terms_until("5", day(5))))).await;
        case.done(case.ask(&format!("hold {}", case.customer), holding(1))).await;
    }
    for (clock, case) in [(None, &real), (Some(slow), &tortoise), (Some(fast), &hare)] {
        assert_eq!(books(&real, clock, day(9), 10).await, [case.customer]);
        assert_eq!(holds(&real, clock, day(9), 10).await, [case.hold_id(1)]);
    }
    let unknown = Some(ClockId(real.subject.uuid()));
    assert!(books(&real, unknown, day(9), 10).await.is_empty());
    assert!(holds(&real, unknown, day(9), 10).await.is_empty());
}

/// The next instant at which anything is due by a test clock, book or hold.
pub async fn r7_a_test_clock_knows_what_comes_next(subject: Subject) {
    let real = Case::with(subject, "5").await;
    let clock = real.subject.test_clock(real.tenant, start()).await;
    let other = real.subject.test_clock(real.tenant, start()).await;
    let (first, second) = (real.living_by(clock).await, real.living_by(clock).await);
    real.done(real.ask("real", placing(for_days(1)))).await;
    let next = async |until| real.subject.due.next(clock, until).await.expect("a read");
    assert_eq!(next(day(1_000)).await, None);
    first.done(first.ask("first", granting(terms_until("5", day(6))))).await;
    second.done(second.ask("second", granting(terms_until("5", day(5))))).await;
    first.done(first.ask("hold", placing(for_days(4)))).await;
    assert_eq!(next(just_before(day(4))).await, None);
    assert_eq!(next(day(4)).await, Some(day(4)));
    assert_eq!(real.subject.due.next(other, day(1_000)).await.expect("a read"), None);

    for (at, after) in [(day(4), Some(day(5))), (day(5), Some(day(6))), (day(6), None)] {
        real.subject.clocks.set(real.tenant, clock, at).await.expect("set");
        for case in [&first, &second] {
            case.done(case.nudge(nothing())).await;
        }
        first.done(Command { hold: Some(first.hold_id(1)), ..first.nudge(lapsing()) }).await;
        assert_eq!(next(day(1_000)).await, after);
    }
}
