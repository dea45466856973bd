//! Our client against a Stripe, or a stand-in for it, whose address is the first argument: what does not need a hosted
//! page. It charges test cards.

use std::error::Error;
use std::time::Duration;

use domain::{Currency, Money};
use folio_payments::stripe::{Settings, Stripe};
use ports::{
    ChargeAsk, MethodId, PayerAsk, PayerId, PaymentError, PaymentId, PaymentMethods as _, PaymentStatus, Payments as _,
    Presence, Reference, RefundAsk, RefundStatus,
};
use serde_json::Value;

const KEY: &str = "sk_test_12345";

fn usd(minor: i64) -> Money {
    Money { minor, currency: Currency::USD }
}

fn named(text: &str) -> Reference {
    Reference::new(text).expect("a reference")
}

/// Saves a card without our client, which never sees a number.
async fn save(url: &str, payer: &PayerId, number: &str) -> Result<MethodId, Box<dyn Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let card = [
        ("type", "card"),
        ("card[number]", number),
        ("card[exp_month]", "12"),
        ("card[exp_year]", "2034"),
        ("card[cvc]", "123"),
    ];
    let made = http.post(format!("{url}/v1/payment_methods")).bearer_auth(KEY).form(&card).send().await?;
    let made: Value = made.error_for_status()?.json().await?;
    let id = made["id"].as_str().ok_or("no id")?.to_owned();
    let attach = http.post(format!("{url}/v1/payment_methods/{id}/attach")).bearer_auth(KEY);
    attach.form(&[("customer", &payer.0)]).send().await?.error_for_status()?;
    Ok(MethodId(id))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_url = std::env::args().nth(1).ok_or("the address is missing")?;
    let stripe = Stripe::new(Settings {
        base_url: base_url.clone(),
        secret_key: KEY.to_owned(),
        webhook_secrets: Vec::new(),
        timeout: Duration::from_secs(20),
    })?;
    let email = Some("pay@example.com".to_owned());
    let ask = PayerAsk { reference: named("user_42"), name: Some("Example GmbH".to_owned()), email };
    let payer = stripe.payer(&ask).await?;
    let method = save(&base_url, &payer, "4242424242424242").await?;
    let methods = stripe.methods(&payer).await?;
    assert_eq!(methods.len(), 1, "{methods:?}");
    assert_eq!((&methods[0].id, methods[0].last4.as_str()), (&method, "4242"));

    let reference = named("order-1");
    let ask = ChargeAsk { reference, payer, method, amount: usd(1_900), presence: Presence::Absent };
    let paid = stripe.charge(&ask).await?;
    assert_eq!(
        (&paid.status, paid.amount, &paid.reference),
        (&PaymentStatus::Settled, usd(1_900), &Some(named("order-1")))
    );
    assert_eq!(stripe.payment(&paid.id).await?, paid);

    let ask_back = RefundAsk { reference: named("refund-1"), payment: paid.id.clone(), amount: usd(1_000) };
    let refund = stripe.refund(&ask_back).await?;
    assert_eq!((&refund.status, refund.amount), (&RefundStatus::Settled, usd(1_000)));
    assert_eq!(stripe.find_refund(&paid.id, &named("refund-1")).await?, Some(refund));
    assert_eq!(stripe.find_refund(&paid.id, &named("refund-2")).await?, None);

    stripe.remove_method(&ask.payer, &ask.method).await?;
    assert_eq!(stripe.methods(&ask.payer).await?, []);
    let outcome = stripe.payment(&PaymentId("pi_nobody".to_owned())).await;
    assert!(matches!(outcome, Err(PaymentError::NotFound)), "{outcome:?}");
    Ok(())
}
