//! What the clock does to a book is right without a tick, and written with the next command (R8, R10, R26).

use chrono::TimeDelta;
use domain::rules::NewGrant;
use domain::{Instant, Kind, Refusal};

use super::Subject;
use super::asks::{
    credits, day, free_tier_catalog, giving, granting, just_before, nothing, refusing, spending, start, terms,
    terms_until,
};
use super::case::{Case, refusal};
use super::spending::check_journal;
use super::walk::at_once;

/// An end is exclusive: spendable a millisecond before it, not at it.
pub async fn r8_credits_expire_at_their_end_and_not_before(subject: Subject) {
    let case = Case::new(subject).await;
    case.done(case.ask("grant", granting(terms_until("5", day(10))))).await;
    case.subject.clock.set(just_before(day(10)));
    case.done(case.ask("in time", spending("1"))).await;
    case.subject.clock.set(day(10));
    let refused = refusal(case.post(case.ask("too late", spending("1"))).await);
    assert!(matches!(refused, Refusal::InsufficientCredits { balance, .. } if balance.available.is_zero()));
}

/// What expired is written before the command, as of its end, without the command's key.
pub async fn r10_a_command_first_writes_what_the_clock_did(subject: Subject) {
    let case = Case::with(subject, "10").await;
    case.done(case.ask("grant", granting(terms_until("5", day(10))))).await;
    case.done(case.ask("later", granting(NewGrant { effective_at: Some(day(20)), ..terms("3") }))).await;
    case.subject.clock.set(day(30));
    let posted = case.done(case.ask("spend", spending("1"))).await;
    assert_eq!(posted.entries.len(), 1, "only its own: {:?}", posted.entries);
    assert_eq!(posted.balance.available, credits("12"));

    let journal = case.journal().await;
    let [expire, activate, spend] = &journal[4..] else { panic!("three more entries: {journal:?}") };
    assert_eq!((expire.entry.kind, expire.entry.effective_at, expire.entry.at), (Kind::Expire, day(10), day(30)));
    assert_eq!((activate.entry.kind, activate.entry.effective_at), (Kind::Activate, day(20)));
    assert_eq!((&expire.key, &activate.key, spend.key.as_deref()), (&None, &None, Some("spend")));
    check_journal(&case, 7).await;

    let again = case.done(case.ask("spend", refusing())).await;
    assert_eq!(again.entries, posted.entries, "a replay has the command's own entries alone");
}

/// A refused command writes nothing at all, not even what the clock did.
pub async fn r10_a_refused_command_writes_nothing(subject: Subject) {
    let case = Case::new(subject).await;
    case.done(case.ask("grant", granting(terms_until("5", day(10))))).await;
    let before = case.read().await;
    case.subject.clock.set(day(30));
    refusal(case.post(case.ask("spend", spending("1"))).await);
    assert_eq!(case.read().await, before);
    assert_eq!(case.journal().await.len(), 2);
}

/// A worker's nudge writes what the clock did, once, also when many nudge at once.
pub async fn r10_what_the_clock_did_is_written_once(subject: Subject) {
    let case = Case::new(subject).await;
    case.done(case.ask("grant", granting(terms_until("5", day(10))))).await;
    case.subject.clock.set(day(11));
    let nudged = at_once((0..16).map(|_| case.posting(case.nudge(nothing())))).await;
    for posted in nudged {
        let posted = posted.expect("a nudge works");
        assert!(posted.entries.is_empty());
        assert_eq!(posted.sequence, 3);
    }
    check_journal(&case, 3).await;
}

/// Free credits come every month, and what is left of the month before goes first.
pub async fn r26_free_credits_are_renewed_by_the_clock(subject: Subject) {
    subject.clock.set(at("2026-01-31T09:30:00Z"));
    let tenant = subject.tenant().await;
    let case = Case::of(subject, tenant, free_tier_catalog()).await;
    case.done(case.ask("spend", spending("5"))).await;
    case.subject.clock.set(just_before(at("2026-02-28T09:30:00Z")));
    case.done(case.ask("last day", spending("15"))).await;
    case.subject.clock.set(at("2026-02-28T09:30:00Z"));
    let renewed = case.done(case.ask("first day", spending("1"))).await;
    assert_eq!(renewed.balance.available, credits("19"));
    case.subject.clock.set(at("2026-05-01T00:00:00Z"));
    let posted = case.done(case.nudge(nothing())).await;
    assert_eq!(posted.balance.available, credits("20"));
    let grants = case.grants().await;
    let begun: Vec<Instant> = grants.iter().map(|state| state.grant.effective_at).collect();
    let months = ["2026-01-31T09:30:00Z", "2026-02-28T09:30:00Z", "2026-03-31T09:30:00Z", "2026-04-30T09:30:00Z"];
    assert_eq!(begun, months.map(at));
    check_journal(&case, 10).await;
}

/// Credits of a grant that begins later are not spendable before.
pub async fn r3_a_grant_of_the_future_is_not_spendable_yet(subject: Subject) {
    let case = Case::new(subject).await;
    let later = NewGrant { effective_at: Some(day(5)), ..terms_until("5", day(10)) };
    case.done(case.ask("grant", granting(later))).await;
    assert!(case.balance().await.available.is_zero());
    case.subject.clock.set(just_before(day(5)));
    refusal(case.post(case.ask("early", spending("1"))).await);
    case.subject.clock.set(day(5));
    let posted = case.done(case.ask("in time", spending("1"))).await;
    assert_eq!(posted.balance.available, credits("4"));
    case.subject.clock.set(day(10));
    refusal(case.post(case.ask("late", spending("1"))).await);
}

/// Instants are kept to the millisecond, however far they lie.
pub async fn r7_instants_are_kept_to_the_millisecond(subject: Subject) {
    let case = Case::new(subject).await;
    case.subject.clock.set(start() + TimeDelta::milliseconds(123));
    let far = at("9999-12-31T23:59:59.999Z");
    let posted = case.done(case.ask("far", granting(terms_until("1", far)))).await;
    assert_eq!(posted.entries.first().expect("an entry").at, start() + TimeDelta::milliseconds(123));
    assert_eq!(case.entries().await.last(), posted.entries.first());
    assert_eq!(case.book().await.due_at(), Some(far));
    case.done(case.ask("more", giving("1"))).await;
    assert_eq!(case.book().await.last_at, start() + TimeDelta::milliseconds(123));
}

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}
