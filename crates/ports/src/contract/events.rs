//! Events, told in their order (R39).

use domain::{
    Credits, Currency, CustomerId, EventId, InvoiceFlaw, Money, OrderEvent, OrderId, OrderStatus, SubscriptionEvent,
    SubscriptionId, SubscriptionStatus, TenantId,
};

use super::Subject;
use super::asks::{day, newest, start};
use super::case::reply;
use super::plans::{change, ending, told};
use super::sales::{self, document, placed, usual};
use super::texts::TEXTS;
use super::walk::check_paging;
use crate::{
    Event, EventFilter, Happening, NewDocument, OrderChange, PlacedOrder, Reply, StoreError, SubscriptionChange,
};

/// All that an event tells comes back.
pub async fn r39_an_event_is_kept_to_the_letter(subject: Subject) {
    let tenant = subject.tenant().await;
    let kinds = SubscriptionEvent::ALL.into_iter().cycle();
    let statuses = SubscriptionStatus::ALL.into_iter().cycle();
    let mut events = Vec::new();
    for (((n, text), event), status) in (0_u32..).zip(TEXTS).zip(kinds).zip(statuses) {
        let what = Happening::Subscription {
            event,
            subscription: SubscriptionId(subject.uuid()),
            plan: text.to_owned(),
            quantity: u32::MAX - n,
            status,
        };
        let (id, customer) = (EventId(subject.uuid()), CustomerId(subject.uuid()));
        events.push(Event { id, customer, at: day(i64::from(n) - 5), what });
    }
    let kept = ending(&subject, day(30));
    let begun = SubscriptionChange { events: events.clone(), ..change(&kept) };
    subject.subscriptions.begin_subscription(tenant, begun).await.expect("begun");
    events.reverse();
    assert_eq!(newest_first(&subject, tenant).await, events);
}

async fn newest_first(subject: &Subject, tenant: TenantId) -> Vec<Event> {
    let page = subject.events.list_events(tenant, EventFilter::default(), &newest(100)).await;
    page.expect("a read").items
}

/// What is told of an order, whatever it is.
fn told_of(subject: &Subject, placed: &PlacedOrder, what: Happening) -> Event {
    Event { id: EventId(subject.uuid()), customer: placed.order.customer, at: day(1), what }
}

/// All that the events of orders tell comes back, in whatever order they were written.
pub async fn r39_an_orders_events_are_kept_to_the_letter(subject: Subject) {
    let tenant = subject.tenant().await;
    let first = subject.place(tenant, placed(&subject)).await;
    let amounts = [i64::MIN, 0, i64::MAX].map(|minor| Money { minor, currency: Currency::BHD }).into_iter().cycle();
    let (kinds, statuses) = (OrderEvent::ALL.into_iter().cycle(), OrderStatus::ALL.into_iter());
    let steps = kinds.zip(statuses).zip(amounts).map(|((event, status), amount)| Happening::Order {
        event,
        order: OrderId(subject.uuid()),
        status,
        amount,
    });
    let revoked = [Credits::MAX, Credits::ZERO, Credits::whole(7)]
        .map(|credits| Happening::CreditsRevoked { order: OrderId(subject.uuid()), credits });
    let mut events: Vec<_> = steps.chain(revoked).map(|what| told_of(&subject, &first, what)).collect();
    let asked = OrderChange { events: events.clone(), ..OrderChange::untold(first) };
    subject.orders.save(tenant, asked).await.expect("saved");
    events.reverse();
    assert_eq!(newest_first(&subject, tenant).await, events);
}

/// What is told of an order is written with its change, its document and the reply, or none of it is.
pub async fn r39_an_orders_events_are_written_with_it_or_nothing_is(subject: Subject) {
    let tenant = subject.tenant().await;
    let first = subject.place(tenant, placed(&subject)).await;
    let full = |placed: &PlacedOrder, key: &str, document: NewDocument| {
        let (order, status, amount) = (placed.order.id, placed.order.status, placed.order.gross);
        let what = Happening::Order { event: OrderEvent::Paid, order, status, amount };
        let events = vec![told_of(&subject, placed, what)];
        OrderChange { events, reply: Some(reply(key)), ..sales::change(placed, Some(document)) }
    };
    let good = full(&first, "good", document(usual()));
    let told = good.events.clone();
    let saved = subject.orders.save(tenant, good).await.expect("saved");
    let other = subject.place(tenant, placed(&subject)).await;
    let flawed = document(Box::new(|_| Err(InvoiceFlaw::Lines)));
    let spent = Reply { fingerprint: 1, ..reply("good") };
    let failing = [
        ("a stale version", full(&first, "key", document(usual()))),
        ("a document that cannot be issued", full(&other, "key", flawed)),
        ("a spent key", OrderChange { reply: Some(spent), ..full(&other, "key", document(usual())) }),
        ("an event that was told", OrderChange { events: told.clone(), ..full(&other, "key", document(usual())) }),
    ];
    for (what, change) in failing {
        let outcome = subject.orders.save(tenant, change).await;
        assert!(matches!(outcome, Err(StoreError::Fault(_) | StoreError::Conflict)), "{what}: {outcome:?}");
        assert_eq!(newest_first(&subject, tenant).await, told, "{what}");
        assert_eq!(subject.keys.reply(tenant, "key").await.expect("a read"), None, "{what}");
        for kept in [&saved, &other] {
            assert_eq!(&subject.order(tenant, kept.order.id).await, kept, "{what}");
        }
    }
}

/// Events are listed by id, in whatever order they were written; of one instant or of many.
pub async fn r39_events_are_listed_and_filtered(subject: Subject) {
    let tenant = subject.tenant().await;
    let mut all = Vec::new();
    for n in 0..3 {
        let mut kept = subject.begin(tenant, ending(&subject, day(30))).await;
        for at in [start(), start(), day(n)] {
            let some = [SubscriptionEvent::Changed, SubscriptionEvent::Renewed];
            let events: Vec<_> = some.map(|event| Event { at, ..told(&subject, &kept, event) }).into();
            all.extend(events.clone());
            let changed = SubscriptionChange { events: events.into_iter().rev().collect(), ..change(&kept) };
            kept = subject.subscriptions.save_subscription(tenant, changed).await.expect("saved");
        }
    }
    let (first, last) = (all.first().expect("events").customer, all.last().expect("events").customer);
    for customer in [None, Some(first), Some(last), Some(CustomerId(subject.uuid()))] {
        let wanted = |event: &&Event| customer.is_none_or(|customer| customer == event.customer);
        let expected: Vec<_> = all.iter().filter(wanted).cloned().collect();
        let filter = EventFilter { customer };
        check_paging(&expected, async |ask| subject.events.list_events(tenant, filter, &ask).await).await;
    }
}
