//! B25, B26: why was I charged, and what if it was wrong?

use documents::samples;
use folio_tests::{House, on_both};
use serde_json::json;

on_both! { "flexocr":
    b25_a_charge_can_be_traced_to_its_document,
    b26_the_operator_answers_with_an_adjustment,
    b26_the_operator_answers_by_reversing_the_charge,
}

async fn b25_a_charge_can_be_traced_to_its_document(house: &House) {
    let ada = house.customer().await;
    let grant = ada.grants().await[0].clone();
    let estimate = ada.estimate_files("extract", &[("report.pdf", samples::pdf(7, "Report"))]).await.is(200);
    let hold = ada.started(json!({"estimate": estimate["id"], "reference": "job_1"})).await;
    let done = json!({"items": [{"item": 0, "quantity": 1, "outcome": "failed"}, {"item": 0, "quantity": 6}]});
    let usage = ada.on_hold(&hold, "capture", &done).await.is(200)["usage"][0].clone();

    let path = format!("/v1/usage/{}/explanation", usage["id"].as_str().expect("an id"));
    let told = house.operator.get(&path).await.is(200);
    assert_eq!(told["usage"], usage);
    for (member, value) in [
        ("name", json!("report.pdf")),
        ("media_type", json!("application/pdf")),
        ("pages", json!(7)),
        ("page_rule", json!("page-rule/1")),
        ("sha256", estimate["items"][0]["sha256"].clone()),
        ("quantity", json!(6)),
        ("failed", json!(1)),
        ("free", json!(0)),
        ("unit_cost", json!("1")),
        ("cost", json!("6")),
        ("hold", hold["id"].clone()),
        ("reference", json!("job_1")),
        ("catalog_version", json!(1)),
    ] {
        assert_eq!(usage[member], value, "{member}");
    }
    assert_eq!(usage["sha256"].as_str().map(str::len), Some(64));
    assert_eq!((&told["grants"][0]["grant"]["id"], &told["grants"][0]["amount"]), (&grant["id"], &json!("6")));
    assert!(told["text"].as_str().is_some_and(|text| text.contains("report.pdf") && text.contains('7')), "{told}");
    assert_eq!(ada.key(&["read"]).await.get(&path).await.is(200), told);
}

async fn b26_the_operator_answers_with_an_adjustment(house: &House) {
    let ada = house.customer().await;
    let usage = ada.charged("extract", 5).await;
    let reason = format!("wrong pages in {}", usage["id"].as_str().expect("an id"));
    ada.grant(json!({"amount": "2.5", "source": "adjustment", "reason": reason})).await;
    assert_eq!(ada.available().await, "17.5");
    let entries = ada.entries().await;
    let entry = entries.last().expect("an entry");
    assert_eq!((&entry["grant"]["source"], &entry["reason"]), (&json!("adjustment"), &json!(reason)));
}

async fn b26_the_operator_answers_by_reversing_the_charge(house: &House) {
    let ada = house.customer().await;
    let usage = ada.charged("extract", 5).await;
    let path = format!("/v1/usage/{}/reverse", usage["id"].as_str().expect("an id"));
    let part = house.operator.post(&path, &json!({"quantity": 2, "reason": "blank pages"})).await.is(200);
    assert_eq!(
        (&part["amount"], &part["returned"]),
        (&json!("2"), &json!([{"grant": usage["draws"][0]["grant"], "amount": "2"}]))
    );
    assert_eq!(ada.available().await, "17");
    let rest = house.operator.post(&path, &json!({})).await.is(200);
    assert_eq!((&rest["amount"], &rest["balance"]["available"]), (&json!("3"), &json!("20")));
    house.operator.post(&path, &json!({})).await.refused(409, "already_reversed");
    assert_eq!(ada.available().await, "20");
}
