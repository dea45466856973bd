//! Bad bodies for every call that takes one: refused by name, and nothing is written (R43).

mod flaws;
mod wire;

use folio_tests::{Answer, House, on_both};
use reqwest::Method;
use serde_json::{Value, json};

use self::flaws::{Flawed, flawed};
use crate::furnished::{Furnished, Operation, document, operations};

on_both! { "perfectparser":
    r43_what_is_no_json_is_refused,
    r43_every_field_is_checked_and_pointed_at,
    r43_another_content_type_is_refused,
    r43_a_huge_body_is_refused_before_it_is_read,
    r43_odd_requests_are_refused,
    r43_instants_and_amounts_that_cannot_be_are_refused,
}

async fn r43_what_is_no_json_is_refused(house: &House) {
    let here = Furnished::of(house).await;
    let before = everything(house).await;
    for operation in with_bodies(&here).await {
        let good = here.body(&operation).to_string();
        let (member, _) = good[1..].split_once(':').expect("a member");
        let duplicate = format!("{{{member}:null,{}", &good[1..]);
        let deep = "[".repeat(100_000);
        for (body, status, code) in [
            ("", 400, "malformed_json"),
            (" ", 400, "malformed_json"),
            (&good[..good.len() - 1], 400, "malformed_json"),
            ("{\"a\":NaN}", 400, "malformed_json"),
            ("{'a':1}", 400, "malformed_json"),
            ("{\"name\":\"\\ud800\"}", 400, "malformed_json"),
            (&format!("{good} x"), 400, "malformed_json"),
            (&deep, 400, "malformed_json"),
            ("null", 422, "validation_failed"),
            ("7", 422, "validation_failed"),
            ("\"text\"", 422, "validation_failed"),
            ("[]", 422, "validation_failed"),
            (&duplicate, 422, "validation_failed"),
            ("{\"a\":1e400}", 422, "validation_failed"),
        ] {
            let answer = house.operator.send(request(house, &here, &operation).body(body.to_owned())).await;
            let problem = answer.problem();
            let told = (answer.status, problem["code"].as_str());
            assert_eq!(told, (status, Some(code)), "{} {:.80}: {problem}", operation.id, body);
        }
        let answer = house.operator.send(request(house, &here, &operation).body(b"{\"name\":\"\xff\"}".to_vec())).await;
        answer.refused(400, "malformed_json");
    }
    assert_eq!(everything(house).await, before);
}

async fn r43_every_field_is_checked_and_pointed_at(house: &House) {
    let here = Furnished::of(house).await;
    let before = everything(house).await;
    let document = document(&house.operator).await;
    let (mut tried, mut complaints) = (0, Vec::new());
    for operation in with_bodies(&here).await {
        let good = here.body(&operation);
        let schema = &operation.about["requestBody"]["content"]["application/json"]["schema"];
        for flaw in flawed(&document, schema, &good) {
            let answer = house.operator.send(request(house, &here, &operation).body(flaw.body.clone())).await;
            if !is_pointed_at(&answer, &flaw) {
                let Flawed { pointer, what, .. } = flaw;
                complaints.push(format!("{} {pointer} {what}: {} {}", operation.id, answer.status, answer.text()));
            }
            tried += 1;
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(tried > 700, "{tried} bodies");
    assert_eq!(everything(house).await, before);
}

/// Whether the flaw is refused and named.
fn is_pointed_at(answer: &Answer, flaw: &Flawed) -> bool {
    // A batch is answered line by line.
    let problem = match answer.status {
        200 => answer.is(200)["outcomes"][0]["problem"].clone(),
        400..500 => answer.problem(),
        _ => return false,
    };
    // An id that is none is not found; too many of something are too many; a catalog has pointers of its own.
    if [404, 413].map(Value::from).contains(&problem["status"]) || problem["code"] == "catalog_invalid" {
        return true;
    }
    let error = &problem["errors"][0];
    // Nothing of a thing may be pointed at where its amount is.
    let parent = flaw.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    let about = if flaw.what == "0" { parent } else { &flaw.pointer };
    error["pointer"].as_str().is_some_and(|at| at.starts_with(about))
        && error["code"].is_string()
        && error["detail"].is_string()
}

async fn r43_another_content_type_is_refused(house: &House) {
    let here = Furnished::of(house).await;
    let before = everything(house).await;
    for operation in with_bodies(&here).await {
        for content_type in
            ["text/plain", "application/xml", "application/jsonx", "application/x-www-form-urlencoded", ""]
        {
            let request = house.operator.request(operation.method.clone(), &here.path(&operation));
            let request = request.header("Idempotency-Key", "content-type").header("Content-Type", content_type);
            let answer = house.operator.send(request.body(here.body(&operation).to_string())).await;
            answer.refused(415, "unsupported_media_type");
        }
    }
    assert_eq!(everything(house).await, before);
}

async fn r43_a_huge_body_is_refused_before_it_is_read(house: &House) {
    let (server, key) = (house.server().url(), house.operator.key());
    let before = everything(house).await;
    for (content_type, length) in
        [("application/json", 1_048_577_u64), ("multipart/form-data; boundary=x", 209_715_201)]
    {
        let head = format!("Content-Type: {content_type}\r\nContent-Length: {length}\r\n");
        let answer = wire::sent(server, key, "POST /v1/estimates", &head, b"{").await;
        wire::refused(&answer, 413, "body_too_large");
    }
    // A length that nobody tells is counted on the way.
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
    let head = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
    let answer = wire::sent(server, key, "POST /v1/estimates", head, chunk.repeat(17).as_bytes()).await;
    wire::refused(&answer, 413, "body_too_large");
    assert_eq!(everything(house).await, before);
}

async fn r43_odd_requests_are_refused(house: &House) {
    let ada = house.customer().await;
    let before = everything(house).await;
    let get = async |path: &str| house.operator.get(path).await;
    for path in ["/v1/holds/nonsense", "/v1/holds/hold_x_1", &format!("/v1/holds/{}", ada.id.replace("cus_", "hold_"))]
    {
        get(path).await.refused(404, "hold_not_found");
    }
    for path in ["/v1/customers/nobody", "/v1/customers/cus_x", "/v1/customers/a%00b", "/v1/customers/%F0%9F%A6%80"] {
        get(path).await.refused(404, "customer_not_found");
    }
    for query in ["?status=lost", "?limit=2x", "?customer=nobody"] {
        assert!(
            matches!(get(&format!("/v1/holds{query}")).await.problem()["status"].as_u64(), Some(400 | 404)),
            "{query}"
        );
    }
    for query in ["?kind=theft", "?from=yesterday", "?until=2026-13-01T00:00:00Z", "?order=up"] {
        get(&format!("/v1/ledger/entries{query}")).await.refused(400, "invalid_request");
    }
    for pages in ["", "?pages=0", "?pages=-1", "?pages=1e3", "?pages=1000000000001", "?pages=many"] {
        get(&format!("/v1/packs/advice{pages}")).await.refused(400, "invalid_request");
    }
    let apply = house.operator.request(Method::POST, "/v1/catalog/apply").header("If-Match", "tomorrow");
    house.operator.send(apply.json(&json!({"toml": "name = 1"}))).await.problem();
    assert_eq!(everything(house).await, before);
}

async fn r43_instants_and_amounts_that_cannot_be_are_refused(house: &House) {
    let (ada, _clock) = house.customer_at("2026-05-01T12:00:00Z").await;
    let before = everything(house).await;
    for (grant, pointer) in [
        (json!({"amount": "0"}), "/amount"),
        (json!({"amount": "0.0000001"}), "/amount"),
        (json!({"amount": "9223372036854775808"}), "/amount"),
        (json!({"amount": "5", "expires_at": "2026-05-01T12:00:00Z"}), "/expires_at"),
        (json!({"amount": "5", "expires_at": "2020-01-01T00:00:00Z"}), "/expires_at"),
        (json!({"amount": "5", "expires_after": "PT0S"}), "/expires_after"),
        (json!({"amount": "5", "expires_after": "P1M", "expires_at": "2027-01-01T00:00:00Z"}), "/expires_after"),
        (
            json!({"amount": "5", "effective_at": "2027-01-01T00:00:00Z", "expires_at": "2026-12-31T00:00:00Z"}),
            "/expires_at",
        ),
        (json!({"amount": "5", "cost": {"amount": -1, "currency": "USD"}}), "/cost/amount"),
        (json!({"amount": "5", "cost": {"amount": 1, "currency": "DOLLAR"}}), "/cost/currency"),
        (json!({"amount": "5", "pack": "starter"}), "/amount"),
        (json!({"pack": "starter", "expires_at": "2027-01-01T00:00:00Z"}), "/expires_at"),
        (json!({}), "/amount"),
    ] {
        let problem = ada.post("/v1/grants", grant.clone()).await.refused(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{grant}");
    }
    ada.post("/v1/grants", json!({"pack": "gold"})).await.refused(404, "pack_not_found");
    for (usage, pointer) in [
        (json!({"operation": "extract", "quantity": 18_446_744_073_709_551_615_u64}), "/quantity"),
        (json!({"operation": "extract", "changes": 2, "pages": 3}), "/changes"),
        (json!({"operation": "extract", "pages": 3}), "/changes"),
        (json!({"operation": "extract", "quantity": 1, "changes": 2, "pages": 3}), "/quantity"),
        (json!({"operation": "divine"}), "/operation"),
        (json!({"operation": "extract", "evidence": {"sha256": "ABC"}}), "/evidence/sha256"),
    ] {
        let problem = ada.post("/v1/usage", usage.clone()).await.refused(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{usage}");
    }
    assert_eq!(everything(house).await, before);
}

async fn with_bodies(here: &Furnished) -> Vec<Operation> {
    let mut operations = operations(&document(here.customer.operator()).await);
    operations.retain(Operation::takes_a_body);
    assert!(operations.len() >= 20, "{}", operations.len());
    operations
}

/// The call with a fresh key, still without its body.
fn request(house: &House, here: &Furnished, operation: &Operation) -> reqwest::RequestBuilder {
    let request = house.operator.request(operation.method.clone(), &here.path(operation));
    let request = request.header("Content-Type", "application/json");
    if operation.takes_a_key { request.header("Idempotency-Key", "never-spent") } else { request }
}

/// All that could have been written.
async fn everything(house: &House) -> Vec<Vec<Value>> {
    let mut all = Vec::new();
    for list in ["ledger/entries", "customers", "keys", "holds", "catalog/versions", "test/clocks"] {
        all.push(house.operator.walk(&format!("/v1/{list}?limit=100")).await);
    }
    all
}
