//! Mails shown before any is sent.

use folio_tests::{House, Shop, Store, on_both};
use serde_json::{Value, json};

on_both! {
    every_mail_is_shown_in_every_locale_and_none_is_sent,
    r36_what_is_shown_is_what_is_sent,
    a_preview_is_of_the_catalog_in_force,
    r43_what_cannot_be_shown_is_refused,
    r42_previews_are_for_operators_who_read,
}

/// Every mail, and what is in it from the catalog `flexocr`, to a customer who reads English.
const MAILS: [(&str, &str, [&str; 2]); 7] = [
    ("invoice", "Your invoice INV-", ["1 x Basic: $9.00 USD", "VAT 19%: $1.71 USD"]),
    ("refund", "Your refund from Example GmbH: credit note CN-", ["100 credits", "Total: $10.71 USD"]),
    ("payment_failed", "Your payment to Example GmbH failed", ["$10.71 USD for Basic", "Your card was declined."]),
    ("renewal_failed", "Your payment to Example GmbH failed", ["renewal of Basic", "/account/plan"]),
    ("subscription_ended", "Your plan at Example GmbH has ended", ["your plan Basic has ended", "/account/plan"]),
    (
        "subscription_change_failed",
        "Your change of plan at Example GmbH failed",
        ["not changed to Basic", "Your card was declined."],
    ),
    (
        "quote_request",
        "Quote wanted: 60000 credits for Jane Doe",
        ["jane@example.com", "> Could you make us an offer?"],
    ),
];
const LOCALES: [&str; 7] = ["en-US", "en-GB", "de-DE", "fr-FR", "es-ES", "it-IT", "nl-NL"];

async fn preview(house: &House, what: &str) -> Value {
    house.operator.get(&format!("/v1/mails/{what}")).await.is(200)
}

fn text<'a>(preview: &'a Value, part: &str) -> &'a str {
    preview[part].as_str().unwrap_or_else(|| panic!("no {part}: {preview}"))
}

async fn every_mail_is_shown_in_every_locale_and_none_is_sent(store: Store) {
    let shop = Shop::open(store, "flexocr");
    for (template, subject, parts) in MAILS {
        let shown = preview(&shop.house, &format!("{template}/preview")).await;
        assert_eq!(shown["template"], template);
        assert!(text(&shown, "subject").starts_with(subject), "{shown}");
        assert!(parts.iter().all(|part| text(&shown, "text").contains(part)), "{parts:?}: {}", text(&shown, "text"));
        assert!(text(&shown, "text").contains("Help: https://flexocr.example/support"), "{shown}");
        // The seller's own locale is the usual one.
        assert_eq!(shown, preview(&shop.house, &format!("{template}/preview?locale=en-GB")).await);
        for locale in LOCALES {
            let shown = preview(&shop.house, &format!("{template}/preview?locale={locale}")).await;
            let html = text(&shown, "html");
            assert!(
                html.starts_with("<!doctype html>") && html.contains("Example GmbH"),
                "{template} {locale}: {html}"
            );
        }
    }
    let german = preview(&shop.house, "renewal_failed/preview?locale=de-DE").await;
    assert_eq!(german["subject"], "Ihre Zahlung an Example GmbH ist fehlgeschlagen");
    assert!(text(&german, "text").contains("10,71 USD") && text(&german, "html").contains("lang=\"de\""), "{german}");
    // Mails go out in their order: those of the previews would be out before this one.
    let ada = shop.customer().await;
    ada.post("/v1/quote_requests", json!({"credits": "60000"})).await.is(202);
    shop.mails(1).await;
    assert!(shop.house.operator.walk("/v1/invoices").await.is_empty());
}

async fn r36_what_is_shown_is_what_is_sent(store: Store) {
    let shop = Shop::open(store, "perfectparser");
    let jane = json!({"name": "Jane Doe", "email": "jane@example.com", "billing": {"country": "US", "region": "NY"}});
    let jane = shop.house.sign_up(&jane).await;
    let order = shop.sold(&jane, "starter").await;
    let order = shop.on_order(&order, "refunds", &json!({})).await.is(201);
    assert_eq!(order["status"], "refunded", "{order}");
    let sent: Vec<_> = shop.mails(2).await.iter().map(|mail| plain(mail)).collect();
    for template in ["invoice", "refund"] {
        let shown = preview(&shop.house, &format!("{template}/preview")).await;
        let subject = format!("Subject: {}\n", text(&shown, "subject"));
        let mail = sent.iter().find(|mail| mail.contains(&subject)).unwrap_or_else(|| panic!("{subject}{sent:?}"));
        for part in ["text", "html"] {
            assert!(mail.contains(text(&shown, part)), "{shown}\n{mail}");
        }
    }
}

/// A mail's subject and words, without what its way has put into them.
fn plain(mail: &str) -> String {
    let words = mail.split("Content-Disposition: attachment").next().unwrap_or_default();
    let whole = words.replace("\r\n", "\n").replace("=\n", "").replace("\n ", " ");
    [("=20", " "), ("=3D", "="), ("=C2=B7", "·"), ("=C3=97", "×")]
        .iter()
        .fold(whole, |text, (sent, meant)| text.replace(sent, meant))
}

async fn a_preview_is_of_the_catalog_in_force(store: Store) {
    let house = House::open(store, "perfectparser");
    let toml = house.operator.get("/v1/catalog").await.is(200)["toml"].as_str().expect("a file").to_owned();
    let newer = toml.replace("Example Inc.", "Ada <b>Pages</b>").replace("\"19.00\"", "\"20.00\"");
    house.operator.post("/v1/catalog/apply", &json!({"toml": newer})).await.is(200);
    let shown = preview(&house, "invoice/preview").await;
    assert!(text(&shown, "subject").ends_with("from Ada <b>Pages</b>"), "{shown}");
    assert!(text(&shown, "html").contains("Ada &#60;b&#62;Pages") && !text(&shown, "html").contains("<b>P"), "{shown}");
    assert!(text(&shown, "text").contains("Starter: $20.00 USD"), "{shown}");
}

async fn r43_what_cannot_be_shown_is_refused(store: Store) {
    let house = House::open(store, "perfectparser");
    for unknown in ["receipt", "INVOICE", "%20"] {
        house.operator.get(&format!("/v1/mails/{unknown}/preview")).await.refused(404, "not_found");
    }
    for unknown in ["de", "xx-XX", ""] {
        let answer = house.operator.get(&format!("/v1/mails/invoice/preview?locale={unknown}")).await;
        let error = answer.refused(400, "invalid_request")["errors"][0].clone();
        assert_eq!(error["pointer"], "/locale");
        assert_eq!(error["detail"], format!("One of {}.", LOCALES.join(", ")));
    }
    let toml = house.operator.get("/v1/catalog").await.is(200)["toml"].as_str().expect("a file").to_owned();
    let (unsold, _) = toml.split_once("[seller]").expect("a seller");
    house.operator.post("/v1/catalog/apply", &json!({"toml": unsold})).await.is(200);
    house.operator.get("/v1/mails/invoice/preview").await.refused(409, "nothing_sold");
}

async fn r42_previews_are_for_operators_who_read(store: Store) {
    let house = House::open(store, "perfectparser");
    let path = "/v1/mails/invoice/preview";
    house.operator_with(&["read"]).await.get(path).await.is(200);
    house.operator_with(&["orders", "catalog"]).await.get(path).await.refused(403, "insufficient_scope");
    let own = house.customer().await.key(&["read", "orders"]).await;
    own.get(path).await.refused(403, "insufficient_scope");
}
