//! Money that goes back, by us and by the bank (R35).

use folio_tests::{Customer, Shop, Store, on_both, until};
use reqwest::Method;
use serde_json::{Value, json};

on_both! {
    r35_a_refund_is_price_less_what_was_earned_and_a_credit_note_is_mailed,
    r35_a_part_is_refunded_and_then_the_rest_and_then_nothing,
    r35_credits_that_are_held_stay_out_of_it,
    r35_the_catalogs_terms_bind_customers_and_not_the_operator,
    r35_a_refund_that_the_provider_refuses_gives_the_credits_back,
    r33_a_refund_whose_answer_is_lost_is_made_once,
    r35_a_chargeback_takes_what_is_left_and_freezes,
    r35_a_dispute_that_is_told_before_our_own_answer_takes_the_credits,
    r35_a_dispute_while_a_refund_is_under_way_waits_for_its_end,
}

fn money(amount: i64) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

async fn r35_a_refund_is_price_less_what_was_earned_and_a_credit_note_is_mailed(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let order = shop.sold(&ada, "starter").await;
    ada.charged("extract", 27).await;
    // The pack burns first: it ends, and the trial does not. 73 credits are left of it: 1900 − floor(1900 · 27 / 100).
    let preview = shop.on_order(&order, "refunds/preview", &json!({})).await.is(200);
    assert_eq!((&preview["credits"], &preview["total"]), (&json!("73"), &money(1_387)));
    let refunded = shop.on_order(&order, "refunds", &json!({"reason": "Changed my mind"})).await.is(201);
    assert_eq!((&refunded["status"], &refunded["refunded"]), (&json!("partly_refunded"), &money(1_387)));
    let refund = &refunded["refunds"][0];
    assert_eq!((&refund["status"], &refund["total"]), (&json!("settled"), &preview["total"]));
    assert_eq!(ada.available().await, "20");
    let number = refund["credit_note"].as_str().expect("a number");
    let note = shop.house.operator.get(&format!("/v1/credit_notes/{number}")).await.is(200);
    assert_eq!((&note["corrects"], &note["total"]), (&order["invoice"], &money(1_387)));
    let mails = shop.mails(2).await;
    assert!(mails.iter().any(|mail| mail.contains(number)), "no credit note in the mail");
    shop.on_order(&order, "refunds", &json!({})).await.refused(409, "not_refundable");
}

async fn r35_a_part_is_refunded_and_then_the_rest_and_then_nothing(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let order = shop.sold(&ada, "starter").await;
    let one = shop.on_order(&order, "refunds", &json!({"credits": "40"})).await.is(201);
    assert_eq!((&one["status"], &one["refunded"]), (&json!("partly_refunded"), &money(760)));
    shop.on_order(&order, "refunds", &json!({"credits": "61"})).await.refused(409, "not_refundable");
    let all = shop.on_order(&order, "refunds", &json!({})).await.is(201);
    assert_eq!((&all["status"], &all["refunded"]), (&json!("refunded"), &money(1_900)));
    shop.on_order(&order, "refunds", &json!({})).await.refused(409, "order_not_paid");
    assert_eq!((ada.available().await, shop.house.operator.walk("/v1/credit_notes").await.len()), ("20".into(), 2));
    let back = |status: &str, amount| json!({"order": order["id"], "status": status, "amount": money(amount)});
    let taken = |credits: &str| json!({"order": order["id"], "credits": credits});
    let told = [
        ("order.paid", back("paid", 1_900)),
        ("order.refunded", back("partly_refunded", 760)),
        ("credits.revoked", taken("40")),
        ("order.refunded", back("refunded", 1_140)),
        ("credits.revoked", taken("60")),
    ];
    assert_eq!(ada.facts().await, told.map(|(kind, about)| (kind.to_owned(), about)));
    shop.mails(3).await;
}

async fn r35_credits_that_are_held_stay_out_of_it(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let order = shop.sold(&ada, "starter").await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 30}]})).await;
    let preview = shop.on_order(&order, "refunds/preview", &json!({})).await.is(200);
    assert_eq!((&preview["credits"], &preview["total"]), (&json!("70"), &money(1_330)));
    shop.on_order(&order, "refunds", &json!({"credits": "71"})).await.refused(409, "not_refundable");
    shop.on_order(&order, "refunds", &json!({})).await.is(201);
    ada.captured(&hold).await;
    assert_eq!(ada.standing().await, ("20".to_owned(), "0".to_owned()));
}

async fn r35_the_catalogs_terms_bind_customers_and_not_the_operator(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let own = ada.key(&["read", "orders"]).await;
    let first = shop.sold(&ada, "starter").await;
    let second = shop.sold(&ada, "starter").await;
    let ask = |order: &Value| format!("/v1/orders/{}/refunds", order["id"].as_str().expect("an id"));
    own.post(&ask(&second), &json!({})).await.refused(409, "not_refundable");
    own.post(&ask(&first), &json!({})).await.is(201);
    shop.on_order(&second, "refunds", &json!({})).await.is(201);
    assert_eq!(ada.available().await, "20");
    // Less than 10 % used, within 7 days.
    let bob = shop.house.customer().await;
    let order = shop.sold(&bob, "starter").await;
    let own = bob.key(&["read", "orders"]).await;
    bob.charged("extract", 10).await;
    own.post(&ask(&order), &json!({})).await.refused(409, "not_refundable");
    let stranger = ada.key(&["read", "orders"]).await;
    stranger.post(&ask(&order), &json!({})).await.refused(404, "order_not_found");
}

async fn r35_a_refund_that_the_provider_refuses_gives_the_credits_back(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let order = shop.sold(&ada, "starter").await;
    // Given back behind our back, in the provider's own dashboard.
    let intents = shop.stub.get("/stripe/v1/payment_intents").await.json();
    let intent = intents["data"][0]["id"].as_str().expect("a payment").to_owned();
    let form = [("payment_intent", intent.as_str())];
    let request = shop.stub.request(reqwest::Method::POST, "/stripe/v1/refunds").form(&form);
    assert_eq!(shop.stub.send(request).await.status, 200);
    let noted = until(async || {
        let order = shop.look(&order).await;
        order["note"].as_str().map(ToOwned::to_owned).ok_or_else(|| format!("nobody is told: {order}"))
    });
    assert!(noted.await.contains("made at the provider"));
    let refused = shop.on_order(&order, "refunds", &json!({})).await.is(201);
    assert_eq!((&refused["status"], &refused["refunds"][0]["status"]), (&json!("paid"), &json!("failed")), "{refused}");
    assert_eq!((&refused["refunded"], refused["note"].is_string()), (&money(0), true));
    assert_eq!((ada.available().await, shop.house.operator.walk("/v1/credit_notes").await.len()), ("120".into(), 0));
}

async fn r33_a_refund_whose_answer_is_lost_is_made_once(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let order = shop.sold(&ada, "starter").await;
    shop.script(&json!({"delivery": "never"})).await;
    shop.script(&json!({"faults": [{"on": "POST /v1/refunds", "times": 3, "do": "cut_after"}]})).await;
    let key = "refund-1";
    let path = format!("/v1/orders/{}/refunds", order["id"].as_str().expect("an id"));
    shop.house.operator.post_with(key, &path, &json!({})).await.is(201);
    let refunded = shop.reaches(&order, "refunded").await;
    assert_eq!(refunded["refunds"].as_array().map(Vec::len), Some(1));
    assert!(shop.house.operator.post_with(key, &path, &json!({})).await.is_replay());
    let refunds = shop.stub.get("/stripe/v1/refunds?limit=100").await.json();
    assert_eq!(refunds["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(ada.available().await, "20");
}

async fn r35_a_chargeback_takes_what_is_left_and_freezes(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let order = shop.order(&ada, "starter").await;
    // Its owner disputes the payment as soon as it is made.
    assert_eq!(shop.pay(&order, "4000000000000259").await.status, 200);
    let disputed = shop.reaches(&order, "disputed").await;
    assert_eq!(ada.available().await, "20");
    let refund = &disputed["refunds"][0];
    assert_eq!((&refund["status"], &refund["total"]), (&json!("charged_back"), &money(1_900)));
    let refused = ada.start(json!({"operation": "extract", "items": [{"quantity": 1}]})).await;
    refused.refused(403, "customer_frozen");
    assert_eq!(ada.balance().await["state"], "frozen");
    shop.house.operator.post(&ada.path("unfreeze"), &json!({})).await.is(200);
    ada.started(json!({"operation": "extract", "items": [{"quantity": 1}]})).await;
    let again = shop.sold(&ada, "starter").await;
    assert_eq!(again["status"], "paid");
}

/// Its owner disputes every payment.
const DISPUTED_CARD: &str = "4000000000000259";

/// What was granted is taken back, and the customer is frozen: once.
async fn charged_back(shop: &Shop, ada: &Customer, order: &Value, refunds: &[&str]) {
    let disputed = shop.reaches(order, "disputed").await;
    let statuses: Vec<_> = disputed["refunds"].as_array().expect("refunds").iter().map(|it| &it["status"]).collect();
    assert_eq!(statuses, refunds.iter().map(|status| json!(status)).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    assert_eq!((ada.available().await, &ada.balance().await["state"]), ("20".to_owned(), &json!("frozen")));
    assert_eq!((shop.payments().await, ada.invoices().await.len()), (1, 1));
    assert_eq!(shop.house.operator.walk("/v1/credit_notes").await.len(), 1);
    let told: Vec<_> = ada.facts().await.into_iter().map(|(kind, _)| kind).collect();
    let failed = refunds.iter().filter(|status| **status == "failed").map(|_| "order.refund_failed");
    let expected = ["order.paid"].into_iter().chain(failed).chain(["payment.disputed", "credits.revoked"]);
    assert_eq!(told, expected.collect::<Vec<_>>());
}

async fn r35_a_dispute_that_is_told_before_our_own_answer_takes_the_credits(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let setup = ada.operator().post(&ada.path("payment_methods"), &json!({"return_url": shop.back()})).await.is(201);
    assert_eq!(shop.press(setup["url"].as_str().expect("a page"), DISPUTED_CARD).await.status, 200);
    let slow = json!({"faults": [{"on": "POST /v1/payment_intents", "do": {"hang_after_ms": 700}}]});
    shop.script(&slow).await;
    let order = ada.post("/v1/orders", json!({"pack": "starter", "payment": "saved"})).await.is(201);
    charged_back(&shop, &ada, &order, &["charged_back"]).await;
}

async fn r35_a_dispute_while_a_refund_is_under_way_waits_for_its_end(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    shop.script(&json!({"delivery": "never"})).await;
    let order = shop.order(&ada, "starter").await;
    assert_eq!(shop.pay(&order, DISPUTED_CARD).await.status, 200);
    let order = shop.reaches(&order, "paid").await;
    shop.script(&json!({"faults": [{"on": "POST /v1/refunds", "times": 1_000, "do": "unavailable"}]})).await;
    let begun = shop.on_order(&order, "refunds", &json!({})).await.is(201);
    assert_eq!((&begun["refunds"][0]["status"], ada.available().await), (&json!("pending"), "20".to_owned()));
    // The bank's word comes now.
    let events = shop.stub.get("/stripe/v1/events?type=charge.dispute.created").await.json();
    let event = events["data"][0]["id"].as_str().expect("an event").to_owned();
    let again = shop.stub.request(Method::POST, &format!("/stripe/_stub/deliveries/{event}"));
    assert_eq!(shop.stub.send(again).await.status, 202);
    while shop.deliveries().await.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(shop.deliveries().await[0]["status"], 409, "it has to be told again");
    assert_eq!(ada.balance().await["state"], "ok");
    // What is disputed cannot be given back as well.
    shop.script(&json!({"faults": []})).await;
    charged_back(&shop, &ada, &order, &["failed", "charged_back"]).await;
}
