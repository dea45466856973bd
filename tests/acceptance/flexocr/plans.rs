//! B09–B11, B17, B18, B23, B28: tiers that renew on the day of the latest subscription.

use folio_tests::{Customer, GOOD_CARD, Shop, Store, on_both};
use serde_json::{Value, json};

on_both! {
    b09_basic_gives_100_credits_from_the_instant_of_subscribing_for_a_month,
    b09_the_reset_date_is_that_of_the_latest_subscription,
    b10_pro_gives_1000_credits_from_the_instant_of_subscribing_for_a_month,
    b11_what_is_left_of_a_plan_expires_as_the_next_month_comes,
    b17_who_subscribes_on_the_31st_is_billed_on_each_months_last_day,
    b18_a_plan_renews_by_itself_with_one_payment_one_invoice_and_one_grant,
    b18_what_is_cancelled_is_not_renewed,
    b23_the_free_tier_resets_only_while_nobody_pays,
    b28_each_tier_gives_its_number_of_credits_and_keeps_it_for_who_has_it,
}

fn shop(store: Store) -> Shop {
    Shop::open(store, "flexocr")
}

fn period(credits: &str, from: &str, until: &str) -> (String, String, String) {
    (credits.to_owned(), from.to_owned(), until.to_owned())
}

async fn b09_basic_gives_100_credits_from_the_instant_of_subscribing_for_a_month(store: Store) {
    let shop = shop(store);
    let (ada, _, begun) = shop.subscriber_at("2026-03-15T10:00:00Z", "basic").await;
    let month = json!({"start": "2026-03-15T10:00:00.000Z", "end": "2026-04-15T10:00:00.000Z"});
    assert_eq!((&begun["current_period"], &begun["grants_period"]), (&month, &month));
    assert_eq!(begun["renews_at"], month["end"]);
    let lot = period("100", "2026-03-15T10:00:00.000Z", "2026-04-15T10:00:00.000Z");
    assert_eq!(ada.granted("plan").await, [lot]);
    // The free tier's month is on from the signup.
    assert_eq!((ada.available().await, shop.payments().await), ("120".to_owned(), 1));
}

async fn b09_the_reset_date_is_that_of_the_latest_subscription(store: Store) {
    let shop = shop(store);
    let (ada, clock) = shop.customer_at("2026-01-03T00:00:00Z").await;
    ada.leave(GOOD_CARD).await;
    clock.advance("2026-01-10T12:00:00Z").await;
    let first = ada.subscribed("basic").await;
    clock.advance("2026-02-12T00:00:00Z").await;
    // Another plan keeps the day; whoever leaves and comes back has a new one.
    let changed = ada.on_subscription(&first, "change", &json!({"plan": "pro"})).await.is(200);
    assert_eq!(changed["current_period"]["end"], "2026-03-10T12:00:00.000Z");
    ada.on_subscription(&first, "cancel", &json!({"at": "now"})).await.is(200);
    clock.advance("2026-02-20T08:30:00Z").await;
    let again = ada.subscribed("basic").await;
    let month = json!({"start": "2026-02-20T08:30:00.000Z", "end": "2026-03-20T08:30:00.000Z"});
    assert_eq!(again["current_period"], month);
    assert_ne!(again["id"], first["id"]);
    clock.advance("2026-03-20T08:30:00Z").await;
    let lot = period("100", "2026-03-20T08:30:00.000Z", "2026-04-20T08:30:00.000Z");
    assert_eq!(ada.granted("plan").await.last(), Some(&lot));
}

async fn b10_pro_gives_1000_credits_from_the_instant_of_subscribing_for_a_month(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at("2026-03-15T10:00:00Z", "pro").await;
    let lot = period("1000", "2026-03-15T10:00:00.000Z", "2026-04-15T10:00:00.000Z");
    assert_eq!((ada.granted("plan").await, &begun["renews_at"]), (vec![lot.clone()], &json!(lot.2)));
    clock.advance("2026-04-15T09:59:59.999Z").await;
    assert_eq!(ada.granted("plan").await, [lot.clone()]);
    clock.advance("2026-04-15T10:00:00Z").await;
    let next = period("1000", "2026-04-15T10:00:00.000Z", "2026-05-15T10:00:00.000Z");
    assert_eq!((ada.granted("plan").await, ada.available().await), (vec![lot, next], "1000".to_owned()));
}

async fn b11_what_is_left_of_a_plan_expires_as_the_next_month_comes(store: Store) {
    let shop = shop(store);
    let (ada, clock, _) = shop.subscriber_at("2026-03-15T10:00:00Z", "basic").await;
    // The 20 free ones burn first, and 63 of the plan's.
    ada.charged("extract", 83).await;
    assert_eq!(ada.available().await, "37");
    clock.advance("2026-04-15T10:00:00Z").await;
    let entries = ada.entries().await;
    let [.., expired, granted] = entries.as_slice() else { panic!("{entries:?}") };
    let told = |entry: &Value| ["kind", "amount", "effective_at"].map(|member| entry[member].clone());
    assert_eq!(told(expired), ["expire", "37", "2026-04-15T10:00:00.000Z"].map(|it| json!(it)));
    assert_eq!(told(granted), ["grant", "100", "2026-04-15T10:00:00.000Z"].map(|it| json!(it)));
    assert_eq!(ada.available().await, "100");
}

async fn b17_who_subscribes_on_the_31st_is_billed_on_each_months_last_day(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at("2027-12-31T10:00:00Z", "basic").await;
    clock.advance("2028-06-30T10:00:00Z").await;
    let days = ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31", "2028-06-30"];
    let billed: Vec<Value> = ada.invoices().await.iter().map(|invoice| invoice["issued_on"].clone()).collect();
    assert_eq!(billed, days.map(|day| json!(day)));
    let ordered: Vec<Value> = ada.orders().await.iter().map(|order| order["created_at"].clone()).collect();
    assert_eq!(ordered, days.map(|day| json!(format!("{day}T10:00:00.000Z"))));
    let lots: Vec<String> = ada.granted("plan").await.into_iter().map(|(_, from, _)| from).collect();
    assert_eq!(lots, days.map(|day| format!("{day}T10:00:00.000Z")));
    assert_eq!(ada.look(&begun).await["renews_at"], "2028-07-31T10:00:00.000Z");
    assert_eq!(shop.payments().await, days.len());
}

/// Payments taken, invoices written, lots given.
async fn trail(shop: &Shop, ada: &Customer) -> (usize, usize, usize) {
    (shop.payments().await, ada.invoices().await.len(), ada.granted("plan").await.len())
}

async fn b18_a_plan_renews_by_itself_with_one_payment_one_invoice_and_one_grant(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at("2026-03-15T10:00:00Z", "basic").await;
    assert_eq!(trail(&shop, &ada).await, (1, 1, 1));
    for (boundary, number) in [("2026-04-15T10:00:00Z", 2), ("2026-05-15T10:00:00Z", 3)] {
        clock.advance(boundary).await;
        // Whoever goes there twice renews once.
        clock.advance(boundary).await;
        assert_eq!(trail(&shop, &ada).await, (number, number, number));
        assert_eq!((ada.look(&begun).await["status"].clone(), ada.available().await), (json!("active"), "100".into()));
    }
    let invoices = ada.invoices().await;
    assert!(invoices.iter().all(|invoice| invoice["total"] == json!({"amount": 1_071, "currency": "USD"})));
    assert_eq!(ada.told().await, ["created", "renewed", "renewed"]);
}

async fn b18_what_is_cancelled_is_not_renewed(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at("2026-03-15T10:00:00Z", "basic").await;
    let arranged = ada.on_subscription(&begun, "cancel", &json!({"at": "period_end"})).await.is(200);
    assert_eq!((&arranged["status"], &arranged["at_period_end"]), (&json!("active"), &json!("cancel")));
    assert_eq!(arranged.get("renews_at"), None);
    clock.advance("2026-04-15T09:59:59.999Z").await;
    assert_eq!((ada.look(&begun).await["status"].clone(), ada.available().await), (json!("active"), "120".into()));
    clock.advance("2026-07-01T00:00:00Z").await;
    let over = ada.look(&begun).await;
    assert_eq!((&over["status"], &over["ended_at"]), (&json!("canceled"), &json!("2026-04-15T10:00:00.000Z")));
    assert_eq!((trail(&shop, &ada).await, ada.available().await), ((1, 1, 1), "20".to_owned()));
    assert_eq!(ada.told().await, ["created", "scheduled", "canceled"]);
}

async fn b23_the_free_tier_resets_only_while_nobody_pays(store: Store) {
    let shop = shop(store);
    let (ada, clock) = shop.customer_at("2026-01-10T00:00:00Z").await;
    ada.leave(GOOD_CARD).await;
    clock.advance("2026-03-15T00:00:00Z").await;
    let begun = ada.subscribed("basic").await;
    clock.advance("2026-06-14T23:59:59.999Z").await;
    assert_eq!(ada.available().await, "100");
    ada.on_subscription(&begun, "cancel", &json!({})).await.is(200);
    clock.advance("2026-08-01T00:00:00Z").await;
    let lots: Vec<String> = ada.granted("free_tier").await.into_iter().map(|(_, from, _)| from).collect();
    // Its day stays that of the signup.
    let before = ["2026-01-10", "2026-02-10", "2026-03-10"].map(|day| format!("{day}T00:00:00.000Z"));
    assert_eq!(lots[..3], before);
    assert_eq!(lots.last().map(String::as_str), Some("2026-07-10T00:00:00.000Z"), "{lots:?}");
    assert!(lots[3..].iter().all(|from| from.as_str() >= "2026-06-10"), "{lots:?}");
    assert_eq!(ada.available().await, "20");
}

async fn b28_each_tier_gives_its_number_of_credits_and_keeps_it_for_who_has_it(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at("2026-03-15T10:00:00Z", "basic").await;
    let plans = shop.house.operator.walk("/v1/plans").await;
    for (plan, credits, price) in [(&plans[0], 100, 900), (&plans[1], 1_000, 2_900)] {
        assert_eq!((&plan["credits"], &plan["price"]["amount"]), (&json!(credits), &json!(price)));
    }
    assert_eq!(plans.len(), 2);
    let catalog = shop.house.operator.get("/v1/catalog").await.is(200);
    let toml = catalog["toml"].as_str().expect("a file").replace("credits = 100,", "credits = 150,");
    shop.house.operator.post("/v1/catalog/apply", &json!({"toml": toml})).await.is(200);
    // What was bought keeps its terms; who comes now gets the new ones.
    clock.advance("2026-04-15T10:00:00Z").await;
    assert_eq!((ada.available().await, &ada.look(&begun).await["plan"]["credits"]), ("100".into(), &json!(100)));
    let (bob, _, _) = shop.subscriber_at("2026-04-15T10:00:00Z", "basic").await;
    assert_eq!(bob.granted("plan").await[0].0, "150");
}
