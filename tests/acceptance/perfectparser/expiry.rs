//! A19, A31: twelve months, for each purchase by itself.

use folio_tests::{House, on_both};
use serde_json::{Value, json};

on_both! { "perfectparser":
    a19_a_pack_lasts_to_the_end_of_its_anniversary,
    a19_a_pack_is_spendable_just_before_its_end_and_not_at_it,
    a31_each_pack_expires_by_itself,
}

async fn a19_a_pack_lasts_to_the_end_of_its_anniversary(house: &House) {
    for (zone, bought, anniversary, ends) in [
        ("UTC", "2026-06-01T12:00:00.000Z", "2027-06-01T12:00:00.000Z", "2027-06-02T00:00:00.000Z"),
        ("UTC", "2026-06-01T23:59:59.999Z", "2027-06-01T23:59:59.999Z", "2027-06-02T00:00:00.000Z"),
        ("UTC", "2027-02-28T00:00:00.000Z", "2028-02-28T00:00:00.000Z", "2028-02-29T00:00:00.000Z"),
        ("UTC", "2028-02-29T08:00:00.000Z", "2029-02-28T08:00:00.000Z", "2029-03-01T00:00:00.000Z"),
        ("Europe/Berlin", "2026-06-01T12:00:00.000Z", "2027-06-01T12:00:00.000Z", "2027-06-01T22:00:00.000Z"),
        ("Europe/Berlin", "2026-06-01T22:30:00.000Z", "2027-06-01T22:30:00.000Z", "2027-06-02T22:00:00.000Z"),
        ("America/New_York", "2026-12-31T23:00:00.000Z", "2027-12-31T23:00:00.000Z", "2028-01-01T05:00:00.000Z"),
        ("Asia/Kolkata", "2026-08-15T18:30:00.000Z", "2027-08-15T18:30:00.000Z", "2027-08-16T18:30:00.000Z"),
    ] {
        let clock = house.clock(bought).await;
        let ada = house.sign_up(&json!({"test_clock": clock.id, "time_zone": zone})).await;
        let pack = ada.buy("starter").await;
        assert_eq!((&pack["granted_at"], &pack["expires_at"]), (&json!(bought), &json!(ends)), "{zone}");
        assert!(ends >= anniversary, "{ends} is less than was promised");
    }
}

async fn a19_a_pack_is_spendable_just_before_its_end_and_not_at_it(house: &House) {
    let (ada, clock) = house.customer_at("2026-06-01T12:00:00Z").await;
    let eve = house.customer_with(&clock).await;
    for customer in [&ada, &eve] {
        customer.buy("starter").await;
    }
    clock.advance("2027-06-01T23:59:59.999Z").await;
    assert_eq!(ada.available().await, "120");
    ada.charged("extract", 120).await;
    clock.advance("2027-06-02T00:00:00.000Z").await;
    assert_eq!(eve.available().await, "20");
    eve.charge("extract", 21).await.refused(402, "insufficient_credits");
    eve.charged("extract", 20).await;
}

async fn a31_each_pack_expires_by_itself(house: &House) {
    let (ada, clock) = house.customer_at("2026-01-10T10:00:00Z").await;
    ada.buy("starter").await;
    clock.advance("2026-04-10T10:00:00Z").await;
    ada.buy("small").await;
    ada.charged("extract", 30).await;
    clock.advance("2027-01-10T23:59:59.999Z").await;
    assert_eq!(ada.available().await, "340");
    clock.advance("2027-01-11T00:00:00Z").await;
    assert_eq!(ada.available().await, "270");
    let grants = ada.grants().await;
    let buckets = |grant: &Value| ["available", "consumed", "expired"].map(|bucket| grant[bucket].clone());
    assert_eq!(buckets(&grants[1]), [json!("0"), json!("30"), json!("70")]);
    assert_eq!(buckets(&grants[2]), [json!("250"), json!("0"), json!("0")]);
    clock.advance("2027-04-11T00:00:00Z").await;
    assert_eq!(ada.available().await, "20");
}
