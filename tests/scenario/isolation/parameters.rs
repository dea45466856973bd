//! What queries and bodies name: customers, cursors, clocks, estimates, versions.

use folio_tests::{Caller, House, on_both};
use serde_json::json;

use super::told;
use crate::furnished::{Furnished, Operation};

on_both! { "perfectparser":
    r42_no_query_is_about_another_customer,
    r42_a_cursor_of_anothers_list_shows_nothing_of_theirs,
    r42_what_a_body_names_is_ones_own,
    r42_a_name_of_ones_own_choice_finds_nobody_elses_customer,
    r42_what_is_anothers_looks_like_what_one_never_had,
    r42_a_version_of_another_tenants_catalog_is_not_found,
}

/// Parameters of queries that are about nobody.
const ABOUT_NOBODY: [&str; 10] =
    ["at", "format", "from", "kind", "limit", "locale", "order", "pages", "status", "until"];
/// Parameters that the tests of this file know how to try.
const TRIED: [&str; 3] = ["cursor", "customer", "email"];

/// What the document says that a call's query takes.
fn query(operation: &Operation) -> Vec<String> {
    let all = operation.about["parameters"].as_array().into_iter().flatten();
    let query = all.filter(|it| it["in"] == "query").map(|it| it["name"].as_str().expect("a name").to_owned());
    query.collect()
}

/// Those who must not see what is the house's: another tenant's operator, and another customer of the house.
async fn strangers(house: &House) -> [Caller; 2] {
    let stranger = house.customer().await;
    stranger.charged("extract", 1).await;
    stranger.charged("extract", 1).await;
    let elsewhere = House::open(house.store, "perfectparser");
    for _ in 0..2 {
        elsewhere.customer().await.charged("extract", 1).await;
    }
    [stranger.key(&["read", "meter", "orders"]).await, elsewhere.operator]
}

async fn r42_no_query_is_about_another_customer(house: &House) {
    let here = Furnished::of(house).await;
    let strangers = strangers(house).await;
    let mut tried = 0;
    for operation in here.operations().await {
        let parameters = query(&operation);
        let known = |name: &String| ABOUT_NOBODY.contains(&name.as_str()) || TRIED.contains(&name.as_str());
        assert!(parameters.iter().all(known), "{parameters:?}: tell the tests whom they are about");
        if !parameters.iter().any(|name| name == "customer") {
            continue;
        }
        for stranger in &strangers {
            let path = here.path(&operation);
            let join = if path.contains('?') { '&' } else { '?' };
            let ask = async |whose: &str| stranger.get(&format!("{path}{join}customer={whose}")).await;
            let foreign = ask(&here.customer.id).await;
            if !operation.for_customers && foreign.status == 403 {
                foreign.refused(403, "insufficient_scope");
                continue;
            }
            foreign.refused(404, "customer_not_found");
            assert_eq!(told(&foreign), told(&ask(&super::missing(&here.customer.id)).await), "{}", operation.id);
            tried += 1;
        }
    }
    assert_eq!(tried, 19);
}

async fn r42_a_cursor_of_anothers_list_shows_nothing_of_theirs(house: &House) {
    let (here, more) = (Furnished::of(house).await, Furnished::of(house).await);
    house.operator.post("/v1/keys", &json!({"name": "one more"})).await.is(201);
    let toml = house.operator.get("/v1/catalog").await.is(200)["toml"].as_str().expect("a file").to_owned();
    let newer = format!("# Once more.\n{toml}");
    house.operator.post("/v1/catalog/apply", &json!({"toml": newer})).await.is(200);
    let theirs: Vec<String> =
        here.ids.values().chain(more.ids.values()).filter(|id| id.contains('_')).cloned().collect();
    let strangers = strangers(house).await;
    let mut tried = Vec::new();
    for operation in here.operations().await {
        if !query(&operation).iter().any(|name| name == "cursor") || operation.id == "getCredits" {
            continue;
        }
        let asked = here.path(&operation);
        let query = asked.split_once('?').map_or(String::new(), |(_, query)| format!("{query}&"));
        let first =
            house.operator.get(&format!("{asked}{}limit=1", if query.is_empty() { '?' } else { '&' })).await.is(200);
        let Some(cursor) = first["next_cursor"].as_str() else { continue };
        for stranger in &strangers {
            // Of a list under a customer's address, the stranger's own.
            let own = stranger.get("/v1/usage").await.is(200)["data"][0]["customer"].clone();
            let path = operation.path.replace("{customer}", own.as_str().expect("a customer"));
            for order in ["asc", "desc"] {
                let answer = stranger.get(&format!("{path}?{query}order={order}&cursor={cursor}")).await;
                match answer.status {
                    200 => assert!(!theirs.iter().any(|id| answer.text().contains(id.as_str())), "{}", answer.text()),
                    400 => drop(answer.refused(400, "cursor_invalid")),
                    _ => drop(answer.refused(403, "insufficient_scope")),
                }
            }
        }
        tried.push(operation.id);
    }
    let all =
        ["listCatalogVersions", "listCustomers", "listEntries", "listGrants", "listHolds", "listKeys", "listUsage"];
    assert!(all.iter().all(|list| tried.iter().any(|it| it == list)), "{tried:?}");
}

async fn r42_what_a_body_names_is_ones_own(house: &House) {
    let here = Furnished::of(house).await;
    let [stranger, elsewhere] = strangers(house).await;
    let post = async |caller: &Caller, path: &str, body| caller.post(path, &body).await;
    let nothing = super::missing;

    let clock = &here.ids["clock"];
    let foreign = post(&elsewhere, "/v1/customers", json!({"test_clock": clock})).await;
    foreign.refused(404, "clock_not_found");
    assert_eq!(told(&foreign), told(&post(&elsewhere, "/v1/customers", json!({"test_clock": nothing(clock)})).await));

    for caller in [&stranger, &elsewhere] {
        let foreign = post(caller, "/v1/holds", json!({"estimate": here.estimate})).await;
        foreign.refused(404, "estimate_not_found");
        let none = post(caller, "/v1/holds", json!({"estimate": nothing(&here.estimate)})).await;
        assert_eq!(told(&foreign), told(&none));
    }
    // Nor does an operator start one customer's estimate for another.
    let eve = house.customer().await;
    eve.start(json!({"estimate": here.estimate})).await.refused(404, "estimate_not_found");
    assert_eq!(eve.available().await, "20");

    let foreign = post(&elsewhere, "/v1/keys", json!({"customer": here.customer.id})).await;
    foreign.refused(404, "customer_not_found");
    let none = post(&elsewhere, "/v1/keys", json!({"customer": nothing(&here.customer.id)})).await;
    assert_eq!(told(&foreign), told(&none));
    for caller in [&stranger, &elsewhere] {
        let upload = async |whose: &str| {
            let texts = [("customer", whose), ("operation", "extract")];
            caller.upload("/v1/estimates", &texts, &[("a.png", documents::samples::png())]).await
        };
        let foreign = upload(&here.customer.id).await;
        foreign.refused(404, "customer_not_found");
        assert_eq!(told(&foreign), told(&upload(&nothing(&here.customer.id)).await));
    }
}

async fn r42_a_name_of_ones_own_choice_finds_nobody_elses_customer(house: &House) {
    let ada = json!({"external_id": "user-of-this-house", "email": "ada@this.house", "name": "Ada"});
    let ada = house.sign_up(&ada).await;
    let [stranger, elsewhere] = strangers(house).await;
    for caller in [&stranger, &elsewhere] {
        for path in ["", "/balance", "/grants", "/statement"] {
            let ask = async |whose: &str| caller.get(&format!("/v1/customers/{whose}{path}")).await;
            let foreign = ask("user-of-this-house").await;
            foreign.refused(404, "customer_not_found");
            assert_eq!(told(&foreign), told(&ask("user-of-no-house").await), "{path}");
        }
        for list in ["/v1/holds", "/v1/usage", "/v1/ledger/entries"] {
            caller.get(&format!("{list}?customer=user-of-this-house")).await.refused(404, "customer_not_found");
        }
        let usage = json!({"customer": "user-of-this-house", "operation": "extract"});
        caller.post("/v1/usage", &usage).await.refused(404, "customer_not_found");
    }
    let found = async |by: &Caller| by.get("/v1/customers?email=ada@this.house").await.is(200)["data"].clone();
    assert_eq!(found(&elsewhere).await, json!([]));
    assert_eq!(found(&house.operator).await[0]["id"], ada.id);
    // The same name is free elsewhere.
    elsewhere.post("/v1/customers", &json!({"external_id": "user-of-this-house"})).await.is(201);
    assert_eq!(ada.available().await, "20");
}

async fn r42_what_is_anothers_looks_like_what_one_never_had(house: &House) {
    let here = Furnished::of(house).await;
    let eve = house.customer().await;
    let own = eve.key(&["read", "meter", "orders"]).await;
    let hex = |id: &str| id.trim_start_matches("cus_").to_owned();
    for (name, paths) in [
        ("grant", ["/v1/grants/{}", "/v1/grants/{}"]),
        ("hold", ["/v1/holds/{}", "/v1/holds/{}"]),
        ("usage", ["/v1/usage/{}", "/v1/usage/{}/explanation"]),
        ("entry", ["/v1/ledger/entries/{}", "/v1/ledger/entries/{}"]),
    ] {
        let foreign = &here.ids[name];
        let (front, _) = foreign.rsplit_once('_').expect("a number");
        let none = format!("{}_999", front.replace(&hex(&here.customer.id), &hex(&eve.id)));
        assert_ne!(&none, foreign);
        for path in paths {
            let ask = async |id: &str| own.get(&path.replace("{}", id)).await;
            assert_eq!(told(&ask(foreign).await), told(&ask(&none).await), "{path}");
        }
    }
    for verb in ["capture", "release"] {
        let ask = async |id: &str| own.post(&format!("/v1/holds/{id}/{verb}"), &json!({})).await;
        let none = format!("hold_{}_999", hex(&eve.id));
        assert_eq!(told(&ask(&here.ids["hold"]).await), told(&ask(&none).await), "{verb}");
    }
}

async fn r42_a_version_of_another_tenants_catalog_is_not_found(house: &House) {
    let elsewhere = House::open(house.store, "perfectparser").operator;
    let toml = house.operator.get("/v1/catalog").await.is(200)["toml"].as_str().expect("a file").to_owned();
    let mine = format!("# Nobody else's.\n{toml}");
    house.operator.post("/v1/catalog/apply", &json!({"toml": mine})).await.is(200);
    house.operator.get("/v1/catalog/versions/2").await.is(200);
    let foreign = elsewhere.get("/v1/catalog/versions/2").await;
    foreign.refused(404, "catalog_not_found");
    assert_eq!(told(&foreign), told(&elsewhere.get("/v1/catalog/versions/3").await));
    for path in ["/v1/catalog", "/v1/catalog/versions", "/v1/catalog/versions/1"] {
        assert!(!elsewhere.get(path).await.text().contains("Nobody else's"), "{path}");
    }
}
