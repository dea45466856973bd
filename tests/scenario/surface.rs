//! The edges of the server: what is not there, and what watches over it.

use std::collections::BTreeSet;

use folio_tests::{House, on_both};
use reqwest::Method;
use serde_json::json;

use crate::furnished::{document, operations};

on_both! { "perfectparser":
    r43_an_unknown_address_is_a_problem,
    r43_another_method_is_a_problem_that_names_the_right_ones,
    it_says_how_it_is,
    every_code_has_its_page,
    the_reference_is_served,
    every_answer_has_a_request_id_and_is_not_sniffed,
    a_stale_catalog_is_not_overwritten,
}

async fn r43_an_unknown_address_is_a_problem(house: &House) {
    for path in [
        "/",
        "/v1",
        "/v2/me",
        "/v1/hold",
        "/v1/holds/x/y/z",
        "/v1/me/",
        "/errors/nonsense",
        "/..%2f..%2fetc/passwd",
        "/%00",
    ] {
        house.operator.get(path).await.refused(404, "not_found");
        house.operator.post(path, &json!({})).await.problem();
    }
}

async fn r43_another_method_is_a_problem_that_names_the_right_ones(house: &House) {
    let operations = operations(&document(&house.operator).await);
    let paths: BTreeSet<_> = operations.iter().map(|operation| operation.path.clone()).collect();
    for path in paths {
        let known: BTreeSet<_> =
            operations.iter().filter(|it| it.path == path).map(|it| it.method.to_string()).collect();
        let address = path.replace(['{', '}'], "");
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if known.contains(method.as_str()) {
                continue;
            }
            // `/v1/packs/advice` and the like: the address may be another's too.
            let answer = house.operator.send(house.operator.request(method.clone(), &address)).await;
            answer.refused(405, "method_not_allowed");
            let allowed = answer.header("Allow").expect("an Allow header");
            let allowed: BTreeSet<_> = allowed.split(',').map(|method| method.trim().to_owned()).collect();
            assert!(allowed.is_superset(&known), "{method} {path}: {allowed:?}");
            assert!(!allowed.contains(method.as_str()), "{method} {path}: {allowed:?}");
        }
    }
}

async fn it_says_how_it_is(house: &House) {
    let get = async |path: &str| house.operator.send(house.operator.anonymous(Method::GET, path)).await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(path).await.is(200), json!({"status": "ok"}));
    }
    house.customer().await.available().await;
    let metrics = get("/metrics").await;
    assert_eq!(metrics.status, 200);
    let text = metrics.text();
    assert!(text.contains("folio_http_request_seconds_count{operation=\"getBalance\",status=\"200\"}"), "{text}");
}

async fn every_code_has_its_page(house: &House) {
    let mut codes = BTreeSet::new();
    for operation in operations(&document(&house.operator).await) {
        for response in operation.about["responses"].as_object().expect("responses").values() {
            let listed = response["x-codes"].as_array().into_iter().flatten();
            codes.extend(listed.map(|code| code.as_str().expect("a code").to_owned()));
        }
    }
    assert!(codes.len() > 25, "{codes:?}");
    for code in codes.iter().map(String::as_str).chain(["not_found", "method_not_allowed"]) {
        let page = house.operator.send(house.operator.anonymous(Method::GET, &format!("/errors/{code}"))).await;
        assert_eq!((page.status, page.header("Content-Type")), (200, Some("text/html; charset=utf-8")), "{code}");
        assert!(page.text().contains(code));
    }
}

async fn the_reference_is_served(house: &House) {
    let page = house.operator.send(house.operator.anonymous(Method::GET, "/docs")).await;
    assert_eq!((page.status, page.header("Content-Type")), (200, Some("text/html; charset=utf-8")));
    let text = page.text();
    for operation in operations(&document(&house.operator).await) {
        let summary = operation.about["summary"].as_str().expect("a summary").replace('\'', "&#39;");
        assert!(text.contains(&summary), "{}", operation.id);
    }
}

async fn every_answer_has_a_request_id_and_is_not_sniffed(house: &House) {
    let mut ids = BTreeSet::new();
    let paths =
        ["/healthz", "/metrics", "/docs", "/openapi.json", "/v1/catalog", "/v1/holds", "/nowhere", "/v1/holds/hold_x"];
    for path in paths {
        let answer = house.operator.get(path).await;
        let id = answer.header("X-Request-Id").expect("a request id").to_owned();
        assert!(ids.insert(id), "{path}");
        assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"), "{path}");
    }
}

async fn a_stale_catalog_is_not_overwritten(house: &House) {
    let current = house.operator.get("/v1/catalog").await;
    let etag = current.header("ETag").expect("an ETag").to_owned();
    let toml = current.is(200)["toml"].as_str().expect("a file").to_owned();
    let apply = async |tag: &str, toml: &str| {
        let request = house.operator.request(Method::POST, "/v1/catalog/apply").header("If-Match", tag);
        house.operator.send(request.json(&json!({"toml": toml}))).await
    };
    let dearer = toml.replace("credits = 100, price = \"19.00\"", "credits = 100, price = \"21.00\"");
    assert_eq!(apply(&etag, &dearer).await.is(200)["version"], 2);
    apply(&etag, &toml).await.refused(412, "etag_mismatch");
    assert_eq!(house.operator.get("/v1/catalog").await.header("ETag"), Some("\"2\""));
    let diff = house.operator.post("/v1/catalog/diff", &json!({"toml": toml})).await.is(200);
    assert_eq!((&diff["base"], diff["changes"].as_array().map(Vec::len)), (&json!(2), Some(1)));
    let broken = toml.replace("rate = \"1\"", "rate = \"-1\"").replace("USD", "DOLLARS");
    let problem =
        house.operator.post("/v1/catalog/validate", &json!({"toml": broken})).await.refused(422, "catalog_invalid");
    assert!(problem["errors"].as_array().is_some_and(|errors| errors.len() >= 2), "{problem}");
}
