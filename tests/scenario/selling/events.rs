//! The ways in which the provider's word arrives: each ends in exactly one grant, or in none (R32).

use folio_tests::{Customer, GOOD_CARD, Shop, Store, on_both};
use reqwest::Method;
use serde_json::{Value, json};

on_both! {
    r32_events_that_come_twice_grant_once,
    r32_events_out_of_order_grant_once,
    r32_an_event_that_comes_late_or_again_changes_nothing_more,
    r32_an_event_that_never_comes_is_asked_for,
    r32_an_event_before_our_own_answer_grants_once,
    r32_an_event_about_nothing_of_ours_is_taken_and_ignored,
    r32_money_of_another_currency_or_amount_grants_nothing,
    r32_an_event_that_is_not_signed_is_refused,
}

async fn bought(shop: &Shop) -> (Customer, Value) {
    let ada = shop.customer().await;
    let order = shop.order(&ada, "starter").await;
    assert_eq!(shop.pay(&order, GOOD_CARD).await.status, 200);
    let paid = shop.reaches(&order, "paid").await;
    (ada, paid)
}

/// One grant, one invoice, one mail, one payment.
async fn sold_once(shop: &Shop, ada: &Customer) {
    assert_eq!((ada.available().await, ada.grants().await.len()), ("120".to_owned(), 2));
    assert_eq!((shop.house.operator.walk("/v1/invoices").await.len(), shop.payments().await), (1, 1));
    shop.mails(1).await;
}

async fn r32_events_that_come_twice_grant_once(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    shop.script(&json!({"delivery": "twice"})).await;
    let (ada, _) = bought(&shop).await;
    sold_once(&shop, &ada).await;
}

async fn r32_events_out_of_order_grant_once(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    shop.script(&json!({"delivery": "reversed"})).await;
    let (ada, _) = bought(&shop).await;
    sold_once(&shop, &ada).await;
}

async fn r32_an_event_that_comes_late_or_again_changes_nothing_more(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let (ada, _) = bought(&shop).await;
    let sequence = ada.sequence().await;
    let events: Vec<String> = told(&shop).await;
    assert!(!events.is_empty());
    for event in &events {
        let again = shop.stub.request(Method::POST, &format!("/stripe/_stub/deliveries/{event}"));
        assert_eq!(shop.stub.send(again).await.status, 202);
    }
    // Each was told once more, and taken.
    taken(&shop, 2 * events.len()).await;
    assert_eq!(ada.sequence().await, sequence);
    sold_once(&shop, &ada).await;
}

/// So many were told, and each was taken.
async fn taken(shop: &Shop, many: usize) {
    while told(shop).await.len() < many {
        tokio::task::yield_now().await;
    }
    assert!(shop.deliveries().await.iter().all(|attempt| attempt["status"] == 200));
}

async fn told(shop: &Shop) -> Vec<String> {
    let attempts = shop.deliveries().await;
    let events = attempts.iter().filter_map(|attempt| attempt["event"].as_str());
    events.map(ToOwned::to_owned).collect()
}

async fn r32_an_event_that_never_comes_is_asked_for(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    shop.script(&json!({"delivery": "never"})).await;
    let (ada, _) = bought(&shop).await;
    assert_eq!(shop.deliveries().await, Vec::<Value>::new());
    sold_once(&shop, &ada).await;
}

async fn r32_an_event_before_our_own_answer_grants_once(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    ada.leave(GOOD_CARD).await;
    // The charge is made and told of, while its own answer takes its time.
    let slow = json!({"faults": [{"on": "POST /v1/payment_intents", "do": {"hang_after_ms": 700}}]});
    shop.script(&slow).await;
    let order = ada.post("/v1/orders", json!({"pack": "starter", "payment": "saved"})).await.is(201);
    shop.reaches(&order, "paid").await;
    sold_once(&shop, &ada).await;
}

/// Someone else than us has the provider take money in our name.
async fn pays(shop: &Shop, reference: &str, amount: &str, currency: &str) {
    let form = [
        ("amount", amount),
        ("currency", currency),
        ("payment_method", "pm_card_visa"),
        ("payment_method_types[]", "card"),
        ("confirm", "true"),
        ("metadata[folio_reference]", reference),
    ];
    let asked = shop.stub.request(Method::POST, "/stripe/v1/payment_intents").form(&form);
    assert_eq!(shop.stub.send(asked).await.status, 200);
}

async fn r32_an_event_about_nothing_of_ours_is_taken_and_ignored(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    // Paid at the provider, for an order that nobody placed, and for none at all.
    pays(&shop, &format!("ord_{:032x}", 7), "1900", "usd").await;
    pays(&shop, "someone-elses", "1900", "usd").await;
    taken(&shop, 2).await;
    assert_eq!((ada.available().await, shop.house.operator.walk("/v1/invoices").await.len()), ("20".to_owned(), 0));
}

async fn r32_money_of_another_currency_or_amount_grants_nothing(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let order = shop.order(&ada, "starter").await;
    let reference = order["id"].as_str().expect("an id");
    pays(&shop, reference, "1900", "eur").await;
    pays(&shop, reference, "1899", "usd").await;
    taken(&shop, 2).await;
    // The order asks about its own payment, which is still to come.
    assert_eq!((&shop.look(&order).await["status"], ada.available().await), (&json!("pending"), "20".to_owned()));
    assert_eq!(shop.pay(&order, GOOD_CARD).await.status, 200);
    shop.reaches(&order, "paid").await;
    assert_eq!((ada.available().await, shop.house.operator.walk("/v1/invoices").await.len()), ("120".to_owned(), 1));
}

async fn r32_an_event_that_is_not_signed_is_refused(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let order = shop.order(&ada, "starter").await;
    let event = json!({"id": "evt_1", "object": "event", "type": "checkout.session.completed", "created": 1,
        "data": {"object": {"object": "checkout.session", "id": "cs_1", "metadata": {"folio_reference": order["id"]}}}});
    for signature in
        ["", "t=1,v1=00", "t=99999999999,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd"]
    {
        let request = shop.house.operator.anonymous(Method::POST, "/v1/payments/events");
        let request = request.header("Stripe-Signature", signature).json(&event);
        shop.house.operator.send(request).await.refused(400, "invalid_event");
    }
    let request = shop.house.operator.anonymous(Method::POST, "/v1/payments/events").json(&event);
    shop.house.operator.send(request).await.refused(400, "invalid_event");
    assert_eq!((&shop.look(&order).await["status"], ada.available().await), (&json!("pending"), "20".to_owned()));
}
