//! B13, B22, B24, B27: processing stops at zero, and says how to go on.

use documents::samples;
use folio_tests::{House, on_both};
use serde_json::json;

on_both! { "flexocr":
    b13_nothing_starts_at_zero,
    b13_running_work_never_takes_a_balance_below_zero,
    b13_a_partial_start_does_what_can_be_paid_and_names_the_rest,
    b22_a_refusal_tells_the_balance_the_pages_and_where_to_upgrade,
    b24_the_balance_is_right_in_the_answer_and_in_every_later_one,
}

async fn b13_nothing_starts_at_zero(house: &House) {
    let ada = house.customer().await;
    ada.charged("extract", 20).await;
    let job = json!({"operation": "extract", "items": [{"quantity": 1}]});
    ada.start(job.clone()).await.refused(402, "insufficient_credits");
    ada.start(json!({"partial": true, "operation": "extract", "items": [{"quantity": 1}]}))
        .await
        .refused(402, "insufficient_credits");
    ada.post("/v1/usage", json!({"operation": "update_schema", "changes": 1, "pages": 1}))
        .await
        .refused(402, "insufficient_credits");
    assert_eq!(ada.available().await, "0");
}

async fn b13_running_work_never_takes_a_balance_below_zero(house: &House) {
    let ada = house.customer().await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 18}]})).await;
    let captured = ada.on_hold(&hold, "capture", &json!({"quantity": 25})).await.is(200);
    let usage = captured["usage"].as_array().expect("usages");
    let told: Vec<_> = usage.iter().map(|it| (&it["cost"], &it["uncollected"], &it["above_hold"])).collect();
    assert_eq!(told, [(&json!("18"), &json!("0"), &json!(false)), (&json!("2"), &json!("5"), &json!(true))]);
    assert_eq!(captured["balance"], json!({"available": "0", "held": "0"}));

    let eve = house.customer().await;
    let hold = eve.started(json!({"operation": "extract", "items": [{"quantity": 18}]})).await;
    let above = json!({"quantity": 19, "overage": "reject"});
    eve.on_hold(&hold, "capture", &above).await.refused(409, "above_hold");
    assert_eq!(eve.standing().await, ("2".to_owned(), "18".to_owned()));
}

async fn b13_a_partial_start_does_what_can_be_paid_and_names_the_rest(house: &House) {
    let ada = house.customer().await;
    let items = json!([
        {"name": "a", "quantity": 9}, {"name": "b", "quantity": 8}, {"name": "c", "quantity": 5}, {"name": "d", "quantity": 1},
    ]);
    let hold = ada.started(json!({"operation": "extract", "items": items, "partial": true})).await;
    assert_eq!((&hold["amount"], &hold["left_out"]), (&json!("17"), &json!(["c", "d"])));
    assert_eq!(ada.standing().await, ("3".to_owned(), "17".to_owned()));
}

async fn b22_a_refusal_tells_the_balance_the_pages_and_where_to_upgrade(house: &House) {
    let ada = house.customer().await;
    let files = [("a.pdf", samples::pdf(19, "A")), ("b.tiff", samples::tiff(4))];
    let estimate = ada.estimate_files("extract", &files).await.is(200);
    let refused = ada.start(json!({"estimate": estimate["id"]})).await.refused(402, "insufficient_credits");
    let told = ["required", "available", "shortfall"].map(|member| refused[member].clone());
    assert_eq!(told, ["23", "20", "3"].map(|amount| json!(amount)));
    assert_eq!((&refused["items"][0]["pages"], &refused["items"][1]["pages"]), (&json!(19), &json!(4)));
    // B27
    assert_eq!(refused["upgrade_url"], "https://flexocr.example/account/plan");
}

async fn b24_the_balance_is_right_in_the_answer_and_in_every_later_one(house: &House) {
    let ada = house.customer().await;
    let key = ada.key(&["read"]).await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 10}]})).await;
    for left in (10..20).rev() {
        let captured = ada.on_hold(&hold, "capture", &json!({"quantity": 1})).await.is(200);
        let held = left - 10;
        assert_eq!(captured["balance"], json!({"available": "10", "held": held.to_string()}));
        assert_eq!(ada.standing().await, ("10".to_owned(), held.to_string()));
        assert_eq!(key.get("/v1/credits").await.is(200)["credits"]["purchases"][0]["remaining"], left);
    }
}
