//! Who sees what: nobody sees another's, and what is another's looks as if it were not there (R42).

mod escalation;
mod parameters;
mod retries;
mod scopes;

use std::collections::BTreeMap;

use folio_tests::{Answer, Caller, House, on_both};
use reqwest::Method;
use serde_json::{Value, json};

use crate::furnished::{Furnished, Operation};

on_both! { "perfectparser":
    r42_every_call_works_with_the_right_key,
    r42_another_tenants_key_finds_nothing,
    r42_another_customers_key_finds_nothing,
    r42_a_list_of_another_customer_is_not_found,
    r42_a_batch_line_of_another_customer_is_not_found,
    r42_no_call_works_without_a_key_that_works,
    r42_no_call_works_without_its_scope,
    r42_a_key_makes_no_key_that_may_do_more,
    r42_clocks_exist_in_test_mode_only,
}

/// What a key may do, one by one.
const SCOPES: [&str; 8] = ["read", "meter", "customers", "grants", "catalog", "keys", "test", "orders"];

/// Calls about the customer of the key: an operator's has none.
const CUSTOMERS_ONLY: [&str; 2] = ["getMe", "getCredits"];

/// Calls about the tenant itself, whoever's ids are named.
const OWN_AFFAIRS: [&str; 5] =
    ["getCatalogVersion", "upsertCustomer", "createCustomer", "createTestClock", "recordUsageBatch"];

/// Calls that send a body and change nothing.
const ONLY_LOOK: [&str; 6] = [
    "validateCatalog",
    "diffCatalog",
    "previewOrder",
    "previewRefund",
    "previewSubscription",
    "previewSubscriptionChange",
];

async fn r42_every_call_works_with_the_right_key(house: &House) {
    for operation in Furnished::of(house).await.operations().await {
        let mut here = Furnished::of(house).await;
        here.ready(&operation).await;
        let own = here.customer.key(&["read", "meter", "orders"]).await;
        let caller = if CUSTOMERS_ONLY.contains(&operation.id.as_str()) { &own } else { &house.operator };
        let answer = call(caller, &here, &operation).await;
        assert!([200, 201, 202].contains(&answer.status), "{}: {} {}", operation.id, answer.status, answer.text());
        if operation.for_customers {
            let mut here = Furnished::of(house).await;
            here.ready(&operation).await;
            let own = here.customer.key(&["read", "meter", "orders"]).await;
            let answer = call(&own, &here, &operation).await;
            assert!([200, 201, 202].contains(&answer.status), "{}: {}", operation.id, answer.text());
        }
    }
}

async fn r42_another_tenants_key_finds_nothing(house: &House) {
    let here = Furnished::of(house).await;
    let elsewhere = House::open(house.store, "perfectparser");
    let before = here.customer.entries().await;
    for operation in here.operations().await {
        finds_nothing(&elsewhere.operator, &here, &operation).await;
    }
    assert_eq!(here.customer.entries().await, before);
    let estimate = json!({"estimate": here.estimate});
    elsewhere.operator.post("/v1/holds", &estimate).await.refused(404, "estimate_not_found");
}

async fn r42_another_customers_key_finds_nothing(house: &House) {
    let here = Furnished::of(house).await;
    let before = here.customer.entries().await;
    for operation in here.operations().await {
        // Of its own: calls a minute are counted.
        let stranger = house.customer().await.key(&["read", "meter", "orders"]).await;
        if operation.for_customers {
            finds_nothing(&stranger, &here, &operation).await;
        } else {
            call(&stranger, &here, &operation).await.refused(403, "insufficient_scope");
        }
    }
    let stranger = house.customer().await.key(&["read", "meter", "orders"]).await;
    let estimate = json!({"estimate": here.estimate});
    stranger.post("/v1/holds", &estimate).await.refused(404, "estimate_not_found");
    assert_eq!(here.customer.entries().await, before);
}

async fn r42_a_list_of_another_customer_is_not_found(house: &House) {
    let here = Furnished::of(house).await;
    let stranger = house.customer().await.key(&["read"]).await;
    let elsewhere = House::open(house.store, "perfectparser").operator;
    for list in ["/v1/holds", "/v1/usage", "/v1/ledger/entries", "/v1/subscriptions", "/v1/events"] {
        for caller in [&stranger, &elsewhere] {
            caller.get(&format!("{list}?customer={}", here.customer.id)).await.refused(404, "customer_not_found");
            assert!(caller.walk(list).await.iter().all(|item| item["customer"] != here.customer.id), "{list}");
        }
    }
}

async fn r42_a_batch_line_of_another_customer_is_not_found(house: &House) {
    let here = Furnished::of(house).await;
    let stranger = house.customer().await.key(&["read", "meter", "orders"]).await;
    let elsewhere = House::open(house.store, "perfectparser").operator;
    let before = here.customer.entries().await;
    let lines = json!({"lines": [{"key": "x-1", "usage": {"customer": here.customer.id, "operation": "extract"}}]});
    for caller in [&stranger, &elsewhere] {
        let outcome = caller.post("/v1/usage/batch", &lines).await.is(200)["outcomes"][0].clone();
        assert_eq!((&outcome["status"], &outcome["problem"]["code"]), (&json!(404), &json!("customer_not_found")));
    }
    assert_eq!(here.customer.entries().await, before);
}

async fn r42_no_call_works_without_a_key_that_works(house: &House) {
    let here = Furnished::of(house).await;
    let make = async |body| house.operator.post("/v1/keys", &body).await.is(201);
    let revoked = make(json!({"name": "revoked"})).await;
    house.operator.delete(&format!("/v1/keys/{}", revoked["id"].as_str().expect("an id"))).await.is(200);
    let rotated = make(json!({"name": "rotated"})).await;
    house
        .operator
        .post(&format!("/v1/keys/{}/rotate", rotated["id"].as_str().expect("an id")), &json!({}))
        .await
        .is(201);
    let secret = |made: &serde_json::Value| made["secret"].as_str().expect("a key").to_owned();
    let cut = &secret(&rotated)[..40];
    let other = format!("folio_sk_test_{}", "0".repeat(64));
    let keys = [
        (secret(&revoked), "key_revoked"),
        (secret(&rotated), "key_expired"),
        (cut.to_owned(), "unauthenticated"),
        (other, "unauthenticated"),
        ("nonsense".to_owned(), "unauthenticated"),
    ];
    let before = here.customer.entries().await;
    for operation in here.operations().await {
        for (key, code) in &keys {
            let answer = call(&house.operator.with_key(key), &here, &operation).await;
            answer.refused(401, code);
            assert!(answer.header("WWW-Authenticate").is_some(), "{}", operation.id);
        }
        let anonymous = house.operator.anonymous(operation.method.clone(), &here.path(&operation));
        let anonymous = if operation.takes_a_body() { anonymous.json(&here.body(&operation)) } else { anonymous };
        house.operator.send(anonymous).await.refused(401, "unauthenticated");
    }
    assert_eq!(here.customer.entries().await, before);
}

async fn r42_no_call_works_without_its_scope(house: &House) {
    let here = Furnished::of(house).await;
    let (clocks_only, reads_only) = (house.operator_with(&["test"]).await, house.operator_with(&["read"]).await);
    for operation in here.operations().await {
        let caller = if operation.about["tags"][0] == "Test" { &reads_only } else { &clocks_only };
        call(caller, &here, &operation).await.refused(403, "insufficient_scope");
        let writes = operation.method != Method::GET && !ONLY_LOOK.contains(&operation.id.as_str());
        if writes {
            call(&reads_only, &here, &operation).await.refused(403, "insufficient_scope");
        }
    }
    // A customer's own key only reads, unless it was given more.
    let own = here.customer.post("/v1/keys", json!({})).await.is(201);
    assert_eq!(own["scopes"], json!(["read"]));
    let own = house.operator.with_key(own["secret"].as_str().expect("a key"));
    own.post("/v1/usage", &json!({"operation": "extract"})).await.refused(403, "insufficient_scope");
}

async fn r42_a_key_makes_no_key_that_may_do_more(house: &House) {
    let maker = house.operator_with(&["keys", "read"]).await;
    maker.post("/v1/keys", &json!({"scopes": ["grants"]})).await.refused(403, "insufficient_scope");
    let made = maker.post("/v1/keys", &json!({})).await.is(201);
    assert_eq!(made["scopes"], json!(["read", "keys"]));
    maker.post("/v1/keys", &json!({"scopes": ["everything"]})).await.refused(422, "validation_failed");
}

async fn r42_clocks_exist_in_test_mode_only(house: &House) {
    let live = House::in_mode(house.server(), house.store, "perfectparser", "live");
    let here = Furnished::of(house).await;
    for operation in here.operations().await.iter().filter(|operation| operation.about["tags"][0] == "Test") {
        call(&live.operator, &here, operation).await.refused(403, "test_mode_only");
    }
    let customer = json!({"test_clock": here.ids["clock"]});
    live.operator.post("/v1/customers", &customer).await.refused(403, "test_mode_only");
}

/// Calls with the ids of someone else: the answer is the one for ids that nobody has.
async fn finds_nothing(caller: &Caller, here: &Furnished, operation: &Operation) {
    let id = operation.id.as_str();
    let answer = call(caller, here, operation).await;
    // Every tenant has a first version, and numbers its documents from 1.
    let ours = |name: &&str| !["version", "invoice", "credit_note"].contains(name);
    let named = |text: &str| here.ids.iter().any(|(name, id)| ours(name) && text.contains(id.as_str()));
    let in_path = here.ids.iter().any(|(name, id)| *name != "version" && here.path(operation).contains(id.as_str()));
    let names_any = in_path || operation.takes_a_body() && named(&here.body(operation).to_string());
    if !names_any || OWN_AFFAIRS.contains(&id) {
        // About the caller itself: none of it is someone else's.
        let about_a_line = id == "recordUsageBatch";
        assert!(about_a_line || !named(&answer.text()), "{id}: {}", answer.text());
        return;
    }
    assert_eq!(answer.problem()["status"], 404, "{id}: {}", answer.text());
    let nobodys =
        |text: &str| here.ids.values().fold(text.to_owned(), |text, id| text.replace(id.as_str(), &missing(id)));
    let path = nobodys(&here.path(operation));
    let request = caller.request(operation.method.clone(), &path);
    let request = request.header("Idempotency-Key", format!("missing-{}-{id}", caller.key()));
    let body = operation.takes_a_body().then(|| here.body(operation).to_string());
    let nobodys_body = body.as_deref().map(nobodys);
    assert!(path != here.path(operation) || nobodys_body != body, "{id}: both are the same request");
    let request = match nobodys_body {
        Some(body) => request.json(&serde_json::from_str::<Value>(&body).expect("JSON")),
        None => request,
    };
    assert_eq!(told(&answer), told(&caller.send(request).await), "{id}");
}

/// All that a refusal tells, but for what is of this call alone.
fn told(answer: &Answer) -> (Value, BTreeMap<String, String>) {
    let mut problem = answer.problem();
    problem["request_id"].take();
    let of_this_call = |name: &str| name == "date" || name == "x-request-id" || name.starts_with("x-ratelimit-");
    let headers = answer.headers.iter().map(|(name, value)| (name.to_string(), format!("{value:?}")));
    (problem, headers.filter(|(name, _)| !of_this_call(name)).collect())
}

/// The same sort of id, of nothing. The catalog's first version is everybody's.
fn missing(id: &str) -> String {
    let nobodys = match (id.split_once('_'), id.rsplit_once('-')) {
        (Some((sort, rest)), _) => format!("{sort}_{}", rest.replace(|it: char| it.is_ascii_lowercase(), "9")),
        // A document's number ends in its place in the year.
        (None, Some((year, sequence))) => format!("{year}-{}", "9".repeat(sequence.len())),
        (None, None) => return id.to_owned(),
    };
    assert_ne!(nobodys, id);
    nobodys
}

/// Calls with the ids and a body of this furniture.
pub(crate) async fn call(caller: &Caller, here: &Furnished, operation: &Operation) -> Answer {
    let path = here.path(operation);
    match (&operation.method, operation.takes_a_body()) {
        (&Method::POST, true) => caller.post(&path, &here.body(operation)).await,
        (&Method::POST, false) => {
            let request = caller.request(Method::POST, &path).header("Idempotency-Key", format!("of{path}"));
            caller.send(request).await
        }
        (method, true) => caller.send(caller.request(method.clone(), &path).json(&here.body(operation))).await,
        (method, false) => caller.send(caller.request(method.clone(), &path)).await,
    }
}
