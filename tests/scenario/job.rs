//! A job from estimate to capture, on real documents.

use documents::samples;
use folio_tests::{House, on_both};
use serde_json::{Value, json};

on_both! { "perfectparser":
    a_job_from_estimate_to_capture,
    a_job_that_fails_costs_nothing,
}

async fn a_job_from_estimate_to_capture(house: &House) {
    let ada = house.customer().await;
    ada.buy("starter").await;
    let files =
        [("report.pdf", samples::pdf(12, "Report")), ("scans.tiff", samples::tiff(4)), ("photo.png", samples::png())];
    let estimate = ada.estimate_files("extract", &files).await.is(200);
    assert_eq!((&estimate["total"], &estimate["balance_after"]), (&json!("17"), &json!("103")));
    assert_eq!(drawn(&estimate["draws"]), ["17"], "all of the pack, which expires first");

    let started = ada.start(json!({"estimate": estimate["id"], "reference": "job_7", "ttl": "PT2H"})).await.is(201);
    let hold = &started["hold"];
    assert_eq!((&hold["status"], &hold["amount"], &hold["held"]), (&json!("open"), &json!("17"), &json!("17")));
    assert_eq!(started["balance"], json!({"available": "103", "held": "17"}));

    let first = ada.on_hold(hold, "capture", &json!({"items": [{"item": 0, "quantity": 5}]})).await.is(200);
    assert_eq!((&first["hold"]["status"], &first["hold"]["items"][0]["open"]), (&json!("open"), &json!(7)));
    assert_eq!(first["balance"], json!({"available": "103", "held": "12"}));
    let second = json!({"items": [{"item": 0, "quantity": 2, "outcome": "failed"}, {"item": 1}]});
    let second = ada.on_hold(hold, "capture", &second).await.is(200);
    assert_eq!(second["balance"], json!({"available": "105", "held": "6"}));
    let third = ada.on_hold(hold, "capture", &json!({"items": [{"item": 0}], "final": true})).await.is(200);
    let closed = &third["hold"];
    assert_eq!(
        (&closed["status"], &closed["captured"], &closed["released"]),
        (&json!("captured"), &json!("14"), &json!("3"))
    );
    assert_eq!(third["balance"], json!({"available": "106", "held": "0"}));
    ada.on_hold(hold, "capture", &json!({})).await.refused(409, "hold_closed");

    let id = hold["id"].as_str().expect("an id");
    assert_eq!(house.operator.get(&format!("/v1/holds/{id}")).await.is(200), *closed);
    let usage = house.operator.walk(&format!("/v1/usage?customer={}", ada.id)).await;
    assert_eq!(usage.iter().map(|it| it["cost"].as_str().expect("an amount")).collect::<Vec<_>>(), ["5", "4", "5"]);
    assert_eq!(house.server().folio(&["ledger", "verify"]).json(0)["verified"], true);
}

async fn a_job_that_fails_costs_nothing(house: &House) {
    let ada = house.customer().await;
    let before = ada.standing().await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 3}, {"quantity": 4}]})).await;
    ada.on_hold(&hold, "capture", &json!({"items": [{"item": 0, "outcome": "failed"}]})).await.is(200);
    let released = ada.on_hold(&hold, "release", &json!({"reason": "the parser crashed"})).await.is(200);
    assert_eq!((&released["hold"]["status"], &released["hold"]["released"]), (&json!("released"), &json!("7")));
    assert_eq!(ada.standing().await, before);
    ada.on_hold(&hold, "release", &json!({})).await.refused(409, "hold_closed");
}

fn drawn(draws: &Value) -> Vec<&str> {
    draws.as_array().expect("draws").iter().map(|draw| draw["amount"].as_str().expect("an amount")).collect()
}
