//! B14–B16, B19: another plan at any time, at once, billed for the rest of the month.

use folio_tests::{Customer, GOOD_CARD, Shop, Store, micros, on_both};
use serde_json::{Value, json};

on_both! {
    b14_a_plan_can_be_upgraded_in_the_middle_of_a_month,
    b14_a_plan_can_be_upgraded_in_the_last_and_in_the_first_second_of_a_month,
    b14_an_upgrade_while_past_due_takes_its_payment,
    b15_an_upgrade_counts_in_the_same_answer,
    b16_the_preview_of_an_upgrade_is_its_invoice_to_the_cent,
    b19_a_downgrade_waits_for_the_months_end_and_costs_nothing,
    b19_a_downgrade_at_once_gives_back_what_was_not_used,
    b19_going_up_and_down_again_gains_nothing,
}

/// Its month of April has 30 days.
const BEGIN: &str = "2026-04-01T00:00:00Z";
/// 20 of them are left.
const MIDDLE: &str = "2026-04-11T00:00:00Z";

fn usd(minor: i64) -> Value {
    json!({"amount": minor, "currency": "USD"})
}

async fn preview(ada: &Customer, subscription: &Value, change: &Value) -> Value {
    ada.on_subscription(subscription, "change/preview", change).await.is(200)
}

async fn change(ada: &Customer, subscription: &Value, change: &Value) -> Value {
    ada.on_subscription(subscription, "change", change).await.is(200)
}

async fn b14_a_plan_can_be_upgraded_in_the_middle_of_a_month(store: Store) {
    let shop = Shop::open(store, "flexocr");
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance(MIDDLE).await;
    let changed = change(&ada, &begun, &json!({"plan": "pro"})).await;
    assert_eq!((&changed["plan"]["code"], &changed["status"]), (&json!("pro"), &json!("active")));
    // The period stays; what comes next is a whole month of the new plan.
    assert_eq!(changed["current_period"], begun["current_period"]);
    assert_eq!(ada.available().await, "720");
    clock.advance("2026-05-01T00:00:00Z").await;
    assert_eq!((ada.available().await, shop.payments().await), ("1000".to_owned(), 3));
    assert_eq!(ada.orders().await[2]["net"], usd(2_900));
}

async fn b14_a_plan_can_be_upgraded_in_the_last_and_in_the_first_second_of_a_month(store: Store) {
    let shop = Shop::open(store, "flexocr");
    let upgrade = json!({"plan": "pro"});
    // What is left of the month costs less than a cent, and gives a tenth of a credit.
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance("2026-04-30T23:59:59.999Z").await;
    let cost = preview(&ada, &begun, &upgrade).await;
    assert_eq!((&cost["bill"]["total"], &cost["credits"]), (&usd(0), &json!("0.1")));
    assert_eq!(change(&ada, &begun, &upgrade).await["plan"]["code"], "pro");
    assert_eq!((ada.available().await, shop.payments().await), ("120.1".to_owned(), 1));
    clock.advance("2026-05-01T00:00:00Z").await;
    assert_eq!((ada.available().await, shop.payments().await), ("1000".to_owned(), 2));
    assert_eq!(ada.orders().await[1]["net"], usd(2_900));
    // At the boundary the next month has begun: all of it is left.
    let (bob, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance("2026-05-01T00:00:00Z").await;
    let cost = preview(&bob, &begun, &upgrade).await;
    assert_eq!((&cost["credit"], &cost["charge"], &cost["credits"]), (&usd(900), &usd(2_900), &json!("900")));
    assert_eq!(change(&bob, &begun, &upgrade).await["current_period"]["start"], "2026-05-01T00:00:00.000Z");
    let paid: Vec<Value> = bob.orders().await.iter().map(|order| order["net"].clone()).collect();
    assert_eq!((paid, bob.available().await), (vec![usd(900), usd(900), usd(2_000)], "1000".to_owned()));
}

async fn b14_an_upgrade_while_past_due_takes_its_payment(store: Store) {
    let shop = Shop::open(store, "flexocr");
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    ada.leave("4000000000000341").await;
    clock.advance("2026-05-03T00:00:00Z").await;
    assert_eq!((ada.look(&begun).await["status"].clone(), ada.available().await), (json!("past_due"), "0".to_owned()));
    let upgrade = json!({"plan": "pro"});
    let refused = change(&ada, &begun, &upgrade).await;
    assert_eq!((&refused["status"], &refused["plan"]["code"]), (&json!("past_due"), &json!("basic")));
    assert_eq!(ada.available().await, "0");
    ada.leave(GOOD_CARD).await;
    // Nothing was paid for this month: it is paid for as a whole, and ends on its day.
    assert_eq!(preview(&ada, &begun, &upgrade).await["bill"]["net"], usd(2_900));
    let changed = change(&ada, &begun, &upgrade).await;
    assert_eq!((&changed["status"], &changed["plan"]["code"]), (&json!("active"), &json!("pro")));
    assert_eq!(changed["renews_at"], "2026-06-01T00:00:00.000Z");
    assert_eq!((ada.available().await, shop.payments().await), ("1000".to_owned(), 2));
}

async fn b15_an_upgrade_counts_in_the_same_answer(store: Store) {
    let shop = Shop::open(store, "flexocr");
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    ada.charged("extract", 120).await;
    clock.advance(MIDDLE).await;
    ada.charge("extract", 1).await.refused(402, "insufficient_credits");
    let changed = change(&ada, &begun, &json!({"plan": "pro"})).await;
    assert_eq!((&changed["plan"]["code"], &changed["plan"]["credits"]), (&json!("pro"), &json!(1_000)));
    assert_eq!((&changed["order"]["status"], changed.get("due")), (&json!("paid"), None));
    assert_eq!(ada.charged("extract", 600).await["cost"], "600");
    assert_eq!(ada.available().await, "0");
}

async fn b16_the_preview_of_an_upgrade_is_its_invoice_to_the_cent(store: Store) {
    let shop = Shop::open(store, "flexocr");
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance(MIDDLE).await;
    let cost = preview(&ada, &begun, &json!({"plan": "pro"})).await;
    let figures = ["credit", "charge", "credits", "credits_until"].map(|member| cost[member].clone());
    assert_eq!(figures, [usd(600), usd(1_933), json!("600"), json!("2026-05-01T00:00:00.000Z")]);
    let bill = &cost["bill"];
    assert_eq!(["net", "tax", "total"].map(|part| bill[part].clone()), [1_333, 253, 1_586].map(usd));
    let wanted = json!({"plan": "pro", "expected_total": bill["total"]});
    let changed = change(&ada, &begun, &wanted).await;
    let invoices = ada.invoices().await;
    let [_, invoice] = &invoices[..] else { panic!("{invoices:?}") };
    assert_eq!(invoice["order"], changed["order"]["id"]);
    for part in ["net", "tax", "total", "tax_rows"] {
        assert_eq!(invoice[part], bill[part], "{part}");
    }
    let lines = |document: &Value| {
        let lines = document["lines"].as_array().expect("lines").iter();
        lines.map(|line| ["description", "quantity", "net"].map(|part| line[part].clone())).collect::<Vec<_>>()
    };
    assert_eq!((lines(invoice), lines(invoice).len()), (lines(bill), 2));
    // And that is what was taken.
    let intents = shop.stub.get("/stripe/v1/payment_intents?limit=100").await.json();
    assert!(intents["data"].as_array().expect("a list").iter().any(|intent| intent["amount_received"] == 1_586));
}

async fn b19_a_downgrade_waits_for_the_months_end_and_costs_nothing(store: Store) {
    let shop = Shop::open(store, "flexocr");
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "pro").await;
    clock.advance(MIDDLE).await;
    let cost = preview(&ada, &begun, &json!({"plan": "basic"})).await;
    assert_eq!((&cost["bill"]["total"], &cost["refund"], &cost["take_back"]), (&usd(0), &usd(0), &json!("0")));
    assert_eq!(cost["effective_at"], "2026-05-01T00:00:00.000Z");
    let arranged = change(&ada, &begun, &json!({"plan": "basic"})).await;
    assert_eq!((&arranged["plan"]["code"], &arranged["next_plan"]["code"]), (&json!("pro"), &json!("basic")));
    assert_eq!((&arranged["at_period_end"], ada.available().await), (&json!("change"), "1020".to_owned()));
    clock.advance("2026-05-01T00:00:00Z").await;
    let now = ada.look(&begun).await;
    assert_eq!((&now["plan"]["code"], &now["at_period_end"]), (&json!("basic"), &json!("renew")));
    let paid: Vec<Value> = ada.orders().await.iter().map(|order| order["net"].clone()).collect();
    assert_eq!((paid, ada.available().await), (vec![usd(2_900), usd(900)], "100".to_owned()));
}

async fn b19_a_downgrade_at_once_gives_back_what_was_not_used(store: Store) {
    let shop = Shop::open(store, "flexocr");
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "pro").await;
    // 20 free ones, and 700 of the plan's.
    ada.charged("extract", 720).await;
    clock.advance(MIDDLE).await;
    let wanted = json!({"plan": "basic", "effective": "now"});
    let cost = preview(&ada, &begun, &wanted).await;
    // The rest of the time is worth 13.33 and 600 credits; of these 300 are there, which is half of it.
    assert_eq!((&cost["credit"], &cost["charge"], &cost["take_back"]), (&usd(1_933), &usd(600), &json!("300")));
    let refund = cost["refund"]["amount"].as_i64().expect("an amount");
    assert!((1..=667).contains(&refund), "{cost}");
    assert_eq!(change(&ada, &begun, &wanted).await["plan"]["code"], "basic");
    assert_eq!(ada.available().await, "0");
    let [order] = &ada.orders().await[..] else { panic!("one order") };
    assert_eq!(order["status"], "partly_refunded");
    let notes = shop.house.operator.walk(&format!("/v1/credit_notes?customer={}", ada.id)).await;
    let [note] = &notes[..] else { panic!("{notes:?}") };
    assert_eq!((&note["net"], &note["corrects"]), (&cost["refund"], &order["invoice"]));
    assert_eq!(note["total"], order["refunded"]);
    clock.advance("2026-05-01T00:00:00Z").await;
    assert_eq!((ada.available().await, &ada.orders().await[1]["net"]), ("100".to_owned(), &usd(900)));
}

async fn b19_going_up_and_down_again_gains_nothing(store: Store) {
    let shop = Shop::open(store, "flexocr");
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance(MIDDLE).await;
    let mut paid = 900;
    for _ in 0..3 {
        let cost = preview(&ada, &begun, &json!({"plan": "pro"})).await;
        change(&ada, &begun, &json!({"plan": "pro"})).await;
        paid += cost["bill"]["net"]["amount"].as_i64().expect("an amount");
        let down = json!({"plan": "basic", "effective": "now"});
        let cost = preview(&ada, &begun, &down).await;
        change(&ada, &begun, &down).await;
        paid -= cost["refund"]["amount"].as_i64().expect("an amount");
    }
    assert!((900..=903).contains(&paid), "{paid}");
    let available = micros(&ada.available().await);
    assert!((120_000_000..=120_300_000).contains(&available), "{available}");
    let orders = ada.orders().await;
    let sum = |name: &str| orders.iter().map(|order| order[name]["amount"].as_i64().expect("an amount")).sum::<i64>();
    let invoiced: i64 = ada.invoices().await.iter().map(|it| it["total"]["amount"].as_i64().expect("one")).sum();
    assert_eq!((sum("total"), orders.len()), (invoiced, 4));
}
