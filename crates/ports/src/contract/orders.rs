//! Orders, kept and changed as one (R32, R33, R35).

use std::sync::Arc;

use domain::{ClockId, CustomerId, Instant, OrderId, OrderStatus, PaymentWay};

use super::Subject;
use super::asks::{day, just_before, start};
use super::case::reply;
use super::sales::{change, odd_order, placed};
use super::texts::TEXTS;
use super::walk::{at_once, check_paging};
use crate::{OrderChange, OrderEnd, OrderFilter, PlacedOrder, Reply, StoreError};

/// All that an order tells comes back, as it is placed and as it is changed; nothing is not the same as an empty text.
pub async fn an_order_is_kept_to_the_letter(subject: Subject) {
    let tenant = subject.tenant().await;
    let statuses = OrderStatus::ALL.into_iter().cycle();
    for ((text, status), way) in TEXTS.into_iter().zip(statuses).zip(PaymentWay::ALL.into_iter().cycle()) {
        let mut odd = odd_order(&subject, text);
        (odd.order.status, odd.order.way) = (status, way);
        let mut plain = PlacedOrder { version: 7, ..placed(&subject) };
        for new in [&odd, &plain] {
            subject.orders.place(tenant, new, None).await.expect("placed");
            let kept = PlacedOrder { version: 1, ..new.clone() };
            assert_eq!(subject.order(tenant, new.order.id).await, kept);
            assert_eq!(subject.orders.find(new.order.id).await.expect("a read"), Some((tenant, kept)));
        }
        // Each becomes the other.
        std::mem::swap(&mut odd.order.id, &mut plain.order.id);
        for new in [odd, plain] {
            let read = PlacedOrder { version: 1, ..new };
            let saved = subject.orders.save(tenant, change(&read, None)).await.expect("saved");
            assert_eq!(saved, PlacedOrder { version: 2, ..read });
            assert_eq!(subject.order(tenant, saved.order.id).await, saved);
        }
    }
    let unknown = OrderId(subject.uuid());
    assert_eq!(subject.orders.get(tenant, unknown).await.expect("a read"), None);
    assert_eq!(subject.orders.find(unknown).await.expect("a read"), None);
}

/// An order that has changed since it was read is not overwritten; of changes at once one wins.
pub async fn an_order_changes_only_as_it_was_read(subject: Subject) {
    let tenant = subject.tenant().await;
    let first = subject.place(tenant, placed(&subject)).await;
    let unplaced = PlacedOrder { version: 0, ..first.clone() };
    let unknown = PlacedOrder { version: 1, ..placed(&subject) };
    for wrong in [unplaced, unknown, PlacedOrder { version: 2, ..first.clone() }] {
        let outcome = subject.orders.save(tenant, change(&wrong, None)).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    }
    let tasks = (0..16).map(|n| {
        let orders = Arc::clone(&subject.orders);
        let noted = PlacedOrder { note: Some(format!("change {n}")), ..first.clone() };
        async move { orders.save(tenant, change(&noted, None)).await }
    });
    let (done, lost): (Vec<_>, Vec<_>) = at_once(tasks).await.into_iter().partition(Result::is_ok);
    assert!(lost.iter().all(|outcome| matches!(outcome, Err(StoreError::Conflict))), "{lost:?}");
    let [Ok(won)] = done.as_slice() else { panic!("one change wins, but: {done:?}") };
    assert_eq!(won.version, 2);
    assert_eq!(&subject.order(tenant, won.order.id).await, won);
}

/// The reply is kept with the order, or neither is.
pub async fn r40_an_orders_reply_is_kept_with_it(subject: Subject) {
    let (tenant, other) = (subject.tenant().await, subject.tenant().await);
    let (first, second) = (placed(&subject), placed(&subject));
    subject.orders.place(tenant, &first, Some(&reply("order"))).await.expect("placed");
    assert_eq!(subject.keys.reply(tenant, "order").await.expect("a read"), Some(reply("order")));
    let outcome = subject.orders.place(tenant, &second, Some(&reply("order"))).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    assert_eq!(subject.orders.get(tenant, second.order.id).await.expect("a read"), None);
    for whose in [tenant, other] {
        let outcome = subject.orders.place(whose, &first, Some(&reply("same id"))).await;
        assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
        assert_eq!(subject.keys.reply(whose, "same id").await.expect("a read"), None);
    }
}

/// A change answers the same request anew, and no other one.
pub async fn r40_a_changes_reply_takes_the_place_of_the_first(subject: Subject) {
    let tenant = subject.tenant().await;
    let order = placed(&subject);
    subject.orders.place(tenant, &order, Some(&reply("order"))).await.expect("placed");
    let read = subject.order(tenant, order.order.id).await;
    let stranger = Reply { fingerprint: 1, ..reply("order") };
    let other = OrderChange { reply: Some(stranger), ..change(&read, None) };
    let outcome = subject.orders.save(tenant, other).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    assert_eq!(subject.order(tenant, order.order.id).await, read);
    assert_eq!(subject.keys.reply(tenant, "order").await.expect("a read"), Some(reply("order")));

    let after = Reply { status: 200, body: "{}".to_owned(), ..reply("order") };
    for kept in [after, reply("another key")] {
        let read = subject.order(tenant, order.order.id).await;
        let same = OrderChange { reply: Some(kept.clone()), ..change(&read, None) };
        subject.orders.save(tenant, same).await.expect("saved");
        assert_eq!(subject.keys.reply(tenant, &kept.key).await.expect("a read"), Some(kept));
    }
}

/// Orders are listed by id; paid for but not delivered is pending (R32).
pub async fn r32_orders_are_listed_and_filtered(subject: Subject) {
    let tenant = subject.tenant().await;
    let customers = [CustomerId(subject.uuid()), CustomerId(subject.uuid())];
    let statuses = [OrderStatus::Open, OrderStatus::Pending, OrderStatus::Paid, OrderStatus::Paid];
    let mut all = Vec::new();
    for n in 0..12 {
        let mut order = placed(&subject);
        order.order.customer = customers[n % 2];
        order.order.status = statuses[n % 4];
        if n % 4 == 3 {
            order.invoice = Some("INV-2026-000001".parse().expect("a number"));
        }
        all.push(subject.place(tenant, order).await);
    }
    for customer in [None, Some(customers[0]), Some(customers[1]), Some(CustomerId(subject.uuid()))] {
        for status in [None, Some(OrderStatus::Open), Some(OrderStatus::Pending), Some(OrderStatus::Paid)] {
            let wanted = |order: &&PlacedOrder| {
                customer.is_none_or(|customer| customer == order.order.customer)
                    && status.is_none_or(|status| status == order.status())
            };
            let expected: Vec<_> = all.iter().filter(wanted).cloned().collect();
            let filter = OrderFilter { customer, status };
            check_paging(&expected, async |ask| subject.orders.list(tenant, filter, &ask).await).await;
        }
    }
    assert_eq!(all.iter().filter(|order| order.status() == OrderStatus::Pending).count(), 6);
    for many in [0, 1, 5, all.len()] {
        let mut wanted: Vec<_> = all[..many].iter().map(|placed| placed.order.id).collect();
        wanted.extend([OrderId(subject.uuid()), wanted.first().copied().unwrap_or(OrderId(subject.uuid()))]);
        let mut found = subject.orders.some(tenant, &wanted).await.expect("a read");
        found.sort_by_key(|placed| placed.order.id);
        assert_eq!(found, all[..many]);
    }
}

/// Orders are asked about from their instant on, the longest due first, whoever's they are, until nothing is to ask.
pub async fn r33_orders_are_asked_about_once_due(subject: Subject) {
    let (tenant, other) = (subject.tenant().await, subject.tenant().await);
    let due = async |at, limit| subject.orders.to_ask(at, limit).await.expect("a read");
    let mut places = Vec::new();
    for (whose, ask_at) in [(tenant, Some(day(3))), (other, Some(day(1))), (tenant, Some(day(2))), (tenant, None)] {
        let order = subject.place(whose, PlacedOrder { ask_at, ..placed(&subject) }).await;
        places.push((whose, order.order.id));
    }
    assert!(due(just_before(day(1)), 10).await.is_empty());
    assert_eq!(due(day(1), 10).await, [places[1]]);
    assert_eq!(due(day(9), 2).await, [places[1], places[2]]);
    let [first, _, third, _] = places.as_slice() else { panic!("four orders") };
    for (place, ask_at) in [(first, Some(day(1))), (third, None)] {
        let read = subject.order(place.0, place.1).await;
        let later = PlacedOrder { ask_at: ask_at.map(|at| at - chrono::TimeDelta::milliseconds(1)), ..read };
        subject.orders.save(place.0, change(&later, None)).await.expect("saved");
    }
    assert_eq!(due(day(9), 10).await, [places[0], places[1]]);
}

/// Orders that wait end at their instant by the clock that they live by; paid ones do not, whether or not their
/// credits are there.
pub async fn r7_orders_end_by_their_own_clock(subject: Subject) {
    let tenant = subject.tenant().await;
    let (clock, idle) = (ClockId(subject.uuid()), ClockId(subject.uuid()));
    let end = async |clock, at, limit| {
        let found = subject.orders.to_end(clock, at, None, limit).await.expect("a read");
        let id = |end: OrderEnd| (end.tenant == tenant).then_some(end.order).expect("its tenant");
        found.into_iter().map(id).collect::<Vec<_>>()
    };
    let next = async |clock, until| subject.due.next(clock, until).await.expect("a read");
    let place = async |clock: Option<ClockId>, status, expires_at: Instant| {
        let mut order = PlacedOrder { clock, ..placed(&subject) };
        (order.order.status, order.order.expires_at) = (status, expires_at);
        subject.place(tenant, order).await
    };
    let real = place(None, OrderStatus::Open, day(1)).await;
    let late = place(Some(clock), OrderStatus::Pending, day(4)).await;
    let early = place(Some(clock), OrderStatus::Open, day(2)).await;
    for status in OrderStatus::ALL.into_iter().filter(|status| !status.awaits_payment()) {
        place(None, status, start()).await;
        place(Some(clock), status, start()).await;
    }
    assert!(end(None, just_before(day(1)), 10).await.is_empty());
    assert_eq!(end(None, day(9), 10).await, [real.order.id]);
    assert_eq!(end(Some(clock), day(9), 10).await, [early.order.id, late.order.id]);
    assert_eq!(end(Some(clock), day(9), 1).await, [early.order.id]);
    assert_eq!((end(Some(idle), day(9), 10).await, next(idle, day(9)).await), (Vec::new(), None));
    assert_eq!(next(clock, just_before(day(2))).await, None);
    assert_eq!(next(clock, day(2)).await, Some(day(2)));

    let mut paid = early;
    paid.order.status = OrderStatus::Paid;
    subject.orders.save(tenant, change(&paid, None)).await.expect("saved");
    assert_eq!(end(Some(clock), day(4), 10).await, [late.order.id]);
    assert_eq!(next(clock, day(9)).await, Some(day(4)));
}

/// What could not be ended is ended from the instant on that it says, until it does not wait for a payment any more.
pub async fn r33_orders_that_could_not_be_ended_are_ended_later(subject: Subject) {
    let tenant = subject.tenant().await;
    let end = async |at| subject.orders.to_end(None, at, None, 10).await.expect("a read");
    let first = subject.place(tenant, placed(&subject)).await;
    let other = subject.place(tenant, PlacedOrder { end_at: Some(day(2)), ..placed(&subject) }).await;
    let id = |placed: &PlacedOrder, at| OrderEnd { at, order: placed.order.id, tenant };
    assert_eq!(end(day(1)).await, [id(&first, day(1))]);
    let later = PlacedOrder { end_at: Some(day(3)), ..first };
    let later = subject.orders.save(tenant, change(&later, None)).await.expect("saved");
    assert_eq!(end(just_before(day(2))).await, []);
    assert_eq!(end(day(3)).await, [id(&other, day(2)), id(&later, day(3))]);
    let mut expired = later;
    expired.order.status = OrderStatus::Expired;
    subject.orders.save(tenant, change(&expired, None)).await.expect("saved");
    assert_eq!(end(day(9)).await, [id(&other, day(2))]);
}

/// Orders that end are walked through after any of them: by their end, those of one instant by id.
pub async fn r7_orders_that_end_are_walked_through(subject: Subject) {
    let (tenant, other) = (subject.tenant().await, subject.tenant().await);
    let mut ends = Vec::new();
    for (place, whose) in [tenant, other, tenant, other, tenant, other, tenant].into_iter().enumerate() {
        let mut order = placed(&subject);
        order.order.expires_at = day(1 + i64::try_from(place / 3).expect("few"));
        let order = subject.place(whose, order).await.order;
        ends.push(OrderEnd { at: order.expires_at, order: order.id, tenant: whose });
    }
    ends.sort();
    let walk = async |until, limit| {
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let page = subject.orders.to_end(None, until, after, limit).await.expect("a read");
            assert!(page.len() <= usize::try_from(limit).expect("few"), "{page:?}");
            let Some(last) = page.last() else { return walked };
            after = Some(*last);
            walked.extend(page);
        }
    };
    for limit in 1..=8 {
        assert_eq!(walk(day(9), limit).await, ends, "{limit} at once");
        assert_eq!(walk(day(2), limit).await, ends[..6], "{limit} at once");
    }
}
