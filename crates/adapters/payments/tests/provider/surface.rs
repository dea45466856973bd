//! What the stub says to those who do not use our client.

use serde_json::Value;

use crate::house::{House, payer};

fn code(answer: &Value) -> &str {
    answer["error"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn nothing_is_said_without_the_key() {
    let house = House::open().await;
    for path in ["/v1/events", "/v1/nothing", "/_stub/deliveries"] {
        let answer = house.browser.get(format!("{}{path}", house.url)).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 401, "{path}");
    }
}

#[tokio::test]
async fn what_the_stub_does_not_know_is_refused() {
    let house = House::open().await;
    for (method, path, form, status, wanted) in [
        ("POST", "/v1/customers", "tax_exempt=none", 400, "parameter_unknown"),
        ("POST", "/v1/payment_intents", "amount=100&currency=credits", 400, ""),
        ("POST", "/v1/payment_intents", "amount=0&currency=usd", 400, ""),
        ("POST", "/v1/payment_intents", "amount=1.5&currency=usd", 400, "parameter_invalid"),
        ("POST", "/v1/payment_intents", "amount=100&currency=usd&payment_method_types[]=ideal", 400, ""),
        ("POST", "/v1/checkout/sessions", "mode=subscription&success_url=https://shop.example", 400, ""),
        ("POST", "/v1/checkout/sessions", "mode=payment&success_url=https://shop.example", 400, ""),
        ("GET", "/v1/customers?limit=101", "", 400, ""),
        ("GET", "/v1/refunds?customer=cus_1", "", 400, "parameter_unknown"),
        ("GET", "/v1/customers/cus_1", "", 404, "resource_missing"),
        ("GET", "/v1/prices", "", 404, ""),
        ("DELETE", "/v1/payment_intents/pi_1", "", 404, ""),
    ] {
        let (got, answer) = house.api(method, path, form).await;
        assert_eq!((got, code(&answer)), (status, wanted), "{method} {path} {form}: {answer}");
    }
}

#[tokio::test]
async fn lists_are_walked_in_both_directions() {
    let house = House::open().await;
    let stripe = house.stripe();
    for _ in 0..5 {
        payer(&stripe).await;
    }
    let ids = |answer: &Value| -> Vec<String> {
        let data = answer["data"].as_array().expect("a list").iter();
        data.map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
    };
    let all = ids(&house.api("GET", "/v1/customers", "").await.1);
    assert_eq!(all.len(), 5);
    let (_, first) = house.api("GET", "/v1/customers?limit=2", "").await;
    assert_eq!((ids(&first), &first["has_more"]), (all[..2].to_vec(), &Value::Bool(true)));
    let (_, rest) = house.api("GET", &format!("/v1/customers?limit=3&starting_after={}", all[1]), "").await;
    assert_eq!((ids(&rest), &rest["has_more"]), (all[2..].to_vec(), &Value::Bool(false)));
    let (_, back) = house.api("GET", &format!("/v1/customers?limit=2&ending_before={}", all[4]), "").await;
    assert_eq!((ids(&back), &back["has_more"]), (all[2..4].to_vec(), &Value::Bool(true)));
}

#[tokio::test]
async fn objects_stand_in_the_place_of_their_ids() {
    let house = House::open().await;
    let form = "amount=1900&currency=usd&payment_method=pm_card_visa&confirm=true&expand[]=latest_charge\
                &expand[]=payment_method";
    let (status, intent) = house.api("POST", "/v1/payment_intents", form).await;
    assert_eq!(status, 200, "{intent}");
    assert_eq!(
        (&intent["latest_charge"]["paid"], &intent["payment_method"]["card"]["last4"]),
        (&true.into(), &"4242".into())
    );
    let (_, list) = house.api("GET", "/v1/charges?expand[]=data.payment_intent", "").await;
    assert_eq!(list["data"][0]["payment_intent"]["id"], intent["id"]);
    assert_eq!(house.api("GET", "/v1/charges?expand[]=data.nothing", "").await.0, 400);
}

#[tokio::test]
async fn r35_a_dispute_is_won_or_lost_by_stripes_words_for_it() {
    let house = House::open().await;
    let form = "amount=1900&currency=usd&payment_method=pm_card_createDispute&confirm=true";
    for (path, answer, status) in [
        ("", "evidence[uncategorized_text]=winning_evidence", "won"),
        ("", "evidence[uncategorized_text]=losing_evidence", "lost"),
        ("/close", "", "lost"),
    ] {
        let (_, intent) = house.api("POST", "/v1/payment_intents", form).await;
        let id = intent["id"].as_str().expect("an id");
        let (_, disputes) = house.api("GET", &format!("/v1/disputes?payment_intent={id}"), "").await;
        let dispute = disputes["data"][0]["id"].as_str().expect("a dispute");
        assert_eq!(disputes["data"][0]["status"], "needs_response");
        let (_, refund) = house.api("POST", "/v1/refunds", &format!("payment_intent={id}")).await;
        assert_eq!(code(&refund), "charge_disputed");
        let (_, decided) = house.api("POST", &format!("/v1/disputes/{dispute}{path}"), answer).await;
        assert_eq!(decided["status"], status);
    }
}

#[tokio::test]
async fn the_script_can_be_sent() {
    let house = House::open().await;
    let script = r#"{"faults": [{"on": "GET /v1/events", "do": "unavailable"}], "delivery": {"late_ms": 1}}"#;
    assert_eq!(house.api("POST", "/_stub/script", script).await.0, 204);
    assert_eq!(house.api("GET", "/v1/events", "").await.0, 503);
    assert_eq!(house.api("GET", "/v1/events", "").await.0, 200);
    assert_eq!(house.api("POST", "/_stub/script", r#"{"fault": []}"#).await.0, 400);
}
