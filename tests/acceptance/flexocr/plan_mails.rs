//! B20, B21, B27: what is mailed about plans, and where an upgrade is to be had.

use folio_tests::{Shop, Store, on_both};
use serde_json::{Value, json};

use super::invoices::{read, with};

on_both! {
    b20_each_charge_of_a_plan_is_mailed_once_as_pdf,
    b21_the_mail_of_a_renewal_carries_the_tax_details,
    b27_every_want_of_credits_or_money_leads_to_the_plans,
}

async fn b20_each_charge_of_a_plan_is_mailed_once_as_pdf(store: Store) {
    let shop = Shop::open(store, "flexocr");
    // Told twice by the provider.
    shop.script(&json!({"delivery": "twice"})).await;
    let (ada, clock, begun) = shop.subscriber_at("2026-04-01T00:00:00Z", "basic").await;
    clock.advance("2026-04-11T00:00:00Z").await;
    ada.on_subscription(&begun, "change", &json!({"plan": "pro"})).await.is(200);
    clock.advance("2026-05-01T00:00:00Z").await;
    clock.advance("2026-05-11T00:00:00Z").await;
    let down = json!({"plan": "basic", "effective": "now"});
    ada.on_subscription(&begun, "change", &down).await.is(200);
    let invoices = ada.invoices().await;
    let notes = shop.house.operator.walk("/v1/credit_notes").await;
    assert_eq!((invoices.len(), notes.len()), (3, 1));
    let mails = read(&shop, 4).await;
    for document in invoices.iter().chain(&notes) {
        let mail = with(&mails, document["number"].as_str().expect("a number"));
        assert!(mail.contains("To: ") && mail.contains("ada@example.com"), "{mail}");
    }
    ada.mailed(4).await;
}

async fn b21_the_mail_of_a_renewal_carries_the_tax_details(store: Store) {
    let shop = Shop::open(store, "flexocr");
    let (ada, clock, _) = shop.subscriber_at("2026-04-01T00:00:00Z", "basic").await;
    let moved = json!({"billing": {"name": "Exemple SA", "country": "FR", "tax_id": "FR83404833048"}});
    clock.advance("2026-05-01T00:00:00Z").await;
    shop.house.operator.patch(&format!("/v1/customers/{}", ada.id), &moved).await.is(200);
    clock.advance("2026-06-01T00:00:00Z").await;
    let invoices = ada.invoices().await;
    let [_, taxed, reversed] = &invoices[..] else { panic!("{invoices:?}") };
    let mails = read(&shop, 3).await;
    let mail = |invoice: &Value| with(&mails, invoice["number"].as_str().expect("a number"));
    let row = |invoice: &Value| ["rate", "category"].map(|member| invoice["tax_rows"][0][member].clone());

    assert_eq!(row(taxed), ["19", "S"].map(|it| json!(it)));
    assert_eq!(taxed["seller"]["tax_id"], "DE123456788");
    let amounts = |invoice: &Value| ["net", "tax", "total"].map(|part| invoice[part]["amount"].clone());
    assert_eq!(amounts(taxed), [900, 171, 1_071].map(|it| json!(it)));
    for part in ["VAT 19", "1.71", "10.71", "Our tax id: DE123456788"] {
        assert!(mail(taxed).contains(part), "{part:?} is not in {}", mail(taxed));
    }
    assert!(!mail(taxed).contains("Reverse charge"), "{}", mail(taxed));

    // The buyer of the next month is another one: a business abroad.
    assert_eq!(
        (row(reversed), &reversed["buyer"]["tax_id"]),
        (["0", "AE"].map(|it| json!(it)), &json!("FR83404833048"))
    );
    assert_eq!(amounts(reversed), [900, 0, 900].map(|it| json!(it)));
    for part in ["Reverse charge", "9.00", "Our tax id: DE123456788", "Your tax id: FR83404833048"] {
        assert!(mail(reversed).contains(part), "{part:?} is not in {}", mail(reversed));
    }
}

async fn b27_every_want_of_credits_or_money_leads_to_the_plans(store: Store) {
    const PLANS: &str = "https://flexocr.example/account/plan";
    let shop = Shop::open(store, "flexocr");
    let (ada, clock, begun) = shop.subscriber_at("2026-04-01T00:00:00Z", "basic").await;
    ada.charged("extract", 120).await;
    let refused = ada.charge("extract", 1).await.refused(402, "insufficient_credits");
    assert_eq!(refused["upgrade_url"], PLANS);
    let job = json!({"operation": "extract", "items": [{"quantity": 1}]});
    assert_eq!(ada.start(job).await.refused(402, "insufficient_credits")["upgrade_url"], PLANS);
    // A renewal that was declined is paid there as well.
    ada.leave("4000000000000341").await;
    clock.advance("2026-05-01T00:00:00Z").await;
    assert_eq!(ada.look(&begun).await["status"], "past_due");
    let mails = read(&shop, 2).await;
    let declined: Vec<_> = mails.iter().filter(|mail| !mail.contains("application/pdf")).collect();
    let [mail] = declined[..] else { panic!("{mails:?}") };
    assert!(mail.contains(PLANS) && mail.contains("10.71") && mail.contains("Basic"), "{mail}");
    assert_eq!(ada.charge("extract", 1).await.refused(402, "insufficient_credits")["upgrade_url"], PLANS);
}
