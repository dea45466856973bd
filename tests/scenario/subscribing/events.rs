//! Events are told in the order in which things happened, page by page (R39).

use folio_tests::{Store, on_both};
use serde_json::{Value, json};

use super::{BEGIN, MIDDLE, shop};

on_both! {
    r39_events_are_listed_in_order_with_what_they_tell_of,
    r39_events_are_paged_without_gaps_while_more_come,
}

async fn r39_events_are_listed_in_order_with_what_they_tell_of(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance(MIDDLE).await;
    ada.on_subscription(&begun, "change", &json!({"plan": "pro", "quantity": 2})).await.is(200);
    ada.on_subscription(&begun, "change", &json!({"plan": "basic"})).await.is(200);
    clock.advance("2026-05-02T00:00:00Z").await;
    ada.on_subscription(&begun, "cancel", &json!({"at": "now"})).await.is(200);
    let events = shop.house.operator.walk("/v1/events?order=asc").await;
    let told: Vec<Value> = events
        .iter()
        .map(|it| {
            json!([it["type"], it["created_at"], it["data"]["plan"], it["data"]["quantity"], it["data"]["status"]])
        })
        .collect();
    let expected = [
        json!(["subscription.created", "2026-04-01T00:00:00.000Z", "basic", 1, "active"]),
        json!(["order.paid", "2026-04-01T00:00:00.000Z", null, null, "paid"]),
        json!(["subscription.changed", "2026-04-11T00:00:00.000Z", "pro", 2, "active"]),
        json!(["order.paid", "2026-04-11T00:00:00.000Z", null, null, "paid"]),
        json!(["subscription.scheduled", "2026-04-11T00:00:00.000Z", "pro", 2, "active"]),
        json!(["subscription.changed", "2026-05-01T00:00:00.000Z", "basic", 2, "active"]),
        json!(["subscription.renewed", "2026-05-01T00:00:00.000Z", "basic", 2, "active"]),
        json!(["order.paid", "2026-05-01T00:00:00.000Z", null, null, "paid"]),
        json!(["subscription.canceled", "2026-05-02T00:00:00.000Z", "basic", 2, "canceled"]),
    ];
    assert_eq!(told, expected);
    let orders = ada.orders().await;
    let is_about = |data: &Value| {
        data["subscription"] == begun["id"]
            || orders.iter().any(|order| (&order["id"], &order["total"]) == (&data["order"], &data["amount"]))
    };
    assert!(events.iter().all(|event| is_about(&event["data"]) && event["customer"] == ada.id), "{events:?}");
    let mut newest_first = shop.house.operator.walk("/v1/events").await;
    newest_first.reverse();
    assert_eq!(newest_first, events);
    shop.house.operator.get("/v1/events?customer=cus_nobody").await.refused(404, "customer_not_found");
}

async fn r39_events_are_paged_without_gaps_while_more_come(store: Store) {
    let shop = shop(store);
    let (ada, clock, _) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance("2026-06-01T00:00:00Z").await;
    let path = "/v1/events?order=asc&limit=2";
    let first = shop.house.operator.get(path).await.is(200);
    assert_eq!(first["data"].as_array().map(Vec::len), Some(2));
    // While someone reads, more happens.
    clock.advance("2026-09-01T00:00:00Z").await;
    let cursor = first["next_cursor"].as_str().expect("more");
    let mut seen = first["data"].as_array().expect("a list").clone();
    let mut next = Some(cursor.to_owned());
    while let Some(cursor) = next {
        let page = shop.house.operator.get(&format!("{path}&cursor={cursor}")).await.is(200);
        seen.extend(page["data"].as_array().expect("a list").iter().cloned());
        next = page["next_cursor"].as_str().map(ToOwned::to_owned);
    }
    assert_eq!((seen.len(), seen), (12, shop.house.operator.walk("/v1/events?order=asc").await));
    assert_eq!(ada.told().await, ["created", "renewed", "renewed", "renewed", "renewed", "renewed"]);
}
