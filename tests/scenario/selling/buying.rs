//! Buying a pack: previewed, ordered, paid, invoiced, mailed.

use folio_tests::{GOOD_CARD, Shop, Store, on_both};
use serde_json::{Value, json};

on_both! {
    r32_a_pack_is_spendable_once_it_is_paid_and_its_invoice_is_mailed,
    r32_landing_on_the_return_page_grants_nothing,
    r40_a_double_click_on_pay_is_one_order,
    a_saved_card_pays_at_once_and_a_declined_one_says_so,
    a_bank_that_asks_is_answered_on_its_page,
    an_order_by_bank_transfer_is_marked_as_paid,
    an_order_is_called_off_and_cannot_be_paid_afterwards,
    an_order_that_is_not_paid_ends_with_its_time,
    what_cannot_be_ordered_is_refused_and_changes_nothing,
    b20_several_packs_are_one_order_one_payment_and_one_invoice,
    a41_what_a_refusal_suggests_is_ordered_as_it_stands,
    a45_a_quote_reaches_the_operator_and_a_private_pack_the_customer,
    r42_a_customer_buys_with_their_own_key_and_sees_no_other,
}

fn shop(store: Store) -> Shop {
    Shop::open(store, "perfectparser")
}

async fn r32_a_pack_is_spendable_once_it_is_paid_and_its_invoice_is_mailed(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let preview = ada.post("/v1/orders/preview", json!({"pack": "starter"})).await.is(200);
    assert_eq!((&preview["total"], &preview["credits"]), (&json!({"amount": 1900, "currency": "USD"}), &json!("100")));
    let asked = json!({"pack": "starter", "expected_total": preview["total"], "return_url": shop.back()});
    let order = ada.post("/v1/orders", asked).await.is(201);
    assert_eq!((&order["status"], &order["grants"]), (&json!("pending"), &json!([])));
    assert_eq!(ada.available().await, "20");
    assert_eq!(shop.pay(&order, GOOD_CARD).await.status, 200);
    let paid = shop.reaches(&order, "paid").await;
    assert_eq!((ada.available().await, shop.payments().await), ("120".to_owned(), 1));
    assert_eq!((paid["grants"].as_array().map(Vec::len), paid.get("checkout_url")), (Some(1), None));
    let year = &paid["paid_at"].as_str().expect("a time")[..4];
    assert_eq!(paid["invoice"], format!("INV-{year}-000001"));
    let number = paid["invoice"].as_str().expect("a number");
    let invoice = shop.house.operator.get(&format!("/v1/invoices/{number}")).await.is(200);
    assert_eq!((&invoice["total"], &invoice["order"]), (&order["total"], &order["id"]));
    let pdf = shop.house.operator.get(&format!("/v1/invoices/{number}/pdf")).await;
    assert_eq!((pdf.status, pdf.header("Content-Type")), (200, Some("application/pdf")));
    assert!(pdf.body.starts_with(b"%PDF-") && pdf.text().contains("factur-x.xml"), "no e-invoice inside");
    let mails = shop.mails(1).await;
    assert!(mails[0].contains("ada@example.com") && mails[0].contains("application/pdf"), "{}", mails[0]);
    assert!(mails[0].contains(number), "{}", mails[0]);
    let about = json!({"order": order["id"], "status": "paid", "amount": order["total"]});
    assert_eq!(ada.facts().await, [("order.paid".to_owned(), about)]);
    // The mail is out before that is written down.
    let told = ada.mailed(1).await;
    assert_eq!(told[0]["id"], json!(number));
}

async fn r32_landing_on_the_return_page_grants_nothing(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let order = shop.order(&ada, "starter").await;
    shop.house.operator.get("/healthz").await.is(200);
    assert_eq!((&shop.look(&order).await["status"], ada.available().await), (&json!("pending"), "20".to_owned()));
}

async fn r40_a_double_click_on_pay_is_one_order(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let body = ada.named_in(json!({"pack": "starter", "return_url": shop.back()}));
    let click = || shop.house.operator.post_with("click-1", "/v1/orders", &body);
    let (one, other) = tokio::join!(click(), click());
    let (one, other, again) = (one.is(201), other.is(201), click().await);
    assert!(again.is_replay());
    let again = again.is(201);
    assert_eq!((&one["id"], &one["id"]), (&other["id"], &again["id"]));
    assert_eq!(again["checkout_url"].as_str().map(str::is_empty), Some(false), "{again}");
    assert_eq!(shop.house.operator.walk("/v1/orders").await.len(), 1);
    assert_eq!(shop.pay(&again, GOOD_CARD).await.status, 200);
    // The page is over: a second click pays nothing.
    assert_eq!(shop.pay(&again, GOOD_CARD).await.status, 410);
    shop.reaches(&one, "paid").await;
    assert_eq!((ada.available().await, shop.payments().await), ("120".to_owned(), 1));
    let other = ada.named_in(json!({"pack": "small", "return_url": shop.back()}));
    let other = shop.house.operator.post_with("click-1", "/v1/orders", &other).await;
    other.refused(422, "idempotency_key_reused");
}

async fn a_saved_card_pays_at_once_and_a_declined_one_says_so(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let saved = json!({"pack": "starter", "payment": "saved"});
    ada.post("/v1/orders", saved.clone()).await.refused(404, "payment_method_not_found");
    ada.leave(GOOD_CARD).await;
    let methods = ada.operator().get(&ada.path("payment_methods")).await.is(200)["data"].clone();
    assert_eq!((methods.as_array().map(Vec::len), &methods[0]["last4"]), (Some(1), &json!("4242")));
    let paid = ada.post("/v1/orders", saved).await.is(201);
    assert_eq!((&paid["status"], ada.available().await), (&json!("paid"), "120".to_owned()), "{paid}");
    // A card that is declined once it is saved.
    ada.leave("4000000000000341").await;
    let failed = ada.post("/v1/orders", json!({"pack": "starter", "payment": "saved"})).await.is(201);
    assert_eq!((&failed["status"], failed["note"].is_string()), (&json!("failed"), true), "{failed}");
    assert_eq!((ada.available().await, shop.payments().await), ("120".to_owned(), 1));
    let id = methods[0]["id"].as_str().expect("an id");
    let path = ada.path(&format!("payment_methods/{id}"));
    shop.house.customer().await.operator().delete(&path).await.is(200);
    ada.operator().delete(&path).await.refused(404, "payment_method_not_found");
}

async fn a_bank_that_asks_is_answered_on_its_page(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let order = shop.order(&ada, "starter").await;
    let page = shop.pay(&order, "4000002760003184").await;
    // The bank's page, which the form leads to.
    assert!(page.status == 200 && page.text().contains("confirm"), "{}", page.text());
    assert_eq!((&shop.look(&order).await["status"], ada.available().await), (&json!("pending"), "20".to_owned()));
}

async fn an_order_by_bank_transfer_is_marked_as_paid(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let order = ada.post("/v1/orders", json!({"pack": "medium", "payment": "manual"})).await.is(201);
    assert_eq!((&order["status"], order.get("checkout_url")), (&json!("open"), None));
    let key = "transfer-1";
    let path = format!("/v1/orders/{}/mark_paid", order["id"].as_str().expect("an id"));
    let body = json!({"reference": "SEPA 4711"});
    let mark = || shop.house.operator.post_with(key, &path, &body);
    let (one, other) = tokio::join!(mark(), mark());
    let paid = if one.status == 200 { one.is(200) } else { other.is(200) };
    assert_eq!((&paid["status"], ada.available().await), (&json!("paid"), "520".to_owned()));
    assert_eq!((mark().await.is(200)["status"].clone(), ada.available().await), (json!("paid"), "520".to_owned()));
    shop.on_order(&order, "mark_paid", &json!({"reference": "again"})).await.refused(409, "order_not_open");
    shop.mails(1).await;
    assert_eq!(shop.payments().await, 0);
}

async fn an_order_is_called_off_and_cannot_be_paid_afterwards(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let order = shop.order(&ada, "starter").await;
    let canceled = shop.on_order(&order, "cancel", &Value::Null).await.is(200);
    assert_eq!(canceled["status"], "canceled");
    assert_eq!(shop.pay(&order, GOOD_CARD).await.status, 410);
    shop.on_order(&order, "cancel", &Value::Null).await.refused(409, "order_not_open");
    assert_eq!((ada.available().await, shop.payments().await), ("20".to_owned(), 0));
    let paid = shop.sold(&ada, "starter").await;
    shop.on_order(&paid, "cancel", &Value::Null).await.refused(409, "order_not_open");
}

async fn an_order_that_is_not_paid_ends_with_its_time(store: Store) {
    let shop = shop(store);
    let (ada, clock) = shop.house.customer_at("2026-05-01T12:00:00Z").await;
    let asked = json!({"pack": "starter", "return_url": shop.back()});
    let order = ada.post("/v1/orders", asked).await.is(201);
    assert_eq!(order["expires_at"], "2026-05-02T12:00:00.000Z");
    clock.advance("2026-05-02T11:59:59.999Z").await;
    assert_eq!(shop.look(&order).await["status"], "pending");
    clock.advance("2026-05-02T12:00:00Z").await;
    assert_eq!(shop.look(&order).await["status"], "expired");
    assert_eq!(shop.pay(&order, GOOD_CARD).await.status, 410);
    assert_eq!((ada.available().await, shop.payments().await), ("20".to_owned(), 0));
}

async fn what_cannot_be_ordered_is_refused_and_changes_nothing(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let back = shop.back();
    let order = |body: Value| ada.post("/v1/orders", body);
    let euros = json!({"amount": 1900, "currency": "EUR"});
    let cheaper = json!({"amount": 1899, "currency": "USD"});
    for total in [euros, cheaper] {
        let asked = json!({"pack": "starter", "return_url": back, "expected_total": total});
        order(asked).await.refused(409, "price_changed");
    }
    let wrong = order(json!({"pack": "nothing", "return_url": back})).await.refused(422, "validation_failed");
    assert_eq!(wrong["errors"][0]["pointer"], "/packs/0/pack");
    for body in [
        json!({"return_url": back}),
        json!({"pack": "starter", "packs": [], "return_url": back}),
        json!({"pack": "starter", "quantity": 0, "return_url": back}),
        json!({"pack": "starter", "return_url": "javascript:alert(1)"}),
        json!({"pack": "starter", "payment": "cash", "return_url": back}),
        json!({"pack": "starter", "payment_method": "pm_1", "return_url": back}),
        json!({"packs": [{"pack": "starter", "quantity": 0}], "return_url": back}),
    ] {
        order(body).await.refused(422, "validation_failed");
    }
    let huge = json!({"packs": vec![json!({"pack": "enterprise", "quantity": 1_000_000}); 20], "return_url": back});
    order(huge).await.refused(422, "order_too_large");
    assert_eq!(shop.house.operator.walk("/v1/orders").await, Vec::<Value>::new());
    assert_eq!(ada.sequence().await, 2);
}

async fn b20_several_packs_are_one_order_one_payment_and_one_invoice(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let packs = json!([{"pack": "starter", "quantity": 2}, {"pack": "small"}]);
    let order = ada.post("/v1/orders", json!({"packs": packs, "return_url": shop.back()})).await.is(201);
    assert_eq!(order["total"], json!({"amount": 7_700, "currency": "USD"}));
    assert_eq!(shop.pay(&order, GOOD_CARD).await.status, 200);
    let paid = shop.reaches(&order, "paid").await;
    assert_eq!((paid["grants"].as_array().map(Vec::len), ada.available().await), (Some(2), "470".to_owned()));
    assert_eq!((shop.payments().await, shop.house.operator.walk("/v1/invoices").await.len()), (1, 1));
    shop.mails(1).await;
}

async fn a41_what_a_refusal_suggests_is_ordered_as_it_stands(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let job = json!({"operation": "extract", "items": [{"quantity": 1_300}]});
    let refused = ada.start(job.clone()).await.refused(402, "insufficient_credits");
    let suggested = &refused["suggested_packs"];
    assert!(suggested.as_array().is_some_and(|packs| packs.len() > 1), "{suggested}");
    let order = ada.post("/v1/orders", json!({"packs": suggested, "return_url": shop.back()})).await.is(201);
    assert_eq!(shop.pay(&order, GOOD_CARD).await.status, 200);
    shop.reaches(&order, "paid").await;
    ada.started(job).await;
}

async fn a45_a_quote_reaches_the_operator_and_a_private_pack_the_customer(store: Store) {
    let shop = shop(store);
    let ada = shop.customer().await;
    let asked = json!({"credits": "60000", "message": "On our own servers, please."});
    ada.post("/v1/quote_requests", asked).await.is(202);
    let mails = shop.mails(1).await;
    assert!(mails[0].contains("billing@perfectparser.example") && mails[0].contains("60"), "{}", mails[0]);
    assert!(mails[0].contains("Reply-To: Ada <ada@example.com>"), "whoever answers writes to Ada: {}", mails[0]);
    let told = shop.house.operator.walk("/v1/events").await;
    let about = json!({"credits": "60000", "message": "On our own servers, please."});
    assert_eq!((told.len(), &told[0]["type"], &told[0]["data"]), (1, &json!("quote.requested"), &about));
    assert_eq!(told[0]["customer"], ada.id.as_str());
    let catalog = shop.house.operator.get("/v1/catalog").await.is(200);
    let custom = "[packs]\nada = { label = \"Ada\", credits = 60_000, price = \"2500.00\", expires_after = \"P24M\", private = true }\n";
    let toml = catalog["toml"].as_str().expect("a file").replace("[packs]\n", custom);
    shop.house.operator.post("/v1/catalog/apply", &json!({"toml": toml})).await.is(200);
    let own = ada.key(&["read", "orders"]).await;
    let asked = json!({"pack": "ada", "return_url": shop.back()});
    own.post("/v1/orders", &asked).await.refused(409, "pack_not_offered");
    let order = shop.order(&ada, "ada").await;
    assert_eq!(shop.pay(&order, GOOD_CARD).await.status, 200);
    shop.reaches(&order, "paid").await;
    assert_eq!(ada.available().await, "60020");
}

async fn r42_a_customer_buys_with_their_own_key_and_sees_no_other(store: Store) {
    let shop = shop(store);
    let (ada, bob) = (shop.customer().await, shop.house.customer().await);
    let (own, foreign) = (ada.key(&["read", "orders"]).await, bob.key(&["read", "orders"]).await);
    let asked = json!({"pack": "starter", "return_url": shop.back()});
    ada.key(&["read"]).await.post("/v1/orders", &asked).await.refused(403, "insufficient_scope");
    own.post("/v1/orders", &json!({"pack": "starter", "payment": "manual"})).await.refused(422, "validation_failed");
    let order = own.post("/v1/orders", &asked).await.is(201);
    assert_eq!(shop.pay(&order, GOOD_CARD).await.status, 200);
    let paid = shop.reaches(&order, "paid").await;
    let id = paid["id"].as_str().expect("an id");
    let invoice = paid["invoice"].as_str().expect("a number");
    assert_eq!(own.get(&format!("/v1/orders/{id}")).await.is(200)["status"], "paid");
    foreign.get(&format!("/v1/orders/{id}")).await.refused(404, "order_not_found");
    foreign.get(&format!("/v1/invoices/{invoice}")).await.refused(404, "invoice_not_found");
    foreign.get(&format!("/v1/invoices/{invoice}/pdf")).await.refused(404, "invoice_not_found");
    assert_eq!(foreign.walk("/v1/orders").await, Vec::<Value>::new());
    assert_eq!(foreign.walk("/v1/invoices").await, Vec::<Value>::new());
    assert_eq!(own.walk("/v1/invoices").await.len(), 1);
    own.get(&format!("/v1/credit_notes/{invoice}")).await.refused(404, "credit_note_not_found");
}
