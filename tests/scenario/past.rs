//! A balance of the past never changes, and one that has not changed is not sent again (R7).

use folio_tests::{House, on_both};
use reqwest::Method;
use serde_json::{Value, json};

on_both! { "flexocr":
    r7_the_balance_of_a_past_instant_never_changes,
    r7_an_instant_before_signup_or_in_the_future_has_no_balance,
    a_balance_that_is_known_is_not_sent_again,
    a_statement_goes_from_one_balance_to_the_other,
}

async fn r7_the_balance_of_a_past_instant_never_changes(house: &House) {
    let (ada, clock) = house.customer_at("2026-01-15T10:00:00Z").await;
    let at = async |instant: &str| house.operator.get(&ada.path(&format!("balance?at={instant}"))).await.is(200);
    let mut known: Vec<(String, Value)> = Vec::new();
    for day in 16..=28 {
        let instant = format!("2026-01-{day}T12:00:00.000Z");
        clock.advance(&instant).await;
        match day % 3 {
            0 => drop(ada.charged("extract", 2).await),
            1 => drop(ada.grant(json!({"amount": "1.5", "expires_after": "P3D"})).await),
            _ => drop(ada.started(json!({"operation": "extract", "items": [{"quantity": 1}], "ttl": "P2D"})).await),
        }
        let now = ada.balance().await;
        let then = at(&instant).await;
        assert_eq!(
            (&then["available"], &then["held"], &then["at"]),
            (&now["available"], &now["held"], &json!(instant))
        );
        known.push((instant, then));
    }
    clock.advance("2026-06-01T00:00:00Z").await;
    for (instant, then) in &known {
        assert_eq!(at(instant).await, *then);
    }
    // Between two entries it is what the earlier one left.
    assert_eq!(at("2026-01-16T23:00:00Z").await["available"], known[0].1["available"]);
}

async fn r7_an_instant_before_signup_or_in_the_future_has_no_balance(house: &House) {
    let (ada, _clock) = house.customer_at("2026-01-15T10:00:00Z").await;
    for instant in
        ["2026-01-15T09:59:59.999Z", "2026-01-15T10:00:00.001Z", "1969-01-01T00:00:00Z", "soon", "2026-02-30T00:00:00Z"]
    {
        house.operator.get(&ada.path(&format!("balance?at={instant}"))).await.refused(400, "invalid_request");
    }
    assert_eq!(house.operator.get(&ada.path("balance?at=2026-01-15T10:00:00Z")).await.is(200)["available"], "20");
}

async fn a_balance_that_is_known_is_not_sent_again(house: &House) {
    let ada = house.customer().await;
    let path = ada.path("balance");
    let first = house.operator.get(&path).await;
    let etag = first.header("ETag").expect("an ETag").to_owned();
    assert_eq!(etag, format!("\"{}\"", first.is(200)["sequence"]));
    let ask = async |tag: &str| {
        house.operator.send(house.operator.request(Method::GET, &path).header("If-None-Match", tag)).await
    };
    for tag in [etag.as_str(), &format!("W/{etag}"), "*", &format!("\"x\", {etag}")] {
        let known = ask(tag).await;
        assert_eq!((known.status, known.body.len(), known.header("ETag")), (304, 0, Some(etag.as_str())), "{tag}");
    }
    ada.charged("extract", 1).await;
    let changed = ask(&etag).await;
    assert_eq!(changed.is(200)["available"], "19");
    assert_ne!(changed.header("ETag"), Some(etag.as_str()));
}

async fn a_statement_goes_from_one_balance_to_the_other(house: &House) {
    let (ada, clock) = house.customer_at("2026-01-15T10:00:00Z").await;
    ada.charged("extract", 5).await;
    clock.advance("2026-01-20T00:00:00Z").await;
    let named = json!({"operation": "extract", "quantity": 2, "evidence": {"name": "=SUM(A1)"}});
    ada.post("/v1/usage", named).await.is(201);
    clock.advance("2026-01-25T00:00:00Z").await;
    let statement = house.operator.get(&ada.path("statement?from=2026-01-20T00:00:00Z")).await.is(200);
    assert_eq!((&statement["opening"]["available"], &statement["closing"]["available"]), (&json!("15"), &json!("13")));
    assert_eq!(statement["data"].as_array().map(Vec::len), Some(1));

    let table = house.operator.get(&ada.path("statement?format=csv")).await;
    assert_eq!((table.status, table.header("Content-Type")), (200, Some("text/csv; charset=utf-8")));
    let text = table.text();
    let rows: Vec<_> = text.split_terminator("\r\n").collect();
    assert_eq!(rows[0], "at,kind,amount,available,held,operation,quantity,name,reference,entry");
    assert_eq!(rows.len(), 4);
    assert!(rows[3].starts_with("2026-01-20T00:00:00.000Z,usage,2,13,0,extract,2,'=SUM(A1),,ent_"), "{}", rows[3]);
    let backwards = ada.path("statement?from=2026-01-20T00:00:00Z&until=2026-01-19T00:00:00Z");
    house.operator.get(&backwards).await.refused(400, "invalid_request");
}
