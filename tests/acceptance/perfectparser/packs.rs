//! A02, A20–A30, A44–A46: packs, and what to buy.

use folio_tests::{House, on_both};
use serde_json::{Value, json};

on_both! { "perfectparser":
    a02_what_is_not_used_waits,
    a20_starter_is_100_credits_for_19,
    a21_small_is_250_credits_for_39,
    a22_medium_is_500_credits_for_59,
    a23_popular_is_1000_credits_for_99,
    a24_growth_is_2500_credits_for_189,
    a25_scale_is_5000_credits_for_349,
    a26_business_is_10000_credits_for_599,
    a27_enterprise_is_25000_credits_for_1299,
    a28_there_are_exactly_eight_packs_in_this_order,
    a29_the_advice_is_the_cheapest_way_to_cover_the_need,
    a30_packs_add_up,
    a44_a_pack_can_be_bought_at_any_balance_and_beside_open_holds,
    a45_more_than_the_largest_pack_is_a_matter_for_a_quote,
    a45_a_pack_can_be_made_for_one_account,
    a46_the_price_list_prices_every_operation,
}

/// Credits and price of every pack, in the order of the price table.
const PACKS: [(&str, u64, u64); 8] = [
    ("starter", 100, 1_900),
    ("small", 250, 3_900),
    ("medium", 500, 5_900),
    ("popular", 1_000, 9_900),
    ("growth", 2_500, 18_900),
    ("scale", 5_000, 34_900),
    ("business", 10_000, 59_900),
    ("enterprise", 25_000, 129_900),
];

async fn a02_what_is_not_used_waits(house: &House) {
    let (ada, clock) = house.customer_at("2026-01-01T08:00:00Z").await;
    ada.buy("starter").await;
    clock.advance("2026-07-20T08:00:00Z").await;
    ada.buy("starter").await;
    let packs: Vec<_> = ada.grants().await.into_iter().filter(|grant| grant["source"] == "pack").collect();
    assert_eq!(packs.iter().map(|pack| pack["available"].as_str()).collect::<Vec<_>>(), [Some("100"), Some("100")]);
    assert_eq!(ada.available().await, "220");
}

async fn a20_starter_is_100_credits_for_19(house: &House) {
    pack(house, 0, "$0.19").await;
}

async fn a21_small_is_250_credits_for_39(house: &House) {
    pack(house, 1, "$0.156").await;
}

async fn a22_medium_is_500_credits_for_59(house: &House) {
    pack(house, 2, "$0.118").await;
}

async fn a23_popular_is_1000_credits_for_99(house: &House) {
    pack(house, 3, "$0.099").await;
}

async fn a24_growth_is_2500_credits_for_189(house: &House) {
    assert_eq!(pack(house, 4, "$0.075").await["exact"], "0.0756");
}

async fn a25_scale_is_5000_credits_for_349(house: &House) {
    assert_eq!(pack(house, 5, "$0.069").await["exact"], "0.0698");
}

async fn a26_business_is_10000_credits_for_599(house: &House) {
    assert_eq!(pack(house, 6, "$0.059").await["exact"], "0.0599");
}

async fn a27_enterprise_is_25000_credits_for_1299(house: &House) {
    assert_eq!(pack(house, 7, "$0.051").await["exact"], "0.05196");
}

async fn a28_there_are_exactly_eight_packs_in_this_order(house: &House) {
    let packs = house.operator.walk("/v1/packs").await;
    let codes: Vec<_> = packs.iter().map(|pack| pack["code"].as_str().expect("a code")).collect();
    assert_eq!(codes, PACKS.map(|(code, ..)| code));
}

async fn a29_the_advice_is_the_cheapest_way_to_cover_the_need(house: &House) {
    for (pages, code) in [(900, "popular"), (2_400, "growth"), (4_600, "scale")] {
        let advice = advice(house, pages).await;
        assert_eq!(advice["best"]["packs"], json!([{"pack": code, "quantity": 1}]), "{pages}");
        assert_eq!(advice["single"], advice["best"], "{pages}");
    }
    let advised = advice(house, 101).await;
    assert_eq!(advised["best"]["packs"], json!([{"pack": "starter", "quantity": 2}]));
    assert_eq!(advised["best"]["price"], json!({"amount": 3800, "currency": "USD"}));
    assert_eq!(advised["single"]["packs"], json!([{"pack": "small", "quantity": 1}]));
    assert_eq!(advised["single"]["price"], json!({"amount": 3900, "currency": "USD"}));
    let cheapest = cheapest(25_000);
    for pages in [1, 99, 100, 101, 200, 201, 251, 340, 999, 1_001, 1_350, 3_333, 7_500, 12_345, 24_999, 25_000] {
        let advised = advice(house, pages).await;
        let best = &advised["best"];
        assert_eq!(best["price"]["amount"], cheapest[usize::try_from(pages).expect("small")], "{pages}");
        assert!(best["credits"].as_u64() >= Some(pages), "{best}");
    }
}

async fn a30_packs_add_up(house: &House) {
    let ada = house.customer().await;
    ada.buy("starter").await;
    ada.buy("small").await;
    assert_eq!(ada.available().await, "370");
    assert_eq!((ada.orders().await.len(), ada.invoices().await.len()), (2, 2));
}

async fn a44_a_pack_can_be_bought_at_any_balance_and_beside_open_holds(house: &House) {
    let ada = house.customer().await;
    ada.started(json!({"operation": "extract", "items": [{"quantity": 20}]})).await;
    assert_eq!(ada.standing().await, ("0".to_owned(), "20".to_owned()));
    ada.buy("starter").await;
    assert_eq!(ada.standing().await, ("100".to_owned(), "20".to_owned()));
    ada.buy("enterprise").await;
    assert_eq!(ada.standing().await, ("25100".to_owned(), "20".to_owned()));
}

async fn a45_more_than_the_largest_pack_is_a_matter_for_a_quote(house: &House) {
    let advised = advice(house, 25_001).await;
    assert_eq!(advised["contact_sales"], true);
    assert_eq!(advised["contact_url"], "https://perfectparser.example/contact");
    let advised = advice(house, 25_000).await;
    assert_eq!((&advised["contact_sales"], advised.get("contact_url")), (&json!(false), None));
}

async fn a45_a_pack_can_be_made_for_one_account(house: &House) {
    let catalog = house.operator.get("/v1/catalog").await.is(200);
    let custom = "[packs]\nacme = { label = \"Acme\", credits = 60_000, price = \"2500.00\", expires_after = \"P24M\", private = true }\n";
    let toml = catalog["toml"].as_str().expect("a file").replace("[packs]\n", custom);
    house.operator.post("/v1/catalog/apply", &json!({"toml": toml})).await.is(200);
    assert!(house.operator.walk("/v1/packs").await.iter().all(|pack| pack["code"] != "acme"));
    let ada = house.customer().await;
    ada.buy("acme").await;
    assert_eq!(ada.available().await, "60020");
}

async fn a46_the_price_list_prices_every_operation(house: &House) {
    let operations = house.operator.walk("/v1/operations").await;
    let prices: Vec<_> =
        operations.iter().map(|it| (it["code"].as_str(), it["per"].as_str(), it["unit_cost"].as_str())).collect();
    assert_eq!(prices, [(Some("extract"), Some("page"), Some("1")), (Some("detect_fields"), Some("page"), Some("1"))]);
}

/// Checks a row of the price table, on the list and in a purchase; the unit price.
async fn pack(house: &House, row: usize, shown: &str) -> Value {
    let (code, credits, price) = PACKS[row];
    let listed = house.operator.walk("/v1/packs").await[row].clone();
    assert_eq!((&listed["code"], &listed["credits"]), (&json!(code), &json!(credits)));
    assert_eq!(listed["price"], json!({"amount": price, "currency": "USD"}));
    assert_eq!((&listed["unit_price"]["display"], &listed["expires_after"]), (&json!(shown), &json!("P12M")));
    let ada = house.customer().await;
    let bought = ada.buy(code).await;
    assert_eq!((&bought["amount"], &bought["cost"]), (&json!(credits.to_string()), &listed["price"]));
    listed["unit_price"].clone()
}

async fn advice(house: &House, pages: u64) -> Value {
    house.operator.get(&format!("/v1/packs/advice?pages={pages}")).await.is(200)
}

/// The least money that buys at least `n` credits, for every `n` up to `most`.
fn cheapest(most: usize) -> Vec<u64> {
    let mut prices = vec![0];
    for need in 1..=most {
        let with = |&(_, credits, price): &(&str, u64, u64)| {
            prices[need.saturating_sub(usize::try_from(credits).expect("small"))] + price
        };
        let least = PACKS.iter().map(with).min().expect("packs");
        prices.push(least);
    }
    prices
}
