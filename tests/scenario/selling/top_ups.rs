//! Auto top-up: a pack bought by itself, only as the customer agreed to (R34).

use std::time::Duration;

use folio_tests::{Answer, Clock, Customer, GOOD_CARD, Shop, Store, on_both, until};
use reqwest::Method;
use serde_json::{Value, json};

on_both! {
    r34_without_consent_nothing_is_bought,
    r34_of_many_usages_at_once_one_purchase_comes,
    r34_purchases_keep_their_distance_and_the_monthly_cap,
    r34_three_failures_switch_it_off_and_agreeing_anew_on,
    r34_a_card_that_is_gone_is_a_failed_payment,
    r34_a_bank_that_asks_while_nobody_is_there_is_a_failed_payment,
    r34_who_withdraws_is_charged_no_more,
    r34_another_price_is_not_paid,
    r35_a_frozen_customer_is_charged_no_more,
    r34_what_cannot_be_agreed_to_is_refused,
    r42_a_customer_agrees_with_their_own_key,
    r33_a_purchase_whose_answer_is_lost_is_made_once,
    a_server_that_dies_over_a_purchase_makes_no_second_one,
}

/// Saved without a word, and declined whenever it is charged.
const BAD_CARD: &str = "4000000000000341";
/// The bank asks its owner every time.
const ASKING_CARD: &str = "4000002760003184";

fn usd(amount: u32) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

/// Starter whenever fewer than ten credits are left, twice a month.
fn terms() -> Value {
    json!({"pack": "starter", "amount": usd(1_900), "below": "10", "monthly_cap": usd(3_800)})
}

fn shop(store: Store) -> Shop {
    Shop::open(store, "perfectparser")
}

async fn agree(customer: &Customer, terms: &Value) -> Answer {
    customer.operator().put(&customer.path("auto_top_up"), terms).await
}

async fn standing(customer: &Customer) -> Value {
    customer.operator().get(&customer.path("auto_top_up")).await.is(200)
}

/// How it stands, once that is so.
async fn stands(customer: &Customer, so: impl Fn(&Value) -> bool) -> Value {
    let look = async || {
        let standing = standing(customer).await;
        if so(&standing) { Ok(standing) } else { Err(standing.to_string()) }
    };
    until(look).await
}

async fn orders(customer: &Customer) -> Vec<Value> {
    customer.operator().walk(&format!("/v1/orders?order=asc&customer={}", customer.id)).await
}

/// The orders' statuses, once there are so many and none waits.
async fn ended(customer: &Customer, many: usize) -> Vec<String> {
    let look = async || {
        let orders = orders(customer).await;
        let statuses: Vec<_> =
            orders.iter().map(|order| order["status"].as_str().expect("a word").to_owned()).collect();
        let waits = statuses.iter().any(|status| status == "pending") || standing(customer).await["order"].is_string();
        if statuses.len() >= many && !waits { Ok(statuses) } else { Err(format!("{orders:?}")) }
    };
    let statuses = until(look).await;
    assert_eq!(statuses.len(), many, "{statuses:?}");
    statuses
}

/// A customer with this card and 20 credits, who has agreed.
async fn agreed(shop: &Shop, card: &str) -> Customer {
    let ada = shop.customer().await;
    ada.leave(card).await;
    assert_eq!(agree(&ada, &terms()).await.is(200)["state"], "on");
    ada
}

/// The same who lives by a clock that shows noon of 1 May.
async fn agreed_by_clock(shop: &Shop, card: &str) -> (Customer, Clock) {
    let clock = shop.house.clock("2026-05-01T12:00:00Z").await;
    let ada = json!({"name": "Ada", "email": "ada@example.com", "time_zone": "UTC", "test_clock": clock.id});
    let ada = shop.house.sign_up(&ada).await;
    ada.leave(card).await;
    assert_eq!(agree(&ada, &terms()).await.is(200)["state"], "on");
    (ada, clock)
}

async fn r34_without_consent_nothing_is_bought(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    ada.leave(GOOD_CARD).await;
    assert_eq!(standing(&ada).await, json!({"state": "off", "off_because": "not_agreed", "failures": 0}));
    ada.charged("extract", 20).await;
    // Whoever ran dry after Ada is served.
    let bob = agreed(&shop, GOOD_CARD).await;
    bob.charged("extract", 20).await;
    assert_eq!(ended(&bob, 1).await, ["paid"]);
    assert_eq!((orders(&ada).await.len(), ada.available().await, shop.payments().await), (0, "0".to_owned(), 1));
}

async fn r34_of_many_usages_at_once_one_purchase_comes(store: Store) {
    let shop = shop(store);
    let ada = agreed(&shop, GOOD_CARD).await;
    ada.charged("extract", 10).await;
    let usages = (0..50).map(|_| {
        let ada = ada.clone();
        tokio::spawn(async move { ada.charge("extract", 1).await.status })
    });
    let usages: Vec<_> = usages.collect();
    let mut done = 0;
    for usage in usages {
        let status = usage.await.expect("an answer");
        assert!([201, 402].contains(&status), "{status}");
        done += u32::from(status == 201);
    }
    assert!(done >= 10, "{done}");
    assert_eq!(ended(&ada, 1).await, ["paid"]);
    let order = orders(&ada).await.remove(0);
    assert_eq!((&order["payment"], &order["total"]), (&json!("saved"), &usd(1_900)), "{order}");
    assert_eq!((ada.available().await, shop.payments().await), ((110 - done).to_string(), 1));
    let standing = standing(&ada).await;
    assert_eq!((&standing["charged_this_month"], &standing["state"]), (&usd(1_900), &json!("on")), "{standing}");
    let mails = shop.mails(1).await;
    assert!(mails[0].contains(order["invoice"].as_str().expect("a number")), "{}", mails[0]);
}

async fn r34_purchases_keep_their_distance_and_the_monthly_cap(store: Store) {
    let shop = shop(store);
    let (ada, clock) = agreed_by_clock(&shop, GOOD_CARD).await;
    ada.charged("extract", 15).await;
    assert_eq!(ended(&ada, 1).await, ["paid"]);
    ada.charged("extract", 100).await;
    clock.advance("2026-05-01T12:09:59.999Z").await;
    assert_eq!((ended(&ada, 1).await.len(), &standing(&ada).await["waits_for"]), (1, &json!("cool_down")));
    clock.advance("2026-05-01T12:10:00Z").await;
    assert_eq!(ended(&ada, 2).await, ["paid", "paid"]);
    ada.charged("extract", 100).await;
    clock.advance("2026-05-31T23:59:59.999Z").await;
    assert_eq!((ended(&ada, 2).await.len(), ada.available().await), (2, "5".to_owned()));
    let full = standing(&ada).await;
    assert_eq!(
        (&full["waits_for"], &full["charged_this_month"]),
        (&json!("monthly_cap_reached"), &usd(3_800)),
        "{full}"
    );
    clock.advance("2026-06-01T01:00:00Z").await;
    assert_eq!((ended(&ada, 3).await.len(), ada.available().await), (3, "105".to_owned()));
    assert_eq!(standing(&ada).await["charged_this_month"], usd(1_900));
    assert_eq!(shop.payments().await, 3);
}

async fn r34_three_failures_switch_it_off_and_agreeing_anew_on(store: Store) {
    let shop = shop(store);
    let (ada, clock) = agreed_by_clock(&shop, BAD_CARD).await;
    ada.charged("extract", 15).await;
    assert_eq!(ended(&ada, 1).await, ["failed"]);
    let one = standing(&ada).await;
    assert_eq!(
        (&one["state"], &one["failures"], &one["charged_this_month"]),
        (&json!("on"), &json!(1), &usd(0)),
        "{one}"
    );
    clock.advance("2026-05-01T12:10:00Z").await;
    ended(&ada, 2).await;
    clock.advance("2026-05-01T12:20:00Z").await;
    assert_eq!(ended(&ada, 3).await, ["failed"; 3]);
    let off = standing(&ada).await;
    assert_eq!((&off["state"], &off["off_because"], &off["failures"]), (&json!("off"), &json!("failures"), &json!(3)));
    clock.advance("2026-05-03T12:00:00Z").await;
    assert_eq!((ended(&ada, 3).await.len(), ada.available().await, shop.payments().await), (3, "5".to_owned(), 0));
    let mails = shop.mails(3).await;
    assert!(mails.iter().all(|mail| mail.contains("ada@example.com") && mail.contains("declined")), "{}", mails[0]);
    ada.leave(GOOD_CARD).await;
    assert_eq!(agree(&ada, &terms()).await.is(200)["failures"], 0);
    assert_eq!(ended(&ada, 4).await[3], "paid");
    assert_eq!((ada.available().await, shop.payments().await), ("105".to_owned(), 1));
}

async fn r34_a_card_that_is_gone_is_a_failed_payment(store: Store) {
    let shop = shop(store);
    let ada = agreed(&shop, GOOD_CARD).await;
    let methods = ada.operator().get(&ada.path("payment_methods")).await.is(200);
    let id = methods["data"][0]["id"].as_str().expect("an id");
    ada.operator().delete(&ada.path(&format!("payment_methods/{id}"))).await.is(200);
    ada.charged("extract", 15).await;
    assert_eq!(ended(&ada, 1).await, ["failed"]);
    assert_eq!(standing(&ada).await["failures"], 1);
    let mails = shop.mails(1).await;
    assert!(mails[0].contains("no saved payment method"), "{}", mails[0]);
}

async fn r34_a_bank_that_asks_while_nobody_is_there_is_a_failed_payment(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    ada.leave(ASKING_CARD).await;
    let setups = shop.stub.get("/stripe/v1/setup_intents").await.json();
    let bank = format!("/stripe/bank/{}", setups["data"][0]["id"].as_str().expect("an id"));
    let confirm = shop.stub.anonymous(Method::POST, &bank).form(&[("action", "confirm")]);
    assert_eq!(shop.stub.send(confirm).await.status, 200);
    agree(&ada, &terms()).await.is(200);
    ada.charged("extract", 15).await;
    assert_eq!(ended(&ada, 1).await, ["failed"]);
    assert_eq!((standing(&ada).await["failures"].clone(), shop.payments().await), (json!(1), 0));
    // No later click takes money for it.
    let intents = shop.stub.get("/stripe/v1/payment_intents").await.json();
    assert_eq!(intents["data"][0]["status"], "canceled", "{intents}");
    let mails = shop.mails(1).await;
    assert!(mails[0].contains("ada@example.com") && mails[0].contains("confirm"), "{}", mails[0]);
}

async fn r34_who_withdraws_is_charged_no_more(store: Store) {
    let shop = shop(store);
    let (ada, clock) = agreed_by_clock(&shop, GOOD_CARD).await;
    let off = ada.operator().delete(&ada.path("auto_top_up")).await.is(200);
    assert_eq!((&off["state"], &off["off_because"]), (&json!("off"), &json!("withdrawn")), "{off}");
    assert_eq!(ada.operator().delete(&ada.path("auto_top_up")).await.is(200), off);
    ada.charged("extract", 15).await;
    clock.advance("2026-05-02T12:00:00Z").await;
    assert_eq!((orders(&ada).await.len(), shop.payments().await), (0, 0));
    agree(&ada, &terms()).await.is(200);
    assert_eq!(ended(&ada, 1).await, ["paid"]);
}

/// Puts the Starter pack on the price list at this price.
async fn reprice(shop: &Shop, price: &str) {
    let catalog = shop.house.operator.get("/v1/catalog").await.is(200);
    let toml = catalog["toml"].as_str().expect("a file");
    let (before, after) =
        toml.split_once("starter = { label = \"Starter\", credits = 100, price = \"").expect("a pack");
    let (_, after) = after.split_once('"').expect("a price");
    let toml = format!("{before}starter = {{ label = \"Starter\", credits = 100, price = \"{price}\"{after}");
    shop.house.operator.post("/v1/catalog/apply", &json!({"toml": toml})).await.is(200);
}

async fn r34_another_price_is_not_paid(store: Store) {
    let shop = shop(store);
    let (ada, clock) = agreed_by_clock(&shop, GOOD_CARD).await;
    reprice(&shop, "21.00").await;
    ada.charged("extract", 15).await;
    clock.advance("2026-05-01T13:00:00Z").await;
    assert_eq!((orders(&ada).await.len(), shop.payments().await), (0, 0));
    assert_eq!(standing(&ada).await["waits_for"], "price_changed");
    agree(&ada, &terms()).await.refused(409, "price_changed");
    // As it was, or as it is agreed to now.
    reprice(&shop, "19.00").await;
    clock.advance("2026-05-01T14:00:00Z").await;
    assert_eq!(ended(&ada, 1).await, ["paid"]);
    reprice(&shop, "21.00").await;
    ada.charged("extract", 100).await;
    clock.advance("2026-05-01T15:00:00Z").await;
    assert_eq!(orders(&ada).await.len(), 1);
    let dearer = json!({"pack": "starter", "amount": usd(2_100), "below": "10", "monthly_cap": usd(9_900)});
    agree(&ada, &dearer).await.is(200);
    assert_eq!(ended(&ada, 2).await, ["paid"; 2]);
    assert_eq!(standing(&ada).await["charged_this_month"], usd(4_000));
}

async fn r35_a_frozen_customer_is_charged_no_more(store: Store) {
    let shop = shop(store);
    let (ada, clock) = agreed_by_clock(&shop, GOOD_CARD).await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 15}]})).await;
    // The bank takes a payment back, and the customer is frozen.
    ended(&ada, 1).await;
    ada.operator().post(&ada.path("freeze"), &json!({"reason": "chargeback"})).await.is(200);
    let grant = &ada.grants().await[1]["id"];
    let path = format!("/v1/grants/{}/revoke", grant.as_str().expect("an id"));
    ada.operator().post(&path, &json!({"reason": "chargeback"})).await.is(200);
    ada.captured(&hold).await;
    clock.advance("2026-05-02T12:00:00Z").await;
    assert_eq!((orders(&ada).await.len(), ada.available().await), (1, "5".to_owned()));
    assert_eq!(standing(&ada).await["waits_for"], "customer_frozen");
    ada.operator().post(&ada.path("unfreeze"), &json!({})).await.is(200);
    assert_eq!(ended(&ada, 2).await, ["paid"; 2]);
}

async fn r34_what_cannot_be_agreed_to_is_refused(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    agree(&ada, &terms()).await.refused(404, "payment_method_not_found");
    ada.leave(GOOD_CARD).await;
    let with = |name: &str, value: Value| {
        let mut terms = terms();
        terms[name] = value;
        terms
    };
    let euros = json!({"amount": 1_900, "currency": "EUR"});
    for amount in [usd(1_899), usd(1_901), usd(0), euros.clone()] {
        agree(&ada, &with("amount", amount)).await.refused(409, "price_changed");
    }
    for (name, value) in
        [("pack", json!("nothing")), ("below", json!("0")), ("monthly_cap", usd(1_899)), ("monthly_cap", euros)]
    {
        let problem = agree(&ada, &with(name, value)).await.refused(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{name}"));
    }
    for (name, value) in
        [("below", json!(10)), ("monthly_cap", Value::Null), ("amount", json!("19.00")), ("more", json!(1))]
    {
        agree(&ada, &with(name, value)).await.refused(422, "validation_failed");
    }
    assert_eq!(standing(&ada).await["off_because"], "not_agreed");
}

async fn r42_a_customer_agrees_with_their_own_key(store: Store) {
    let shop = shop(store);
    let (ada, bob) = (shop.customer().await, shop.house.customer().await);
    ada.leave(GOOD_CARD).await;
    let path = ada.path("auto_top_up");
    let [own, reader, foreign] =
        [ada.key(&["read", "orders"]).await, ada.key(&["read"]).await, bob.key(&["read", "orders"]).await];
    reader.put(&path, &terms()).await.refused(403, "insufficient_scope");
    reader.delete(&path).await.refused(403, "insufficient_scope");
    foreign.put(&path, &terms()).await.refused(404, "customer_not_found");
    foreign.get(&path).await.refused(404, "customer_not_found");
    foreign.delete(&path).await.refused(404, "customer_not_found");
    assert_eq!(reader.get(&path).await.is(200)["state"], "off");
    assert_eq!(own.put(&path, &terms()).await.is(200)["state"], "on");
    ada.charged("extract", 15).await;
    assert_eq!(ended(&ada, 1).await, ["paid"]);
    assert_eq!(own.delete(&path).await.is(200)["state"], "off");
}

async fn r33_a_purchase_whose_answer_is_lost_is_made_once(store: Store) {
    let shop = shop(store);
    let ada = agreed(&shop, GOOD_CARD).await;
    shop.script(&json!({"delivery": "never"})).await;
    shop.script(&json!({"faults": [{"on": "POST /v1/payment_intents", "times": 3, "do": "cut_after"}]})).await;
    ada.charged("extract", 15).await;
    let under_way = stands(&ada, |standing| standing["order"].is_string()).await;
    assert_eq!((&under_way["waits_for"], &under_way["charged_this_month"]), (&json!("under_way"), &usd(1_900)));
    assert_eq!(ended(&ada, 1).await, ["paid"]);
    assert_eq!((ada.available().await, shop.payments().await), ("105".to_owned(), 1));
}

/// Killed before, while and after the purchase is written down and charged. The stub forgets all when it dies, card and
/// payer as well, so the payment itself may have failed; what counts is that there is one.
async fn a_server_that_dies_over_a_purchase_makes_no_second_one(store: Store) {
    for wait in [0, 400, 800, 1_200] {
        let shop = shop(store);
        let ada = agreed(&shop, GOOD_CARD).await;
        shop.script(&json!({"faults": [{"on": "POST /v1/payment_intents", "do": {"hang_after_ms": 300}}]})).await;
        ada.charged("extract", 15).await;
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let shop = shop.restarted();
        let ada = ada.at(&shop.house.operator);
        let ended = ended(&ada, 1).await;
        let paid = ended == ["paid"];
        assert!(paid || ended == ["failed"], "{ended:?}");
        assert_eq!(ada.available().await, if paid { "105" } else { "5" });
        assert_eq!(standing(&ada).await["failures"], u32::from(!paid));
    }
}
