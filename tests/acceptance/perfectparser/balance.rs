//! A32, A35–A37: the balance and its parts, at any moment.

use folio_tests::{House, micros, on_both};
use serde_json::{Value, json};
use tokio::task::JoinSet;

on_both! { "perfectparser":
    a32_the_breakdown_adds_up_to_the_balance,
    a35_me_tells_the_balance_in_one_call,
    a36_credits_tells_every_purchase,
    a37_me_and_credits_agree_while_credits_are_spent,
}

async fn a32_the_breakdown_adds_up_to_the_balance(house: &House) {
    let ada = house.customer().await;
    ada.buy("starter").await;
    ada.started(json!({"operation": "extract", "items": [{"quantity": 30}]})).await;
    ada.charged("extract", 5).await;
    let grants = ada.grants().await;
    let sum = |bucket: &str| grants.iter().map(|grant| amount(&grant[bucket])).sum::<i64>();
    let (available, held) = ada.standing().await;
    assert_eq!((sum("available"), sum("held")), (micros(&available), micros(&held)));
    let pack = &grants[1];
    assert_eq!((&pack["label"], &pack["amount"], &pack["held"]), (&json!("Starter"), &json!("100"), &json!("30")));
    assert_eq!((&pack["available"], &pack["consumed"]), (&json!("65"), &json!("5")));
}

async fn a35_me_tells_the_balance_in_one_call(house: &House) {
    let ada = house.customer().await;
    let me = ada.key(&["read"]).await.get("/v1/me").await.is(200);
    assert_eq!(me["user"]["credits_available"], 20);
}

async fn a36_credits_tells_every_purchase(house: &House) {
    let ada = house.customer().await;
    ada.buy("starter").await;
    let credits = ada.key(&["read"]).await.get("/v1/credits").await.is(200)["credits"].clone();
    assert_eq!(credits["available"], 120);
    let purchases: Vec<_> = credits["purchases"].as_array().expect("purchases").iter().map(|it| &it["plan"]).collect();
    assert_eq!(purchases, [&json!("Starter"), &json!("trial")]);
}

/// While credits only go down, a reading between two others lies between them.
async fn a37_me_and_credits_agree_while_credits_are_spent(house: &House) {
    let ada = house.customer().await;
    ada.buy("popular").await;
    let reader = ada.key(&["read"]).await;
    let mut spenders = JoinSet::new();
    for _ in 0..4 {
        let ada = ada.clone();
        spenders.spawn(async move {
            for _ in 0..25 {
                ada.charged("extract", 3).await;
            }
        });
    }
    let me = async || reader.get("/v1/me").await.is(200)["user"]["credits_available"].as_u64().expect("a number");
    for _ in 0..25 {
        let before = me().await;
        let credits = reader.get("/v1/credits").await.is(200)["credits"].clone();
        let after = me().await;
        let available = credits["available"].as_u64().expect("a number");
        assert!(before >= available && available >= after, "{before}, {available}, {after}");
        let parts = credits["purchases"].as_array().expect("purchases").iter();
        let sum: u64 =
            parts.map(|it| it["remaining"].as_u64().expect("a number") - it["held"].as_u64().expect("a number")).sum();
        assert_eq!(available, sum);
    }
    spenders.join_all().await;
    let credits = reader.get("/v1/credits").await.is(200);
    assert_eq!((me().await, &credits["credits"]["available"]), (720, &json!(720)));
}

fn amount(value: &Value) -> i64 {
    micros(value.as_str().expect("an amount"))
}
