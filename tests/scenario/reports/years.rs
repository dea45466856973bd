//! A year that is paid at once and gives its credits month by month: all of its price is told of (R37).

use folio_tests::{Shop, Store, on_both};
use serde_json::json;

use super::figures;

on_both! {
    r37_a_year_is_deferred_until_its_credits_are_used_or_end,
}

const YEAR: &str = "\n[plans]\nyear = { label = \"Year\", credits = 100, price = \"120.00\", every = \"P1Y\", grants_every = \"P1M\" }\n";
/// When the months begin in which credits come.
const MONTHS: [&str; 6] = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"];
const VERIFY: [&str; 2] = ["books", "verify"];

async fn r37_a_year_is_deferred_until_its_credits_are_used_or_end(store: Store) {
    let shop = Shop::open(store, "flexocr");
    shop.offer(YEAR).await;
    let ask = async |path: &str| {
        let report = shop.house.operator.get(&format!("/v1/reports/{path}")).await.is(200);
        assert_eq!(report["data"][0]["revenue"], report["totals"]);
        figures(&report["totals"][0])
    };
    let at = |day: &str| format!("{day}T00:00:00Z");
    let (ada, clock, begun) = shop.subscriber_at(&at(MONTHS[0]), "year").await;
    // Of each month's credits 40 are used: those that were free before the first of the plan's.
    let mut told = Vec::new();
    for (month, day) in (0..).zip(MONTHS) {
        clock.advance(&at(day)).await;
        let (used, ended) = (400 * month, 600 * month);
        assert_eq!(ask("deferred_revenue").await, [12_000, used, ended, 0, 12_000 - used - ended], "on {day}");
        ada.charged("extract", if month == 0 { 60 } else { 40 }).await;
        told.push((day, [12_000, used + 400, ended, 0, 11_600 - used - ended]));
    }
    clock.advance("2026-07-15T00:00:00Z").await;
    assert_eq!(shop.server.folio(&VERIFY).json(0)["verified"], true);

    // The year ends before its time, and what was for the months to come goes back.
    ada.on_subscription(&begun, "cancel", &json!({"at": "now", "refund": true})).await.is(200);
    let [note] = &shop.house.operator.walk("/v1/credit_notes").await[..] else { panic!("one credit note") };
    let back = note["net"]["amount"].as_i64().expect("an amount");
    // 200 of 365 days.
    assert_eq!(back, 6_575);
    // Of the sixth month's 10.00 4.00 are earned, and 5.75 went back; the rest is in 8.3 credits.
    assert_eq!(ask("deferred_revenue").await, [12_000, 2_400, 3_000, back, 25]);
    clock.advance("2026-07-31T00:00:00Z").await;
    assert_eq!(ask("deferred_revenue").await, [12_000, 2_400, 9_600 - back, back, 0]);

    // Months that were closed stay as they were.
    for (day, figures) in told {
        assert_eq!(ask(&format!("deferred_revenue?at={}", at(day))).await, figures, "on {day}");
    }
    let february = ask(&format!("recognised_revenue?from={}&until={}", at(MONTHS[1]), at(MONTHS[2]))).await;
    assert_eq!(february, [0, 400, 600, 0, -1_000]);
    let first = ask(&format!("breakage?from=2026-01-01T00:00:00Z&until={}", at(MONTHS[1]))).await;
    assert_eq!(first, [12_000, 400, 0, 0, 11_600]);

    assert_eq!(shop.server.folio(&VERIFY).json(0)["verified"], true);
    shop.change("UPDATE orders SET in_reports = FALSE").await;
    let found = shop.server.folio(&VERIFY).json(4);
    let missed = |finding: &serde_json::Value| {
        finding["id"] == begun["id"] && finding["what"].as_str().is_some_and(|it| it.contains("reports tell of 0"))
    };
    assert!(found["findings"].as_array().expect("findings").iter().any(missed), "{found}");
}
