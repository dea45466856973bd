//! Who customers are on invoices, as they say it (R36).

use folio_tests::{House, on_both};
use serde_json::{Value, json};

on_both! { "perfectparser":
    r36_billing_details_are_kept_as_they_are_said,
    r36_billing_details_are_changed_as_a_whole,
    r36_billing_details_that_cannot_be_are_refused,
    r40_a_replay_tells_the_billing_details_of_then,
    r42_a_customers_key_sees_its_own_billing_details_only,
}

fn details() -> Value {
    json!({
        "name": "Example GmbH", "address": ["Musterstraße 1", "Aufgang B", "3. Stock"], "postal_code": "01067",
        "city": "Dresden", "region": "Sachsen", "country": "DE", "tax_id": "DE136695976", "locale": "de-DE",
    })
}

async fn r36_billing_details_are_kept_as_they_are_said(house: &House) {
    let made = house.operator.post("/v1/customers", &json!({"billing": details()})).await.is(201);
    assert_eq!(made["billing"], details());
    let path = format!("/v1/customers/{}", made["id"].as_str().expect("an id"));
    assert_eq!(house.operator.get(&path).await.is(200), made);
    let listed = house.operator.walk("/v1/customers").await;
    assert_eq!(listed.iter().find(|customer| customer["id"] == made["id"]), Some(&made));

    let put =
        house.operator.put("/v1/customers/user_36", &json!({"billing": {"country": "US", "tax_id": "12-3"}})).await;
    assert_eq!(put.is(200)["billing"], json!({"country": "US", "tax_id": "12-3"}));
    let odd = json!({"name": "O'Brien \\ \"Söhne\" 日本 👩‍👩‍👧", "address": ["  c/o Null  "], "region": "null"});
    let put = house.operator.put("/v1/customers/user_36", &json!({"billing": odd})).await.is(200);
    assert_eq!((&put["billing"]["name"], &put["billing"]["address"]), (&odd["name"], &json!(["c/o Null"])));
    let put = house.operator.put("/v1/customers/user_36", &json!({"name": "Ada"})).await.is(200);
    assert_eq!(put["billing"]["region"], "null", "what is not said stays");
    let bare = house.operator.post("/v1/customers", &json!({"billing": {}})).await.is(201);
    assert_eq!(bare.get("billing"), None);
}

async fn r36_billing_details_are_changed_as_a_whole(house: &House) {
    let ada = json!({"name": "Ada", "email": "ada@example.com", "billing": details()});
    let made = house.operator.post("/v1/customers", &ada).await.is(201);
    let path = format!("/v1/customers/{}", made["id"].as_str().expect("an id"));
    let patch = async |change: Value| house.operator.patch(&path, &change).await.is(200);
    assert_eq!(patch(json!({"metadata": {}})).await, made);
    let moved = patch(json!({"billing": {"country": "AT", "tax_id": "atu 13585627"}})).await;
    assert_eq!(moved["billing"], json!({"country": "AT", "tax_id": "ATU13585627"}));
    let moved = patch(json!({"billing": {"country": "FR", "tax_id": null}})).await;
    assert_eq!(moved["billing"], json!({"country": "FR"}));
    assert_eq!(patch(json!({"time_zone": null, "metadata": null})).await, moved);
    let forgotten = patch(json!({"billing": null, "email": null})).await;
    assert_eq!((forgotten.get("billing"), forgotten.get("email")), (None, None));
    assert_eq!(forgotten["name"], "Ada");
    assert_eq!(patch(json!({"name": null})).await.get("name"), None);
    assert_eq!(house.operator.get(&path).await.is(200).get("name"), None);
}

async fn r36_billing_details_that_cannot_be_are_refused(house: &House) {
    let customer = house.sign_up(&json!({"billing": details()})).await;
    let path = format!("/v1/customers/{}", customer.id);
    let before = house.operator.get(&path).await.is(200);
    let table = [
        (json!({"country": "de"}), "/billing/country", "unknown"),
        (json!({"country": "Germany"}), "/billing/country", "unknown"),
        (json!({"country": "DE", "tax_id": "DE136695975"}), "/billing/tax_id", "malformed"),
        (json!({"country": "DE", "tax_id": "12/345/67890"}), "/billing/tax_id", "malformed"),
        (json!({"country": "GR", "tax_id": "GR094014201"}), "/billing/tax_id", "malformed"),
        (json!({"address": ["a", "b", "c", "d"]}), "/billing/address", "too_long"),
        (json!({"address": ["a", "b\nc"]}), "/billing/address/1", "malformed"),
        (json!({"address": "a"}), "/billing/address", "wrong_type"),
        (json!({"name": ""}), "/billing/name", "empty"),
        (json!({"city": "\u{85}"}), "/billing/city", "malformed"),
        (json!({"locale": "de"}), "/billing/locale", "unknown"),
        (json!({"vat": "DE136695976"}), "/billing/vat", "unknown_field"),
    ];
    for (billing, pointer, code) in table {
        let body = json!({"billing": billing});
        for answer in [
            house.operator.post("/v1/customers", &body).await,
            house.operator.put("/v1/customers/user_37", &body).await,
            house.operator.patch(&path, &body).await,
        ] {
            let error = answer.refused(422, "validation_failed")["errors"][0].clone();
            assert_eq!((error["pointer"].as_str(), error["code"].as_str()), (Some(pointer), Some(code)), "{billing}");
        }
    }
    assert_eq!(house.operator.get(&path).await.is(200), before);
    house.operator.get("/v1/customers/user_37").await.refused(404, "customer_not_found");
}

async fn r40_a_replay_tells_the_billing_details_of_then(house: &House) {
    let body = json!({"billing": details()});
    let made = house.operator.post_with("billing-then", "/v1/customers", &body).await.is(201);
    let path = format!("/v1/customers/{}", made["id"].as_str().expect("an id"));
    house.operator.patch(&path, &json!({"billing": null})).await.is(200);
    let again = house.operator.post_with("billing-then", "/v1/customers", &body).await;
    assert!(again.is_replay());
    assert_eq!(again.is(201), made);
}

async fn r42_a_customers_key_sees_its_own_billing_details_only(house: &House) {
    let ada = house.sign_up(&json!({"billing": details()})).await;
    let eve = house.sign_up(&json!({"billing": {"country": "US"}})).await;
    let path = format!("/v1/customers/{}", ada.id);
    assert_eq!(ada.key(&["read"]).await.get(&path).await.is(200)["billing"], details());
    eve.key(&["read"]).await.get(&path).await.refused(404, "customer_not_found");
    ada.key(&["read"]).await.patch(&path, &json!({"billing": null})).await.refused(403, "insufficient_scope");
}
