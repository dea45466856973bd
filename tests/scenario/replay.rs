//! The ledger, replayed from outside by someone who knows only what it lists (R44).

use std::collections::BTreeMap;

use folio_tests::book::Book;
use folio_tests::{Customer, House, micros, on_both};
use serde_json::{Value, json};

on_both! { "flexocr":
    r44_anyone_can_recompute_every_balance,
    r44_every_command_is_in_the_journal_under_its_key,
    r44_entries_tell_what_they_changed_beyond_credits,
}

async fn r44_anyone_can_recompute_every_balance(house: &House) {
    let (ada, eve) = (story(house).await, story(house).await);
    let mut books: BTreeMap<String, Book> = BTreeMap::new();
    for entry in house.operator.walk("/v1/ledger/entries?order=asc&limit=7").await {
        books.entry(text(&entry["customer"]).to_owned()).or_default().add(&entry);
    }
    assert_eq!(books.len(), 2);
    for customer in [ada, eve] {
        let book = &books[&customer.id];
        let (available, held) = customer.standing().await;
        assert_eq!(book.balance(), (micros(&available), micros(&held)));
        for grant in customer.grants().await {
            let mine = &book.grants[text(&grant["id"])];
            for bucket in ["available", "held", "consumed", "expired", "revoked"] {
                assert_eq!(mine.bucket(bucket), micros(text(&grant[bucket])), "{bucket} of {grant}");
            }
            assert_eq!(-mine.bucket("issued"), micros(text(&grant["amount"])), "R3 of {grant}");
        }
        let mut alone = Book::default();
        for entry in customer.entries().await {
            alone.add(&entry);
        }
        assert_eq!(&alone, book);
    }
}

async fn r44_every_command_is_in_the_journal_under_its_key(house: &House) {
    let ada = house.customer().await;
    let mut told = Vec::new();
    for number in 1..=5 {
        let (key, usage) =
            (format!("usage-{number}"), json!({"operation": "update_schema", "changes": number, "pages": 3}));
        let answer = house.operator.post_with(&key, "/v1/usage", &ada.named_in(usage)).await.is(201);
        told.push((key, text(&answer["usage"]["cost"]).to_owned(), answer["balance"].clone()));
    }
    let entries = ada.entries().await;
    let of_usage = entries.iter().filter(|entry| entry["kind"] == "usage");
    let listed: Vec<_> = of_usage
        .map(|entry| (text(&entry["key"]).to_owned(), text(&entry["amount"]).to_owned(), entry["balance"].clone()))
        .collect();
    assert_eq!(listed, told);
}

async fn r44_entries_tell_what_they_changed_beyond_credits(house: &House) {
    let entries = story(house).await.entries().await;
    let of = |kind: &str| entries.iter().filter(|entry| entry["kind"] == kind).collect::<Vec<_>>();
    let made: Vec<_> = of("grant").iter().map(|entry| entry["grant"]["id"].clone()).collect();
    assert_eq!((&of("activate")[0]["grant_id"], of("activate").len()), (&made[2], 1));
    assert_eq!(
        (&of("extend")[0]["grant_id"], &of("extend")[0]["expires_at"]),
        (&made[1], &json!("2026-02-20T00:00:00.000Z"))
    );
    let (hold, extended) = (of("hold")[0], of("extend_hold")[0]);
    assert_eq!((&hold["hold"], &hold["expires_at"]), (&extended["hold"], &json!("2026-02-06T10:00:00.000Z")));
    assert_eq!(extended["expires_at"], "2026-02-06T11:00:00.000Z");
    // Three changes of two pages each are six units.
    let used =
        |kind: &str| of(kind).iter().map(|it| (it["operation"].clone(), it["quantity"].clone())).collect::<Vec<_>>();
    assert_eq!(used("capture"), [(json!("extract"), json!(7))]);
    assert_eq!(used("usage"), [(json!("update_schema"), json!(6)), (json!("extract"), json!(13))]);
    assert_eq!(of("reverse")[0]["quantity"], 6);
}

/// A customer with every kind of entry in their journal that a call can lead to.
async fn story(house: &House) -> Customer {
    let (ada, clock) = house.customer_at("2026-01-31T10:00:00Z").await;
    let operator = &house.operator;
    let gift = ada.grant(json!({"amount": "12.345678", "expires_at": "2026-02-10T00:00:00Z"})).await;
    ada.grant(json!({"amount": "40", "effective_at": "2026-02-05T00:00:00Z", "priority": 5})).await;
    let taken = ada.grant(json!({"amount": "9", "label": "by mistake"})).await;
    operator.post(&format!("/v1/grants/{}/revoke", text(&taken["id"])), &json!({"reason": "mistake"})).await.is(200);
    let hold =
        ada.started(json!({"operation": "extract", "items": [{"quantity": 20}, {"quantity": 5}], "ttl": "P6D"})).await;
    ada.on_hold(&hold, "capture", &json!({"items": [{"item": 0, "quantity": 7}, {"item": 1, "outcome": "failed"}]}))
        .await
        .is(200);
    let usage = ada.post("/v1/usage", json!({"operation": "update_schema", "changes": 3, "pages": 2})).await.is(201);
    let later = json!({"expires_at": "2026-02-20T00:00:00Z"});
    operator.post(&format!("/v1/grants/{}/extend", text(&gift["id"])), &later).await.is(200);
    ada.on_hold(&hold, "extend", &json!({"ttl": "P6DT1H"})).await.is(200);
    clock.advance("2026-02-05T00:00:00Z").await;
    ada.charged("extract", 13).await;
    // The hold lapses, the gift expires, the free tier renews.
    clock.advance("2026-03-02T00:00:00Z").await;
    operator
        .post(&format!("/v1/usage/{}/reverse", text(&usage["usage"]["id"])), &json!({"reason": "sorry"}))
        .await
        .is(200);
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 2}]})).await;
    ada.on_hold(&hold, "release", &json!({"reason": "called off"})).await.is(200);
    ada.started(json!({"operation": "extract", "items": [{"quantity": 3}]})).await;
    operator.post(&ada.path("freeze"), &json!({"reason": "chargeback"})).await.is(200);
    operator.post(&ada.path("unfreeze"), &json!({})).await.is(200);
    let kinds: std::collections::BTreeSet<_> =
        ada.entries().await.iter().map(|it| text(&it["kind"]).to_owned()).collect();
    assert_eq!(kinds.len(), 14, "{kinds:?}");
    ada
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}
