//! A key gives nobody more than it has: not by making keys, not by replacing them.

use folio_tests::{House, on_both};
use serde_json::{Value, json};

use super::SCOPES;

on_both! { "perfectparser":
    r42_a_key_makes_keys_with_its_own_scopes_only,
    r42_a_key_replaces_no_key_that_may_do_more,
    r42_a_key_that_replaces_another_is_no_stronger,
    r42_a_replacement_works_no_longer,
    r42_a_revoked_key_is_not_replaced,
}

async fn r42_a_key_makes_keys_with_its_own_scopes_only(house: &House) {
    let ada = house.customer().await;
    for scope in SCOPES {
        let maker = house.operator_with(&["keys", scope]).await;
        for asked in SCOPES {
            let answer = maker.post("/v1/keys", &json!({"scopes": ["keys", asked]})).await;
            let has = asked == scope || asked == "keys";
            if has { drop(answer.is(201)) } else { drop(answer.refused(403, "insufficient_scope")) }
        }
        // Nothing said is all that it has itself, and for a customer to read.
        let mut had = maker.post("/v1/keys", &json!({})).await.is(201)["scopes"].clone();
        had.as_array_mut().expect("scopes").retain(|it| it != "keys" && it != scope);
        assert_eq!(had, json!([]));
        let of_ada = maker.post("/v1/keys", &ada.named_in(json!({}))).await;
        if scope == "read" { drop(of_ada.is(201)) } else { drop(of_ada.refused(403, "insufficient_scope")) }
    }
}

async fn r42_a_key_replaces_no_key_that_may_do_more(house: &House) {
    let maker = house.operator_with(&["keys", "read"]).await;
    let ada = house.customer().await;
    let before = house.operator.walk("/v1/keys").await.len();
    for body in [json!({}), json!({"scopes": ["grants"]}), json!({"scopes": ["read", "test"]})] {
        let stronger = house.operator.post("/v1/keys", &body).await.is(201);
        maker.post(&rotation(&stronger), &json!({})).await.refused(403, "insufficient_scope");
        maker.post(&rotation(&stronger), &json!({"grace": "P7D"})).await.refused(403, "insufficient_scope");
    }
    let of_ada = house.operator.post("/v1/keys", &ada.named_in(json!({"scopes": ["meter"]}))).await.is(201);
    maker.post(&rotation(&of_ada), &json!({})).await.refused(403, "insufficient_scope");
    // The first key of all, which says of none of its scopes that it lacks it.
    for key in house.operator.walk("/v1/keys?order=asc").await.iter().filter(|key| key["name"] != "key") {
        maker.post(&rotation(key), &json!({})).await.refused(403, "insufficient_scope");
    }
    assert_eq!(house.operator.walk("/v1/keys").await.len(), before + 4);
    house.operator.get("/v1/catalog").await.is(200);
}

async fn r42_a_key_that_replaces_another_is_no_stronger(house: &House) {
    let (ada, eve) = (house.customer().await, house.customer().await);
    let old = house.operator.post("/v1/keys", &ada.named_in(json!({"scopes": ["read"]}))).await.is(201);
    let new = house.operator.post(&rotation(&old), &json!({})).await.is(201);
    assert_eq!((&new["scopes"], &new["customer"]), (&json!(["read"]), &json!(ada.id)));
    let own = house.operator.with_key(new["secret"].as_str().expect("a key"));
    own.get(&ada.path("balance")).await.is(200);
    own.get(&eve.path("balance")).await.refused(404, "customer_not_found");
    own.post("/v1/usage", &json!({"operation": "extract"})).await.refused(403, "insufficient_scope");
    own.post("/v1/keys", &json!({})).await.refused(403, "insufficient_scope");
}

async fn r42_a_replacement_works_no_longer(house: &House) {
    let short = house.operator.post("/v1/keys", &json!({"expires_after": "PT1H"})).await.is(201);
    let end = short["expires_at"].as_str().expect("an end").to_owned();
    let new = house.operator.post(&rotation(&short), &json!({"grace": "P7D"})).await.is(201);
    assert_eq!(new["expires_at"], end);
    let old = house.operator.walk("/v1/keys").await.into_iter().find(|key| key["id"] == short["id"]);
    assert_eq!(old.expect("it is there still")["expires_at"], end, "grace does not prolong it");

    // One whose time is over comes back neither by its own replacement nor by a second one's grace.
    let over = house.operator.post("/v1/keys", &json!({})).await.is(201);
    house.operator.post(&rotation(&over), &json!({})).await.is(201);
    let works =
        async |key: &Value| house.operator.with_key(key["secret"].as_str().expect("a key")).get("/v1/catalog").await;
    works(&over).await.refused(401, "key_expired");
    let again = house.operator.post(&rotation(&over), &json!({"grace": "P7D"})).await.is(201);
    works(&over).await.refused(401, "key_expired");
    works(&again).await.refused(401, "key_expired");
}

async fn r42_a_revoked_key_is_not_replaced(house: &House) {
    let revoked = house.operator.post("/v1/keys", &json!({})).await.is(201);
    house.operator.delete(&format!("/v1/keys/{}", revoked["id"].as_str().expect("an id"))).await.is(200);
    house.operator.post(&rotation(&revoked), &json!({"grace": "PT1H"})).await.refused(404, "key_not_found");
}

fn rotation(key: &Value) -> String {
    format!("/v1/keys/{}/rotate", key["id"].as_str().expect("an id"))
}
