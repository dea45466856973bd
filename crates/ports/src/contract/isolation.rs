//! A tenant finds nothing of another, whatever id it names, and moves nothing of it (R42).

use domain::rules::What;
use domain::{Customer, CustomerRef, Estimate, EstimateId, SubscriptionEvent, TenantId};

use super::Subject;
use super::asks::{
    bare_catalog, capturing, credits, day, estimate, giving, holding, line, newest, releasing, reversing, spending,
    start,
};
use super::case::{Case, reply};
use super::plans::{change as subscription_change, ending, told};
use super::sales::{change, document, mailbox, placed, usual};
use crate::{
    Command, CustomerChange, EntryFilter, EventFilter, HoldFilter, IssuedFilter, KeptSubscription, MailStatus,
    NewDocument, OrderFilter, OutboxMail, PostError, StoreError, SubscriptionChange, SubscriptionFilter,
};

/// A customer with something of everything, and a tenant with nothing of it.
async fn case_and_stranger(subject: Subject) -> (Case, TenantId) {
    let case = Case::with(subject, "100").await;
    case.done(case.ask("spend", spending("7"))).await;
    case.done(case.ask("hold", holding(5))).await;
    let stranger = case.subject.tenant().await;
    (case, stranger)
}

/// No read of the journal crosses tenants.
pub async fn r42_the_journal_of_another_tenant_is_empty(subject: Subject) {
    let (case, stranger) = case_and_stranger(subject).await;
    let journal = &case.subject.journal;
    for customer in [None, Some(case.customer)] {
        let filter = EntryFilter { customer, ..EntryFilter::default() };
        assert!(journal.entries(stranger, &filter, &newest(10)).await.expect("a read").items.is_empty());
        let filter = HoldFilter { customer, ..HoldFilter::default() };
        assert!(journal.holds(stranger, &filter, &newest(10)).await.expect("a read").items.is_empty());
    }
    assert_eq!(journal.entry(stranger, case.entry_id(1)).await.expect("a read"), None);
    assert_eq!(journal.balance_at(stranger, case.customer, day(1)).await.expect("a read"), None);
    assert_eq!(journal.grants(stranger, case.customer, start(), &newest(10)).await.expect("a read"), None);
    assert_eq!(journal.grant(stranger, case.grant_id(1)).await.expect("a read"), None);
    assert_eq!(journal.hold(stranger, case.hold_id(1)).await.expect("a read"), None);
}

/// No command crosses tenants.
pub async fn r42_a_customer_of_another_tenant_is_not_found(subject: Subject) {
    let (case, stranger) = case_and_stranger(subject).await;
    let before = case.read().await;
    let commands = [
        case.ask("grant", giving("1")),
        case.ask_hold("capture", 1, capturing(What::Rest)),
        case.ask_hold("release", 1, releasing()),
        case.ask_usage("reverse", 3, reversing(None)),
    ];
    for command in commands {
        let outcome = case.post(Command { tenant: stranger, ..command }).await;
        assert!(matches!(outcome, Err(PostError::CustomerNotFound)), "{outcome:?}");
    }
    assert_eq!(case.read().await, before);
    let granted = case.done(case.ask("grant", giving("1"))).await;
    assert!(!granted.replayed, "the stranger's failure spent no key");
}

/// No customer is found or changed across tenants.
pub async fn r42_customers_of_another_tenant_are_not_found(subject: Subject) {
    let (case, stranger) = case_and_stranger(subject).await;
    let jane = Customer {
        external_id: Some("jane".to_owned()),
        email: Some("jane@example.com".to_owned()),
        ..case.subject.new_customer()
    };
    case.subject.open(case.tenant, jane.clone(), None, bare_catalog()).await.expect("opened");
    let customers = &case.subject.customers;
    for reference in [CustomerRef::Id(jane.id), CustomerRef::External("jane".to_owned())] {
        assert_eq!(customers.resolve(stranger, &reference).await.expect("a read"), None);
    }
    assert_eq!(customers.get(stranger, jane.id).await.expect("a read"), None);
    for email in [None, Some("jane@example.com")] {
        assert!(customers.list(stranger, email, &newest(10)).await.expect("a read").items.is_empty());
    }
    let change = CustomerChange { name: Some(Some("stolen".to_owned())), ..CustomerChange::default() };
    assert_eq!(customers.change(stranger, jane.id, change).await.expect("a read"), None);
    assert_eq!(customers.get(case.tenant, jane.id).await.expect("a read").expect("jane").customer, jane);
}

/// No key is found, ended or replaced across tenants.
pub async fn r42_keys_of_another_tenant_are_not_found(subject: Subject) {
    let (tenant, stranger) = (subject.tenant().await, subject.tenant().await);
    let key = subject.new_key(tenant);
    subject.keys.create(&key, Some(&reply("create"))).await.expect("a key");
    assert_eq!(subject.keys.get(stranger, key.id).await.expect("a read"), None);
    assert_eq!(subject.keys.reply(stranger, "create").await.expect("a read"), None);
    assert_eq!(subject.keys.list(stranger, &newest(10)).await.expect("a read").items.len(), 1);
    assert_eq!(subject.keys.revoke(stranger, key.id, day(1)).await.expect("a read"), None);
    let new = subject.new_key(stranger);
    assert!(!subject.keys.rotate(stranger, key.id, day(1), &new, None).await.expect("a read"));
    assert_eq!(subject.keys.get(stranger, new.id).await.expect("a read"), None);
    assert_eq!(subject.keys.get(tenant, key.id).await.expect("a read"), Some(key));
}

/// Catalogs, estimates and clocks are each tenant's own.
pub async fn r42_nothing_else_of_another_tenant_is_found(subject: Subject) {
    let (tenant, stranger) = (subject.tenant().await, subject.tenant().await);
    subject.catalogs.apply(tenant, 1, "second", day(1), None).await.expect("applied");
    assert_eq!(subject.catalogs.version(stranger).await.expect("a read"), Some(1));
    assert_eq!(subject.catalogs.get(stranger, 2).await.expect("a read"), None);
    assert_eq!(subject.catalogs.versions(stranger, &newest(10)).await.expect("a read").items.len(), 1);

    let kept = Estimate { id: EstimateId(subject.uuid()), ..estimate(vec![line(1, "1")]) };
    subject.estimates.save(tenant, &kept, None).await.expect("kept");
    assert_eq!(subject.estimates.find(stranger, kept.id).await.expect("a read"), None);

    let clock = subject.test_clock(tenant, day(1)).await;
    assert_eq!(subject.clocks.get(stranger, clock).await.expect("a read"), None);
    assert!(subject.clocks.list(stranger).await.expect("a read").is_empty());
    // Whether this is a fault or nothing is the adapter's choice; the clock must not move.
    let _ = subject.clocks.set(stranger, clock, day(9)).await;
    assert_eq!(subject.clocks.get(tenant, clock).await.expect("a read").expect("the clock").frozen_at, day(1));
}

/// No order, document or mail is found or changed across tenants; documents of the same number do not meet.
pub async fn r42_sales_of_another_tenant_are_not_found(subject: Subject) {
    let (tenant, stranger) = (subject.tenant().await, subject.tenant().await);
    let order = subject.place(tenant, placed(&subject)).await;
    let (id, customer) = (order.order.id, order.order.customer);
    let mailed = NewDocument { to: Some(mailbox()), ..document(usual()) };
    let saved = subject.orders.save(tenant, change(&order, Some(mailed))).await.expect("saved");
    let number = saved.invoice.clone().expect("a number");
    assert_eq!(subject.orders.get(stranger, id).await.expect("a read"), None);
    assert_eq!(subject.orders.some(stranger, &[id]).await.expect("a read"), []);
    assert_eq!(subject.orders.find(id).await.expect("a read"), Some((tenant, saved.clone())));
    assert_eq!(subject.issued.issued(stranger, &number).await.expect("a read"), None);
    for customer in [None, Some(customer)] {
        let filter = OrderFilter { customer, status: None };
        assert!(subject.orders.list(stranger, filter, &newest(10)).await.expect("a read").items.is_empty());
        let filter = IssuedFilter { customer, credit_notes: false };
        assert!(subject.issued.list_issued(stranger, filter, &newest(10)).await.expect("a read").items.is_empty());
    }
    assert!(subject.outbox.mails(stranger, customer, &newest(10)).await.expect("a read").items.is_empty());
    let outcome = subject.orders.save(stranger, change(&saved, None)).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    let page = subject.outbox.mails(tenant, customer, &newest(10)).await.expect("a read");
    let [mail] = page.items.as_slice() else { panic!("one mail, but: {page:?}") };
    let ended = OutboxMail { status: MailStatus::Failed, due_at: None, ..mail.clone() };
    subject.outbox.tried(stranger, &ended).await.expect("nothing to write");
    assert_eq!(subject.outbox.mails(tenant, customer, &newest(10)).await.expect("a read"), page);

    let same = subject.issue(stranger, placed(&subject), document(usual())).await.expect("issued");
    assert_eq!(same, number);
    assert_eq!(subject.order(tenant, id).await, saved);
    assert_eq!(subject.issued.issued(tenant, &number).await.expect("a read").expect("its own").order, id);
}

/// No subscription or event is found or changed across tenants; subscriptions of the same id and customer do not meet.
pub async fn r42_subscriptions_of_another_tenant_are_not_found(subject: Subject) {
    let (tenant, stranger) = (subject.tenant().await, subject.tenant().await);
    let new = ending(&subject, day(30));
    let events = vec![told(&subject, &new, SubscriptionEvent::Created)];
    let begun = SubscriptionChange { events: events.clone(), ..subscription_change(&new) };
    subject.subscriptions.begin_subscription(tenant, begun).await.expect("begun");
    let (id, read) = (new.subscription.id, subject.kept(tenant, new.subscription.id).await);
    assert_eq!(subject.subscriptions.subscription(stranger, id).await.expect("a read"), None);
    for customer in [None, Some(new.subscription.customer)] {
        let filter = SubscriptionFilter { customer, status: None };
        let page = subject.subscriptions.list_subscriptions(stranger, filter, &newest(10)).await.expect("a read");
        assert_eq!(page.items, []);
        let filter = EventFilter { customer };
        assert_eq!(subject.events.list_events(stranger, filter, &newest(10)).await.expect("a read").items, []);
        assert_eq!(subject.events.list_events(tenant, filter, &newest(10)).await.expect("a read").items, events);
    }
    let outcome = subject.subscriptions.save_subscription(stranger, subscription_change(&read)).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    let own = subject.begin(stranger, KeptSubscription { note: Some("theirs".to_owned()), ..new }).await;
    assert_eq!(subject.kept(tenant, id).await, read);
    let saved = subject.subscriptions.save_subscription(stranger, subscription_change(&own)).await.expect("saved");
    assert_eq!((subject.kept(tenant, id).await, subject.kept(stranger, id).await), (read, saved));
}

/// Two tenants that call a customer by the same name, and their commands by the same keys, meet nowhere.
pub async fn r42_tenants_with_the_same_names_do_not_meet(subject: Subject) {
    let mut cases = Vec::new();
    for amount in ["10", "20"] {
        let tenant = subject.tenant().await;
        let customer = Customer { external_id: Some("jane".to_owned()), ..subject.new_customer() };
        let opened = subject.open(tenant, customer, Some("open"), bare_catalog()).await.expect("opened");
        let case = Case { subject: subject.clone(), tenant, customer: opened.customer.id };
        case.done(case.ask("grant", giving(amount))).await;
        case.done(case.ask("spend", spending("1"))).await;
        cases.push(case);
    }
    for (case, left) in cases.iter().zip(["9", "19"]) {
        assert_eq!(case.balance().await.available, credits(left));
        let jane = CustomerRef::External("jane".to_owned());
        let found = subject.customers.resolve(case.tenant, &jane).await.expect("a read");
        assert_eq!(found, Some(case.customer));
    }
}
