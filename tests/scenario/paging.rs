//! Lists, page by page: nothing twice, nothing left out.

use folio_tests::{House, on_both};
use serde_json::{Value, json};

on_both! { "perfectparser":
    every_list_can_be_walked_in_both_directions,
    a_walk_is_not_disturbed_by_what_comes_meanwhile,
    a_page_that_cannot_be_is_refused,
}

async fn every_list_can_be_walked_in_both_directions(house: &House) {
    for list in furnished(house).await {
        let whole = house.operator.get(&with(&list, "limit=100&order=asc")).await.is(200);
        let whole = whole["data"].as_array().expect("a list").clone();
        assert!(whole.len() >= 5, "{list} has {}", whole.len());
        assert_eq!(house.operator.walk(&with(&list, "limit=2&order=asc")).await, whole, "{list}");
        let mut back = house.operator.walk(&with(&list, "limit=3&order=desc")).await;
        assert_eq!(back, house.operator.walk(&list).await, "{list}: newest first, unless asked otherwise");
        back.reverse();
        assert_eq!(back, whole, "{list}");
    }
}

async fn a_walk_is_not_disturbed_by_what_comes_meanwhile(house: &House) {
    let ada = house.customer().await;
    for _ in 0..6 {
        ada.charged("extract", 1).await;
    }
    let path = format!("/v1/ledger/entries?customer={}&limit=3", ada.id);
    let before = ada.entries().await;
    let first = house.operator.get(&path).await.is(200);
    ada.charged("extract", 1).await;
    let mut page = first;
    let mut seen: Vec<Value> = page["data"].as_array().expect("a list").clone();
    while let Some(cursor) = page["next_cursor"].as_str() {
        page = house.operator.get(&format!("{path}&cursor={cursor}")).await.is(200);
        seen.extend(page["data"].as_array().expect("a list").iter().cloned());
    }
    assert_eq!(seen, before.into_iter().rev().collect::<Vec<_>>());
}

async fn a_page_that_cannot_be_is_refused(house: &House) {
    for list in furnished(house).await {
        for limit in ["0", "101", "-1", "x", "1.5", "99999999999"] {
            let refused = house.operator.get(&with(&list, &format!("limit={limit}"))).await;
            assert_eq!(refused.refused(400, "invalid_request")["errors"][0]["pointer"], "/limit", "{list} {limit}");
        }
        house.operator.get(&with(&list, "order=sideways")).await.refused(400, "invalid_request");
        for cursor in ["x", "", "%00", "cus_1", "99999999999999999999999"] {
            house.operator.get(&with(&list, &format!("cursor={cursor}"))).await.refused(400, "cursor_invalid");
        }
    }
}

/// Every list that has pages, with five items or more in it.
async fn furnished(house: &House) -> Vec<String> {
    let ada = house.customer().await;
    ada.buy("starter").await;
    let toml = house.operator.get("/v1/catalog").await.is(200)["toml"].as_str().expect("a file").to_owned();
    for number in 1..=5 {
        house.sign_up(&json!({"name": format!("Customer {number}")})).await;
        ada.grant(json!({"amount": number.to_string()})).await;
        ada.charged("extract", number).await;
        ada.started(json!({"operation": "extract", "items": [{"quantity": 1}]})).await;
        ada.key(&["read"]).await;
        let toml = toml.replace("PerfectParser", &format!("PerfectParser {number}"));
        house.operator.post("/v1/catalog/apply", &json!({"toml": toml})).await.is(200);
    }
    let of_ada = |path: &str| format!("{path}?customer={}", ada.id);
    vec![
        "/v1/customers".to_owned(),
        "/v1/keys".to_owned(),
        "/v1/catalog/versions".to_owned(),
        "/v1/ledger/entries".to_owned(),
        of_ada("/v1/ledger/entries"),
        "/v1/holds".to_owned(),
        of_ada("/v1/holds"),
        "/v1/usage".to_owned(),
        of_ada("/v1/usage"),
        ada.path("grants"),
    ]
}

fn with(list: &str, query: &str) -> String {
    format!("{list}{}{query}", if list.contains('?') { '&' } else { '?' })
}
