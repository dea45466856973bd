//! Customers do not meet under one idempotency key.

use folio_tests::{House, on_both};
use serde_json::json;

use crate::furnished::Furnished;

on_both! { "perfectparser":
    r42_customers_do_not_meet_under_one_idempotency_key,
    r42_a_customer_and_the_operator_do_not_meet_under_one_idempotency_key,
    r42_lines_of_two_customers_do_not_meet_under_one_key,
}

async fn r42_customers_do_not_meet_under_one_idempotency_key(house: &House) {
    let mut tried = 0;
    let calls = Furnished::of(house).await.operations().await;
    for operation in calls.iter().filter(|operation| operation.for_customers && operation.takes_a_key) {
        let (mut ada, mut eve) = (Furnished::of(house).await, Furnished::of(house).await);
        ada.ready(operation).await;
        eve.ready(operation).await;
        let mut told = Vec::new();
        for here in [&ada, &eve] {
            let own = here.customer.key(&["read", "meter", "orders"]).await;
            // To the letter the same, where the address does not tell whose it is: neither body names a customer.
            let mut body = here.body(operation);
            body.as_object_mut().expect("an object").remove("customer");
            let answer = own.post_with("the-same", &here.path(operation), &body).await;
            assert!([200, 201, 202].contains(&answer.status), "{}: {}", operation.id, answer.text());
            assert!(!answer.is_replay(), "{}: {}", operation.id, answer.text());
            let again = own.post_with("the-same", &here.path(operation), &body).await;
            assert!(again.is_replay(), "{}", operation.id);
            assert_eq!(again.text(), answer.text(), "{}", operation.id);
            told.push(answer.text());
        }
        let names = |text: &str, here: &Furnished| text.contains(here.customer.id.trim_start_matches("cus_"));
        assert!(!names(&told[0], &eve) && !names(&told[1], &ada), "{told:?}");
        tried += 1;
    }
    assert_eq!(tried, 16);
}

async fn r42_a_customer_and_the_operator_do_not_meet_under_one_idempotency_key(house: &House) {
    let here = Furnished::of(house).await;
    let own = here.customer.key(&["read", "meter", "orders"]).await;
    let usage = here.customer.named_in(json!({"operation": "extract", "quantity": 1}));
    let mine = own.post_with("shared", "/v1/usage", &usage).await;
    let theirs = house.operator.post_with("shared", "/v1/usage", &usage).await;
    assert!(!mine.is_replay() && !theirs.is_replay());
    assert_ne!(mine.is(201)["usage"]["id"], theirs.is(201)["usage"]["id"]);
    // Nobody gets at the other's by writing the customer into the key.
    let forged = format!("{} shared", here.customer.id);
    house.operator.post_with(&forged, "/v1/usage", &usage).await.refused(400, "invalid_request");
}

async fn r42_lines_of_two_customers_do_not_meet_under_one_key(house: &House) {
    let lines = json!({"lines": [{"key": "line", "usage": {"operation": "extract", "quantity": 2}}]});
    let mut ids = Vec::new();
    for _ in 0..2 {
        let customer = house.customer().await;
        let own = customer.key(&["read", "meter", "orders"]).await;
        let outcome = own.post("/v1/usage/batch", &lines).await.is(200)["outcomes"][0].clone();
        assert_eq!((&outcome["status"], &outcome["replayed"]), (&json!(201), &json!(false)));
        assert_eq!(customer.available().await, "18");
        ids.push(outcome["charged"]["usage"]["id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
}
