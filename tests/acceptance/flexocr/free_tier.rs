//! B08, B11, B12, B23: twenty credits a month, counted from the day of signup.

use folio_tests::{House, on_both};
use serde_json::{Value, json};

on_both! { "flexocr":
    b08_the_free_tier_resets_on_the_day_of_signup,
    b08_a_reset_gives_20_not_20_more,
    b11_what_is_left_at_the_reset_expires,
    b12_a_balance_says_when_it_is_low,
    b23_only_the_free_tier_resets,
}

async fn b08_the_free_tier_resets_on_the_day_of_signup(house: &House) {
    let (ada, clock) = house.customer_at("2026-01-31T09:30:00Z").await;
    clock.advance("2026-06-01T00:00:00Z").await;
    let grants = ada.grants().await;
    let periods: Vec<_> = grants.iter().map(|it| (text(&it["effective_at"]), text(&it["expires_at"]))).collect();
    let days = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"];
    let days = days.map(|day| format!("{day}T09:30:00.000Z"));
    let expected: Vec<_> = days.windows(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
    assert_eq!(periods, expected);
    assert!(grants.iter().all(|grant| grant["source"] == "free_tier" && grant["amount"] == "20"));
}

async fn b08_a_reset_gives_20_not_20_more(house: &House) {
    let (ada, clock) = house.customer_at("2026-01-31T09:30:00Z").await;
    for (boundary, just_before, spent) in [
        ("2026-02-28T09:30:00.000Z", "2026-02-28T09:29:59.999Z", 3),
        ("2026-03-31T09:30:00.000Z", "2026-03-31T09:29:59.999Z", 20),
        ("2026-04-30T09:30:00.000Z", "2026-04-30T09:29:59.999Z", 11),
    ] {
        ada.charged("extract", spent).await;
        clock.advance(just_before).await;
        assert_eq!(ada.available().await, (20 - spent).to_string(), "{just_before}");
        clock.advance(boundary).await;
        assert_eq!(ada.available().await, "20", "{boundary}");
    }
}

async fn b11_what_is_left_at_the_reset_expires(house: &House) {
    let (ada, clock) = house.customer_at("2026-03-15T10:00:00Z").await;
    ada.charged("extract", 7).await;
    clock.advance("2026-04-15T10:00:00Z").await;
    let entries = ada.entries().await;
    let [.., expired, granted] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((&expired["kind"], &expired["amount"]), (&json!("expire"), &json!("13")));
    assert_eq!((&granted["kind"], &granted["amount"]), (&json!("grant"), &json!("20")));
    assert_eq!(expired["effective_at"], "2026-04-15T10:00:00.000Z");
    assert_eq!(granted["effective_at"], "2026-04-15T10:00:00.000Z");
    assert_eq!(ada.available().await, "20");
}

async fn b12_a_balance_says_when_it_is_low(house: &House) {
    let ada = house.customer().await;
    for (spent, state) in [(0, "ok"), (15, "ok"), (1, "low"), (3, "low"), (1, "zero")] {
        if spent > 0 {
            ada.charged("extract", spent).await;
        }
        assert_eq!(ada.balance().await["state"], state, "after {spent} more");
    }
    ada.grant(json!({"amount": "100"})).await;
    assert_eq!(ada.balance().await["state"], "ok");
}

async fn b23_only_the_free_tier_resets(house: &House) {
    let (ada, clock) = house.customer_at("2026-01-10T00:00:00Z").await;
    ada.grant(json!({"amount": "50", "source": "promotion"})).await;
    ada.charged("extract", 30).await;
    assert_eq!(ada.available().await, "40");
    clock.advance("2026-02-10T00:00:00Z").await;
    assert_eq!(ada.available().await, "60");
    clock.advance("2026-12-10T00:00:00Z").await;
    assert_eq!(ada.available().await, "60");
    assert_eq!(ada.grants().await.iter().filter(|grant| grant["source"] == "promotion").count(), 1);
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
