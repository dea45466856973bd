//! B01–B07: whole credits for pages, tenths for schemas, and no float anywhere.

use folio_tests::{Customer, House, micros, on_both};
use serde_json::{Value, json};

on_both! { "flexocr":
    b01_only_pages_that_were_processed_are_charged,
    b02_creating_a_schema_costs_half_a_credit_a_page_once,
    b03_updating_a_schema_costs_a_tenth_per_change_and_page,
    b04_a_schema_of_2_sample_pages_costs_1,
    b05_3_updates_of_a_2_page_schema_cost_exactly_0_6,
    b06_100_invoices_cost_100,
    b07_the_example_costs_101_6_and_leaves_898_4_of_1000,
}

async fn b01_only_pages_that_were_processed_are_charged(house: &House) {
    let ada = house.customer().await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 10}, {"quantity": 2}]})).await;
    let done = json!({"items": [
        {"item": 0, "quantity": 7},
        {"item": 0, "quantity": 2, "outcome": "failed"},
        {"item": 0, "quantity": 1, "outcome": "cancelled"},
        {"item": 1, "outcome": "customer_fault"},
    ]});
    let captured = ada.on_hold(&hold, "capture", &done).await.is(200);
    assert_eq!((&captured["hold"]["captured"], &captured["hold"]["released"]), (&json!("7"), &json!("5")));
    assert_eq!(captured["hold"]["status"], "captured");
    let usage = captured["usage"].as_array().expect("usages");
    let told: Vec<_> = usage.iter().map(|it| (&it["quantity"], &it["cost"], &it["failed"], &it["free"])).collect();
    assert_eq!(told, [(&json!(7), &json!("7"), &json!(2), &json!(1))]);
    assert_eq!(ada.standing().await, ("13".to_owned(), "0".to_owned()));
}

async fn b02_creating_a_schema_costs_half_a_credit_a_page_once(house: &House) {
    let ada = house.customer().await;
    let creation = ada.named_in(json!({"operation": "create_schema", "quantity": 2, "reference": "schema_9"}));
    let first = house.operator.post_with("schema-9", "/v1/usage", &creation).await;
    assert_eq!(first.is(201)["usage"]["cost"], "1");
    for _ in 0..3 {
        let again = house.operator.post_with("schema-9", "/v1/usage", &creation).await;
        assert!(again.is_replay());
        assert_eq!(again.body, first.body);
    }
    assert_eq!(ada.available().await, "19");
    house.operator.post("/v1/usage", &creation).await.is(201);
    assert_eq!(ada.available().await, "18");
}

async fn b03_updating_a_schema_costs_a_tenth_per_change_and_page(house: &House) {
    let ada = house.customer().await;
    for (changes, pages, cost) in [(1, 2, "0.2"), (3, 2, "0.6"), (1, 1, "0.1"), (7, 13, "9.1")] {
        let job = json!({"operation": "update_schema", "items": [{"changes": changes, "pages": pages}]});
        assert_eq!(ada.estimate(job).await.is(200)["total"], cost);
        assert_eq!(updated(&ada, changes, pages).await["cost"], cost);
    }
    assert_eq!(ada.available().await, "10");
}

async fn b04_a_schema_of_2_sample_pages_costs_1(house: &House) {
    let ada = house.customer().await;
    assert_eq!(ada.charged("create_schema", 2).await["cost"], "1");
}

async fn b05_3_updates_of_a_2_page_schema_cost_exactly_0_6(house: &House) {
    let ada = house.customer().await;
    let mut sum = 0;
    for _ in 0..3 {
        sum += micros(updated(&ada, 1, 2).await["cost"].as_str().expect("an amount"));
    }
    assert_eq!(sum, 600_000);
    assert_eq!(ada.available().await, "19.4");
}

async fn b06_100_invoices_cost_100(house: &House) {
    let ada = house.customer().await;
    ada.grant(json!({"amount": "100"})).await;
    extracted(&ada, 100).await;
    assert_eq!(ada.available().await, "20");
}

async fn b07_the_example_costs_101_6_and_leaves_898_4_of_1000(house: &House) {
    let ada = house.customer().await;
    ada.grant(json!({"amount": "980"})).await;
    assert_eq!(ada.available().await, "1000");
    ada.charged("create_schema", 2).await;
    for _ in 0..3 {
        updated(&ada, 1, 2).await;
    }
    extracted(&ada, 100).await;
    assert_eq!(ada.available().await, "898.4");
    let usage = house.operator.walk(&format!("/v1/usage?limit=100&customer={}", ada.id)).await;
    assert_eq!(usage.len(), 104);
    let entries = ada.entries().await;
    let usages = entries.iter().filter(|entry| entry["kind"] == "usage");
    let sum: i64 = usages.map(|entry| micros(entry["amount"].as_str().expect("an amount"))).sum();
    assert_eq!(sum, 101_600_000);
}

/// Is charged for so many changes of a schema with so many sample pages.
async fn updated(ada: &Customer, changes: u64, pages: u64) -> Value {
    let update = json!({"operation": "update_schema", "changes": changes, "pages": pages});
    ada.post("/v1/usage", update).await.is(201)["usage"].clone()
}

/// So many documents of one page, each charged by itself.
async fn extracted(ada: &Customer, documents: u32) {
    let line = |number| {
        let usage =
            ada.named_in(json!({"operation": "extract", "evidence": {"name": format!("{number}.pdf"), "pages": 1}}));
        json!({"key": format!("{}-{number}", ada.id), "usage": usage})
    };
    let lines: Vec<_> = (0..documents).map(line).collect();
    let batch = ada.operator().post("/v1/usage/batch", &json!({"lines": lines})).await.is(200);
    assert_eq!((&batch["recorded"], &batch["refused"]), (&json!(documents), &json!(0)));
}
