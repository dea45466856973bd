//! Frozen customers over the wire: nothing starts, and what is under way goes on (R35).

use folio_tests::{Customer, House, on_both};
use serde_json::{Value, json};

on_both! { "perfectparser":
    r35_a_frozen_customer_starts_nothing_and_is_told_so_first,
    r35_what_is_under_way_goes_on_while_frozen,
    r35_the_state_says_frozen_until_the_customer_is_unfrozen,
    r35_nobody_is_frozen_or_unfrozen_twice,
    r35_a_freeze_is_in_the_journal_with_its_reason,
    r35_only_who_may_change_customers_freezes_them,
    r35_a_line_of_a_batch_is_refused_on_its_own,
}

async fn freeze(customer: &Customer, verb: &str) -> Value {
    customer.operator().post(&customer.path(verb), &json!({"reason": "chargeback"})).await.is(200)
}

fn job(quantity: u32) -> Value {
    json!({"operation": "extract", "items": [{"quantity": quantity}]})
}

async fn r35_a_frozen_customer_starts_nothing_and_is_told_so_first(house: &House) {
    let ada = house.customer().await;
    let own = ada.key(&["read", "meter"]).await;
    let estimate = ada.estimate(job(2)).await.is(200);
    freeze(&ada, "freeze").await;
    let before = ada.entries().await;
    // Too much as well: nobody who is frozen is told what to buy.
    for quantity in [1, 5_000] {
        ada.start(job(quantity)).await.refused(403, "customer_frozen");
        ada.charge("extract", quantity.into()).await.refused(403, "customer_frozen");
        own.post("/v1/holds", &job(quantity)).await.refused(403, "customer_frozen");
    }
    ada.start(json!({"estimate": estimate["id"]})).await.refused(403, "customer_frozen");
    ada.start(json!({"operation": "extract", "items": [{"quantity": 1}], "partial": true}))
        .await
        .refused(403, "customer_frozen");
    assert_eq!(ada.entries().await, before);
    // What a job would need can be asked all the same.
    ada.estimate(job(2)).await.is(200);
    freeze(&ada, "unfreeze").await;
    ada.started_from(&estimate).await;
    assert_eq!(ada.standing().await, ("18".to_owned(), "2".to_owned()));
}

async fn r35_what_is_under_way_goes_on_while_frozen(house: &House) {
    let ada = house.customer().await;
    let usage = ada.charged("extract", 3).await;
    let (captured, released) = (ada.started(job(4)).await, ada.started(job(5)).await);
    freeze(&ada, "freeze").await;
    ada.captured(&captured).await;
    ada.on_hold(&released, "extend", &json!({"ttl": "PT2H"})).await.is(200);
    ada.on_hold(&released, "release", &json!({})).await.is(200);
    let reversal = format!("/v1/usage/{}/reverse", usage["id"].as_str().expect("an id"));
    house.operator.post(&reversal, &json!({})).await.is(200);
    ada.grant(json!({"amount": "10"})).await;
    assert_eq!(ada.standing().await, ("26".to_owned(), "0".to_owned()));
    assert_eq!(ada.balance().await["state"], "frozen");
}

async fn r35_the_state_says_frozen_until_the_customer_is_unfrozen(house: &House) {
    let ada = house.customer().await;
    ada.started(job(5)).await;
    assert_eq!(ada.balance().await["state"], "ok");
    let frozen = freeze(&ada, "freeze").await;
    let balance = ada.balance().await;
    for member in ["customer", "available", "held", "state", "sequence"] {
        assert_eq!(frozen[member], balance[member], "{member}");
    }
    assert_eq!(
        (&balance["state"], &balance["available"], &balance["held"]),
        (&json!("frozen"), &json!("15"), &json!("5"))
    );
    let unfrozen = freeze(&ada, "unfreeze").await;
    let balance = ada.balance().await;
    for member in ["customer", "available", "held", "sequence"] {
        assert_eq!(unfrozen[member], balance[member], "{member}");
    }
    assert_eq!(balance["state"], "ok");
}

async fn r35_nobody_is_frozen_or_unfrozen_twice(house: &House) {
    let ada = house.customer().await;
    let ask = async |verb: &str| house.operator.post(&ada.path(verb), &json!({})).await;
    ask("unfreeze").await.refused(409, "not_frozen");
    ask("freeze").await.is(200);
    ask("freeze").await.refused(409, "already_frozen");
    ask("unfreeze").await.is(200);
    ask("unfreeze").await.refused(409, "not_frozen");
    // Frozen again after all; the first freeze's key tells of the first.
    let path = ada.path("freeze");
    let first = house.operator.post_with("froze", &path, &json!({})).await;
    ask("unfreeze").await.is(200);
    let again = house.operator.post_with("froze", &path, &json!({})).await;
    assert!(again.is_replay());
    assert_eq!(again.text(), first.text());
    assert_eq!(ada.balance().await["state"], "ok");
}

async fn r35_a_freeze_is_in_the_journal_with_its_reason(house: &House) {
    let ada = house.customer().await;
    freeze(&ada, "freeze").await;
    freeze(&ada, "unfreeze").await;
    let entries = ada.entries().await;
    for (entry, kind) in entries.iter().rev().zip(["unfreeze", "freeze"]) {
        let told = (&entry["kind"], &entry["amount"], &entry["reason"], &entry["postings"]);
        assert_eq!(told, (&json!(kind), &json!("0"), &json!("chargeback"), &json!([])));
        assert_eq!(entry["balance"], json!({"available": "20", "held": "0"}));
    }
    let path = format!("/v1/ledger/entries?customer={}&kind=freeze", ada.id);
    assert_eq!(house.operator.walk(&path).await.len(), 1);
}

async fn r35_only_who_may_change_customers_freezes_them(house: &House) {
    let ada = house.customer().await;
    let own = ada.key(&["read", "meter"]).await;
    let others = house.operator_with(&["read", "meter", "grants"]).await;
    for caller in [&own, &others] {
        caller.post(&ada.path("freeze"), &json!({})).await.refused(403, "insufficient_scope");
        caller.post(&ada.path("unfreeze"), &json!({})).await.refused(403, "insufficient_scope");
    }
    house.operator_with(&["customers"]).await.post(&ada.path("freeze"), &json!({})).await.is(200);
}

async fn r35_a_line_of_a_batch_is_refused_on_its_own(house: &House) {
    let (ada, eve) = (house.customer().await, house.customer().await);
    freeze(&ada, "freeze").await;
    let line = |customer: &Customer| {
        let usage = customer.named_in(json!({"operation": "extract", "quantity": 1}));
        json!({"key": format!("line-of-{}", customer.id), "usage": usage})
    };
    let batch = json!({"lines": [line(&ada), line(&eve)]});
    let told = house.operator.post("/v1/usage/batch", &batch).await.is(200);
    let outcomes = &told["outcomes"];
    assert_eq!((&outcomes[0]["status"], &outcomes[0]["problem"]["code"]), (&json!(403), &json!("customer_frozen")));
    assert_eq!(outcomes[1]["status"], 201);
}
