//! Renewals that are declined: tried on schedule, paid after all, or over on day 14 (R28).

use folio_tests::{Customer, GOOD_CARD, Shop, Store, on_both, until};
use serde_json::{Value, json};

use super::{ASKING_CARD, BAD_CARD, BEGIN, MAY, books_are_right, confirm, shop};

on_both! {
    r28_a_declined_renewal_is_tried_on_schedule_and_ends_on_day_14,
    r28_a_card_that_is_replaced_pays_at_the_next_try,
    r28_what_is_due_is_paid_at_once_with_another_card,
    r28_what_is_due_is_paid_late_on_the_providers_page,
    r28_a_card_that_is_gone_is_missed_at_each_try,
    r28_a_renewal_that_the_bank_asks_about_is_confirmed_by_the_customer,
    r28_nobody_pays_for_what_has_ended,
    r35_a_renewal_that_the_bank_takes_back_ends_the_subscription,
}

/// On Basic, and past due since the first of May.
async fn past_due(shop: &Shop) -> (Customer, folio_tests::Clock, Value) {
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    ada.leave(BAD_CARD).await;
    clock.advance(MAY).await;
    let now = ada.look(&begun).await;
    assert_eq!(now["status"], "past_due", "{now}");
    (ada, clock, begun)
}

async fn r28_a_declined_renewal_is_tried_on_schedule_and_ends_on_day_14(store: Store) {
    const PACK: &str = "\n[packs]\nstarter = { label = \"Starter\", credits = 100, price = \"19.00\", expires_after = \"P12M\" }\n\n[plans]\n";
    let shop = shop(store);
    shop.offer(PACK).await;
    let (ada, clock, begun) = past_due(&shop).await;
    ada.buy("starter").await;
    let dunning = async || ada.look(&begun).await["dunning"].clone();
    let first = dunning().await;
    let since = json!("2026-05-01T00:00:00.000Z");
    assert_eq!((&first["since"], &first["failures"], &first["decline"]), (&since, &json!(1), &json!("soft")));
    assert_eq!(first["ends_at"], "2026-05-15T00:00:00.000Z");
    for (day, failures, next) in [
        (2, 2, Some(4)),
        (3, 2, Some(4)),
        (4, 3, Some(6)),
        (6, 4, Some(8)),
        (7, 4, Some(8)),
        (8, 5, None),
        (14, 5, None),
    ] {
        clock.advance(&format!("2026-05-{day:02}T00:00:00Z")).await;
        let now = dunning().await;
        assert_eq!(now["failures"], failures, "on 2026-05-{day:02}: {now}");
        let next = next.map(|day| json!(format!("2026-05-{day:02}T00:00:00.000Z")));
        assert_eq!(now.get("retry_at"), next.as_ref(), "on 2026-05-{day:02}");
    }
    // The plan gives nothing; what was bought stays usable.
    assert_eq!((ada.look(&begun).await["status"].clone(), ada.available().await), (json!("past_due"), "100".into()));
    ada.charged("extract", 10).await;
    clock.advance("2026-05-14T23:59:59.999Z").await;
    assert_eq!(ada.look(&begun).await["status"], "past_due");
    clock.advance("2026-05-15T00:00:00Z").await;
    let over = ada.look(&begun).await;
    assert_eq!((&over["status"], &over["ended_at"]), (&json!("canceled"), &json!("2026-05-15T00:00:00.000Z")));
    assert_eq!((over.get("due"), over.get("dunning")), (None, None));
    // The free tier follows.
    assert_eq!(ada.available().await, "110");
    let mut told = vec!["created", "past_due"];
    told.extend(["payment_failed"; 4]);
    told.push("canceled");
    assert_eq!((ada.told().await, shop.payments().await), (told.into_iter().map(String::from).collect(), 1));
    // Two invoices, one mail a try, and that it is over.
    let mails = shop.mails(8).await;
    let occasions = shop.house.operator.walk(&ada.path("mails")).await;
    let of = |occasion: &str| occasions.iter().filter(|mail| mail["occasion"] == occasion).count();
    assert_eq!((of("document"), of("renewal_failed"), of("subscription_ended")), (2, 5, 1));
    assert!(mails.iter().all(|mail| mail.contains("ada@example.com")));
    books_are_right(&shop);
}

async fn r28_a_card_that_is_replaced_pays_at_the_next_try(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = past_due(&shop).await;
    clock.advance("2026-05-03T00:00:00Z").await;
    ada.leave(GOOD_CARD).await;
    clock.advance("2026-05-03T23:59:59.999Z").await;
    assert_eq!((ada.available().await, shop.payments().await), ("0".to_owned(), 1));
    clock.advance("2026-05-04T00:00:00Z").await;
    let paid = ada.look(&begun).await;
    assert_eq!((&paid["status"], paid.get("dunning")), (&json!("active"), None));
    // Paid late, and the day stays.
    assert_eq!(paid["renews_at"], "2026-06-01T00:00:00.000Z");
    assert_eq!((ada.available().await, shop.payments().await), ("100".to_owned(), 2));
    assert_eq!(ada.told().await, ["created", "past_due", "payment_failed", "renewed"]);
    clock.advance("2026-06-01T00:00:00Z").await;
    assert_eq!((ada.available().await, shop.payments().await), ("100".to_owned(), 3));
    books_are_right(&shop);
}

async fn r28_what_is_due_is_paid_at_once_with_another_card(store: Store) {
    let shop = shop(store);
    let (ada, _clock, begun) = past_due(&shop).await;
    let due = ada.look(&begun).await["due"].clone();
    assert_eq!(
        due,
        json!({"number": 2, "attempt": 1, "amount": {"amount": 900, "currency": "USD"},
        "reason": "renewal", "under_way": false})
    );
    let declined = ada.on_subscription(&begun, "pay", &json!({"payment": "saved"})).await.is(200);
    assert_eq!((&declined["status"], &declined["dunning"]["failures"]), (&json!("past_due"), &json!(2)));
    ada.leave(GOOD_CARD).await;
    let paid = ada.on_subscription(&begun, "pay", &json!({"payment": "saved"})).await.is(200);
    assert_eq!((&paid["status"], &paid["order"]["status"]), (&json!("active"), &json!("paid")));
    assert_eq!((ada.available().await, shop.payments().await), ("100".to_owned(), 2));
    ada.on_subscription(&begun, "pay", &json!({"payment": "saved"})).await.refused(409, "nothing_to_pay");
    books_are_right(&shop);
}

async fn r28_what_is_due_is_paid_late_on_the_providers_page(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = past_due(&shop).await;
    clock.advance("2026-05-10T00:00:00Z").await;
    let asked = json!({"payment": "checkout", "return_url": shop.back()});
    let asked = ada.on_subscription(&begun, "pay", &asked).await.is(200);
    assert_eq!((&asked["status"], &asked["due"]["under_way"]), (&json!("past_due"), &json!(true)));
    ada.on_subscription(&begun, "pay", &json!({"payment": "saved"})).await.refused(409, "payment_under_way");
    let page = asked["order"]["payment_url"].as_str().expect("a page");
    assert_eq!(shop.press(page, GOOD_CARD).await.status, 200);
    let paid = ada.paid(&begun).await;
    assert_eq!(paid["renews_at"], "2026-06-01T00:00:00.000Z");
    assert_eq!((ada.available().await, shop.payments().await), ("100".to_owned(), 2));
    // What was left there pays from now on.
    clock.advance("2026-06-01T00:00:00Z").await;
    assert_eq!((ada.look(&begun).await["status"].clone(), shop.payments().await), (json!("active"), 3));
    books_are_right(&shop);
}

async fn r28_a_card_that_is_gone_is_missed_at_each_try(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    let methods = ada.operator().get(&ada.path("payment_methods")).await.is(200);
    let method = methods["data"][0]["id"].as_str().expect("an id");
    ada.operator().delete(&ada.path(&format!("payment_methods/{method}"))).await.is(200);
    clock.advance("2026-05-09T00:00:00Z").await;
    let waits = ada.look(&begun).await;
    assert_eq!((&waits["status"], &waits["dunning"]["failures"]), (&json!("past_due"), &json!(5)), "{waits}");
    assert_eq!((shop.payments().await, ada.available().await), (1, "0".to_owned()));
    ada.leave(GOOD_CARD).await;
    let paid = ada.on_subscription(&begun, "pay", &json!({"payment": "saved"})).await.is(200);
    assert_eq!((&paid["status"], ada.available().await), (&json!("active"), "100".to_owned()));
    books_are_right(&shop);
}

async fn r28_a_renewal_that_the_bank_asks_about_is_confirmed_by_the_customer(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    ada.leave(ASKING_CARD).await;
    let setups = shop.stub.get("/stripe/v1/setup_intents").await.json();
    let bank = format!("/stripe/bank/{}", setups["data"][0]["id"].as_str().expect("an id"));
    confirm(&shop, &bank).await;
    clock.advance("2026-05-05T00:00:00Z").await;
    let asks = ada.look(&begun).await;
    assert_eq!((&asks["status"], &asks["dunning"]["decline"]), (&json!("past_due"), &json!("action_required")));
    assert_eq!((&asks["dunning"]["failures"], asks["dunning"].get("retry_at")), (&json!(1), None), "{asks}");
    assert!(ada.told().await.contains(&"action_required".to_owned()));
    let mails = shop.mails(2).await;
    assert!(mails.iter().any(|mail| mail.contains("confirm") && mail.contains("flexocr.example")), "{mails:?}");
    // With the customer there the bank's page is shown.
    let there = json!({"payment": "saved", "return_url": shop.back()});
    let asked = ada.on_subscription(&begun, "pay", &there).await.is(200);
    assert_eq!((&asked["status"], ada.available().await), (&json!("past_due"), "0".to_owned()));
    confirm(&shop, asked["order"]["payment_url"].as_str().expect("the bank's page")).await;
    let paid = ada.paid(&begun).await;
    assert_eq!((paid.get("due"), &paid["renews_at"]), (None, &json!("2026-06-01T00:00:00.000Z")));
    assert_eq!((ada.available().await, shop.payments().await), ("100".to_owned(), 2));
    books_are_right(&shop);
}

async fn r28_nobody_pays_for_what_has_ended(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = past_due(&shop).await;
    let asked = json!({"payment": "checkout", "return_url": shop.back()});
    let asked = ada.on_subscription(&begun, "pay", &asked).await.is(200);
    let page = asked["order"]["payment_url"].as_str().expect("a page").to_owned();
    clock.advance("2026-05-20T00:00:00Z").await;
    assert_eq!(ada.look(&begun).await["status"], "canceled");
    assert_eq!(shop.press(&page, GOOD_CARD).await.status, 410);
    assert_eq!((ada.available().await, shop.payments().await, ada.invoices().await.len()), ("20".to_owned(), 1, 1));
    // Coming back is a new beginning, on a day of its own.
    ada.leave(GOOD_CARD).await;
    let again = ada.subscribed("pro").await;
    assert_eq!(again["current_period"]["start"], "2026-05-20T00:00:00.000Z");
    books_are_right(&shop);
}

async fn r35_a_renewal_that_the_bank_takes_back_ends_the_subscription(store: Store) {
    let shop = shop(store);
    let (ada, clock, begun) = shop.subscriber_at(BEGIN, "basic").await;
    // Its owner disputes every payment.
    ada.leave("4000000000000259").await;
    clock.advance(MAY).await;
    ada.becomes(&begun, "canceled").await;
    let disputed = async || {
        let orders = ada.orders().await;
        if orders[1]["status"] == "disputed" { Ok(orders) } else { Err(format!("{orders:?}")) }
    };
    let orders = until(disputed).await;
    assert_eq!((orders.len(), &orders[0]["status"]), (2, &json!("paid")));
    assert_eq!((ada.invoices().await.len(), shop.house.operator.walk("/v1/credit_notes").await.len()), (2, 1));
    let plan = ada.grants().await.into_iter().rfind(|grant| grant["source"] == "plan").expect("a grant");
    assert_eq!((&plan["revoked"], &plan["available"]), (&json!("100"), &json!("0")));
    assert_eq!(ada.balance().await["state"], "frozen");
    // And nothing more is asked for.
    clock.advance("2026-09-01T00:00:00Z").await;
    assert_eq!((shop.payments().await, ada.orders().await.len()), (2, 2));
    books_are_right(&shop);
}
