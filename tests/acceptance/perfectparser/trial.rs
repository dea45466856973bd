//! A16, A18: twenty free credits, once, for real documents.

use documents::samples;
use folio_tests::{House, on_both};
use serde_json::{Value, json};
use tokio::task::JoinSet;

on_both! { "perfectparser":
    a16_every_new_account_has_20_free_credits,
    a16_the_trial_is_given_once_however_often_and_at_once_an_account_is_created,
    a18_the_trial_pays_samples_and_both_modes,
}

async fn a16_every_new_account_has_20_free_credits(house: &House) {
    let ada = house.customer().await;
    assert_eq!(ada.available().await, "20");
    let grants = ada.grants().await;
    let [trial] = grants.as_slice() else { panic!("{grants:?}") };
    assert_eq!((&trial["source"], &trial["amount"]), (&json!("trial"), &json!("20")));
    assert_eq!((trial.get("cost"), trial.get("expires_at")), (None, None));
}

async fn a16_the_trial_is_given_once_however_often_and_at_once_an_account_is_created(house: &House) {
    let mut calls = JoinSet::new();
    for call in 0..24 {
        let operator = house.operator.clone();
        calls.spawn(async move {
            let customer = json!({"external_id": "user_42", "name": "Ada"});
            match call % 3 {
                0 => operator.put("/v1/customers/user_42", &json!({"name": "Ada"})).await,
                1 => operator.post("/v1/customers", &customer).await,
                _ => operator.post_with("sign-up", "/v1/customers", &customer).await,
            }
        });
    }
    let answers = calls.join_all().await;
    let mut made = 0;
    for answer in &answers {
        match answer.status {
            200 | 201 => made += u32::from(answer.status == 201 && !answer.is_replay()),
            _ => drop(answer.refused(409, "external_id_taken")),
        }
    }
    assert!(made <= 1, "{made} calls say that they made the customer");
    let grants = house.operator.walk("/v1/customers/user_42/grants").await;
    let trials: Vec<_> = grants.iter().map(|grant| (grant["source"].clone(), grant["amount"].clone())).collect();
    assert_eq!(trials, [(json!("trial"), json!("20"))]);
    assert_eq!(house.operator.walk("/v1/customers").await.len(), 1);
}

async fn a18_the_trial_pays_samples_and_both_modes(house: &House) {
    let ada = house.customer().await;
    let trial = ada.grants().await[0]["id"].clone();
    for (operation, mode, pages) in
        [("detect_fields", "one_per_file", 3), ("extract", "one_per_file", 5), ("extract", "one_per_page", 12)]
    {
        let texts = [("customer", ada.id.as_str()), ("operation", operation), ("mode", mode)];
        let file = [("file.pdf", samples::pdf(pages, "File"))];
        let estimate = house.operator.upload("/v1/estimates", &texts, &file).await.is(200);
        let hold = ada.started_from(&estimate).await;
        let usage = ada.captured(&hold).await["usage"][0].clone();
        assert_eq!(usage["draws"], json!([{"grant": trial, "amount": pages.to_string()}]));
    }
    assert_eq!(ada.available().await, "0");
    assert_eq!(used(&ada.grants().await[0]), "20");
}

fn used(grant: &Value) -> &str {
    grant["consumed"].as_str().expect("an amount")
}
