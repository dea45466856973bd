//! The hosted pages, as a browser without scripts has them.

use chrono::TimeDelta;
use ports::contract::payments::{Card, Outside as _};
use ports::{CheckoutAsk, PaymentMethods as _, PaymentStatus, Payments as _};

use crate::house::{House, named, payer};

impl House {
    async fn shown(&self, page: &str) -> (u16, String) {
        let answer = self.browser.get(page).send().await.expect("an answer");
        let policy = answer.headers().get("Content-Security-Policy").expect("a policy").to_str().expect("ASCII");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        (answer.status().as_u16(), answer.text().await.expect("a page"))
    }
}

#[tokio::test]
async fn the_page_says_what_is_bought_for_how_much() {
    let house = House::open().await;
    let stripe = house.stripe();
    let payer = payer(&stripe).await;
    let ask = CheckoutAsk {
        title: "Starter <b>100</b> & more".to_owned(),
        reference: named("order-2"),
        ..House::ask(&payer)
    };
    let opened = stripe.open_checkout(&ask).await.expect("a checkout");
    let PaymentStatus::RequiresAction(Some(page)) = opened.status else { panic!("{opened:?}") };
    let (status, text) = house.shown(&page).await;
    assert_eq!(status, 200);
    assert!(text.contains("$19.00") && text.contains("Starter &#60;b&#62;100&#60;/b&#62; &#38; more"), "{text}");
    assert!(!text.contains("<script"), "{text}");
}

#[tokio::test]
async fn paying_and_turning_back_lead_to_the_shop() {
    let house = House::open().await;
    let stripe = house.stripe();
    let (opened, page) = house.checkout(&payer(&stripe).await).await;
    let back = house.press(&page, &[("action", "cancel")]).await;
    assert_eq!(back, (303, Some("https://shop.example/packs".to_owned())));
    assert_eq!(stripe.payment(&opened.id).await.expect("a payment").status, opened.status);
    let landed = house.pay(&page, Card::Good).await;
    assert_eq!(landed, Some(format!("https://shop.example/paid?session={}", opened.id)));
    assert_eq!(house.shown(&page).await.0, 410);
    assert_eq!(
        house.press(&page, &[("action", "pay"), ("card", "4242424242424242"), ("expiry", "12/34")]).await.0,
        410
    );
}

#[tokio::test]
async fn a_refused_card_and_a_bad_expiry_are_said_on_the_page() {
    let house = House::open().await;
    let (_, page) = house.checkout(&payer(&house.stripe()).await).await;
    for (card, expiry, sentence) in [
        ("4000000000000002", "12/34", "Your card was declined."),
        ("4000000000009995", "12/34", "insufficient funds"),
        ("4000000000000069", "12/34", "expired"),
        ("4000000000000119", "12/34", "processing your card"),
        ("1234", "12/34", "not one of the test cards"),
        ("4242424242424242", "12/20", "The expiry must be"),
        ("4242424242424242", "13/34", "The expiry must be"),
        ("4242424242424242", "", "The expiry must be"),
    ] {
        let fields = [("card", card), ("expiry", expiry), ("action", "pay")];
        let answer = house.browser.post(&page).form(&fields).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 402, "{card} {expiry}");
        let text = answer.text().await.expect("a page");
        assert!(text.contains(sentence) && text.contains(&format!("value=\"{card}\"")), "{card} {expiry}: {text}");
    }
    assert_eq!(house.shown(&page).await.0, 200);
}

#[tokio::test]
async fn the_bank_can_be_refused_and_asked_again() {
    let house = House::open().await;
    let stripe = house.stripe();
    let (opened, page) = house.checkout(&payer(&stripe).await).await;
    let bank = house.pay(&page, Card::AsksOwner).await.expect("the bank's page");
    assert!(house.shown(&bank).await.1.contains("$19.00"));
    let (status, next) = house.press(&bank, &[("action", "refuse")]).await;
    assert_eq!((status, next.as_deref()), (303, Some(page.as_str())));
    assert_eq!(stripe.payment(&opened.id).await.expect("a payment").status, opened.status);
    assert_eq!(house.shown(&bank).await.0, 410);
    let bank = house.pay(&page, Card::AsksOwner).await.expect("the bank's page");
    house.confirm(&bank).await;
    assert_eq!(stripe.payment(&opened.id).await.expect("a payment").status, PaymentStatus::Settled);
}

#[tokio::test]
async fn a_page_lapses_after_a_day() {
    let house = House::open().await;
    let stripe = house.stripe();
    let (opened, page) = house.checkout(&payer(&stripe).await).await;
    house.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    assert_eq!(house.shown(&page).await.0, 200);
    house.clock.advance(TimeDelta::seconds(1));
    assert_eq!(house.shown(&page).await.0, 410);
    assert_eq!(stripe.payment(&opened.id).await.expect("a payment").status, PaymentStatus::Canceled);
    assert_eq!(house.shown(&format!("{}/pay/cs_test_nobody", house.url)).await.0, 404);
}

#[tokio::test]
async fn a_card_can_be_left_and_is_named_by_its_last_digits() {
    let house = House::open().await;
    let stripe = house.stripe();
    let payer = payer(&stripe).await;
    let page = stripe.save_method(&House::save(&payer)).await.expect("a page");
    assert!(house.shown(&page).await.1.contains("Nothing is paid now."));
    assert_eq!(house.pay(&page, Card::Declined).await, None);
    assert_eq!(stripe.methods(&payer).await.expect("a list"), []);
    house.pay(&page, Card::Good).await;
    let methods = stripe.methods(&payer).await.expect("a list");
    let method = methods.first().expect("a card");
    assert_eq!((method.brand.as_str(), method.last4.as_str()), ("visa", "4242"));
    assert_eq!((method.exp_month, method.exp_year), (12, 2034));
}
