//! Holds and time: they lapse, and work that ends late is still paid (R11, R12, R15, R18).

use folio_tests::{House, on_both};
use serde_json::json;

on_both! { "perfectparser":
    r18_a_hold_that_lapses_gives_back_what_is_left,
    r18_a_late_capture_is_paid_from_what_is_available,
    r18_a_capture_a_day_late_is_refused,
    r15_a_hold_lives_an_hour_and_at_most_seven_days,
    r12_credits_released_after_their_grant_expired_expire,
    r12_credits_released_by_the_vendors_fault_come_back_as_goodwill,
    r19_a_reversal_after_expiry_comes_back_as_goodwill,
}

async fn r18_a_hold_that_lapses_gives_back_what_is_left(house: &House) {
    let (ada, clock) = house.customer_at("2026-05-01T12:00:00Z").await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 12}]})).await;
    assert_eq!(hold["expires_at"], "2026-05-01T13:00:00.000Z");
    ada.on_hold(&hold, "capture", &json!({"quantity": 4})).await.is(200);
    clock.advance("2026-05-01T12:59:59.999Z").await;
    assert_eq!(ada.standing().await, ("8".to_owned(), "8".to_owned()));
    clock.advance("2026-05-01T13:00:00Z").await;
    assert_eq!(ada.standing().await, ("16".to_owned(), "0".to_owned()));
    let path = format!("/v1/holds/{}", hold["id"].as_str().expect("an id"));
    let lapsed = house.operator.get(&path).await.is(200);
    assert_eq!(
        (&lapsed["status"], &lapsed["captured"], &lapsed["released"]),
        (&json!("expired"), &json!("4"), &json!("8"))
    );
    ada.on_hold(&hold, "release", &json!({})).await.refused(409, "hold_expired");
    ada.on_hold(&hold, "extend", &json!({"ttl": "PT1H"})).await.refused(409, "hold_expired");
}

async fn r18_a_late_capture_is_paid_from_what_is_available(house: &House) {
    let (ada, clock) = house.customer_at("2026-05-01T12:00:00Z").await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 12}]})).await;
    clock.advance("2026-05-02T12:59:59.999Z").await;
    ada.charged("extract", 15).await;
    let late = ada.on_hold(&hold, "capture", &json!({"quantity": 12})).await.is(200);
    let usage = &late["usage"][0];
    assert_eq!((&usage["late"], &usage["cost"], &usage["uncollected"]), (&json!(true), &json!("5"), &json!("7")));
    assert_eq!(late["balance"], json!({"available": "0", "held": "0"}));
}

async fn r18_a_capture_a_day_late_is_refused(house: &House) {
    let (ada, clock) = house.customer_at("2026-05-01T12:00:00Z").await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 12}]})).await;
    clock.advance("2026-05-02T13:00:00Z").await;
    ada.on_hold(&hold, "capture", &json!({})).await.refused(409, "hold_expired");
    assert_eq!(ada.available().await, "20");
}

async fn r15_a_hold_lives_an_hour_and_at_most_seven_days(house: &House) {
    let (ada, clock) = house.customer_at("2026-05-01T12:00:00Z").await;
    let job = |ttl: &str| json!({"operation": "extract", "items": [{"quantity": 1}], "ttl": ttl});
    assert_eq!(ada.started(job("P7D")).await["expires_at"], "2026-05-08T12:00:00.000Z");
    ada.start(job("P7DT0.001S")).await.problem();
    ada.start(job("PT168H1S")).await.refused(422, "ttl_too_long");
    let hold = ada.started(job("PT1H")).await;
    clock.advance("2026-05-01T12:30:00Z").await;
    let extended = ada.on_hold(&hold, "extend", &json!({"ttl": "P2D"})).await.is(200);
    assert_eq!(extended["hold"]["expires_at"], "2026-05-03T12:30:00.000Z");
    ada.on_hold(&hold, "extend", &json!({"ttl": "P7D"})).await.refused(422, "ttl_too_long");
}

async fn r12_credits_released_after_their_grant_expired_expire(house: &House) {
    let (ada, clock) = house.customer_at("2026-05-01T12:00:00Z").await;
    ada.grant(json!({"amount": "10", "expires_at": "2026-05-01T12:30:00Z"})).await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 6}]})).await;
    clock.advance("2026-05-01T12:45:00Z").await;
    // R11: the hold keeps its six, the other four are gone.
    assert_eq!(ada.standing().await, ("20".to_owned(), "6".to_owned()));
    let released = ada.on_hold(&hold, "release", &json!({"reason": "no longer wanted"})).await.is(200);
    assert_eq!(released["balance"], json!({"available": "20", "held": "0"}));
    assert_eq!(ada.grants().await[1]["expired"], "10");
}

async fn r12_credits_released_by_the_vendors_fault_come_back_as_goodwill(house: &House) {
    let (ada, clock) = house.customer_at("2026-05-01T12:00:00Z").await;
    ada.grant(json!({"amount": "10", "expires_at": "2026-05-01T12:30:00Z"})).await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 6}]})).await;
    clock.advance("2026-05-01T12:45:00Z").await;
    ada.on_hold(&hold, "release", &json!({"reason": "vendor_fault"})).await.is(200);
    let goodwill = ada.grants().await[2].clone();
    assert_eq!((&goodwill["source"], &goodwill["amount"]), (&json!("goodwill"), &json!("6")));
    assert_eq!(goodwill["expires_at"], "2026-05-08T12:45:00.000Z");
    assert_eq!(ada.available().await, "26");
}

async fn r19_a_reversal_after_expiry_comes_back_as_goodwill(house: &House) {
    let (ada, clock) = house.customer_at("2026-05-01T12:00:00Z").await;
    ada.grant(json!({"amount": "10", "expires_at": "2026-05-21T12:00:00Z"})).await;
    let usage = ada.charged("extract", 15).await;
    assert_eq!(usage["draws"].as_array().map(Vec::len), Some(2));
    clock.advance("2026-06-01T12:00:00Z").await;
    let path = format!("/v1/usage/{}/reverse", usage["id"].as_str().expect("an id"));
    // The last drawn goes back first: five to the trial, two to the grant that is no more.
    let reversed = house.operator.post(&path, &json!({"quantity": 7})).await.is(200);
    assert_eq!(reversed["amount"], "7");
    assert_eq!(reversed["goodwill"].as_array().map(Vec::len), Some(1));
    assert_eq!(ada.available().await, "22");
    let goodwill = ada.grants().await[2].clone();
    assert_eq!((&goodwill["amount"], &goodwill["expires_at"]), (&json!("2"), &json!("2026-06-21T12:00:00.000Z")));
    house.operator.post(&path, &json!({"quantity": 9})).await.refused(422, "validation_failed");
}
