//! Test clocks: time at any pace comes to the same ledger (R7, R26, R27).

use folio_tests::{Customer, House, on_both};
use serde_json::{Value, json};

on_both! { "flexocr":
    five_years_in_one_step_are_five_years_month_by_month,
    r27_the_free_tier_keeps_the_day_of_signup,
    r26_a_month_ends_in_the_customers_own_zone,
    r7_a_clock_never_goes_back,
    r10_expiry_needs_no_reader,
}

async fn five_years_in_one_step_are_five_years_month_by_month(house: &House) {
    let start = "2024-01-31T23:15:00Z";
    let (hasty, leap) = house.customer_at(start).await;
    let (patient, walk) = house.customer_at(start).await;
    for customer in [&hasty, &patient] {
        furnish(customer).await;
    }
    leap.advance("2029-01-31T23:15:00Z").await;
    for month in 1..=60 {
        let (year, month) = (2024 + month / 12, 1 + month % 12);
        walk.advance(&format!("{year}-{month:02}-{}T23:15:00Z", if month == 1 { 31 } else { 17 })).await;
    }
    let (one, other) = (story(&hasty).await, story(&patient).await);
    assert!(one.len() > 120, "{}", one.len());
    assert_eq!(one, other);
    assert_eq!(hasty.standing().await, patient.standing().await);
}

/// Grants that end and begin at odd times, and a hold that lapses.
async fn furnish(customer: &Customer) {
    customer.grant(json!({"amount": "50", "expires_after": "P18M"})).await;
    customer
        .grant(
            json!({"amount": "30", "effective_at": "2025-02-28T23:15:00Z", "expires_at": "2026-07-04T01:02:03.004Z"}),
        )
        .await;
    customer.grant(json!({"amount": "7.5"})).await;
    customer.charged("extract", 25).await;
    customer.started(json!({"operation": "extract", "items": [{"quantity": 11}], "ttl": "P7D"})).await;
}

/// The journal without ids, and without the keys that commands came with.
async fn story(customer: &Customer) -> Vec<String> {
    let own = customer.id.trim_start_matches("cus_");
    let mut entries = customer.entries().await;
    for entry in &mut entries {
        entry.as_object_mut().expect("an entry").remove("key");
    }
    entries.iter().map(|entry| entry.to_string().replace(own, "…")).collect()
}

async fn r27_the_free_tier_keeps_the_day_of_signup(house: &House) {
    let (ada, clock) = house.customer_at("2027-01-31T12:00:00Z").await;
    for renewal in ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"] {
        ada.charged("extract", 20).await;
        clock.advance(&format!("{renewal}T11:59:59.999Z")).await;
        assert_eq!(ada.available().await, "0", "{renewal}");
        clock.advance(&format!("{renewal}T12:00:00Z")).await;
        assert_eq!(ada.available().await, "20", "{renewal}");
    }
    let (leap, clock) = house.customer_at("2024-02-29T00:00:00Z").await;
    clock.advance("2025-04-01T00:00:00Z").await;
    let months: Vec<_> = leap.grants().await.iter().map(|grant| grant["effective_at"].clone()).collect();
    assert_eq!(
        months[11..],
        ["2025-01-29", "2025-02-28", "2025-03-29"].map(|day| json!(format!("{day}T00:00:00.000Z")))
    );
}

async fn r26_a_month_ends_in_the_customers_own_zone(house: &House) {
    let clock = house.clock("2026-01-31T23:30:00Z").await;
    // In Berlin it is the first of February already; in summer the same hour is an hour earlier in UTC.
    let ada = house.sign_up(&json!({"test_clock": clock.id, "time_zone": "Europe/Berlin"})).await;
    clock.advance("2026-05-15T00:00:00Z").await;
    let months: Vec<_> = ada.grants().await.iter().map(|grant| grant["effective_at"].clone()).collect();
    let expected = ["2026-01-31T23:30", "2026-02-28T23:30", "2026-03-31T22:30", "2026-04-30T22:30"];
    assert_eq!(months, expected.map(|at| json!(format!("{at}:00.000Z"))));
}

async fn r7_a_clock_never_goes_back(house: &House) {
    let (ada, clock) = house.customer_at("2026-01-01T00:00:00Z").await;
    clock.advance("2026-03-01T00:00:00Z").await;
    clock.advance("2026-03-01T00:00:00Z").await;
    let before = ada.entries().await;
    let path = format!("/v1/test/clocks/{}/advance", clock.id);
    let refused = house.operator.post(&path, &json!({"to": "2026-02-28T00:00:00Z"})).await;
    assert_eq!(refused.refused(422, "validation_failed")["errors"][0]["pointer"], "/to");
    assert_eq!(ada.entries().await, before);
    let shown = house.operator.get(&format!("/v1/test/clocks/{}", clock.id)).await.is(200);
    assert_eq!(shown["frozen_at"], "2026-03-01T00:00:00.000Z");
}

async fn r10_expiry_needs_no_reader(house: &House) {
    let (ada, clock) = house.customer_at("2026-01-01T00:00:00Z").await;
    clock.advance("2026-07-01T00:00:00Z").await;
    // Of all customers at once: nobody has asked for this one.
    let entries = house.operator.walk("/v1/ledger/entries?order=asc&limit=100").await;
    let of_ada: Vec<&Value> = entries.iter().filter(|entry| entry["customer"] == ada.id).collect();
    assert_eq!(of_ada.iter().filter(|entry| entry["kind"] == "expire").count(), 6);
}
