//! What cannot be had is refused with a problem that says why, and changes nothing (R43).

use folio_tests::{Customer, GOOD_CARD, Shop, Store, on_both, subscription_path};
use serde_json::{Value, json};

use super::{BEGIN, MAY, MIDDLE, shop, usd};

on_both! {
    r43_what_cannot_be_subscribed_to_is_refused_and_changes_nothing,
    r43_a_change_that_cannot_be_had_is_refused_and_changes_nothing,
    r43_a_plan_in_another_currency_is_refused,
    r43_what_is_arranged_is_taken_back_before_anything_else_is_arranged,
    r43_what_is_over_stays_over,
    r24_a_private_plan_is_the_operators_to_offer,
}

/// Everything that a refusal must leave as it is.
async fn traces(shop: &Shop, ada: &Customer) -> (Vec<Value>, Vec<Value>, Vec<String>, u64, usize) {
    let subscriptions = shop.house.operator.walk("/v1/subscriptions").await;
    let orders = shop.house.operator.walk("/v1/orders").await;
    (subscriptions, orders, ada.told().await, ada.sequence().await, shop.payments().await)
}

async fn r43_what_cannot_be_subscribed_to_is_refused_and_changes_nothing(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let wants = |body: Value| ada.post("/v1/subscriptions", body);
    let before = traces(&shop, &ada).await;
    wants(json!({"plan": "basic", "payment": "saved"})).await.refused(404, "payment_method_not_found");
    ada.leave(GOOD_CARD).await;
    let foreign = json!({"plan": "basic", "payment": "saved", "payment_method": "pm_of_nobody"});
    wants(foreign).await.refused(404, "payment_method_not_found");
    let unknown = wants(json!({"plan": "gold", "payment": "saved"})).await.refused(422, "validation_failed");
    assert_eq!(unknown["errors"][0]["pointer"], "/plan");
    for quantity in [json!(0), json!(-1), json!(1_000_001), json!(1.5), json!("2"), json!(u64::MAX)] {
        let body = json!({"plan": "basic", "payment": "saved", "quantity": quantity});
        let refused = wants(body.clone()).await.refused(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], "/quantity", "{body}");
        ada.post("/v1/subscriptions/preview", json!({"plan": "basic", "quantity": quantity}))
            .await
            .refused(422, "validation_failed");
    }
    for body in [
        json!({"payment": "saved"}),
        json!({"plan": "basic", "payment": "cash"}),
        json!({"plan": "basic", "payment_method": "pm_1"}),
        json!({"plan": "basic", "return_url": "javascript:alert(1)"}),
        json!({"plan": "basic", "payment": "saved", "seats": 2}),
        json!({"plan": "basic", "payment": "saved", "expected_total": {"amount": 1_071, "currency": "usd!"}}),
    ] {
        let answer = wants(body.clone()).await;
        assert!([400, 422].contains(&answer.problem()["status"].as_u64().unwrap_or_default()), "{body}");
    }
    for total in [usd(1_070), usd(900), json!({"amount": 1_071, "currency": "EUR"})] {
        wants(json!({"plan": "basic", "payment": "saved", "expected_total": total}))
            .await
            .refused(409, "price_changed");
    }
    let path = "/v1/subscriptions";
    let keyless = shop.house.operator.request(reqwest::Method::POST, path);
    let keyless = keyless.json(&ada.named_in(json!({"plan": "basic", "payment": "saved"})));
    shop.house.operator.send(keyless).await.refused(400, "idempotency_key_required");
    assert_eq!(traces(&shop, &ada).await, before);
    // What was shown is what is agreed to.
    let shown = ada.post("/v1/subscriptions/preview", json!({"plan": "basic"})).await.is(200);
    assert_eq!((&shown["bill"]["total"], &shown["credits"]), (&usd(1_071), &json!("100")));
    wants(json!({"plan": "basic", "payment": "saved", "expected_total": shown["bill"]["total"]})).await.is(201);
    ada.subscribe("pro").await.refused(409, "already_subscribed");
    let preview = ada.post("/v1/subscriptions/preview", json!({"plan": "pro"})).await;
    preview.refused(409, "already_subscribed");
    assert_eq!(shop.payments().await, 1);
}

async fn r43_a_change_that_cannot_be_had_is_refused_and_changes_nothing(store: Store) {
    const SLIM: &str = "\n[plans]\nslim = { label = \"Slim\", credits = 50, price = \"12.00\", every = \"P1M\" }\n";
    let shop = shop(store);
    shop.offer(SLIM).await;
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance(MIDDLE).await;
    let before = traces(&shop, &ada).await;
    for (body, status, code) in [
        (json!({"plan": "basic"}), 409, "same_plan"),
        (json!({"plan": "basic", "quantity": 1}), 409, "same_plan"),
        (json!({"quantity": 1, "effective": "period_end"}), 409, "same_plan"),
        (json!({}), 422, "validation_failed"),
        (json!({"plan": "gold"}), 422, "validation_failed"),
        (json!({"quantity": 0}), 422, "validation_failed"),
        (json!({"plan": "pro", "effective": "tomorrow"}), 422, "validation_failed"),
        // It costs more and gives less.
        (json!({"plan": "slim", "effective": "now"}), 409, "only_at_period_end"),
    ] {
        for verb in ["change", "change/preview"] {
            ada.on_subscription(&begun, verb, &body).await.refused(status, code);
        }
    }
    for (total, code) in [(usd(1_585), "price_changed"), (usd(1_333), "price_changed")] {
        let wanted = json!({"plan": "pro", "expected_total": total});
        ada.on_subscription(&begun, "change", &wanted).await.refused(409, code);
    }
    let method = json!({"plan": "pro", "payment_method": "pm_of_nobody"});
    ada.on_subscription(&begun, "change", &method).await.refused(404, "payment_method_not_found");
    ada.on_subscription(&begun, "pay", &json!({"payment": "saved"})).await.refused(409, "nothing_to_pay");
    let refund = json!({"at": "period_end", "refund": true});
    ada.on_subscription(&begun, "cancel", &refund).await.refused(422, "validation_failed");
    let nobodys = json!({"id": format!("sub_{:032x}", 7)});
    for verb in ["change", "change/preview"] {
        ada.on_subscription(&nobodys, verb, &json!({"plan": "pro"})).await.refused(404, "subscription_not_found");
    }
    ada.operator().get(&subscription_path(&nobodys, "")).await.refused(404, "subscription_not_found");
    assert_eq!(traces(&shop, &ada).await, before);
}

async fn r43_a_plan_in_another_currency_is_refused(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    let catalog = shop.house.operator.get("/v1/catalog").await.is(200);
    let toml = catalog["toml"].as_str().expect("a file").replace("currency = \"USD\"", "currency = \"EUR\"");
    shop.house.operator.post("/v1/catalog/apply", &json!({"toml": toml})).await.is(200);
    let before = traces(&shop, &ada).await;
    for effective in ["auto", "now", "period_end"] {
        let wanted = json!({"plan": "pro", "effective": effective});
        ada.on_subscription(&begun, "change", &wanted).await.refused(422, "other_currency");
        ada.on_subscription(&begun, "change/preview", &wanted).await.refused(422, "other_currency");
    }
    assert_eq!(traces(&shop, &ada).await, before);
    // More seats of what was bought, and what renews, are in the currency that it began in.
    clock.advance(MIDDLE).await;
    let more = ada.on_subscription(&begun, "change", &json!({"quantity": 2})).await.is(200);
    assert_eq!(more["quantity"], 2);
    clock.advance(MAY).await;
    let nets: Vec<Value> = ada.orders().await.iter().map(|order| order["net"].clone()).collect();
    assert_eq!(nets, [900, 600, 1_800].map(usd));
}

async fn r43_what_is_arranged_is_taken_back_before_anything_else_is_arranged(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "pro").await;
    ada.on_subscription(&begun, "change", &json!({"plan": "basic"})).await.is(200);
    for wanted in [json!({"plan": "basic"}), json!({"quantity": 2}), json!({"quantity": 2, "effective": "period_end"})]
    {
        ada.on_subscription(&begun, "change", &wanted).await.refused(409, "already_scheduled");
    }
    ada.on_subscription(&begun, "pause", &json!({})).await.refused(409, "already_scheduled");
    let resumed = ada.on_subscription(&begun, "resume", &json!({})).await.is(200);
    assert_eq!((&resumed["at_period_end"], resumed.get("next_plan")), (&json!("renew"), None));
    ada.on_subscription(&begun, "cancel", &json!({})).await.is(200);
    ada.on_subscription(&begun, "change", &json!({"plan": "basic"})).await.refused(409, "subscription_ending");
    ada.on_subscription(&begun, "pause", &json!({})).await.refused(409, "subscription_ending");
    let resumed = ada.on_subscription(&begun, "resume", &json!({})).await.is(200);
    assert_eq!((&resumed["at_period_end"], &resumed["renews_at"]), (&json!("renew"), &begun["renews_at"]));
    clock.advance(MAY).await;
    assert_eq!((ada.available().await, shop.payments().await), ("1000".to_owned(), 2));
}

async fn r43_what_is_over_stays_over(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    let over = ada.on_subscription(&begun, "cancel", &json!({"at": "now"})).await.is(200);
    assert_eq!((&over["status"], ada.available().await), (&json!("canceled"), "120".to_owned()));
    let before = traces(&shop, &ada).await;
    for (verb, body) in [
        ("change", json!({"plan": "pro"})),
        ("change", json!({"quantity": 3})),
        ("change/preview", json!({"plan": "pro"})),
        ("pause", json!({})),
        ("resume", json!({})),
    ] {
        ada.on_subscription(&begun, verb, &body).await.refused(409, "wrong_status");
    }
    ada.on_subscription(&begun, "pay", &json!({"payment": "saved"})).await.refused(409, "nothing_to_pay");
    let again = ada.on_subscription(&begun, "cancel", &json!({"at": "now", "refund": true})).await.is(200);
    assert_eq!(again, over);
    assert_eq!(traces(&shop, &ada).await, before);
    // The credits stay to the end that they were given with.
    clock.advance("2026-04-30T23:59:59.999Z").await;
    assert_eq!(ada.available().await, "120");
    clock.advance(MAY).await;
    assert_eq!((ada.available().await, shop.payments().await), ("20".to_owned(), 1));
}

async fn r24_a_private_plan_is_the_operators_to_offer(store: Store) {
    const VIP: &str =
        "\n[plans]\nvip = { label = \"Vip\", credits = 5_000, price = \"99.00\", every = \"P1M\", private = true }\n";
    let shop = shop(store);
    shop.offer(VIP).await;
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    clock.advance(MIDDLE).await;
    assert_eq!(shop.house.operator.walk("/v1/plans").await.len(), 2);
    let own = ada.key(&["read", "orders"]).await;
    let (change, preview) = (subscription_path(&begun, "change"), subscription_path(&begun, "change/preview"));
    for path in [&change, &preview] {
        own.post(path, &json!({"plan": "vip"})).await.refused(409, "plan_not_offered");
    }
    assert_eq!((ada.available().await, shop.payments().await), ("120".to_owned(), 1));
    let bob = shop.customer().await;
    let foreign = bob.key(&["read", "orders"]).await;
    let asked = json!({"plan": "vip", "return_url": shop.back()});
    foreign.post("/v1/subscriptions", &asked).await.refused(409, "plan_not_offered");
    foreign.post("/v1/subscriptions/preview", &json!({"plan": "vip"})).await.refused(409, "plan_not_offered");
    let changed = ada.on_subscription(&begun, "change", &json!({"plan": "vip"})).await.is(200);
    assert_eq!(changed["plan"]["code"], "vip");
    clock.advance(MAY).await;
    assert_eq!(ada.available().await, "5000");
}
