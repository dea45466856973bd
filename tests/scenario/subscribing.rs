//! Subscriptions over the wire: what is refused, what happens at once, what fails and recovers, and years of it
//! (R26–R31).

mod changing;
mod dunning;
mod events;
mod own_key;
mod races;
mod refusals;
mod starting;
mod years;

use folio_tests::Shop;
use reqwest::Method;
use serde_json::{Value, json};

/// A card that can be saved and is declined then.
const BAD_CARD: &str = "4000000000000341";
/// A card whose bank asks its owner every time.
const ASKING_CARD: &str = "4000002760003184";
/// The first of a month of 30 days.
const BEGIN: &str = "2026-04-01T00:00:00Z";
/// 20 of the 30 days are left.
const MIDDLE: &str = "2026-04-11T00:00:00Z";
/// The month after begins.
const MAY: &str = "2026-05-01T00:00:00Z";

fn shop(store: folio_tests::Store) -> Shop {
    Shop::open(store, "flexocr")
}

fn usd(minor: i64) -> Value {
    json!({"amount": minor, "currency": "USD"})
}

/// The owner of a card says yes on their bank's page.
async fn confirm(shop: &Shop, url: &str) {
    let path = url.strip_prefix(shop.server.url()).unwrap_or(url);
    let answer = shop.stub.anonymous(Method::POST, path).form(&[("action", "confirm")]);
    assert_eq!(shop.stub.send(answer).await.status, 200, "{url}");
}

/// The ledger, the money and the documents agree, by a command of the program's own.
fn books_are_right(shop: &Shop) {
    assert_eq!(shop.server.folio(&["ledger", "verify"]).json(0)["verified"], true);
}
