//! Many at once, the same again, and word of what is past: one payment for one thing (R32, R40).

use folio_tests::{Answer, Customer, GOOD_CARD, Shop, Store, micros, on_both, subscription_path};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{BEGIN, MIDDLE, books_are_right, shop};

on_both! {
    r32_of_ten_who_subscribe_a_customer_at_once_one_does,
    r29_of_six_upgrades_at_once_one_is_paid,
    r29_an_upgrade_and_an_end_at_once_come_to_one_order_of_them,
    r40_the_same_key_subscribes_and_changes_once,
    r32_word_of_a_past_period_changes_nothing,
}

/// The same body sent so often at once, each time with a key of its own.
async fn at_once(ada: &Customer, path: &str, body: &Value, many: usize) -> Vec<Answer> {
    let mut calls = JoinSet::new();
    for _ in 0..many {
        let (operator, path, body) = (ada.operator().clone(), path.to_owned(), body.clone());
        calls.spawn(async move { operator.post(&path, &body).await });
    }
    calls.join_all().await
}

/// The only one that went through; the others were refused with one of these codes.
fn winner(answers: &[Answer], status: u16, codes: &[&str]) -> Value {
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == status);
    for answer in lost {
        let problem = answer.problem();
        assert_eq!(problem["status"], 409, "{problem}");
        assert!(codes.iter().any(|code| problem["code"] == *code), "{problem}");
    }
    let [winner] = won[..] else { panic!("{} went through", won.len()) };
    winner.is(status)
}

async fn r32_of_ten_who_subscribe_a_customer_at_once_one_does(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    ada.leave(GOOD_CARD).await;
    let body = ada.named_in(json!({"plan": "basic", "payment": "saved"}));
    let answers = at_once(&ada, "/v1/subscriptions", &body, 10).await;
    let begun = winner(&answers, 201, &["already_subscribed", "concurrent_change"]);
    assert_eq!(ada.paid(&begun).await["id"], begun["id"]);
    assert_eq!(shop.house.operator.walk("/v1/subscriptions").await.len(), 1);
    assert_eq!((shop.payments().await, ada.orders().await.len(), ada.invoices().await.len()), (1, 1, 1));
    assert_eq!((ada.granted("plan").await.len(), ada.available().await), (1, "120".to_owned()));
    assert_eq!(ada.told().await, ["created"]);
    books_are_right(&shop);
}

async fn r29_of_six_upgrades_at_once_one_is_paid(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance(MIDDLE).await;
    let answers = at_once(&ada, &subscription_path(&begun, "change"), &json!({"plan": "pro"}), 6).await;
    let codes = ["same_plan", "change_pending", "payment_under_way", "concurrent_change"];
    winner(&answers, 200, &codes);
    let now = ada.look(&begun).await;
    assert_eq!((&now["plan"]["code"], now.get("due")), (&json!("pro"), None));
    assert_eq!((shop.payments().await, ada.invoices().await.len()), (2, 2));
    assert_eq!((ada.available().await, ada.told().await), ("720".to_owned(), vec!["created".into(), "changed".into()]));
    books_are_right(&shop);
}

async fn r29_an_upgrade_and_an_end_at_once_come_to_one_order_of_them(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance(MIDDLE).await;
    let (upgrade, end) = (json!({"plan": "pro"}), json!({"at": "now", "refund": true}));
    let (changed, ended) =
        tokio::join!(ada.on_subscription(&begun, "change", &upgrade), ada.on_subscription(&begun, "cancel", &end));
    if ended.status != 200 {
        ended.refused(409, "concurrent_change");
        ada.on_subscription(&begun, "cancel", &end).await.is(200);
    }
    if changed.status != 200 {
        changed.problem();
    }
    ada.becomes(&begun, "canceled").await;
    // Whichever was first: of what was paid, 10 of 30 days are kept. 3.00 of Basic; going up and ending at the same
    // instant costs at most a cent more.
    let settled = async || {
        let orders = ada.orders().await;
        let over = |order: &Value| {
            let status = order["status"].as_str().expect("a status");
            ["partly_refunded", "refunded", "canceled", "failed", "expired"].contains(&status)
        };
        if orders.iter().all(over) { Ok(orders) } else { Err(format!("{orders:?}")) }
    };
    let orders = folio_tests::until(settled).await;
    let sum = |documents: &[Value]| documents.iter().map(|it| it["net"]["amount"].as_i64().expect("one")).sum::<i64>();
    let kept = sum(&ada.invoices().await) - sum(&shop.house.operator.walk("/v1/credit_notes").await);
    assert!((300..=301).contains(&kept), "{kept} of {orders:?}");
    // 20 free ones, and a third of the plan's 100.
    let available = micros(&ada.available().await);
    assert!((53_300_000..=53_600_000).contains(&available), "{available}");
    books_are_right(&shop);
}

async fn r40_the_same_key_subscribes_and_changes_once(store: Store) {
    let shop = shop(store);
    let (ada, clock) = shop.customer_at(BEGIN).await;
    ada.leave(GOOD_CARD).await;
    let operator = &shop.house.operator;
    let body = ada.named_in(json!({"plan": "basic", "payment": "saved"}));
    let subscribe = || operator.post_with("sub-1", "/v1/subscriptions", &body);
    let (one, other) = tokio::join!(subscribe(), subscribe());
    let again = subscribe().await;
    assert!(again.is_replay());
    let ids = [one, other, again].map(|answer| answer.is(201)["id"].clone());
    assert_eq!((&ids[0], &ids[0]), (&ids[1], &ids[2]));
    let reused = ada.named_in(json!({"plan": "pro", "payment": "saved"}));
    operator.post_with("sub-1", "/v1/subscriptions", &reused).await.refused(422, "idempotency_key_reused");
    assert_eq!((shop.payments().await, operator.walk("/v1/subscriptions").await.len()), (1, 1));

    clock.advance(MIDDLE).await;
    let begun = json!({"id": ids[0]});
    let path = subscription_path(&begun, "change");
    let wanted = json!({"plan": "pro"});
    let change = || operator.post_with("change-1", &path, &wanted);
    let (one, other) = tokio::join!(change(), change());
    assert_eq!((one.status, other.status), (200, 200), "{} {}", one.text(), other.text());
    let first = change().await.is(200);
    let again = change().await;
    assert!(again.is_replay());
    assert_eq!((&first["plan"]["code"], again.is(200)), (&json!("pro"), first.clone()));
    let other = json!({"plan": "basic"});
    operator.post_with("change-1", &path, &other).await.refused(422, "idempotency_key_reused");
    assert_eq!((shop.payments().await, ada.available().await), (2, "720".to_owned()));
    // The key is of that time for good: what was changed since stays.
    ada.on_subscription(&begun, "change", &json!({"plan": "basic", "effective": "now"})).await.is(200);
    assert!(change().await.is_replay());
    assert_eq!(ada.look(&begun).await["plan"]["code"], "basic");
}

async fn told(shop: &Shop) -> Vec<String> {
    let attempts = shop.deliveries().await;
    attempts.iter().filter_map(|attempt| attempt["event"].as_str()).map(ToOwned::to_owned).collect()
}

async fn r32_word_of_a_past_period_changes_nothing(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance("2026-05-15T00:00:00Z").await;
    // A declined one among them.
    ada.leave(super::BAD_CARD).await;
    clock.advance("2026-06-01T00:00:00Z").await;
    ada.leave(GOOD_CARD).await;
    clock.advance("2026-07-15T00:00:00Z").await;
    let story = async || {
        let now = ada.look(&begun).await;
        (now, ada.sequence().await, ada.told().await, ada.orders().await, shop.payments().await)
    };
    let before = story().await;
    assert_eq!((&before.0["status"], before.4), (&json!("active"), 4));
    let mut events = told(&shop).await;
    events.sort();
    events.dedup();
    assert!(events.len() >= 4, "{events:?}");
    let heard = told(&shop).await.len();
    for event in events.iter().rev() {
        let again = shop.stub.request(Method::POST, &format!("/stripe/_stub/deliveries/{event}"));
        assert_eq!(shop.stub.send(again).await.status, 202);
    }
    while told(&shop).await.len() < heard + events.len() {
        tokio::task::yield_now().await;
    }
    assert!(shop.deliveries().await.iter().all(|attempt| attempt["status"] == 200));
    assert_eq!(story().await, before);
    books_are_right(&shop);
}
