//! Many at once: no credit is spent twice (R6, A42).

use folio_tests::{Answer, Customer, House, micros, on_both};
use serde_json::json;
use tokio::task::JoinSet;

on_both! { "perfectparser":
    r6_64_spenders_of_100_credits_spend_exactly_100,
    a42_1000_starts_against_100_credits_hold_at_most_100,
    r40_one_key_sent_32_times_at_once_charges_once,
    r15_capture_and_release_at_once_have_one_winner,
}

async fn r6_64_spenders_of_100_credits_spend_exactly_100(house: &House) {
    let ada = house.customer().await;
    ada.grant(json!({"amount": "80"})).await;
    let mut spenders = JoinSet::new();
    for _ in 0..64 {
        let ada = ada.clone();
        spenders.spawn(async move {
            let mut spent = 0;
            loop {
                let answer = ada.charge("extract", 1).await;
                if answer.status != 201 {
                    answer.refused(402, "insufficient_credits");
                    return spent;
                }
                spent += 1;
            }
        });
    }
    let spent: u32 = spenders.join_all().await.into_iter().sum();
    assert_eq!(spent, 100);
    assert_eq!(ada.available().await, "0");
    assert_eq!(ada.entries().await.iter().filter(|entry| entry["kind"] == "usage").count(), 100);
    assert_eq!(house.server().folio(&["ledger", "verify"]).json(0)["verified"], true);
}

async fn a42_1000_starts_against_100_credits_hold_at_most_100(house: &House) {
    let ada = house.customer().await;
    ada.grant(json!({"amount": "80"})).await;
    let mut starts = JoinSet::new();
    for number in 0..1_000_u32 {
        let ada = ada.clone();
        let quantity = 1 + number % 3;
        starts.spawn(async move { (quantity, start(&ada, quantity).await) });
    }
    watch(&ada).await;
    let mut held = 0;
    for (quantity, answer) in starts.join_all().await {
        match answer.status {
            201 => held += quantity,
            _ => drop(answer.refused(402, "insufficient_credits")),
        }
    }
    // Sizes of one, two and three: all of it finds a taker.
    assert_eq!(held, 100);
    assert_eq!(ada.standing().await, ("0".to_owned(), "100".to_owned()));
}

async fn r40_one_key_sent_32_times_at_once_charges_once(house: &House) {
    let ada = house.customer().await;
    let usage = ada.named_in(json!({"operation": "extract", "quantity": 3}));
    let mut calls = JoinSet::new();
    for _ in 0..32 {
        let (operator, usage) = (house.operator.clone(), usage.clone());
        calls.spawn(async move { operator.post_with("the-one", "/v1/usage", &usage).await });
    }
    let answers = calls.join_all().await;
    let bodies: Vec<_> = answers.iter().map(|answer| (answer.status, &answer.body)).collect();
    assert!(bodies.iter().all(|body| *body == (201, &answers[0].body)));
    assert_eq!(answers.iter().filter(|answer| !answer.is_replay()).count(), 1);
    assert_eq!(ada.available().await, "17");
}

async fn r15_capture_and_release_at_once_have_one_winner(house: &House) {
    for _ in 0..8 {
        let ada = house.customer().await;
        let hold = ada.started(json!({"operation": "extract", "items": [{"quantity": 10}]})).await;
        let nothing = json!({});
        let (captured, released) =
            tokio::join!(ada.on_hold(&hold, "capture", &nothing), ada.on_hold(&hold, "release", &nothing));
        let (loser, available) = if captured.status == 200 { (&released, "10") } else { (&captured, "20") };
        loser.refused(409, "hold_closed");
        assert_eq!(ada.standing().await, (available.to_owned(), "0".to_owned()));
    }
}

async fn start(ada: &Customer, quantity: u32) -> Answer {
    ada.start(json!({"operation": "extract", "items": [{"quantity": quantity}]})).await
}

/// Looks at the balance while it moves: never more than there is, never below zero.
async fn watch(ada: &Customer) {
    for _ in 0..20 {
        let (available, held) = ada.standing().await;
        assert_eq!(micros(&available) + micros(&held), 100_000_000, "{available} + {held}");
    }
}
