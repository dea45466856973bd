//! Events, told in their order (R39).

use domain::{CustomerId, EventId, SubscriptionEvent, SubscriptionId, SubscriptionStatus};

use super::Subject;
use super::asks::{day, newest, start};
use super::plans::{change, ending, told};
use super::texts::TEXTS;
use super::walk::check_paging;
use crate::{Event, EventFilter, Happening, SubscriptionChange};

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
    let page = subject.events.list_events(tenant, EventFilter::default(), &newest(100)).await.expect("a read");
    events.reverse();
    assert_eq!(page.items, events);
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
