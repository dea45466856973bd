//! What goes with a change of a subscription is written with it, or none of it is (R39, R40).

use domain::{CustomerId, SubscriptionEvent, TenantId};

use super::Subject;
use super::asks::{day, newest};
use super::case::reply;
use super::plans::{change, ending, mailed, told};
use crate::{Event, EventFilter, KeptSubscription, OutboxMail, Reply, StoreError, SubscriptionChange};

/// Everything that is told of a tenant, newest first.
pub(super) async fn events(subject: &Subject, tenant: TenantId) -> Vec<Event> {
    subject.events.list_events(tenant, EventFilter::default(), &newest(100)).await.expect("a read").items
}

pub(super) async fn mails(subject: &Subject, tenant: TenantId, customer: CustomerId) -> Vec<OutboxMail> {
    let page = subject.outbox.mails(tenant, customer, &newest(100)).await.expect("a read");
    page.items.into_iter().rev().collect()
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
    let mut same = second;
    same.subscription.id = first.subscription.id;
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
