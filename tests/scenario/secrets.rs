//! What is secret stays so: no key and nobody's name in figures or logs.

use folio_tests::{House, on_both};
use reqwest::Method;
use serde_json::json;

on_both! { "perfectparser":
    r42_no_figure_and_no_log_line_tells_a_secret_or_a_name,
    r42_a_key_is_shown_once,
}

async fn r42_no_figure_and_no_log_line_tells_a_secret_or_a_name(house: &House) {
    let ada = json!({"name": "Ada Lovelace", "email": "ada@lovelace.example", "external_id": "user-lovelace", "metadata": {"k": "meta-lovelace"}});
    let ada = house.sign_up(&ada).await;
    let own = ada.key(&["read", "meter"]).await;
    own.post("/v1/usage", &json!({"operation": "extract", "reference": "ref-lovelace"})).await.is(201);
    own.get("/v1/me").await.is(200);
    ada.charge("extract", 500).await.refused(402, "insufficient_credits");
    ada.estimate_files("extract", &[("lovelace.pdf", b"no pdf".to_vec())]).await.refused(400, "page_count_failed");
    house.operator.get("/v1/customers/user-lovelace").await.is(200);
    house.operator.get("/v1/customers?email=ada@lovelace.example").await.is(200);
    house.operator.get("/v1/holds/hold_lovelace").await.refused(404, "hold_not_found");
    let wrong = format!("folio_sk_test_{}", "lovelace".repeat(8));
    house.operator.with_key(&wrong).get("/v1/me").await.refused(401, "unauthenticated");
    house.operator.post_with("idem-lovelace", "/v1/usage", &json!({"customer": "lovelace"})).await.problem();

    let metrics = house.operator.send(house.operator.anonymous(Method::GET, "/metrics")).await.text();
    let log = house.server().log();
    assert!(log.contains("recordUsage"), "the log tells operations: {log}");
    let id = ada.id.trim_start_matches("cus_");
    for (text, of) in [(&metrics, "figures"), (&log, "log")] {
        for secret in ["ovelace", id, house.operator.key(), own.key(), &own.key()[9..]] {
            assert!(!text.contains(secret), "the {of} tell {secret:?}");
        }
    }
}

async fn r42_a_key_is_shown_once(house: &House) {
    let ada = house.customer().await;
    let made = ada.post("/v1/keys", json!({"name": "once"})).await.is(201);
    let secret = made["secret"].as_str().expect("a key");
    assert!(secret.ends_with(made["hint"].as_str().expect("a hint")));
    for key in house.operator.walk("/v1/keys").await {
        assert!(key.get("secret").is_none() && !key.to_string().contains(secret), "{key}");
    }
}
