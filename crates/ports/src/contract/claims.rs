//! What is due of subscriptions is found, and claimed by one at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{ClockId, Instant, SubscriptionId, SubscriptionStatus, TenantId};

use super::Subject;
use super::asks::{day, just_before};
use super::plans::{change, ending};
use super::walk::at_once;
use crate::KeptSubscription;

type Place = (TenantId, SubscriptionId);

async fn claim(subject: &Subject, now: Instant, until: Instant, limit: u32) -> Vec<Place> {
    subject.subscriptions.claim_subscriptions(now, until, limit).await.expect("claimed")
}

async fn begin(subject: &Subject, tenant: TenantId, kept: KeptSubscription) -> Place {
    (tenant, subject.begin(tenant, kept).await.subscription.id)
}

/// One that ends at `end`, and has tasks at `work_at`.
fn working(subject: &Subject, end: Instant, work_at: Instant) -> KeptSubscription {
    KeptSubscription { work_at: Some(work_at), ..ending(subject, end) }
}

/// One that has nothing to do, ever.
fn idle(subject: &Subject) -> KeptSubscription {
    let mut kept = ending(subject, day(1));
    kept.subscription.status = SubscriptionStatus::Canceled;
    kept
}

/// Subscriptions are claimed from the instant on at which the calendar or a task needs it, the longest due first,
/// whoever's they are.
pub async fn subscriptions_are_claimed_once_due(subject: Subject) {
    let (tenant, other) = (subject.tenant().await, subject.tenant().await);
    let third = begin(&subject, tenant, ending(&subject, day(3))).await;
    let first = begin(&subject, other, ending(&subject, day(1))).await;
    let second = begin(&subject, tenant, working(&subject, day(90), day(2))).await;
    // It is due, and was put off.
    let later = begin(&subject, other, working(&subject, day(4), day(80))).await;
    let fourth = begin(&subject, tenant, KeptSubscription { work_at: Some(day(5)), ..idle(&subject) }).await;
    begin(&subject, tenant, idle(&subject)).await;
    begin(&subject, tenant, working(&subject, day(70), day(70))).await;
    assert_eq!(claim(&subject, just_before(day(1)), day(60), 10).await, []);
    assert_eq!(claim(&subject, day(9), day(60), 0).await, []);
    assert_eq!(claim(&subject, day(1), day(60), 10).await, [first]);
    assert_eq!(claim(&subject, day(9), day(60), 1).await, [second]);
    assert_eq!(claim(&subject, day(9), day(60), 10).await, [third, fourth]);
    assert_eq!(claim(&subject, just_before(day(60)), day(60), 10).await, []);
    assert!(!claim(&subject, just_before(day(80)), day(80), 10).await.contains(&later));
    assert!(claim(&subject, day(80), day(90), 10).await.contains(&later));
}

/// Whoever claimed one has it until their time ends, or until it is changed.
pub async fn a_claim_ends_with_its_time_or_with_a_change(subject: Subject) {
    let tenant = subject.tenant().await;
    let kept = subject.begin(tenant, working(&subject, day(2), day(1))).await;
    let place = (tenant, kept.subscription.id);
    assert_eq!(claim(&subject, day(3), day(5), 10).await, [place]);
    assert_eq!(claim(&subject, just_before(day(5)), day(9), 10).await, []);
    assert_eq!(claim(&subject, day(5), day(9), 10).await, [place]);
    // A claim is no change: what was read before is still as it was.
    assert_eq!(subject.kept(tenant, place.1).await, kept);
    let saved = subject.subscriptions.save_subscription(tenant, change(&kept)).await.expect("saved");
    assert_eq!(claim(&subject, day(5), day(9), 10).await, [place]);

    let done = KeptSubscription { work_at: None, ..saved };
    let mut done = subject.subscriptions.save_subscription(tenant, change(&done)).await.expect("saved");
    assert_eq!(claim(&subject, just_before(day(2)), day(9), 10).await, []);
    assert_eq!(claim(&subject, day(5), day(9), 10).await, [place]);
    (done.subscription.period.end, done.subscription.grants.end) = (day(30), day(30));
    subject.subscriptions.save_subscription(tenant, change(&done)).await.expect("saved");
    assert_eq!(claim(&subject, just_before(day(30)), day(40), 10).await, []);
    assert_eq!(claim(&subject, day(30), day(40), 10).await, [place]);
}

/// What a test clock brings about is none of the real one's business, but its tasks are done in the real world.
pub async fn a_task_waits_for_the_real_clock(subject: Subject) {
    let tenant = subject.tenant().await;
    let clock = Some(ClockId(subject.uuid()));
    begin(&subject, tenant, KeptSubscription { clock, ..ending(&subject, day(1)) }).await;
    let late = begin(&subject, tenant, KeptSubscription { clock, ..working(&subject, day(1), day(6)) }).await;
    let real = begin(&subject, tenant, ending(&subject, day(5))).await;
    let early = begin(&subject, tenant, KeptSubscription { clock, ..working(&subject, day(400), day(4)) }).await;
    assert_eq!(claim(&subject, just_before(day(4)), day(50), 10).await, []);
    assert_eq!(claim(&subject, day(6), day(50), 10).await, [early, real, late]);
    assert_eq!(claim(&subject, day(49), day(50), 10).await, []);
}

/// However many ask at once, each subscription is given to one of them; and each again once that one's time has ended.
pub async fn claimers_at_once_never_get_the_same_subscription(subject: Subject) {
    let tenant = subject.tenant().await;
    let mut all = BTreeSet::new();
    for n in 0..60 {
        // Many are due at the same instant, and some for two reasons.
        let end = day(n % 3);
        let kept = if n % 2 == 0 { ending(&subject, end) } else { working(&subject, end, day(n % 5)) };
        all.insert(begin(&subject, tenant, kept).await);
    }
    for (now, until) in [(day(5), day(6)), (day(6), day(7))] {
        let claimers = (0..8).map(|_| {
            let subscriptions = Arc::clone(&subject.subscriptions);
            async move {
                let mut own = Vec::new();
                for _ in 0..4 {
                    own.extend(subscriptions.claim_subscriptions(now, until, 7).await.expect("claimed"));
                }
                own
            }
        });
        let mut claimed: Vec<_> = at_once(claimers).await.into_iter().flatten().collect();
        // Whoever met another got fewer than there were.
        claimed.extend(claim(&subject, now, until, 100).await);
        assert_eq!(claimed.len(), 60);
        assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), all);
    }
}

/// What lives by a test clock is found by it, the longest due first; tasks are found whenever they are to be done.
pub async fn r7_subscriptions_are_due_by_their_own_clock(subject: Subject) {
    let (tenant, other) = (subject.tenant().await, subject.tenant().await);
    let (clock, strange) = (ClockId(subject.uuid()), ClockId(subject.uuid()));
    let due = async |clock, at, limit| subject.subscriptions.subscriptions_due(clock, at, limit).await.expect("a read");
    let by = |clock, kept| KeptSubscription { clock: Some(clock), ..kept };
    begin(&subject, tenant, ending(&subject, day(1))).await;
    begin(&subject, tenant, working(&subject, day(1), day(1))).await;
    let theirs = begin(&subject, other, by(strange, ending(&subject, day(1)))).await;
    let third = begin(&subject, tenant, by(clock, ending(&subject, day(3)))).await;
    let second = begin(&subject, tenant, by(clock, ending(&subject, day(2)))).await;
    let fourth = begin(&subject, tenant, by(clock, working(&subject, day(20), day(900)))).await;
    let last = KeptSubscription { work_at: Some(day(900)), ..idle(&subject) };
    let last = begin(&subject, tenant, by(clock, last)).await;
    let first = begin(&subject, tenant, by(clock, working(&subject, day(1), day(900)))).await;
    begin(&subject, tenant, by(clock, idle(&subject))).await;
    begin(&subject, tenant, by(clock, ending(&subject, day(10)))).await;
    assert_eq!(due(clock, just_before(day(1)), 10).await, [first, fourth, last]);
    assert_eq!(due(clock, just_before(day(2)), 10).await, [first, fourth, last]);
    assert_eq!(due(clock, day(3), 10).await, [first, second, third, fourth, last]);
    assert_eq!(due(clock, day(3), 2).await, [first, second]);
    assert_eq!(due(strange, day(9), 10).await, [theirs]);
    assert_eq!(due(ClockId(subject.uuid()), day(9), 10).await, []);
    // Whoever works in the real world is no reason not to be found.
    assert_eq!(claim(&subject, day(900), day(901), 10).await.len(), 5);
    assert_eq!(due(clock, day(3), 10).await, [first, second, third, fourth, last]);
}

/// The next instant of a test clock is a subscription's as well.
pub async fn r7_a_test_clock_knows_when_subscriptions_are_due(subject: Subject) {
    let tenant = subject.tenant().await;
    let (clock, empty) = (ClockId(subject.uuid()), ClockId(subject.uuid()));
    let next = async |clock, until| subject.due.next(clock, until).await.expect("a read");
    begin(&subject, tenant, ending(&subject, day(1))).await;
    begin(&subject, tenant, KeptSubscription { clock: Some(clock), ..idle(&subject) }).await;
    assert_eq!(next(clock, day(1_000)).await, None);
    begin(&subject, tenant, KeptSubscription { clock: Some(clock), ..ending(&subject, day(7)) }).await;
    let early = KeptSubscription { clock: Some(clock), ..working(&subject, day(3), day(2)) };
    let early = subject.begin(tenant, early).await;
    assert_eq!(next(clock, just_before(day(3))).await, None);
    assert_eq!(next(clock, day(3)).await, Some(day(3)));
    assert_eq!(next(clock, day(1_000)).await, Some(day(3)));
    assert_eq!(next(empty, day(1_000)).await, None);
    let mut ended = early;
    ended.subscription.status = SubscriptionStatus::Canceled;
    subject.subscriptions.save_subscription(tenant, change(&ended)).await.expect("saved");
    assert_eq!(next(clock, day(1_000)).await, Some(day(7)));
}
