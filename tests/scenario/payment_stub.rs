//! What stands in for Stripe, below `/stripe`: its own API behind its own key, in the same server.

use folio_tests::{Answer, House, Place, Server, Store};
use reqwest::Method;
use serde_json::{Value, json as object};

const KEY: &str = "sk_test_scenario";

/// The body, if the status is this one.
fn json(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    answer.json()
}

async fn post(house: &House, key: &str, path: &str, form: &[(&str, &str)]) -> Answer {
    let caller = house.operator.with_key(key);
    caller.send(caller.request(Method::POST, path).form(form)).await
}

#[tokio::test]
async fn the_stub_answers_to_its_own_key_only_and_that_opens_nothing_else() {
    let place = Place::new(Store::Sqlite).under("FOLIO_PAYMENT_STUB_KEY", KEY).under("FOLIO_LOG", "trace");
    let server = Server::on(&place);
    let house = House::on(&server, Store::Sqlite, "perfectparser");

    let made = json(&post(&house, KEY, "/stripe/v1/customers", &[("email", "ada@example.com")]).await, 200);
    let path = format!("/stripe/v1/customers/{}", made["id"].as_str().unwrap());
    let caller = house.operator.with_key(KEY);
    let read = caller.get(&path).await;
    assert_eq!(json(&read, 200)["email"], "ada@example.com");
    assert!(read.headers.keys().all(|name| !name.as_str().starts_with("ratelimit")), "{:?}", read.headers);

    for key in [house.operator.key(), "sk_test_other", ""] {
        let refused = json(&house.operator.with_key(key).get(&path).await, 401);
        assert_eq!(refused["error"]["type"], "invalid_request_error", "{key:?}");
        let script = house.operator.with_key(key);
        let script = script.request(Method::POST, "/stripe/_stub/script").json(&object!({"delivery": "never"}));
        assert_eq!(house.operator.send(script).await.status, 401, "{key:?}");
    }
    caller.get("/v1/customers").await.refused(401, "unauthenticated");
    assert!(!server.log().contains(KEY), "the log tells the key");
}

#[tokio::test]
async fn the_stub_takes_what_stripes_clients_send_and_leads_browsers_to_its_public_address() {
    let place = Place::new(Store::Sqlite).under("FOLIO_PAYMENT_STUB_KEY", KEY);
    let place = place.under("FOLIO_PUBLIC_URL", "https://billing.example.com/");
    let server = Server::on(&place);
    let house = House::on(&server, Store::Sqlite, "perfectparser");
    let form = [
        ("mode", "payment"),
        ("success_url", "https://shop.example/paid"),
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][price_data][unit_amount]", "1900"),
        ("line_items[0][price_data][product_data][name]", "Starter"),
    ];
    let session = json(&post(&house, KEY, "/stripe/v1/checkout/sessions", &form).await, 200);
    let page = session["url"].as_str().unwrap().strip_prefix("https://billing.example.com").unwrap();
    assert!(page.starts_with("/stripe/pay/"), "{page}");
    let shown = house.operator.send(house.operator.anonymous(Method::GET, page)).await;
    assert_eq!(shown.status, 200);
    assert!(shown.text().contains("Starter"), "{}", shown.text());
    assert!(shown.header("Content-Security-Policy").unwrap().contains("frame-ancestors 'none'"));

    // Two parameters of one name: what our API refuses is how lists are written here.
    let id = session["id"].as_str().unwrap();
    let path = format!("/stripe/v1/checkout/sessions/{id}?expand[]=payment_intent&expand[]=setup_intent");
    json(&house.operator.with_key(KEY).get(&path).await, 200);
}

#[tokio::test]
async fn a_key_of_the_stub_is_new_at_each_start_and_it_can_be_left_out() {
    let place = Place::new(Store::Sqlite);
    let server = Server::on(&place);
    let house = House::on(&server, Store::Sqlite, "perfectparser");
    json(&house.operator.with_key(KEY).get("/stripe/v1/customers").await, 401);
    let document = house.operator.send(house.operator.anonymous(Method::GET, "/openapi.json")).await;
    let document = json(&document, 200);
    assert!(document["paths"].as_object().unwrap().keys().all(|path| !path.contains("stripe")));
    assert_eq!(server.stop(), Some(0));

    let place = place.under("FOLIO_NO_PAYMENT_STUB", "true");
    let server = Server::on(&place);
    house.operator.at(&server).get("/stripe/v1/customers").await.refused(404, "not_found");
}
