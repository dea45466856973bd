//! What was acknowledged is there, whatever becomes of the server (R45), and what was tampered with is found (R4).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use folio_tests::{Answer, House, Place, Server, Store, on_both};
use serde_json::{Value, json};
use tokio::task::JoinSet;

on_both! {
    r45_a_stop_under_load_loses_nothing_that_was_acknowledged,
    everything_is_there_after_a_restart,
    r4_a_changed_entry_is_found,
    r4_a_missing_entry_is_found,
    r4_a_changed_balance_is_found,
}

async fn r45_a_stop_under_load_loses_nothing_that_was_acknowledged(store: Store) {
    let place = Place::new(store);
    let server = Server::on(&place);
    let house = House::on(&server, store, "perfectparser");
    let ada = house.customer().await;
    ada.buy("enterprise").await;
    let done = Arc::new(AtomicUsize::new(0));
    let mut spenders = JoinSet::new();
    for spender in 0..16 {
        let (operator, done) = (house.operator.clone(), Arc::clone(&done));
        let usage = ada.named_in(json!({"operation": "extract", "quantity": 1}));
        spenders.spawn(async move {
            let mut acknowledged = Vec::new();
            for number in 0.. {
                let key = format!("load-{spender}-{number}");
                let Some(answer) = operator.try_post_with(&key, "/v1/usage", &usage).await else { break };
                if answer.status != 201 {
                    assert_eq!(answer.status, 503, "{}", answer.text());
                    break;
                }
                acknowledged.push((key, usage.clone(), answer));
                done.fetch_add(1, Ordering::Relaxed);
            }
            acknowledged
        });
    }
    while done.load(Ordering::Relaxed) < 200 {
        tokio::task::yield_now().await;
    }
    let code = tokio::task::spawn_blocking(move || server.stop()).await.expect("it stops");
    assert_eq!(code, Some(0));
    let acknowledged: Vec<(String, Value, Answer)> = spenders.join_all().await.into_iter().flatten().collect();

    let server = Server::on(&place);
    let operator = house.operator.at(&server);
    for (key, usage, first) in &acknowledged {
        let again = operator.post_with(key, "/v1/usage", usage).await;
        assert!(again.is_replay(), "{key} was lost");
        assert_eq!(again.text(), first.text());
    }
    let entries = operator.walk(&format!("/v1/ledger/entries?limit=100&kind=usage&customer={}", ada.id)).await;
    // Those that were under way may have been finished without anyone hearing of it.
    assert!((acknowledged.len()..=acknowledged.len() + 16).contains(&entries.len()), "{}", entries.len());
    let balance = operator.get(&ada.path("balance")).await.is(200);
    assert_eq!(balance["available"], (25_020 - entries.len()).to_string());
    assert_eq!(server.folio(&["ledger", "verify"]).json(0)["verified"], true);
}

async fn everything_is_there_after_a_restart(store: Store) {
    let place = Place::new(store);
    let server = Server::on(&place);
    let house = House::on(&server, store, "perfectparser");
    let (ada, clock) = house.customer_at("2026-01-01T00:00:00Z").await;
    ada.buy("starter").await;
    let own = ada.key(&["read", "meter"]).await;
    let kept = ada.estimate(json!({"operation": "extract", "items": [{"quantity": 4}]})).await.is(200);
    ada.started(json!({"operation": "extract", "items": [{"quantity": 9}], "ttl": "P1D"})).await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 7}], "ttl": "P7D"})).await;
    let paths = [
        ada.path("balance"),
        ada.path("grants"),
        format!("/v1/ledger/entries?customer={}", ada.id),
        "/v1/holds".to_owned(),
        "/v1/customers".to_owned(),
        "/v1/keys".to_owned(),
        "/v1/catalog".to_owned(),
        "/v1/test/clocks".to_owned(),
    ];
    let mut before = Vec::new();
    for path in &paths {
        before.push(house.operator.get(path).await.is(200));
    }
    assert_eq!(server.stop(), Some(0));

    let server = Server::on(&place);
    let operator = house.operator.at(&server);
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(operator.get(path).await.is(200), before, "{path}");
    }
    assert_eq!(own.at(&server).get("/v1/me").await.is(200)["user"]["credits_available"], 104);
    operator.post("/v1/holds", &json!({"estimate": kept["id"]})).await.is(201);
    let id = hold["id"].as_str().expect("an id");
    operator.post(&format!("/v1/holds/{id}/capture"), &json!({})).await.is(200);
    operator
        .post(&format!("/v1/test/clocks/{}/advance", clock.id), &json!({"to": "2026-01-03T00:00:00Z"}))
        .await
        .is(200);
    let balance = operator.get(&ada.path("balance")).await.is(200);
    assert_eq!((&balance["available"], &balance["held"]), (&json!("113"), &json!("0")));
    assert_eq!(server.folio(&["ledger", "verify"]).json(0)["verified"], true);
}

async fn r4_a_changed_entry_is_found(store: Store) {
    let found = tampered(store, "UPDATE entries SET available = available + 1 WHERE sequence = 4").await;
    assert_eq!(found["first_bad"]["sequence"], 4);
}

async fn r4_a_missing_entry_is_found(store: Store) {
    let found = tampered(store, "DELETE FROM entries WHERE sequence = 3").await;
    assert_eq!(found["first_bad"]["sequence"], 4);
}

async fn r4_a_changed_balance_is_found(store: Store) {
    let found = tampered(store, "UPDATE holds SET held = held + 1000000").await;
    assert!(found["first_bad"]["entry"].as_str().is_some_and(|entry| entry.starts_with("ent_")), "{found}");
}

/// What `folio ledger verify` finds after someone changed the database behind its back.
async fn tampered(store: Store, sql: &str) -> Value {
    let place = Place::new(store);
    let server = Server::on(&place);
    let house = House::on(&server, store, "perfectparser");
    let ada = house.customer().await;
    ada.charged("extract", 2).await;
    ada.started(json!({"operation": "extract", "items": [{"quantity": 3}]})).await;
    ada.charged("extract", 1).await;
    assert_eq!(server.folio(&["ledger", "verify"]).json(0)["entries"], 5);
    place.change(sql).await;
    let found = server.folio(&["ledger", "verify"]).json(4);
    assert_eq!(found["verified"], false);
    found
}
