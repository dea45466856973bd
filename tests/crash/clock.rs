//! A machine's clock that jumps by hours, under load and over a single customer.

use std::time::Duration;

use folio_tests::{Caller, Customer, House, Server, Store, on_both};
use serde_json::{Value, json};

use crate::dice::{Dice, seed};
use crate::skewed::Skewed;
use crate::trial::Trial;

on_both! {
    r7_a_clock_that_jumps_under_load_disturbs_no_journal,
    r7_what_has_expired_stays_expired_when_the_clock_goes_back,
}

async fn r7_a_clock_that_jumps_under_load_disturbs_no_journal(store: Store) {
    let seed = seed();
    println!("{store:?}: seed {seed}");
    let place = Skewed::new(store);
    let server = Server::on(place.place());
    let mut trial = Trial::begin(&server, store, &Dice::new(seed)).await;
    for offset in ["+3h", "-2h", "+20h", "-9h", "+0h", "+26h", "+0h"] {
        let load = trial.load(&[&server], true);
        load.until_done(100).await;
        place.jump(offset);
        load.until_done(150).await;
        let hosts = load.stop().await;
        trial.reconcile(hosts, &server).await;
    }
    trial.close(&server).await;
}

async fn r7_what_has_expired_stays_expired_when_the_clock_goes_back(store: Store) {
    let place = Skewed::new(store);
    let server = Server::on(place.place());
    let house = House::on(&server, store, "perfectparser");
    let operator = &house.operator;
    let ada = house.customer().await;
    ada.grant(json!({"amount": "7", "expires_after": "P1D"})).await;
    let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 5}], "ttl": "PT1H"})).await;
    let (revoked, short) = (key(operator, &json!({})).await, key(operator, &json!({"expires_after": "PT1H"})).await);
    short.1.get("/v1/customers").await.is(200);

    place.jump("+60h");
    until_lapsed(&ada).await;
    assert_eq!(ada.available().await, "20", "what was granted has expired");
    operator.delete(&format!("/v1/keys/{}", revoked.0)).await.is(200);
    short.1.get("/v1/customers").await.refused(401, "key_expired");
    let entries = ada.entries().await;
    let last = text(entries.last().expect("entries"), "at");

    for offset in ["-5h", "+0h"] {
        place.jump(offset);
        assert_eq!(ada.standing().await, ("20".to_owned(), "0".to_owned()));
        assert_eq!(ada.entries().await[..entries.len()], entries);
        ada.charge("extract", 21).await.refused(402, "insufficient_credits");
        ada.on_hold(&hold, "capture", &json!({})).await.refused(409, "hold_expired");
        let fresh = ada.started(json!({"operation": "extract", "items": [{"quantity": 1}]})).await;
        assert!(text(&fresh, "created_at") >= last && text(&fresh, "expires_at") > text(&fresh, "created_at"));
        ada.on_hold(&fresh, "release", &json!({})).await.is(200);
        revoked.1.get("/v1/customers").await.refused(401, "key_revoked");
        short.1.get("/v1/customers").await.refused(401, "key_expired");
    }
    assert_eq!(server.folio(&["ledger", "verify"]).json(0)["verified"], true);
}

/// Holds lapse by the server's own work, once a second.
async fn until_lapsed(customer: &Customer) {
    let lapsed = async {
        while customer.standing().await.1 != "0" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), lapsed).await.expect("the hold lapses");
}

/// A key's id, and its holder.
async fn key(operator: &Caller, body: &Value) -> (String, Caller) {
    let made = operator.post("/v1/keys", body).await.is(201);
    (text(&made, "id").to_owned(), operator.with_key(text(&made, "secret")))
}

fn text<'a>(json: &'a Value, name: &str) -> &'a str {
    json[name].as_str().expect("a text")
}
