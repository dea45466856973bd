//! A01, A03, A17, A43: what is bought is paid once, and nothing else is ever charged.

use folio_tests::{Clock, Customer, GOOD_CARD, Shop, Store, on_both};
use serde_json::{Value, json};

on_both! {
    a01_packs_are_bought_once_and_nothing_else_comes_with_them,
    a03_nothing_renews_by_itself,
    a17_the_trial_needs_no_payment_method,
    a43_without_a_purchase_or_consent_nobody_is_charged,
}

/// A shop, and a customer who can be mailed and lives by a clock.
async fn shop(store: Store) -> (Shop, Customer, Clock) {
    let shop = Shop::open(store, "perfectparser");
    let clock = shop.house.clock("2026-01-01T08:00:00Z").await;
    let ada = json!({"name": "Ada", "email": "ada@example.com", "test_clock": clock.id});
    let ada = shop.house.sign_up(&ada).await;
    (shop, ada, clock)
}

/// One order, one payment, one invoice, one mail.
async fn sold_once(shop: &Shop, ada: &Customer) {
    let (orders, invoices) = (ada.orders().await, ada.invoices().await);
    assert_eq!((orders.len(), &orders[0]["status"]), (1, &json!("paid")));
    assert_eq!((invoices.len(), &invoices[0]["number"]), (1, &orders[0]["invoice"]));
    assert_eq!(shop.payments().await, 1);
    shop.mails(1).await;
}

async fn a01_packs_are_bought_once_and_nothing_else_comes_with_them(store: Store) {
    let (shop, ada, _) = shop(store).await;
    shop.sold(&ada, "starter").await;
    let grants = ada.grants().await;
    let sources: Vec<_> = grants.iter().map(|grant| grant["source"].as_str()).collect();
    assert_eq!(sources, [Some("trial"), Some("pack")]);
    assert_eq!((&grants[1]["amount"], &grants[1]["available"]), (&json!("100"), &json!("100")));
    assert_eq!(grants[1]["cost"], json!({"amount": 1900, "currency": "USD"}));
    sold_once(&shop, &ada).await;
}

async fn a03_nothing_renews_by_itself(store: Store) {
    let (shop, ada, clock) = shop(store).await;
    shop.sold(&ada, "starter").await;
    // A card on file is no consent.
    leave_card(&shop, &ada).await;
    let asked_for = shop.asked_for().await;
    clock.advance("2027-02-05T08:00:00Z").await;
    assert_eq!(shop.asked_for().await, asked_for);
    sold_once(&shop, &ada).await;
    assert_eq!((ada.grants().await.len(), ada.available().await), (2, "20".to_owned()));
    let kinds: Vec<_> = ada.entries().await.iter().map(|entry| entry["kind"].as_str().map(ToOwned::to_owned)).collect();
    assert_eq!(kinds, ["open", "grant", "grant", "expire"].map(|kind| Some(kind.to_owned())));
    let top_up = ada.operator().get(&ada.path("auto_top_up")).await.is(200);
    assert_eq!(top_up, json!({"state": "off", "off_because": "not_agreed", "failures": 0}));
}

async fn a17_the_trial_needs_no_payment_method(store: Store) {
    let (shop, ada, _) = shop(store).await;
    for _ in 0..20 {
        ada.charged("extract", 1).await;
    }
    assert_eq!(ada.available().await, "0");
    ada.charge("extract", 1).await.refused(402, "insufficient_credits");
    let methods = ada.operator().get(&ada.path("payment_methods")).await.is(200);
    assert_eq!((&methods["data"], shop.asked_for().await), (&json!([]), 0));
}

async fn a43_without_a_purchase_or_consent_nobody_is_charged(store: Store) {
    let (shop, ada, clock) = shop(store).await;
    leave_card(&shop, &ada).await;
    let asked_for = shop.asked_for().await;
    // Everything that only looks, asks or runs out.
    ada.charged("extract", 20).await;
    let job = json!({"operation": "extract", "items": [{"quantity": 1_000}]});
    ada.start(job.clone()).await.refused(402, "insufficient_credits");
    ada.estimate(job).await.is(200);
    ada.post("/v1/orders/preview", json!({"pack": "starter"})).await.is(200);
    shop.house.operator.get("/v1/packs/advice?pages=1000").await.is(200);
    ada.grant(json!({"amount": "50", "expires_after": "P1M"})).await;
    clock.advance("2027-02-05T08:00:00Z").await;
    assert_eq!((ada.available().await, shop.asked_for().await), ("0".to_owned(), asked_for));
    assert_eq!((ada.orders().await, ada.invoices().await), (Vec::<Value>::new(), Vec::new()));
    // Asked for.
    let bought = ada.post("/v1/orders", json!({"pack": "starter", "payment": "saved"})).await.is(201);
    assert_eq!((&bought["status"], shop.payments().await), (&json!("paid"), 1));
    ada.charged("extract", 95).await;
    clock.advance("2027-02-06T08:00:00Z").await;
    assert_eq!(shop.payments().await, 1);
    // Agreed to, and no longer.
    let usd = |amount: u32| json!({"amount": amount, "currency": "USD"});
    let terms = json!({"pack": "starter", "amount": usd(1_900), "below": "10", "monthly_cap": usd(9_500)});
    let top_up = ada.path("auto_top_up");
    ada.operator().put(&top_up, &terms).await.is(200);
    clock.advance("2027-02-07T08:00:00Z").await;
    shop.reaches(&ada.orders().await[1], "paid").await;
    assert_eq!((ada.available().await, shop.payments().await), ("105".to_owned(), 2));
    ada.operator().delete(&top_up).await.is(200);
    ada.charged("extract", 105).await;
    clock.advance("2027-02-08T08:00:00Z").await;
    assert_eq!((ada.available().await, shop.payments().await), ("0".to_owned(), 2));
    assert_eq!((ada.orders().await.len(), ada.invoices().await.len()), (2, 2));
}

/// Leaves a card with the provider.
async fn leave_card(shop: &Shop, ada: &Customer) {
    let setup = ada.operator().post(&ada.path("payment_methods"), &json!({"return_url": shop.back()})).await.is(201);
    assert_eq!(shop.press(setup["url"].as_str().expect("a page"), GOOD_CARD).await.status, 200);
}
