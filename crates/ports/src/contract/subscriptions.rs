//! Subscriptions, kept and changed as one (R26–R31).

use std::sync::Arc;

use domain::{CustomerId, SubscriptionEvent, SubscriptionId, SubscriptionStatus};

use super::Subject;
use super::asks::{day, newest};
use super::case::reply;
use super::effects::{events, mails};
use super::plans::{change, ending, mailed, odd, told};
use super::texts::TEXTS;
use super::walk::{at_once, check_paging};
use crate::{KeptSubscription, StoreError, SubscriptionChange, SubscriptionFilter, Task};

/// The same subscription of someone else: another id, and grants of the other customer.
fn moved(from: &KeptSubscription, to: &KeptSubscription) -> KeptSubscription {
    let mut moved = from.clone();
    (moved.subscription.id, moved.subscription.customer) = (to.subscription.id, to.subscription.customer);
    for grant in &mut moved.granted {
        grant.customer = to.subscription.customer;
    }
    for task in &mut moved.tasks {
        if let Task::GiveBack { from, .. } = &mut task.task {
            for grant in from {
                grant.customer = to.subscription.customer;
            }
        }
    }
    moved
}

/// All that is kept of a subscription comes back, as it is begun and as it is changed; nothing is not the same as an
/// empty text, and what never ends stays so.
pub async fn a_subscription_is_kept_to_the_letter(subject: Subject) {
    let tenant = subject.tenant().await;
    for (turn, text) in TEXTS.into_iter().enumerate() {
        let odd = odd(&subject, turn, text);
        let plain = KeptSubscription { version: 7, ..ending(&subject, day(30)) };
        for (new, next) in [(&odd, &plain), (&plain, &odd)] {
            let begun = subject.begin(tenant, new.clone()).await;
            assert_eq!(subject.kept(tenant, begun.subscription.id).await, begun);
            // Each becomes the other.
            let changed = KeptSubscription { version: 1, ..moved(next, new) };
            let saved = subject.subscriptions.save_subscription(tenant, change(&changed)).await.expect("saved");
            assert_eq!(saved, KeptSubscription { version: 2, ..changed });
            assert_eq!(subject.kept(tenant, begun.subscription.id).await, saved);
        }
    }
    let unknown = SubscriptionId(subject.uuid());
    assert_eq!(subject.subscriptions.subscription(tenant, unknown).await.expect("a read"), None);
}

/// A subscription that has changed since it was read is not overwritten; of changes at once one wins.
pub async fn a_subscription_changes_only_as_it_was_read(subject: Subject) {
    let tenant = subject.tenant().await;
    let first = subject.begin(tenant, ending(&subject, day(30))).await;
    let unread = KeptSubscription { version: 0, ..first.clone() };
    let unknown = KeptSubscription { version: 1, ..ending(&subject, day(30)) };
    for wrong in [unread, unknown, KeptSubscription { version: 2, ..first.clone() }] {
        let outcome = subject.subscriptions.save_subscription(tenant, change(&wrong)).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    }
    let tasks = (0..16).map(|n| {
        let subscriptions = Arc::clone(&subject.subscriptions);
        let noted = KeptSubscription { note: Some(format!("change {n}")), ..first.clone() };
        async move { subscriptions.save_subscription(tenant, change(&noted)).await }
    });
    let (done, lost): (Vec<_>, Vec<_>) = at_once(tasks).await.into_iter().partition(Result::is_ok);
    assert!(lost.iter().all(|outcome| matches!(outcome, Err(StoreError::Conflict))), "{lost:?}");
    let [Ok(won)] = done.as_slice() else { panic!("one change wins, but: {done:?}") };
    assert_eq!(won.version, 2);
    assert_eq!(&subject.kept(tenant, won.subscription.id).await, won);
}

/// The same customer's, in this status.
fn another(subject: &Subject, of: &KeptSubscription, status: SubscriptionStatus) -> KeptSubscription {
    let mut other = ending(subject, day(30));
    (other.subscription.customer, other.subscription.status) = (of.subscription.customer, status);
    other
}

/// Until it has ended nobody begins a second one, and what has ended does not come back beside it.
pub async fn a_customer_has_one_subscription_at_a_time(subject: Subject) {
    let (tenant, other) = (subject.tenant().await, subject.tenant().await);
    let canceled = SubscriptionStatus::Canceled;
    for status in SubscriptionStatus::ALL.into_iter().filter(|status| *status != canceled) {
        let first = another(&subject, &ending(&subject, day(30)), status);
        let mut first = subject.begin(tenant, first).await;
        let second = another(&subject, &first, status);
        let outcome = subject.subscriptions.begin_subscription(tenant, change(&second)).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)), "{status:?}: {outcome:?}");
        let found = subject.subscriptions.subscription(tenant, second.subscription.id).await;
        assert_eq!(found.expect("a read"), None);
        subject.begin(tenant, ending(&subject, day(30))).await;
        subject.begin(other, another(&subject, &first, status)).await;

        first.subscription.status = canceled;
        let mut ended = subject.subscriptions.save_subscription(tenant, change(&first)).await.expect("saved");
        subject.begin(tenant, second).await;
        ended.subscription.status = status;
        let outcome = subject.subscriptions.save_subscription(tenant, change(&ended)).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)), "{status:?}: {outcome:?}");
        assert_eq!(subject.kept(tenant, ended.subscription.id).await.subscription.status, canceled);
    }
}

/// However many of a customer's begin at once, one does, and only that is told.
pub async fn of_subscriptions_begun_at_once_one_is_kept(subject: Subject) {
    let tenant = subject.tenant().await;
    let first = ending(&subject, day(30));
    let tasks = (0..20).map(|n| {
        let kept = another(&subject, &first, SubscriptionStatus::Incomplete);
        let told = vec![told(&subject, &kept, SubscriptionEvent::Created)];
        let mails = vec![mailed(&kept, &format!("mail {n}"))];
        let reply = Some(reply(&format!("key {n}")));
        let (subscriptions, id) = (Arc::clone(&subject.subscriptions), kept.subscription.id);
        let begun = SubscriptionChange { kept, events: told, mails, reply };
        async move { subscriptions.begin_subscription(tenant, begun).await.map(|()| (n, id)) }
    });
    let (done, lost): (Vec<_>, Vec<_>) = at_once(tasks).await.into_iter().partition(Result::is_ok);
    assert!(lost.iter().all(|outcome| matches!(outcome, Err(StoreError::Conflict))), "{lost:?}");
    let [Ok((n, id))] = done.as_slice() else { panic!("one begins, but: {done:?}") };
    let filter = SubscriptionFilter { customer: Some(first.subscription.customer), status: None };
    let page = subject.subscriptions.list_subscriptions(tenant, filter, &newest(100)).await.expect("a read");
    assert_eq!(page.items.iter().map(|kept| kept.subscription.id).collect::<Vec<_>>(), [*id]);
    assert_eq!(events(&subject, tenant).await.len(), 1);
    let queued = mails(&subject, tenant, first.subscription.customer).await;
    assert_eq!(queued.iter().map(|mail| mail.id.clone()).collect::<Vec<_>>(), [format!("mail {n}")]);
    for key in 0..20 {
        let kept = subject.keys.reply(tenant, &format!("key {key}")).await.expect("a read");
        assert_eq!(kept.is_some(), key == *n);
    }
}

/// Subscriptions are listed by id; a customer's are those that ended and the one that runs.
pub async fn subscriptions_are_listed_and_filtered(subject: Subject) {
    let tenant = subject.tenant().await;
    let customers = [0, 1, 2].map(|_| CustomerId(subject.uuid()));
    let mut all = Vec::new();
    for n in 0..10 {
        let mut kept = ending(&subject, day(30));
        kept.subscription.customer = customers[n % 2];
        let last = [SubscriptionStatus::PastDue, SubscriptionStatus::Active];
        kept.subscription.status = if n < 8 { SubscriptionStatus::Canceled } else { last[n % 2] };
        all.push(subject.begin(tenant, kept).await);
    }
    let customers = [None, Some(customers[0]), Some(customers[1]), Some(customers[2])];
    let statuses = [None, Some(SubscriptionStatus::Canceled), Some(SubscriptionStatus::Active)];
    for filter in
        customers.into_iter().flat_map(|customer| statuses.map(|status| SubscriptionFilter { customer, status }))
    {
        let wanted = |kept: &&KeptSubscription| {
            filter.customer.is_none_or(|customer| customer == kept.subscription.customer)
                && filter.status.is_none_or(|status| status == kept.subscription.status)
        };
        let expected: Vec<_> = all.iter().filter(wanted).cloned().collect();
        check_paging(&expected, async |ask| subject.subscriptions.list_subscriptions(tenant, filter, &ask).await).await;
    }
}
