//! A38–A42: a batch starts as a whole, if it can be paid, and never otherwise.

use documents::samples;
use folio_tests::{House, on_both};
use serde_json::json;

on_both! { "perfectparser":
    a38_every_hold_knows_its_estimate_and_its_pages,
    a39_a_batch_that_needs_too_much_does_not_start,
    a40_a_batch_that_needs_all_there_is_starts,
    a40_a_batch_of_no_pages_is_a_mistake_not_a_want_of_credits,
    a41_after_a_top_up_the_same_batch_starts,
}

async fn a38_every_hold_knows_its_estimate_and_its_pages(house: &House) {
    let ada = house.customer().await;
    let files = [("a.pdf", samples::pdf(2, "A")), ("b.tiff", samples::tiff(3))];
    let estimate = ada.estimate_files("extract", &files).await.is(200);
    let hold = ada.started_from(&estimate).await;
    assert_eq!(hold["estimate"], estimate["id"]);
    assert_eq!((&hold["items"][0]["pages"], &hold["items"][1]["pages"]), (&json!(2), &json!(3)));

    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 4}]})).await;
    assert!(hold["estimate"].as_str().is_some_and(|id| id.starts_with("est_") && hold["estimate"] != estimate["id"]));
    assert_eq!(hold["items"][0]["quantity"], 4);

    let entries = ada.sequence().await;
    for job in [json!({}), json!({"operation": "extract"}), json!({"estimate": "est_0192f3a1b2c37d4e8f9012ab34cd56ef"})]
    {
        assert!(matches!(ada.start(job).await.problem()["status"].as_u64(), Some(404 | 422)));
    }
    assert_eq!(ada.sequence().await, entries);
}

async fn a39_a_batch_that_needs_too_much_does_not_start(house: &House) {
    let ada = house.customer().await;
    ada.charged("extract", 13).await;
    let files = [("a.pdf", samples::pdf(6, "A")), ("b.pdf", samples::pdf(4, "B"))];
    let estimate = ada.estimate_files("extract", &files).await.is(200);
    assert_eq!((&estimate["sufficient"], &estimate["shortfall"]), (&json!(false), &json!("3")));
    assert_eq!(estimate["suggested_packs"], json!([{"pack": "starter", "quantity": 1}]));

    let entries = ada.entries().await;
    let refused = ada.start(json!({"estimate": estimate["id"]})).await.refused(402, "insufficient_credits");
    let told = ["required", "available", "held", "shortfall"].map(|member| refused[member].clone());
    assert_eq!(told, ["10", "7", "0", "3"].map(|amount| json!(amount)));
    assert_eq!(refused["suggested_packs"], json!([{"pack": "starter", "quantity": 1}]));
    assert_eq!(refused["top_up_url"], "https://perfectparser.example/pricing");
    let pages: Vec<_> =
        refused["items"].as_array().expect("lines").iter().map(|it| (&it["name"], &it["pages"])).collect();
    assert_eq!(pages, [(&json!("a.pdf"), &json!(6)), (&json!("b.pdf"), &json!(4))]);

    assert_eq!(ada.entries().await, entries);
    assert_eq!(ada.standing().await, ("7".to_owned(), "0".to_owned()));
    assert!(house.operator.walk(&format!("/v1/holds?customer={}", ada.id)).await.is_empty());
}

async fn a40_a_batch_that_needs_all_there_is_starts(house: &House) {
    let ada = house.customer().await;
    ada.charged("extract", 10).await;
    ada.started(json!({"operation": "extract", "items": [{"quantity": 7}, {"quantity": 3}]})).await;
    assert_eq!(ada.standing().await, ("0".to_owned(), "10".to_owned()));
}

async fn a40_a_batch_of_no_pages_is_a_mistake_not_a_want_of_credits(house: &House) {
    let ada = house.customer().await;
    ada.charged("extract", 20).await;
    for items in [json!([{"quantity": 0}]), json!([])] {
        let job = json!({"operation": "extract", "items": items});
        ada.start(job.clone()).await.refused(400, "invalid_request");
        ada.estimate(job).await.refused(400, "invalid_request");
    }
}

async fn a41_after_a_top_up_the_same_batch_starts(house: &House) {
    let ada = house.customer().await;
    ada.charged("extract", 13).await;
    let estimate = ada.estimate_files("extract", &[("a.pdf", samples::pdf(10, "A"))]).await.is(200);
    let start = ada.named_in(json!({"estimate": estimate["id"]}));
    let asked = || house.operator.post_with("start-a41", "/v1/holds", &start);
    asked().await.refused(402, "insufficient_credits");
    ada.buy("starter").await;
    let started = asked().await;
    assert!(!started.is_replay());
    let started = started.is(201);
    assert_eq!((&started["hold"]["amount"], &started["balance"]["available"]), (&json!("10"), &json!("97")));
    assert_eq!(started["hold"]["estimate"], estimate["id"]);
}
