//! Years of a test clock in one call, in order, with progress (R27, R28).

use folio_tests::{Store, on_both};
use serde_json::{Value, json};

use super::{books_are_right, shop};

on_both! {
    r27_five_years_in_one_call_renew_60_times_on_the_right_days_and_show_progress,
    r27_a_year_that_is_paid_at_once_gives_its_credits_month_by_month,
}

async fn r27_five_years_in_one_call_renew_60_times_on_the_right_days_and_show_progress(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at("2028-01-31T10:00:00Z", "basic").await;
    let end = "2033-01-31T10:00:00.000Z";
    let ((), shown) = tokio::join!(clock.advance(end), async {
        let path = format!("/v1/test/clocks/{}", clock.id);
        let mut shown = Vec::new();
        while shown.last().is_none_or(|at| at != end) {
            let now = shop.house.operator.get(&path).await.is(200);
            shown.push(now["frozen_at"].as_str().expect("a time").to_owned());
        }
        shown
    });
    assert!(shown.is_sorted(), "{shown:?}");
    let mut steps = shown;
    steps.dedup();
    assert!(steps.len() > 10, "no progress: {steps:?}");

    // A clamped day of the month comes from the first day, not from the one before it.
    let days: Vec<String> = (0..=60_u32).map(|month| last_day(2028 + month / 12, 1 + month % 12)).collect();
    let invoices = ada.invoices().await;
    let dated: Vec<&str> = invoices.iter().map(|invoice| invoice["issued_on"].as_str().expect("a date")).collect();
    assert_eq!(dated, days);
    // Numbers are without gaps in each year, in the order of the dates.
    let mut expected = Vec::new();
    for (place, day) in days.iter().enumerate() {
        let before = days[..place].iter().filter(|other| other[..4] == day[..4]).count();
        expected.push(format!("INV-{}-{:06}", &day[..4], before + 1));
    }
    let numbers: Vec<&str> = invoices.iter().map(|invoice| invoice["number"].as_str().expect("a number")).collect();
    assert_eq!(numbers, expected);
    let lots: Vec<String> = ada.granted("plan").await.into_iter().map(|(_, from, _)| from).collect();
    assert_eq!(lots, days.iter().map(|day| format!("{day}T10:00:00.000Z")).collect::<Vec<_>>());
    assert_eq!((ada.available().await, ada.told().await.len()), ("100".to_owned(), 61));
    assert_eq!(ada.look(&begun).await["renews_at"], "2033-02-28T10:00:00.000Z");
    let orders = ada.orders().await;
    let odd: Vec<&Value> = orders.iter().filter(|order| order["status"] != "paid").collect();
    assert_eq!((orders.len(), odd), (61, Vec::<&Value>::new()));
    books_are_right(&shop);
}

/// The last day of a month, counted by someone else.
fn last_day(year: u32, month: u32) -> String {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let day = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    format!("{year}-{month:02}-{day}")
}

async fn r27_a_year_that_is_paid_at_once_gives_its_credits_month_by_month(store: Store) {
    const YEAR: &str = "\n[plans]\nyear = { label = \"Year\", credits = 100, price = \"90.00\", every = \"P1Y\", grants_every = \"P1M\" }\n";
    let shop = shop(store);
    shop.offer(YEAR).await;
    let (ada, clock, begun) = shop.subscriber_at("2026-08-31T00:00:00Z", "year").await;
    assert_eq!((&begun["plan"]["every"], &begun["plan"]["grants_every"]), (&json!("P12M"), &json!("P1M")));
    clock.advance("2027-02-27T23:59:59.999Z").await;
    assert_eq!(begun["current_period"]["end"], "2027-08-31T00:00:00.000Z");
    let month = json!({"start": "2027-01-31T00:00:00.000Z", "end": "2027-02-28T00:00:00.000Z"});
    assert_eq!(ada.look(&begun).await["grants_period"], month);
    clock.advance("2028-08-31T00:00:00Z").await;
    let billed: Vec<Value> = ada.invoices().await.iter().map(|invoice| invoice["issued_on"].clone()).collect();
    assert_eq!(billed, ["2026-08-31", "2027-08-31", "2028-08-31"].map(|day| json!(day)));
    assert_eq!((ada.granted("plan").await.len(), ada.available().await), (25, "100".to_owned()));
    books_are_right(&shop);
}
