//! B28, B29: tiers and tools, all of it data.

use folio_tests::{House, on_both};
use serde_json::json;

on_both! { "flexocr":
    b28_the_tiers_are_free_basic_and_pro,
    b28_every_number_is_configuration,
    b29_free_tools_are_metered_cost_nothing_and_need_no_balance,
}

async fn b28_the_tiers_are_free_basic_and_pro(house: &House) {
    assert_eq!(house.operator.get("/v1/catalog").await.is(200)["free_tier_credits"], "20");
    let plans = house.operator.walk("/v1/plans").await;
    let told: Vec<_> = plans.iter().map(|plan| (&plan["code"], &plan["credits"], &plan["months"])).collect();
    assert_eq!(told, [(&json!("basic"), &json!(100), &json!(1)), (&json!("pro"), &json!(1_000), &json!(1))]);
    assert!(house.operator.walk("/v1/packs").await.is_empty());
}

async fn b28_every_number_is_configuration(house: &House) {
    let catalog = house.operator.get("/v1/catalog").await.is(200);
    let toml = catalog["toml"].as_str().expect("a file");
    let toml = toml.replace("credits = \"20\"", "credits = \"30\"").replace("credits = 1_000", "credits = 2_000");
    let toml = toml.replace("rate = \"1.0\"", "rate = \"1.3\"");
    let applied = house.operator.post("/v1/catalog/apply", &json!({"toml": toml})).await.is(200);
    assert_eq!(applied["version"], 2);
    let ada = house.customer().await;
    assert_eq!(ada.available().await, "30");
    assert_eq!(ada.charged("extract", 3).await["cost"], "3.9");
    assert_eq!(house.operator.walk("/v1/plans").await[1]["credits"], 2_000);
}

async fn b29_free_tools_are_metered_cost_nothing_and_need_no_balance(house: &House) {
    let ada = house.customer().await;
    ada.charged("extract", 20).await;
    for tool in ["split_pdf", "image_to_pdf"] {
        let usage = ada.charged(tool, 40).await;
        assert_eq!((&usage["cost"], &usage["quantity"], &usage["draws"]), (&json!("0"), &json!(40), &json!([])));
        let hold = ada.started(json!({"operation": tool, "items": [{"quantity": 3}]})).await;
        assert_eq!(ada.captured(&hold).await["hold"]["status"], "captured");
    }
    let usage = house.operator.walk(&format!("/v1/usage?customer={}", ada.id)).await;
    assert_eq!(usage.iter().filter(|usage| usage["cost"] == "0").count(), 4);
    assert_eq!(ada.standing().await, ("0".to_owned(), "0".to_owned()));
    let prices = house.operator.walk("/v1/operations").await;
    let prices: Vec<_> = prices.iter().filter_map(|it| it["unit_cost"].as_str()).collect();
    assert_eq!(prices, ["1", "0.5", "0.1", "0", "0"]);
}
