//! Usage by the batch is the same usage as alone.

use folio_tests::{House, on_both};
use serde_json::{Value, json};

on_both! { "perfectparser":
    r40_a_retry_may_come_by_the_other_door,
    r43_what_is_wrong_with_a_line_has_the_requests_id,
}

async fn r40_a_retry_may_come_by_the_other_door(house: &House) {
    let ada = house.customer().await;
    let usage = ada.named_in(json!({
        "operation": "extract", "quantity": 3, "reference": "job-1", "occurred_at": "2026-05-01T12:00:00.000Z",
        "metadata": {"b": "2", "a": "1"}, "evidence": {"name": "a.pdf", "pages": 3},
    }));
    let line = async |key: &str, usage: &Value| {
        let lines = json!({"lines": [{"key": key, "usage": usage}]});
        house.operator.post("/v1/usage/batch", &lines).await.is(200)["outcomes"][0].clone()
    };
    let alone = house.operator.post_with("alone-first", "/v1/usage", &usage).await.is(201);
    let again = line("alone-first", &usage).await;
    assert_eq!((&again["status"], &again["replayed"]), (&json!(201), &json!(true)), "{again}");
    assert_eq!(again["charged"], alone);

    let first = line("line-first", &usage).await;
    assert_eq!(first["replayed"], false);
    let again = house.operator.post_with("line-first", "/v1/usage", &usage).await;
    assert!(again.is_replay());
    assert_eq!(again.is(201), first["charged"]);

    // Another usage is another one at either door.
    let mut other = usage.clone();
    other["quantity"] = json!(4);
    house.operator.post_with("line-first", "/v1/usage", &other).await.refused(422, "idempotency_key_reused");
    assert_eq!(line("alone-first", &other).await["problem"]["code"], "idempotency_key_reused");
    assert_eq!(ada.available().await, "14");
}

async fn r43_what_is_wrong_with_a_line_has_the_requests_id(house: &House) {
    let ada = house.customer().await;
    let of = |usage: Value| ada.named_in(usage);
    let lines = json!({"lines": [
        {"key": "l-1", "usage": of(json!({"operation": "extract", "quantity": 1}))},
        {"key": "l-2", "usage": of(json!({"operation": "extract", "quantity": 1_000}))},
        {"key": "l-3", "usage": of(json!({"operation": "divine"}))},
        {"key": "l-4", "usage": {"customer": "nobody", "operation": "extract"}},
    ]});
    let answer = house.operator.post("/v1/usage/batch", &lines).await;
    let outcomes = answer.is(200)["outcomes"].clone();
    let id = answer.header("X-Request-Id").expect("an id");
    for (place, code) in [(1, "insufficient_credits"), (2, "validation_failed"), (3, "customer_not_found")] {
        let problem = &outcomes[place]["problem"];
        assert_eq!((problem["code"].as_str(), problem["request_id"].as_str()), (Some(code), Some(id)), "{problem}");
    }
}
