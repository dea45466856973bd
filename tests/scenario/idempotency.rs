//! Retries: done once, told again to the letter (R40).

use folio_tests::{Answer, House, on_both};
use reqwest::Method;
use serde_json::{Value, json};

use crate::furnished::Furnished;

on_both! { "perfectparser":
    r40_every_call_with_a_key_is_done_once_and_told_again_to_the_letter,
    r40_a_replay_is_the_first_answer_whatever_has_happened_since,
    r40_a_key_is_for_one_request,
    r40_a_refusal_spends_no_key,
    r40_credits_move_only_with_a_key,
    r40_a_key_that_cannot_be_read_is_refused_and_not_ignored,
    r40_a_key_may_be_quoted,
    r40_a_batch_keeps_a_key_a_line,
    r42_a_key_is_the_tenants_own,
    r42_nobody_is_told_what_another_customers_key_came_to,
}

/// Calls whose answer shows a secret, which is kept nowhere and told once.
const SECRETIVE: [&str; 2] = ["createKey", "rotateKey"];

async fn r40_every_call_with_a_key_is_done_once_and_told_again_to_the_letter(house: &House) {
    let here = Furnished::of(house).await;
    for operation in here.operations().await.iter().filter(|operation| operation.takes_a_key) {
        let mut here = Furnished::of(house).await;
        here.ready(operation).await;
        let (id, path, body) = (&operation.id, here.path(operation), here.body(operation));
        let key = format!("once-{id}");
        let ask = || house.operator.post_with(&key, &path, &body);
        let first = ask().await;
        assert!([200, 201, 202].contains(&first.status), "{id}: {} {}", first.status, first.text());
        let after = here.customer.entries().await;
        for _ in 0..2 {
            let again = ask().await;
            assert!(!first.is_replay() && again.is_replay(), "{id}");
            assert_eq!(again.status, first.status, "{id}");
            if SECRETIVE.contains(&id.as_str()) {
                assert_eq!(without_secret(&again), without_secret(&first), "{id}");
                assert!(again.is(201).get("secret").is_none(), "{id}");
            } else {
                assert_eq!(again.text(), first.text(), "{id}");
            }
        }
        assert_eq!(here.customer.entries().await, after, "{id}");
    }
}

async fn r40_a_replay_is_the_first_answer_whatever_has_happened_since(house: &House) {
    for operation in Furnished::of(house).await.operations().await.iter().filter(|operation| operation.takes_a_key) {
        let mut here = Furnished::of(house).await;
        here.ready(operation).await;
        let (id, path, body) = (&operation.id, here.path(operation), here.body(operation));
        let key = format!("since-{id}");
        let first = house.operator.post_with(&key, &path, &body).await;
        assert!([200, 201, 202].contains(&first.status), "{id}: {}", first.text());

        // Credits come and go, and customers thaw and change their names.
        if id == "freezeCustomer" {
            house.operator.post(&here.customer.path("unfreeze"), &json!({})).await.is(200);
        }
        here.customer.grant(json!({"amount": "4", "priority": 1})).await;
        here.customer.charged("extract", 7).await;
        if let Ok(made) = serde_json::from_slice::<Value>(&first.body)
            && let Some(customer) = made["id"].as_str().filter(|id| id.starts_with("cus_"))
        {
            house.operator.patch(&format!("/v1/customers/{customer}"), &json!({"name": "Renamed"})).await.is(200);
        }
        let again = house.operator.post_with(&key, &path, &body).await;
        assert!(again.is_replay(), "{id}: {}", again.text());
        if !SECRETIVE.contains(&id.as_str()) {
            assert_eq!(again.text(), first.text(), "{id}");
        }
    }
}

async fn r40_a_key_is_for_one_request(house: &House) {
    let ada = house.customer().await;
    let usage = |quantity: u32| ada.named_in(json!({"operation": "extract", "quantity": quantity}));
    house.operator.post_with("one", "/v1/usage", &usage(1)).await.is(201);
    house.operator.post_with("one", "/v1/usage", &usage(2)).await.refused(422, "idempotency_key_reused");
    let grant = ada.named_in(json!({"amount": "5"}));
    house.operator.post_with("one", "/v1/grants", &grant).await.refused(422, "idempotency_key_reused");
    let eve = house.customer().await;
    let of_eve = eve.named_in(json!({"operation": "extract", "quantity": 1}));
    house.operator.post_with("one", "/v1/usage", &of_eve).await.refused(422, "idempotency_key_reused");
    assert_eq!((ada.available().await, eve.available().await), ("19".to_owned(), "20".to_owned()));
    // Spaces and the order of members are not another request.
    let text = format!(r#"{{ "quantity":1,"customer" : "{}", "operation":"extract" }}"#, ada.id);
    let request = house.operator.request(Method::POST, "/v1/usage").header("Idempotency-Key", "one");
    assert!(house.operator.send(request.header("Content-Type", "application/json").body(text)).await.is_replay());
}

async fn r40_a_refusal_spends_no_key(house: &House) {
    let ada = house.customer().await;
    let usage = ada.named_in(json!({"operation": "extract", "quantity": 25}));
    let ask = || house.operator.post_with("patient", "/v1/usage", &usage);
    ask().await.refused(402, "insufficient_credits");
    ask().await.refused(402, "insufficient_credits");
    ada.grant(json!({"amount": "10"})).await;
    let done = ask().await;
    assert!(!done.is_replay());
    assert_eq!(done.is(201)["balance"]["available"], "5");
    assert!(ask().await.is_replay());
    assert_eq!(ada.available().await, "5");
}

/// Where a key is no duty, one that cannot be read would be as good as none: each retry a key or a clock more.
async fn r40_a_key_that_cannot_be_read_is_refused_and_not_ignored(house: &House) {
    let here = Furnished::of(house).await;
    for operation in here.operations().await.into_iter().filter(|operation| operation.takes_a_key) {
        let request = || house.operator.request(Method::POST, &here.path(&operation)).json(&here.body(&operation));
        let unreadable = request().header("Idempotency-Key", &b"schl\xc3\xbcssel"[..]);
        let twice = request().header("Idempotency-Key", "one").header("Idempotency-Key", "two");
        for request in [unreadable, twice] {
            let refused = house.operator.send(request).await.refused(400, "invalid_request");
            assert_eq!(refused["errors"][0]["pointer"], "/Idempotency-Key", "{}", operation.id);
        }
    }
}

async fn r40_credits_move_only_with_a_key(house: &House) {
    let here = Furnished::of(house).await;
    let before = here.customer.entries().await;
    for operation in here.operations().await {
        if !MOVE_CREDITS.contains(&operation.id.as_str()) {
            continue;
        }
        assert!(operation.takes_a_key, "{}", operation.id);
        let request = house.operator.request(Method::POST, &here.path(&operation)).json(&here.body(&operation));
        house.operator.send(request).await.refused(400, "idempotency_key_required");
        for key in ["", "\"\"", "a b", &"k".repeat(256)] {
            let answer = house.operator.post_with(key, &here.path(&operation), &here.body(&operation)).await;
            assert_eq!(answer.problem()["errors"][0]["pointer"], "/Idempotency-Key", "{} {key:?}", operation.id);
        }
    }
    assert_eq!(here.customer.entries().await, before);
}

const MOVE_CREDITS: [&str; 20] = [
    "createSubscription",
    "changeSubscription",
    "cancelSubscription",
    "pauseSubscription",
    "resumeSubscription",
    "paySubscription",
    "createOrder",
    "markOrderPaid",
    "refundOrder",
    "createHold",
    "captureHold",
    "releaseHold",
    "extendHold",
    "recordUsage",
    "reverseUsage",
    "createGrant",
    "extendGrant",
    "revokeGrant",
    "freezeCustomer",
    "unfreezeCustomer",
];

async fn r40_a_key_may_be_quoted(house: &House) {
    let ada = house.customer().await;
    let usage = ada.named_in(json!({"operation": "extract", "quantity": 1}));
    house.operator.post_with("\"quoted-1\"", "/v1/usage", &usage).await.is(201);
    assert!(house.operator.post_with("quoted-1", "/v1/usage", &usage).await.is_replay());
    assert_eq!(ada.available().await, "19");
}

async fn r40_a_batch_keeps_a_key_a_line(house: &House) {
    let ada = house.customer().await;
    let line = |key: &str, quantity: u32| json!({"key": key, "usage": ada.named_in(json!({"operation": "extract", "quantity": quantity}))});
    let told = async |lines: Value| {
        let batch = house.operator.post("/v1/usage/batch", &json!({"lines": lines})).await.is(200);
        let outcomes = batch["outcomes"].as_array().expect("outcomes").clone();
        let of = |it: &Value| (it["status"].as_u64().expect("a status"), it["replayed"].as_bool().expect("a word"));
        outcomes.iter().map(of).collect::<Vec<_>>()
    };
    let three = json!([line("b-1", 3), line("b-2", 50), line("b-3", 4)]);
    assert_eq!(told(three.clone()).await, [(201, false), (402, false), (201, false)]);
    assert_eq!(told(three.clone()).await, [(201, true), (402, false), (201, true)]);
    ada.buy("starter").await;
    assert_eq!(told(three).await, [(201, true), (201, false), (201, true)]);
    assert_eq!(
        told(json!([line("b-1", 5), line("b-4", 1), line("b-4", 1)])).await,
        [(422, false), (201, false), (201, true)]
    );
    assert_eq!(ada.available().await, "62");
}

async fn r42_a_key_is_the_tenants_own(house: &House) {
    let other = House::open(house.store, "perfectparser");
    for house in [house, &other] {
        let body = json!({"external_id": "user_42"});
        let made = house.operator.post_with("shared-key", "/v1/customers", &body).await;
        assert!(!made.is_replay());
        made.is(201);
    }
}

async fn r42_nobody_is_told_what_another_customers_key_came_to(house: &House) {
    let (ada, eve) = (house.customer().await, house.customer().await);
    let (of_ada, of_eve) = (ada.key(&["read", "meter"]).await, eve.key(&["read", "meter"]).await);
    let usage = json!({"operation": "extract", "quantity": 2});
    of_ada.post_with("same", "/v1/usage", &usage).await.is(201);
    let answer = of_eve.post_with("same", "/v1/usage", &usage).await;
    assert!(!answer.text().contains(&ada.id), "{}", answer.text());
    assert!(!answer.is_replay());
}

fn without_secret(answer: &Answer) -> Value {
    let mut body = answer.is(201);
    body.as_object_mut().expect("a key").remove("secret");
    body
}
