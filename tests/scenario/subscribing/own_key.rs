//! A customer's own key subscribes its customer, and sees no other (R42).

use folio_tests::{Customer, GOOD_CARD, Shop, Store, on_both, subscription_path};
use serde_json::{Value, json};

use super::shop;

on_both! {
    r42_a_customer_subscribes_changes_and_cancels_with_their_own_key,
    r42_a_customers_key_sees_and_moves_no_other,
}

/// Two who are on a plan.
async fn two(shop: &Shop) -> [(Customer, Value); 2] {
    let mut subscribers = Vec::new();
    for plan in ["basic", "pro"] {
        let customer = shop.customer().await;
        customer.leave(GOOD_CARD).await;
        let begun = customer.subscribed(plan).await;
        subscribers.push((customer, begun));
    }
    subscribers.try_into().expect("two")
}

async fn r42_a_customer_subscribes_changes_and_cancels_with_their_own_key(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let own = ada.key(&["read", "orders"]).await;
    let reader = ada.key(&["read"]).await;
    let asked = json!({"plan": "basic", "return_url": shop.back()});
    reader.post("/v1/subscriptions", &asked).await.refused(403, "insufficient_scope");
    let by_hand = json!({"plan": "basic", "payment": "manual"});
    own.post("/v1/subscriptions", &by_hand).await.refused(422, "validation_failed");
    let shown = own.post("/v1/subscriptions/preview", &json!({"plan": "basic"})).await.is(200);
    assert_eq!(shown["customer"], ada.id);
    let begun = own.post("/v1/subscriptions", &asked).await.is(201);
    assert_eq!((&begun["customer"], &begun["status"]), (&json!(ada.id), &json!("incomplete")));
    let page = begun["order"]["payment_url"].as_str().expect("a page");
    assert_eq!(shop.press(page, GOOD_CARD).await.status, 200);
    ada.paid(&begun).await;
    let path = |verb: &str| subscription_path(&begun, verb);
    let cost = own.post(&path("change/preview"), &json!({"plan": "pro"})).await.is(200);
    assert!(cost["bill"]["total"]["amount"].as_i64().is_some_and(|total| total > 0), "{cost}");
    let changed = own.post(&path("change"), &json!({"plan": "pro"})).await.is(200);
    assert_eq!((&changed["plan"]["code"], changed.get("note")), (&json!("pro"), None));
    reader.post(&path("cancel"), &json!({})).await.refused(403, "insufficient_scope");
    assert_eq!(own.post(&path("pause"), &json!({})).await.is(200)["at_period_end"], "pause");
    assert_eq!(own.post(&path("resume"), &json!({})).await.is(200)["at_period_end"], "renew");
    assert_eq!(own.post(&path("cancel"), &json!({})).await.is(200)["at_period_end"], "cancel");
    assert_eq!(reader.get(&path("")).await.is(200)["at_period_end"], "cancel");
    let kinds: Vec<_> = reader.walk("/v1/events?order=asc").await.iter().map(|event| event["type"].clone()).collect();
    let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str().expect("a type")).collect();
    assert_eq!(kinds[..4], ["subscription.created", "order.paid", "subscription.changed", "order.paid"]);
    assert_eq!((shop.payments().await, own.walk("/v1/invoices").await.len()), (2, 2));
}

async fn r42_a_customers_key_sees_and_moves_no_other(store: Store) {
    let shop = shop(store);
    let [(ada, own), (bob, foreign)] = two(&shop).await;
    let key = ada.key(&["read", "orders"]).await;
    for verb in ["change", "change/preview", "cancel", "pause", "pay"] {
        let body = match verb {
            "change" | "change/preview" => json!({"plan": "basic"}),
            "pay" => json!({"payment": "saved"}),
            _ => json!({}),
        };
        key.post(&subscription_path(&foreign, verb), &body).await.refused(404, "subscription_not_found");
    }
    key.post(&subscription_path(&foreign, "resume"), &json!({})).await.refused(404, "subscription_not_found");
    key.get(&subscription_path(&foreign, "")).await.refused(404, "subscription_not_found");
    for (list, many) in [("subscriptions", 1), ("events", 2)] {
        let seen = key.walk(&format!("/v1/{list}")).await;
        assert_eq!(seen.len(), many, "{list}");
        assert!(seen.iter().all(|it| it["customer"] == ada.id), "{list}");
        key.get(&format!("/v1/{list}?customer={}", bob.id)).await.refused(404, "customer_not_found");
    }
    let body = bob.named_in(json!({"plan": "basic", "payment": "saved"}));
    key.post("/v1/subscriptions", &body).await.refused(404, "customer_not_found");
    key.post("/v1/subscriptions/preview", &bob.named_in(json!({"plan": "basic"})))
        .await
        .refused(404, "customer_not_found");
    assert_eq!(bob.look(&foreign).await["at_period_end"], "renew");
    // The operator finds both, one by one and by status.
    let all = shop.house.operator.walk("/v1/subscriptions?order=asc").await;
    assert_eq!(all.iter().map(|it| &it["id"]).collect::<Vec<_>>(), [&own["id"], &foreign["id"]]);
    assert_eq!(shop.house.operator.walk("/v1/subscriptions?status=active").await.len(), 2);
    assert_eq!(shop.house.operator.walk("/v1/subscriptions?status=canceled").await, Vec::<Value>::new());
    let of_bob = shop.house.operator.walk(&format!("/v1/subscriptions?customer={}", bob.id)).await;
    assert_eq!((of_bob.len(), &of_bob[0]["id"]), (1, &foreign["id"]));
    // Another tenant's operator sees none of it.
    let other = folio_tests::House::on(&shop.server, store, "flexocr");
    other.operator.get(&subscription_path(&own, "")).await.refused(404, "subscription_not_found");
    assert_eq!(other.operator.walk("/v1/subscriptions").await, Vec::<Value>::new());
    assert_eq!(other.operator.walk("/v1/events").await, Vec::<Value>::new());
}
