//! R33: whatever breaks, an order is charged once, and what is not known is said to be so.

use std::time::Duration;

use chrono::TimeDelta;
use folio_payments::stripe::{Settings, Stripe};
use folio_payments::stub::Wrong;
use ports::contract::payments::{Card, Outside as _};
use ports::{
    ChargeAsk, Clock as _, Payment, PaymentError, PaymentMethods as _, PaymentStatus, Payments as _, Presence,
};

use crate::house::{House, KEY, named, payer, usd};

/// Somebody with a good card, and a charge of it.
async fn charge(house: &House) -> ChargeAsk {
    let stripe = house.stripe();
    let payer = payer(&stripe).await;
    let page = stripe.save_method(&House::save(&payer)).await.expect("a page");
    house.pay(&page, Card::Good).await;
    let methods = stripe.methods(&payer).await.expect("a list");
    let method = methods.first().expect("a card").id.clone();
    ChargeAsk { reference: named("order-1"), payer, method, amount: usd(1_900), presence: Presence::Absent }
}

/// What the provider has of the order, and that it is not there twice.
async fn found(house: &House, ask: &ChargeAsk) -> Option<Payment> {
    let since = house.clock.now() - TimeDelta::hours(1);
    let made = house.api("GET", "/v1/payment_intents?limit=100", "").await.1;
    assert!(made["data"].as_array().expect("a list").len() <= 1, "charged twice: {made}");
    house.stripe().find_payment(&ask.payer, &ask.reference, since).await.expect("an answer")
}

#[tokio::test]
async fn r33_a_passing_fault_is_not_even_noticed() {
    for fault in [Wrong::CutAfter, Wrong::Unavailable, Wrong::RateLimited, Wrong::SlowMs(1)] {
        let house = House::open().await;
        let ask = charge(&house).await;
        house.wrong("POST /v1/payment_intents", 1, fault);
        let charged = house.stripe().charge(&ask).await.expect("charged");
        assert_eq!(charged.status, PaymentStatus::Settled, "{fault:?}");
        assert_eq!(found(&house, &ask).await, Some(charged));
    }
}

#[tokio::test]
async fn r33_a_timeout_after_the_work_is_an_unknown_outcome() {
    let house = House::open().await;
    let ask = charge(&house).await;
    house.wrong("POST /v1/payment_intents", 2, Wrong::HangAfterMs(60_000));
    let outcome = house.stripe_within(Duration::from_millis(300)).charge(&ask).await;
    assert!(matches!(outcome, Err(PaymentError::OutcomeUnknown(_))), "{outcome:?}");
    let found = found(&house, &ask).await.expect("it happened");
    assert_eq!(house.stripe().charge(&ask).await.expect("the same"), found);
}

#[tokio::test]
async fn r33_a_500_after_the_work_is_an_unknown_outcome() {
    let house = House::open().await;
    let ask = charge(&house).await;
    house.wrong("POST /v1/payment_intents", 1, Wrong::FailAfter);
    let stripe = house.stripe();
    for stripe in [&stripe, &stripe, &house.stripe()] {
        // The key says 500 for good; only looking helps.
        in_vain(stripe, &ask).await;
        assert_eq!(found(&house, &ask).await.expect("it happened").status, PaymentStatus::Settled);
    }
}

/// Charges: nobody knows what comes of it.
async fn in_vain(stripe: &Stripe, ask: &ChargeAsk) {
    let outcome = stripe.charge(ask).await;
    assert!(matches!(outcome, Err(PaymentError::OutcomeUnknown(_))), "{outcome:?}");
}

#[tokio::test]
async fn r33_a_key_that_failed_is_replaced_only_after_a_look() {
    let house = House::open().await;
    let ask = charge(&house).await;
    let (stripe, since) = (house.stripe(), house.clock.now());
    house.wrong("POST /v1/payment_intents", 1, Wrong::FailBefore);
    for _ in 0..3 {
        in_vain(&stripe, &ask).await;
    }
    assert_eq!(stripe.find_payment(&ask.payer, &ask.reference, since).await.expect("an answer"), None);
    let charged = stripe.charge(&ask).await.expect("charged");
    assert_eq!(found(&house, &ask).await, Some(charged));
}

#[tokio::test]
async fn r33_a_process_that_begins_anew_comes_by_the_same_keys() {
    let house = House::open().await;
    let ask = charge(&house).await;
    let (first, second) = (house.stripe(), house.stripe());
    house.wrong("POST /v1/payment_intents", 1, Wrong::FailBefore);
    in_vain(&first, &ask).await;
    // Both look and find nothing; the next key fails as well, after the work, and is the next one of both.
    in_vain(&second, &ask).await;
    for stripe in [&first, &second] {
        let since = house.clock.now();
        assert_eq!(stripe.find_payment(&ask.payer, &ask.reference, since).await.expect("an answer"), None);
    }
    house.wrong("POST /v1/payment_intents", 1, Wrong::FailAfter);
    in_vain(&first, &ask).await;
    in_vain(&second, &ask).await;
    assert_eq!(found(&house, &ask).await.expect("it happened").status, PaymentStatus::Settled);
}

#[tokio::test]
async fn r33_what_never_left_is_unavailable_and_not_unknown() {
    let house = House::open().await;
    let ask = charge(&house).await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let settings = Settings {
        base_url: format!("http://127.0.0.1:{port}"),
        secret_key: KEY.to_owned(),
        webhook_secrets: Vec::new(),
        timeout: Duration::from_secs(5),
    };
    let outcome = Stripe::new(settings).expect("a client").charge(&ask).await;
    assert!(matches!(outcome, Err(PaymentError::Unavailable(_))), "{outcome:?}");
    house.wrong("POST", 2, Wrong::RateLimited);
    let outcome = house.stripe().charge(&ask).await;
    assert!(matches!(outcome, Err(PaymentError::Unavailable(_))), "{outcome:?}");
    assert_eq!(found(&house, &ask).await, None);
}

#[tokio::test]
async fn r33_a_second_attempt_that_never_left_does_not_hide_the_first() {
    let house = House::open().await;
    let ask = charge(&house).await;
    house.wrongs(&[
        ("POST /v1/payment_intents", 1, Wrong::CutAfter),
        ("POST /v1/payment_intents", 1, Wrong::RateLimited),
    ]);
    let outcome = house.stripe().charge(&ask).await;
    assert!(matches!(outcome, Err(PaymentError::OutcomeUnknown(_))), "{outcome:?}");
    assert!(found(&house, &ask).await.is_some());
}

#[tokio::test]
async fn r33_a_key_that_is_in_use_is_an_unknown_outcome() {
    let house = House::open().await;
    let ask = charge(&house).await;
    house.wrong("POST /v1/payment_intents", 2, Wrong::KeyInUse);
    let outcome = house.stripe().charge(&ask).await;
    assert!(matches!(outcome, Err(PaymentError::OutcomeUnknown(_))), "{outcome:?}");
    assert_eq!(house.stripe().charge(&ask).await.expect("charged").status, PaymentStatus::Settled);
}

#[tokio::test]
async fn a_read_that_fails_is_unavailable() {
    let house = House::open().await;
    let ask = charge(&house).await;
    let charged = house.stripe().charge(&ask).await.expect("charged");
    for fault in [Wrong::CutAfter, Wrong::FailBefore, Wrong::Unavailable] {
        house.wrong("GET", 2, fault);
        let outcome = house.stripe().payment(&charged.id).await;
        assert!(matches!(outcome, Err(PaymentError::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!(house.stripe().payment(&charged.id).await.expect("a payment"), charged);
}

#[tokio::test]
async fn another_key_is_not_accepted_and_not_shown() {
    let house = House::open().await;
    let settings = Settings {
        base_url: house.url.clone(),
        secret_key: "sk_test_SECRET".to_owned(),
        webhook_secrets: Vec::new(),
        timeout: Duration::from_secs(5),
    };
    let ask = charge(&house).await;
    let outcome = Stripe::new(settings).expect("a client").charge(&ask).await;
    assert!(matches!(outcome, Err(PaymentError::Unauthorized)), "{outcome:?}");
    assert!(!format!("{outcome:?}").contains("SECRET"), "{outcome:?}");
}
