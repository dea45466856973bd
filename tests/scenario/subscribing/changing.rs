//! Seats, several changes in one period, changes that are declined, and what ends at once (R29–R31).

use folio_tests::{GOOD_CARD, Store, on_both};
use serde_json::{Value, json};

use super::{ASKING_CARD, BAD_CARD, BEGIN, MAY, MIDDLE, books_are_right, confirm, shop, usd};

on_both! {
    r29_seats_are_added_for_the_rest_and_taken_off_at_the_end,
    r29_an_upgrade_that_is_declined_changes_nothing,
    r29_an_upgrade_that_the_bank_asks_about_counts_once_it_is_confirmed,
    r29_an_upgrade_at_the_checkout_that_is_never_paid_is_off,
    r30_a_downgrade_at_once_is_corrected_by_a_credit_note,
    r31_what_ends_at_once_gives_back_what_was_not_used,
}

async fn r29_seats_are_added_for_the_rest_and_taken_off_at_the_end(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance(MIDDLE).await;
    let more = ada.on_subscription(&begun, "change", &json!({"quantity": 4})).await.is(200);
    assert_eq!((&more["quantity"], ada.available().await), (&json!(4), "320".to_owned()));
    let fewer = ada.on_subscription(&begun, "change", &json!({"quantity": 2})).await.is(200);
    assert_eq!((&fewer["quantity"], &fewer["next_plan"]["quantity"]), (&json!(4), &json!(2)));
    clock.advance(MAY).await;
    assert_eq!((ada.look(&begun).await["quantity"].clone(), ada.available().await), (json!(2), "200".to_owned()));
    let nets: Vec<Value> = ada.orders().await.iter().map(|order| order["net"].clone()).collect();
    assert_eq!(nets, [900, 1_800, 1_800].map(usd));
    books_are_right(&shop);
}

async fn r29_an_upgrade_that_is_declined_changes_nothing(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    ada.leave(BAD_CARD).await;
    clock.advance(MIDDLE).await;
    let declined = ada.on_subscription(&begun, "change", &json!({"plan": "pro"})).await.is(200);
    assert_eq!((&declined["plan"]["code"], &declined["status"]), (&json!("basic"), &json!("active")));
    assert_eq!(declined.get("due"), None);
    let orders = ada.orders().await;
    assert_eq!((&orders[1]["status"], orders[1]["note"].is_string()), (&json!("failed"), true), "{orders:?}");
    assert_eq!(
        (ada.available().await, ada.told().await),
        ("120".to_owned(), vec!["created".into(), "change_failed".into()])
    );
    let mails = shop.mails(2).await;
    assert!(mails.iter().any(|mail| mail.contains("Pro") && !mail.contains("application/pdf")), "{mails:?}");
    ada.leave(GOOD_CARD).await;
    let changed = ada.on_subscription(&begun, "change", &json!({"plan": "pro"})).await.is(200);
    assert_eq!((&changed["plan"]["code"], ada.available().await), (&json!("pro"), "720".to_owned()));
    assert_eq!((shop.payments().await, ada.invoices().await.len()), (2, 2));
    books_are_right(&shop);
}

async fn r29_an_upgrade_that_the_bank_asks_about_counts_once_it_is_confirmed(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    ada.leave(ASKING_CARD).await;
    let setups = shop.stub.get("/stripe/v1/setup_intents").await.json();
    confirm(&shop, &format!("/stripe/bank/{}", setups["data"][0]["id"].as_str().expect("an id"))).await;
    clock.advance(MIDDLE).await;
    let there = json!({"plan": "pro", "return_url": shop.back()});
    let asked = ada.on_subscription(&begun, "change", &there).await.is(200);
    assert_eq!((&asked["plan"]["code"], &asked["due"]["reason"]), (&json!("basic"), &json!("change")), "{asked}");
    assert_eq!(ada.available().await, "120");
    ada.on_subscription(&begun, "change", &json!({"quantity": 2})).await.refused(409, "change_pending");
    // Whoever takes a day over it gets what was quoted.
    clock.advance("2026-04-11T20:00:00Z").await;
    confirm(&shop, asked["order"]["payment_url"].as_str().expect("the bank's page")).await;
    let changed = ada.paid(&begun).await;
    assert_eq!((&changed["plan"]["code"], ada.available().await), (&json!("pro"), "720".to_owned()));
    assert_eq!((shop.payments().await, &ada.invoices().await[1]["net"]), (2, &usd(1_333)));
    books_are_right(&shop);
}

async fn r29_an_upgrade_at_the_checkout_that_is_never_paid_is_off(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance(MIDDLE).await;
    let at_checkout = json!({"plan": "pro", "payment": "checkout", "return_url": shop.back()});
    let asked = ada.on_subscription(&begun, "change", &at_checkout).await.is(200);
    let page = asked["order"]["payment_url"].as_str().expect("a page").to_owned();
    // Thinking better of it calls it off, and the page is over.
    let resumed = ada.on_subscription(&begun, "resume", &json!({})).await.is(200);
    assert_eq!((resumed.get("due"), &resumed["plan"]["code"]), (None, &json!("basic")));
    assert_eq!(shop.press(&page, GOOD_CARD).await.status, 410);
    let asked = ada.on_subscription(&begun, "change", &at_checkout).await.is(200);
    let page = asked["order"]["payment_url"].as_str().expect("a page").to_owned();
    clock.advance(MAY).await;
    assert_eq!(shop.press(&page, GOOD_CARD).await.status, 410);
    let now = ada.look(&begun).await;
    assert_eq!((&now["plan"]["code"], &now["status"], now.get("due")), (&json!("basic"), &json!("active"), None));
    assert_eq!((ada.available().await, shop.payments().await, ada.invoices().await.len()), ("100".to_owned(), 2, 2));
    books_are_right(&shop);
}

async fn r30_a_downgrade_at_once_is_corrected_by_a_credit_note(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "pro").await;
    ada.grant(json!({"amount": "50", "source": "promotion"})).await;
    clock.advance(MIDDLE).await;
    let down = json!({"plan": "basic", "effective": "now"});
    let cost = ada.on_subscription(&begun, "change/preview", &down).await.is(200);
    assert_eq!((&cost["refund"], &cost["take_back"]), (&usd(1_333), &json!("600")));
    let changed = ada.on_subscription(&begun, "change", &down).await.is(200);
    assert_eq!((&changed["plan"]["code"], &changed["order"]["status"]), (&json!("basic"), &json!("partly_refunded")));
    let [note] = &shop.house.operator.walk("/v1/credit_notes").await[..] else { panic!("one credit note") };
    assert_eq!(["net", "tax", "total"].map(|part| note[part].clone()), [1_333, 253, 1_586].map(usd));
    assert_eq!(note["corrects"], ada.invoices().await[0]["number"]);
    let refunds = shop.stub.get("/stripe/v1/refunds").await.json();
    let [refund] = &refunds["data"].as_array().expect("a list")[..] else { panic!("{refunds}") };
    assert_eq!(refund["amount"], 1_586);
    // Neither the free ones nor the promotion are touched.
    assert_eq!(ada.available().await, "470");
    clock.advance(MAY).await;
    assert_eq!(ada.available().await, "150");
    books_are_right(&shop);
}

async fn r31_what_ends_at_once_gives_back_what_was_not_used(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance(MIDDLE).await;
    let ended = ada.on_subscription(&begun, "cancel", &json!({"at": "now", "refund": true})).await.is(200);
    assert_eq!((&ended["status"], &ended["ended_at"]), (&json!("canceled"), &json!("2026-04-11T00:00:00.000Z")));
    let [note] = &shop.house.operator.walk("/v1/credit_notes").await[..] else { panic!("one credit note") };
    assert_eq!(["net", "total"].map(|part| note[part].clone()), [600, 714].map(usd));
    let plan = ada.grants().await.into_iter().find(|grant| grant["source"] == "plan").expect("a grant");
    // Two thirds of its time were left; the third that has passed was paid for, and stays to be used.
    let members = ["available", "revoked"].map(|member| plan[member].as_str().unwrap_or("0").to_owned());
    assert_eq!(folio_tests::micros(&members[0]) + folio_tests::micros(&members[1]), 100_000_000, "{plan}");
    let orders = ada.orders().await;
    let id = orders[0]["id"].as_str().expect("an id");
    let refused = ada.operator().post(&format!("/v1/orders/{id}/refunds"), &json!({})).await;
    refused.refused(409, "refund_not_for_subscriptions");
    clock.advance("2027-01-01T00:00:00Z").await;
    assert_eq!((ada.available().await, shop.payments().await), ("20".to_owned(), 1));
    books_are_right(&shop);
}
