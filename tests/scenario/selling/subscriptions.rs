//! A subscription over HTTP, from its preview to its end.

use folio_tests::{House, on_both};
use serde_json::{Value, json};

on_both! { "flexocr":
    r29_a_plan_is_begun_looked_at_and_ended,
}

fn usd(minor: i64) -> Value {
    json!({"amount": minor, "currency": "USD"})
}

/// With the figures of the page about subscriptions.
async fn r29_a_plan_is_begun_looked_at_and_ended(house: &House) {
    let (ada, clock) = house.customer_at("2026-04-01T10:00:00Z").await;
    let operator = &house.operator;
    let preview = ada.post("/v1/subscriptions/preview", json!({"plan": "basic"})).await.is(200);
    assert_eq!((&preview["bill"]["net"], &preview["bill"]["total"]), (&usd(900), &usd(1_071)));
    assert_eq!((&preview["credits"], &preview["renews_at"]), (&json!("100"), &json!("2026-05-01T10:00:00.000Z")));

    let asked = json!({"plan": "basic", "payment": "manual", "expected_total": preview["bill"]["total"]});
    let begun = ada.post("/v1/subscriptions", asked).await.is(201);
    assert_eq!((&begun["status"], &begun["due"]["reason"]), (&json!("incomplete"), &json!("start")));
    let order = format!("/v1/orders/{}", begun["order"]["id"].as_str().expect("an order"));
    operator.post(&format!("{order}/mark_paid"), &json!({"reference": "bank"})).await.is(200);
    let charged = operator.get(&order).await.is(200);
    assert_eq!(
        (&charged["status"], &charged["subscription"], &charged["charge"]),
        (&json!("paid"), &begun["id"], &json!(1))
    );
    operator.post(&format!("{order}/refunds"), &json!({})).await.refused(409, "refund_not_for_subscriptions");
    assert_eq!(ada.available().await, "120");
    ada.post("/v1/subscriptions", json!({"plan": "pro"})).await.refused(409, "already_subscribed");

    clock.advance("2026-04-11T10:00:00Z").await;
    let id = begun["id"].as_str().expect("an id");
    let on = async |verb: &str, body: Value| operator.post(&format!("/v1/subscriptions/{id}/{verb}"), &body).await;
    let up = on("change/preview", json!({"plan": "pro"})).await.is(200);
    assert_eq!((&up["credit"], &up["charge"], &up["bill"]["net"]), (&usd(600), &usd(1_933), &usd(1_333)));
    assert_eq!((&up["bill"]["tax"], &up["bill"]["total"], &up["credits"]), (&usd(253), &usd(1_586), &json!("600")));
    let nets: Vec<_> = up["bill"]["lines"].as_array().expect("lines").iter().map(|line| line["net"].clone()).collect();
    assert_eq!(nets, [usd(1_933), usd(-600)]);
    on("change", json!({"plan": "basic"})).await.refused(409, "same_plan");
    on("pay", json!({"payment": "manual"})).await.refused(409, "nothing_to_pay");

    assert_eq!(on("cancel", json!({})).await.is(200)["at_period_end"], "cancel");
    on("change", json!({"plan": "pro"})).await.refused(409, "subscription_ending");
    let ended = on("cancel", json!({"at": "now"})).await.is(200);
    assert_eq!((&ended["status"], &ended["ended_at"]), (&json!("canceled"), &json!("2026-04-11T10:00:00.000Z")));
    on("change", json!({"plan": "pro"})).await.refused(409, "wrong_status");
    let kinds: Vec<_> = ada.facts().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["subscription.created", "order.paid", "subscription.scheduled", "subscription.canceled"]);
}
