//! Outcomes that are not known at once (R33), and servers that die over an order.

use folio_tests::{GOOD_CARD, Shop, Store, on_both};
use serde_json::{Value, json};

on_both! {
    r33_a_charge_whose_answer_is_lost_is_made_once,
    r33_a_provider_that_is_away_is_asked_again,
    r33_an_order_is_not_called_off_while_its_charge_is_under_way,
    a_server_that_dies_between_payment_and_grant_goes_on_with_it,
}

async fn with_card(store: Store) -> (Shop, folio_tests::Customer) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    ada.leave(GOOD_CARD).await;
    (shop, ada)
}

async fn r33_a_charge_whose_answer_is_lost_is_made_once(store: Store) {
    let (shop, ada) = with_card(store).await;
    for wrong in ["cut_after", "fail_after"] {
        shop.script(&json!({"delivery": "never"})).await;
        shop.script(&json!({"faults": [{"on": "POST /v1/payment_intents", "times": 3, "do": wrong}]})).await;
        let order = ada.post("/v1/orders", json!({"pack": "starter", "payment": "saved"})).await.is(201);
        let paid = shop.reaches(&order, "paid").await;
        assert_eq!(paid["total"], json!({"amount": 1900, "currency": "USD"}), "{wrong}");
    }
    assert_eq!((ada.available().await, shop.payments().await), ("220".to_owned(), 2));
    assert_eq!(shop.house.operator.walk("/v1/invoices").await.len(), 2);
}

async fn r33_a_provider_that_is_away_is_asked_again(store: Store) {
    let (shop, ada) = with_card(store).await;
    shop.script(&json!({"faults": [{"on": "POST /v1/payment_intents", "times": 20, "do": "unavailable"}]})).await;
    let order = ada.post("/v1/orders", json!({"pack": "starter", "payment": "saved"})).await.is(201);
    assert_eq!((&order["status"], order["note"].is_string()), (&json!("pending"), true), "{order}");
    assert_eq!(ada.available().await, "20");
    shop.script(&json!({"faults": []})).await;
    shop.reaches(&order, "paid").await;
    assert_eq!((ada.available().await, shop.payments().await), ("120".to_owned(), 1));
}

async fn r33_an_order_is_not_called_off_while_its_charge_is_under_way(store: Store) {
    let (shop, ada) = with_card(store).await;
    shop.script(&json!({"delivery": "never"})).await;
    shop.script(&json!({"faults": [{"on": "POST /v1/payment_intents", "do": {"hang_after_ms": 2_000}}]})).await;
    let call = async { ada.post("/v1/orders", json!({"pack": "starter", "payment": "saved"})).await.is(201) };
    let cancel = async {
        let order = loop {
            match ada.orders().await.pop() {
                Some(order) => break order,
                None => tokio::task::yield_now().await,
            }
        };
        assert_eq!(order["status"], "pending", "{order}");
        shop.on_order(&order, "cancel", &Value::Null).await.refused(409, "concurrent_change");
    };
    let (order, ()) = tokio::join!(call, cancel);
    shop.reaches(&order, "paid").await;
    shop.on_order(&order, "cancel", &Value::Null).await.refused(409, "order_not_open");
    assert_eq!((ada.available().await, shop.payments().await), ("120".to_owned(), 1));
    assert_eq!(shop.house.operator.walk("/v1/invoices").await.len(), 1);
}

async fn a_server_that_dies_between_payment_and_grant_goes_on_with_it(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let ada = shop.customer().await;
    let order = ada.post("/v1/orders", json!({"pack": "starter", "payment": "manual"})).await.is(201);
    let keys: Vec<_> = (0..4).map(|round| format!("mark-{round}")).collect();
    // Marked while the server is being killed: whatever was written, the order ends paid, once.
    let path = format!("/v1/orders/{}/mark_paid", order["id"].as_str().expect("an id"));
    let operator = shop.house.operator.clone();
    let body = json!({"reference": "SEPA"});
    let marks = tokio::spawn(async move {
        for key in &keys {
            operator.try_post_with(key, &path, &body).await;
        }
    });
    tokio::time::sleep(std::time::Duration::from_millis(15)).await;
    let shop = shop.restarted();
    marks.await.expect("marked or not");
    let now = shop.look(&order).await;
    if now["status"] == "open" {
        shop.on_order(&order, "mark_paid", &json!({"reference": "SEPA"})).await.is(200);
    }
    let paid = shop.reaches(&order, "paid").await;
    let operator = &shop.house.operator;
    let balance = operator.get(&ada.path("balance")).await.is(200);
    assert_eq!((&balance["available"], paid["grants"].as_array().map(Vec::len)), (&json!("120"), Some(1)));
    assert_eq!(operator.walk("/v1/invoices").await.len(), 1);
    assert_eq!(operator.walk("/v1/orders").await.iter().map(|order| &order["id"]).collect::<Vec<&Value>>().len(), 1);
    shop.mails(1).await;
}
