//! What was earned of what was sold (R37).

mod years;

use folio_tests::{Customer, House, on_both};
use serde_json::{Value, json};

on_both! { "perfectparser":
    r37_revenue_is_told_of_any_instant_and_any_time,
    r37_reports_are_paged_by_customer_and_their_totals_are_the_sums,
    r42_reports_are_the_operators,
}

/// Price, recognised, breakage, refunded and deferred, which must add up.
pub(crate) fn figures(row: &Value) -> [i64; 5] {
    let figures = ["price", "recognised", "breakage", "refunded", "deferred"].map(|name| {
        assert_eq!(row[name]["currency"], row["price"]["currency"]);
        row[name]["amount"].as_i64().unwrap_or_else(|| panic!("{name} of {row}"))
    });
    let [price, parts @ ..] = figures;
    assert_eq!(parts.iter().sum::<i64>(), price, "{row}");
    figures
}

/// A customer with 100 credits for $19.00 that end on the first of March, of whom 40 are used in January.
async fn ada(house: &House) -> Customer {
    let (ada, clock) = house.customer_at("2026-01-02T00:00:00Z").await;
    let cost = json!({"amount": 1900, "currency": "USD"});
    ada.grant(json!({"amount": "100", "cost": cost, "expires_at": "2026-03-01T00:00:00Z"})).await;
    clock.advance("2026-01-10T00:00:00Z").await;
    ada.charged("extract", 40).await;
    clock.advance("2026-04-01T00:00:00Z").await;
    ada
}

async fn r37_revenue_is_told_of_any_instant_and_any_time(house: &House) {
    let ada = ada(house).await;
    let ask = async |path: &str| {
        let report = house.operator.get(&format!("/v1/reports/{path}")).await.is(200);
        let rows = report["totals"].as_array().expect("totals").iter().map(figures).collect::<Vec<_>>();
        let data = report["data"].as_array().expect("a list");
        assert_eq!(data.len(), rows.len().min(1));
        if let [row] = &data[..] {
            assert_eq!((&row["customer"], &row["revenue"]), (&json!(ada.id), &report["totals"]));
        }
        rows
    };
    for (at, figures) in [
        ("2026-01-01T23:59:59.999Z", None),
        ("2026-01-02T00:00:00Z", Some([1_900, 0, 0, 0, 1_900])),
        ("2026-01-09T23:59:59.999Z", Some([1_900, 0, 0, 0, 1_900])),
        ("2026-01-10T00:00:00Z", Some([1_900, 760, 0, 0, 1_140])),
        ("2026-02-28T23:59:59.999Z", Some([1_900, 760, 0, 0, 1_140])),
        ("2026-03-01T00:00:00Z", Some([1_900, 760, 1_140, 0, 0])),
        ("2099-01-01T00:00:00Z", Some([1_900, 760, 1_140, 0, 0])),
    ] {
        assert_eq!(ask(&format!("deferred_revenue?at={at}")).await, Vec::from_iter(figures), "{at}");
    }
    assert_eq!(ask("deferred_revenue").await, [[1_900, 760, 1_140, 0, 0]]);
    for (from, until, figures) in [
        ("2025-01-01T00:00:00Z", "2026-01-02T00:00:00Z", None),
        ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", Some([1_900, 760, 0, 0, 1_140])),
        ("2026-01-10T00:00:00Z", "2026-01-10T00:00:00.001Z", Some([0, 760, 0, 0, -760])),
        ("2026-01-10T00:00:00.001Z", "2026-03-01T00:00:00Z", None),
        ("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", Some([0, 0, 1_140, 0, -1_140])),
        ("2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z", Some([1_900, 760, 1_140, 0, 0])),
        ("2026-01-10T00:00:00Z", "2026-01-10T00:00:00Z", None),
    ] {
        for report in ["recognised_revenue", "breakage"] {
            let told = ask(&format!("{report}?from={from}&until={until}")).await;
            assert_eq!(told, Vec::from_iter(figures), "{report} from {from} until {until}");
        }
    }
    let backwards = "/v1/reports/breakage?from=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z";
    house.operator.get(backwards).await.refused(400, "invalid_request");
}

async fn r37_reports_are_paged_by_customer_and_their_totals_are_the_sums(house: &House) {
    let ada = ada(house).await;
    house.customer().await;
    let bob = house.customer().await;
    for (amount, cost, currency) in [("5", 500, "EUR"), ("3", 100, "USD"), ("7", 0, "USD")] {
        bob.grant(json!({"amount": amount, "cost": {"amount": cost, "currency": currency}})).await;
    }
    for path in
        ["deferred_revenue?limit=1", "recognised_revenue?from=2020-01-01T00:00:00Z&until=2099-01-01T00:00:00Z&limit=1"]
    {
        let path = format!("/v1/reports/{path}");
        let first = house.operator.get(&path).await.is(200);
        let totals: Vec<_> = first["totals"].as_array().expect("totals").iter().map(figures).collect();
        assert_eq!(totals, [[500, 0, 0, 0, 500], [2_000, 760, 1_140, 0, 100]], "EUR, USD");
        let cursor = first["next_cursor"].as_str().expect("a second page");
        let second = house.operator.get(&format!("{path}&cursor={cursor}")).await.is(200);
        assert_eq!((second.get("totals"), &second["next_cursor"]), (None, &json!(null)));
        let customers: Vec<_> = house.operator.walk(&path).await.iter().map(|row| row["customer"].clone()).collect();
        assert_eq!(customers, [json!(bob.id), json!(ada.id)]);
        let own = house.operator.get(&format!("{path}&customer={}", bob.id)).await.is(200);
        let totals: Vec<_> = own["totals"].as_array().expect("totals").iter().map(figures).collect();
        assert_eq!(totals, [[500, 0, 0, 0, 500], [100, 0, 0, 0, 100]]);
        assert_eq!(own["data"], json!([{"customer": bob.id, "revenue": own["totals"]}]));
        house.operator.get(&format!("{path}&cursor=nonsense")).await.refused(400, "cursor_invalid");
    }
}

async fn r42_reports_are_the_operators(house: &House) {
    let ada = ada(house).await;
    let (own, reader) = (ada.key(&["read"]).await, house.operator_with(&["read"]).await);
    let elsewhere = House::open(house.store, "perfectparser").operator;
    for path in ["deferred_revenue?", "breakage?from=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z&"] {
        let path = format!("/v1/reports/{path}");
        own.get(&path).await.refused(403, "insufficient_scope");
        assert_eq!(reader.get(&path).await.is(200)["data"][0]["customer"], ada.id);
        let foreign = elsewhere.get(&path).await.is(200);
        assert_eq!((&foreign["data"], &foreign["totals"]), (&json!([]), &json!([])));
        elsewhere.get(&format!("{path}customer={}", ada.id)).await.refused(404, "customer_not_found");
    }
}
