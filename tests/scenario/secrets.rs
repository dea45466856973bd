//! What is secret stays so: no key and nobody's name in figures, logs or refusals (R42, R43).

use folio_tests::{Answer, Caller, House, Place, Server, Store, on_both};
use reqwest::Method;
use serde_json::{Value, json};

use crate::furnished::Furnished;
use crate::isolation::call;

on_both! {
    r42_no_figure_and_no_log_line_tells_a_secret_or_a_name,
}

/// What everything that is somebody's has in it, whoever's and whatever it is.
const NAME: &str = "ovelace";

async fn r42_no_figure_and_no_log_line_tells_a_secret_or_a_name(store: Store) {
    let place = Place::new(store).under("FOLIO_LOG", "trace");
    let server = Server::on(&place);
    let house = House::on(&server, store, "perfectparser");
    let mut secrets = vec![house.operator.key().to_owned(), NAME.to_owned()];
    let mut refusals = Vec::new();
    everything(&house, &mut secrets, &mut refusals).await;
    somebody(&house, &mut secrets, &mut refusals).await;
    nobody(&house, &mut refusals).await;

    let metrics = house.operator.send(house.operator.anonymous(Method::GET, "/metrics")).await.text();
    let log = server.log();
    assert!(log.contains("recordUsage"), "the log tells operations");
    assert!(secrets.len() > 100 && refusals.len() > 60, "{} {}", secrets.len(), refusals.len());
    for secret in &secrets {
        assert!(!metrics.contains(secret.as_str()), "the figures tell {secret:?}");
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "the log tells {secret:?}");
    }
    // A refusal may say what its caller has just said; a key it never says.
    let keys: Vec<_> = secrets.iter().filter(|secret| secret.starts_with("folio_")).collect();
    for refusal in refusals {
        assert!(!keys.iter().any(|key| refusal.contains(key.as_str())), "{refusal}");
    }
}

/// Every call of the document, by those who may and by those who may not.
async fn everything(house: &House, secrets: &mut Vec<String>, refusals: &mut Vec<String>) {
    for operation in Furnished::of(house).await.operations().await {
        let here = Furnished::of(house).await;
        let own = here.customer.key(&["read", "meter", "orders"]).await;
        let reader = house.operator_with(&["test"]).await;
        secrets.extend([own.key(), reader.key()].map(ToOwned::to_owned));
        secrets.push(here.customer.id.trim_start_matches("cus_").to_owned());
        for caller in [&reader, &own, &house.operator] {
            let answer = call(caller, &here, &operation).await;
            learn(&answer, secrets, refusals);
        }
    }
}

/// Somebody with a name, who does what can be done, and what cannot.
async fn somebody(house: &House, secrets: &mut Vec<String>, refusals: &mut Vec<String>) {
    let ada = json!({
        "name": "Ada Lovelace", "email": "ada@lovelace.example", "external_id": "user-lovelace",
        "metadata": {"k-lovelace": "meta-lovelace"},
    });
    let ada = house.sign_up(&ada).await;
    let own = ada.key(&["read", "meter", "orders"]).await;
    secrets.extend([own.key(), &own.key()[9..]].map(ToOwned::to_owned));
    let usage = json!({
        "operation": "extract", "reference": "ref-lovelace", "metadata": {"about": "lovelace"},
        "evidence": {"name": "lovelace.pdf", "pages": 1},
    });
    own.post_with("idem-lovelace", "/v1/usage", &usage).await.is(201);
    own.get("/v1/me").await.is(200);
    ada.estimate_files("extract", &[("lovelace.png", documents::samples::png())]).await.is(200);
    house.operator.get("/v1/customers/user-lovelace").await.is(200);
    house.operator.get("/v1/customers?email=ada@lovelace.example").await.is(200);
    house.operator.patch(&format!("/v1/customers/{}", ada.id), &json!({"name": "Countess Lovelace"})).await.is(200);
    house.operator.get("/v1/ledger/entries?customer=user-lovelace").await.is(200);
    let taken = json!({"external_id": "user-lovelace"});
    let broken = json!({"customer": "lovelace", "lovelace": 1});
    for answer in [
        ada.charge("extract", 500).await,
        ada.charge("lovelace", 1).await,
        ada.estimate_files("extract", &[("lovelace.pdf", b"%PDF-1.7 lovelace".to_vec())]).await,
        house.operator.post("/v1/customers", &taken).await,
        house.operator.post_with("idem-lovelace-2", "/v1/usage", &broken).await,
        own.post_with("idem-lovelace", "/v1/usage", &json!({"operation": "extract", "quantity": 2})).await,
        house.operator.get("/v1/holds/hold_lovelace").await,
        house.operator.get("/v1/holds?cursor=lovelace").await,
        house.operator.get("/v1/holds?status=lovelace").await,
        house.operator.get("/v1/lovelace?lovelace=lovelace").await,
    ] {
        answer.problem();
        learn(&answer, secrets, refusals);
    }
}

/// Keys in all the wrong places, and keys that are none.
async fn nobody(house: &House, refusals: &mut Vec<String>) {
    let key = house.operator.key();
    let wrong = format!("folio_sk_test_{}", "lovelace".repeat(8));
    let caller = |key: &str| -> Caller { house.operator.with_key(key) };
    let header = |name: &str, value: String| house.operator.anonymous(Method::GET, "/v1/catalog").header(name, value);
    for answer in [
        caller(&wrong).get("/v1/catalog").await,
        caller(&key[..40]).get("/v1/catalog").await,
        house.operator.send(header("X-API-Key", format!("{key} {key}"))).await,
        house.operator.send(header("Authorization", format!("Basic {key}"))).await,
        house.operator.send(header("Authorization", key.to_owned())).await,
        house.operator.send(house.operator.anonymous(Method::GET, &format!("/v1/me?key={key}"))).await,
        house.operator.send(house.operator.anonymous(Method::GET, &format!("/v1/{key}"))).await,
        house.operator.get(&format!("/v1/keys/{key}?{key}")).await,
        house.operator.delete(&format!("/v1/keys/{key}")).await,
    ] {
        refusals.push(answer.text());
    }
}

/// Keeps the secret that an answer tells, or what it says instead.
fn learn(answer: &Answer, secrets: &mut Vec<String>, refusals: &mut Vec<String>) {
    let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    secrets.extend(told["secret"].as_str().map(ToOwned::to_owned));
    if answer.status >= 400 {
        refusals.push(answer.text());
    }
}

mod shown {
    use super::*;

    on_both! { "perfectparser": r42_a_key_is_shown_once }

    async fn r42_a_key_is_shown_once(house: &House) {
        let ada = house.customer().await;
        let made = ada.post("/v1/keys", json!({"name": "once"})).await.is(201);
        let secret = made["secret"].as_str().expect("a key");
        assert!(secret.ends_with(made["hint"].as_str().expect("a hint")));
        for key in house.operator.walk("/v1/keys").await {
            assert!(key.get("secret").is_none() && !key.to_string().contains(secret), "{key}");
        }
    }
}
