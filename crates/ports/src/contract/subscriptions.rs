//! Subscriptions, kept and changed as one (R26–R31).

use std::sync::Arc;

use domain::{CustomerId, SubscriptionEvent, SubscriptionId, SubscriptionStatus, TenantId};

use super::Subject;
use super::asks::{day, newest};
use super::case::reply;
use super::plans::{change, ending, mailed, odd, told};
use super::texts::TEXTS;
use super::walk::{at_once, check_paging};
use crate::{
    Event, EventFilter, KeptSubscription, OutboxMail, Reply, StoreError, SubscriptionChange, SubscriptionFilter,
};

/// Everything that is told of a tenant, newest first.
async fn events(subject: &Subject, tenant: TenantId) -> Vec<Event> {
    subject.events.list_events(tenant, EventFilter::default(), &newest(100)).await.expect("a read").items
}

async fn mails(subject: &Subject, tenant: TenantId, customer: CustomerId) -> Vec<OutboxMail> {
    let page = subject.outbox.mails(tenant, customer, &newest(100)).await.expect("a read");
    page.items.into_iter().rev().collect()
}

/// The same subscription of someone else: another id, and grants of the other customer.
fn moved(from: &KeptSubscription, to: &KeptSubscription) -> KeptSubscription {
    let mut moved = from.clone();
    (moved.subscription.id, moved.subscription.customer) = (to.subscription.id, to.subscription.customer);
    for grant in &mut moved.granted {
        grant.customer = to.subscription.customer;
    }
    for task in &mut moved.tasks {
        if let crate::Task::GiveBack { from, .. } = &mut task.task {
            from.iter_mut().for_each(|grant| grant.customer = to.subscription.customer);
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

/// The reply is kept with the subscription, or neither is.
pub async fn r40_a_subscriptions_reply_is_kept_with_it(subject: Subject) {
    let tenant = subject.tenant().await;
    let (first, second) = (ending(&subject, day(30)), ending(&subject, day(30)));
    let begin = async |kept: &KeptSubscription, key| {
        let begun = SubscriptionChange { reply: Some(reply(key)), ..change(kept) };
        subject.subscriptions.begin_subscription(tenant, begun).await
    };
    begin(&first, "begin").await.expect("begun");
    assert_eq!(subject.keys.reply(tenant, "begin").await.expect("a read"), Some(reply("begin")));
    let outcome = begin(&second, "begin").await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    assert_eq!(subject.subscriptions.subscription(tenant, second.subscription.id).await.expect("a read"), None);
    let same = KeptSubscription { subscription: moved(&second, &first).subscription, ..second };
    for (kept, key) in [(&first, "same id"), (&same, "same id again")] {
        let outcome = begin(kept, key).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
        assert_eq!(subject.keys.reply(tenant, key).await.expect("a read"), None);
    }
}

/// A change answers the same request anew, and no other one.
pub async fn r40_a_changed_subscription_answers_its_request_anew(subject: Subject) {
    let tenant = subject.tenant().await;
    let new = ending(&subject, day(30));
    let begun = SubscriptionChange { reply: Some(reply("key")), ..change(&new) };
    subject.subscriptions.begin_subscription(tenant, begun).await.expect("begun");
    let read = subject.kept(tenant, new.subscription.id).await;
    let stranger = Reply { fingerprint: 1, ..reply("key") };
    let other = SubscriptionChange { reply: Some(stranger), ..change(&read) };
    let outcome = subject.subscriptions.save_subscription(tenant, other).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    assert_eq!(subject.kept(tenant, new.subscription.id).await, read);
    assert_eq!(subject.keys.reply(tenant, "key").await.expect("a read"), Some(reply("key")));

    let after = Reply { status: 200, body: "{}".to_owned(), ..reply("key") };
    for kept in [after, reply("another key")] {
        let read = subject.kept(tenant, new.subscription.id).await;
        let same = SubscriptionChange { reply: Some(kept.clone()), ..change(&read) };
        subject.subscriptions.save_subscription(tenant, same).await.expect("saved");
        assert_eq!(subject.keys.reply(tenant, &kept.key).await.expect("a read"), Some(kept));
    }
}

/// A mail that is queued already stays as it is, whatever a later change brings under its id.
pub async fn a_subscriptions_mails_are_queued_once(subject: Subject) {
    let tenant = subject.tenant().await;
    let new = ending(&subject, day(30));
    let customer = new.subscription.customer;
    let [a, b, c] = ["a", "b", "c"].map(|id| mailed(&new, id));
    let begun = SubscriptionChange { mails: vec![a.clone()], ..change(&new) };
    subject.subscriptions.begin_subscription(tenant, begun).await.expect("begun");
    let again = |mail: &OutboxMail| OutboxMail { tries: 9, due_at: Some(day(9)), ..mail.clone() };
    for mails in [vec![again(&a), b.clone()], vec![again(&b), again(&a), c.clone(), again(&c)]] {
        let read = subject.kept(tenant, new.subscription.id).await;
        let changed = SubscriptionChange { mails, ..change(&read) };
        subject.subscriptions.save_subscription(tenant, changed).await.expect("saved");
    }
    assert_eq!(mails(&subject, tenant, customer).await, [a, b, c]);
}

/// What goes with a change is written with it, or none of it is.
pub async fn a_failed_change_tells_of_nothing(subject: Subject) {
    let tenant = subject.tenant().await;
    let first = subject.begin(tenant, ending(&subject, day(30))).await;
    let customer = first.subscription.customer;
    let full = |kept: &KeptSubscription, key: &str| SubscriptionChange {
        kept: kept.clone(),
        events: vec![told(&subject, kept, SubscriptionEvent::Renewed)],
        mails: vec![mailed(kept, key)],
        reply: Some(reply(key)),
    };
    let good = full(&first, "good");
    let saved = subject.subscriptions.save_subscription(tenant, good.clone()).await.expect("saved");
    let spent = Reply { fingerprint: 1, ..reply("good") };
    let noted = KeptSubscription { note: Some("never".to_owned()), ..saved.clone() };
    let same_event = SubscriptionChange { events: good.events.clone(), ..full(&noted, "same event") };
    let stale = full(&first, "stale");
    let spent = SubscriptionChange { reply: Some(spent), ..full(&noted, "spent") };
    for bad in [stale, spent, same_event] {
        let outcome = subject.subscriptions.save_subscription(tenant, bad).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
        assert_eq!(subject.kept(tenant, first.subscription.id).await, saved);
        assert_eq!(events(&subject, tenant).await, good.events);
        assert_eq!(mails(&subject, tenant, customer).await, good.mails);
    }
    assert_eq!(subject.keys.reply(tenant, "good").await.expect("a read"), good.reply);
    for key in ["stale", "same event"] {
        assert_eq!(subject.keys.reply(tenant, key).await.expect("a read"), None);
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
