//! How a subscription begins: at the checkout, by hand, with a bank that asks, to be tried first, or not at all (R32).

use folio_tests::{GOOD_CARD, Store, on_both};
use serde_json::{Value, json};

use super::{ASKING_CARD, BEGIN, MAY, books_are_right, confirm, shop, usd};

on_both! {
    r32_a_checkout_begins_a_subscription_once_and_its_card_renews_it,
    r32_a_first_payment_that_the_bank_asks_about_begins_once_it_is_confirmed,
    r32_a_first_payment_that_is_declined_can_be_made_with_another_card,
    r28_what_is_not_paid_within_a_day_never_began,
    r32_a_subscription_that_is_paid_by_hand_is_paid_by_hand_again,
    r28_a_plan_is_tried_for_nothing_once_and_then_paid,
    r27_a_paused_plan_begins_again_on_the_day_it_is_resumed,
}

async fn r32_a_checkout_begins_a_subscription_once_and_its_card_renews_it(store: Store) {
    let shop = shop(store);
    shop.script(&json!({"delivery": "twice"})).await;
    let (ada, clock) = shop.customer_at(BEGIN).await;
    let asked = json!({"plan": "basic", "quantity": 2, "return_url": shop.back()});
    let begun = ada.post("/v1/subscriptions", asked).await.is(201);
    assert_eq!((&begun["status"], &begun["due"]["reason"]), (&json!("incomplete"), &json!("start")));
    assert_eq!((begun.get("renews_at"), ada.available().await), (None, "20".to_owned()));
    clock.advance("2026-04-01T08:00:00Z").await;
    let page = begun["order"]["payment_url"].as_str().expect("a page");
    assert_eq!(shop.press(page, GOOD_CARD).await.status, 200);
    let active = ada.paid(&begun).await;
    // It counts from its payment on, not from the click before it.
    assert_eq!(active["current_period"]["start"], "2026-04-01T08:00:00.000Z");
    assert_eq!((active.get("due"), &active["order"]["status"]), (None, &json!("paid")));
    assert_eq!((ada.available().await, shop.payments().await), ("220".to_owned(), 1));
    assert_eq!(shop.press(page, GOOD_CARD).await.status, 410);
    clock.advance("2026-05-01T08:00:00Z").await;
    let orders = ada.orders().await;
    let told: Vec<_> = orders.iter().map(|order| (&order["charge"], &order["subscription"], &order["net"])).collect();
    assert_eq!(told, [(&json!(1), &begun["id"], &usd(1_800)), (&json!(2), &begun["id"], &usd(1_800))]);
    assert_eq!((ada.available().await, shop.payments().await), ("200".to_owned(), 2));
    books_are_right(&shop);
}

async fn r32_a_first_payment_that_the_bank_asks_about_begins_once_it_is_confirmed(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let asked = json!({"plan": "basic", "return_url": shop.back()});
    let begun = ada.post("/v1/subscriptions", asked).await.is(201);
    let page = begun["order"]["payment_url"].as_str().expect("a page");
    let bank = shop.press(page, ASKING_CARD).await;
    assert!(bank.status == 200 && bank.text().contains("confirm"), "{}", bank.text());
    assert_eq!((ada.look(&begun).await["status"].clone(), ada.available().await), (json!("incomplete"), "20".into()));
    let intents = shop.stub.get("/stripe/v1/payment_intents").await.json();
    confirm(&shop, &format!("/stripe/bank/{}", intents["data"][0]["id"].as_str().expect("an id"))).await;
    ada.paid(&begun).await;
    assert_eq!((ada.available().await, shop.payments().await), ("120".to_owned(), 1));
    books_are_right(&shop);
}

async fn r32_a_first_payment_that_is_declined_can_be_made_with_another_card(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    ada.leave(super::BAD_CARD).await;
    let begun = ada.subscribe("basic").await.is(201);
    assert_eq!((&begun["status"], &begun["order"]["status"]), (&json!("incomplete"), &json!("failed")), "{begun}");
    assert_eq!((&begun["due"]["under_way"], ada.available().await), (&json!(false), "20".to_owned()));
    // It stands in the way of no other card, only of another subscription.
    ada.subscribe("pro").await.refused(409, "already_subscribed");
    ada.leave(GOOD_CARD).await;
    let paid = ada.on_subscription(&begun, "pay", &json!({"payment": "saved"})).await.is(200);
    assert_eq!((&paid["status"], ada.available().await), (&json!("active"), "120".to_owned()));
    assert_eq!((shop.payments().await, ada.invoices().await.len()), (1, 1));
    books_are_right(&shop);
}

async fn r28_what_is_not_paid_within_a_day_never_began(store: Store) {
    let shop = shop(store);
    let (ada, clock) = shop.customer_at(BEGIN).await;
    let asked = json!({"plan": "basic", "return_url": shop.back()});
    let begun = ada.post("/v1/subscriptions", asked.clone()).await.is(201);
    clock.advance("2026-04-01T23:59:59.999Z").await;
    assert_eq!(ada.look(&begun).await["status"], "incomplete");
    clock.advance("2026-04-02T00:00:00Z").await;
    let over = ada.look(&begun).await;
    assert_eq!((&over["status"], over.get("due")), (&json!("canceled"), None));
    let page = begun["order"]["payment_url"].as_str().expect("a page");
    assert_eq!(shop.press(page, GOOD_CARD).await.status, 410);
    assert_eq!((ada.available().await, shop.payments().await), ("20".to_owned(), 0));
    // Whoever thinks better of it before that is free at once.
    let second = ada.post("/v1/subscriptions", asked).await.is(201);
    ada.on_subscription(&second, "cancel", &json!({})).await.is(200);
    let page = second["order"]["payment_url"].as_str().expect("a page");
    assert_eq!(shop.press(page, GOOD_CARD).await.status, 410);
    ada.leave(GOOD_CARD).await;
    ada.subscribed("basic").await;
    assert_eq!(shop.payments().await, 1);
    books_are_right(&shop);
}

async fn r32_a_subscription_that_is_paid_by_hand_is_paid_by_hand_again(store: Store) {
    let shop = shop(store);
    let (ada, clock) = shop.customer_at(BEGIN).await;
    let begun = ada.post("/v1/subscriptions", json!({"plan": "basic", "payment": "manual"})).await.is(201);
    assert_eq!((&begun["status"], begun["order"].get("payment_url")), (&json!("incomplete"), None));
    let mark = async |subscription: &Value| {
        shop.on_order(&subscription["order"], "mark_paid", &json!({"reference": "SEPA 4711"})).await.is(200)
    };
    mark(&begun).await;
    assert_eq!((ada.paid(&begun).await["id"].clone(), ada.available().await), (begun["id"].clone(), "120".into()));
    clock.advance("2026-05-03T00:00:00Z").await;
    let due = ada.look(&begun).await;
    assert_eq!((&due["due"]["reason"], ada.available().await), (&json!("renewal"), "0".to_owned()), "{due}");
    mark(&due).await;
    let paid = ada.paid(&begun).await;
    assert_eq!((paid.get("due"), &paid["renews_at"]), (None, &json!("2026-06-01T00:00:00.000Z")));
    assert_eq!((ada.available().await, shop.payments().await, ada.invoices().await.len()), ("100".to_owned(), 0, 2));
    books_are_right(&shop);
}

async fn r28_a_plan_is_tried_for_nothing_once_and_then_paid(store: Store) {
    const TRIED: &str = "\n[plans]\ntried = { label = \"Tried\", credits = 70, price = \"7.00\", every = \"P1M\", trial_for = \"P14D\" }\n";
    let shop = shop(store);
    shop.offer(TRIED).await;
    let (ada, clock) = shop.customer_at(BEGIN).await;
    ada.leave(GOOD_CARD).await;
    let shown = ada.post("/v1/subscriptions/preview", json!({"plan": "tried"})).await.is(200);
    assert_eq!((&shown["trial_until"], &shown["bill"]["total"]), (&json!("2026-04-15T00:00:00.000Z"), &usd(0)));
    let begun = ada.subscribe("tried").await.is(201);
    assert_eq!((&begun["status"], ada.available().await), (&json!("trialing"), "90".to_owned()));
    clock.advance("2026-04-15T00:00:00Z").await;
    let paid = ada.look(&begun).await;
    assert_eq!((&paid["status"], &paid["renews_at"]), (&json!("active"), &json!("2026-05-15T00:00:00.000Z")));
    assert_eq!((shop.payments().await, ada.orders().await[0]["net"].clone()), (1, usd(700)));
    // Once a customer.
    ada.on_subscription(&begun, "cancel", &json!({"at": "now"})).await.is(200);
    let shown = ada.post("/v1/subscriptions/preview", json!({"plan": "tried"})).await.is(200);
    assert_eq!((shown.get("trial_until"), &shown["bill"]["net"]), (None, &usd(700)));
    books_are_right(&shop);
}

async fn r27_a_paused_plan_begins_again_on_the_day_it_is_resumed(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    let until = json!({"until": "2026-05-20T06:00:00Z"});
    let arranged = ada.on_subscription(&begun, "pause", &until).await.is(200);
    assert_eq!((&arranged["status"], &arranged["at_period_end"]), (&json!("active"), &json!("pause")));
    clock.advance(MAY).await;
    let paused = ada.look(&begun).await;
    assert_eq!((&paused["status"], &paused["resumes_at"]), (&json!("paused"), &json!("2026-05-20T06:00:00.000Z")));
    assert_eq!(shop.payments().await, 1);
    clock.advance("2026-05-20T06:00:00Z").await;
    let resumed = ada.look(&begun).await;
    let month = json!({"start": "2026-05-20T06:00:00.000Z", "end": "2026-06-20T06:00:00.000Z"});
    assert_eq!((&resumed["status"], &resumed["current_period"]), (&json!("active"), &month));
    assert_eq!((ada.granted("plan").await.len(), shop.payments().await), (2, 2));
    books_are_right(&shop);
}
