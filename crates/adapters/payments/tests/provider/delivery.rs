//! R32: events that come late, twice, out of order, never, or to an endpoint that is down.

use std::sync::atomic::Ordering;

use folio_payments::stub::{Delivery, Script};
use ports::contract::payments::{Card, Outside as _};
use ports::{Clock as _, PaymentEvent, PaymentEvents as _, PaymentStatus, Payments as _};

use crate::house::{House, payer};

/// Buys, with events that travel so.
async fn buy(house: &House, delivery: Delivery) -> ports::Payment {
    let stripe = house.stripe();
    let payer = payer(&stripe).await;
    let (opened, page) = house.checkout(&payer).await;
    // What happened so far is delivered before the way of events changes.
    house.until(|event| event.kind == "customer.created").await;
    house.stub.script(Script { delivery: Some(delivery), ..Script::default() });
    house.pay(&page, Card::Good).await;
    opened
}

impl House {
    async fn next(&self) -> PaymentEvent {
        let (signature, body) = tokio::time::timeout(std::time::Duration::from_secs(30), self.delivery())
            .await
            .expect("the event never came");
        self.stripe().event(&signature, &body, self.clock.now()).expect("an event")
    }

    async fn until(&self, wanted: impl Fn(&PaymentEvent) -> bool) -> Vec<PaymentEvent> {
        let mut events = Vec::new();
        loop {
            events.push(self.next().await);
            if events.last().is_some_and(&wanted) {
                return events;
            }
        }
    }
}

fn kinds(events: &[PaymentEvent]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

const OF_A_PURCHASE: [&str; 4] =
    ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"];

#[tokio::test]
async fn r32_a_purchase_is_told_of_in_order() {
    let house = House::open().await;
    buy(&house, Delivery::Once).await;
    let events = house.until(|event| event.kind == "checkout.session.completed").await;
    assert_eq!(kinds(&events), OF_A_PURCHASE);
}

#[tokio::test]
async fn r32_an_event_that_comes_twice_has_one_id() {
    let house = House::open().await;
    buy(&house, Delivery::Twice).await;
    for kind in OF_A_PURCHASE {
        let (one, two) = (house.next().await, house.next().await);
        assert_eq!((one.kind.as_str(), &one), (kind, &two));
    }
}

#[tokio::test]
async fn r32_events_can_come_in_reverse() {
    let house = House::open().await;
    buy(&house, Delivery::Reversed).await;
    let events = house.until(|event| event.kind == "payment_intent.created").await;
    let mut expected = OF_A_PURCHASE;
    expected.reverse();
    assert_eq!(kinds(&events), expected);
}

#[tokio::test]
async fn r32_a_late_event_comes_after_a_later_one() {
    let house = House::open().await;
    buy(&house, Delivery::LateMs(500)).await;
    house.stub.script(Script { delivery: Some(Delivery::Once), ..Script::default() });
    payer(&house.stripe()).await;
    assert_eq!(house.next().await.kind, "customer.created");
    assert_eq!(house.next().await.kind, "payment_intent.created");
}

#[tokio::test]
async fn r32_what_nobody_was_told_is_polled_for_and_sent_once_more() {
    let house = House::open().await;
    let opened = buy(&house, Delivery::Never).await;
    assert_eq!(house.stripe().payment(&opened.id).await.expect("a payment").status, PaymentStatus::Settled);
    let (_, events) = house.api("GET", "/v1/events?type=checkout.session.completed", "").await;
    let id = events["data"][0]["id"].as_str().expect("an event").to_owned();
    assert_eq!(house.api("POST", &format!("/_stub/deliveries/{id}"), "").await.0, 202);
    assert_eq!(house.next().await.id.0, id);
    assert_eq!(house.api("POST", "/_stub/deliveries/evt_nobody", "").await.0, 404);
}

#[tokio::test]
async fn r32_an_endpoint_that_is_down_is_told_again() {
    let house = House::open().await;
    let stripe = house.stripe();
    house.refusals.store(2, Ordering::SeqCst);
    payer(&stripe).await;
    assert_eq!(house.next().await.kind, "customer.created");
    let (_, attempts) = house.api("GET", "/_stub/deliveries", "").await;
    let statuses: Vec<_> = attempts.as_array().expect("a list").iter().map(|attempt| &attempt["status"]).collect();
    assert_eq!(statuses.get(..2).expect("two that failed"), [500, 500], "{attempts}");
}
