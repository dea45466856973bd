//! B20, B21: invoices and their tax details come by mail, each once.

use folio_tests::{Customer, Shop, Store, on_both};
use serde_json::{Value, json};

on_both! {
    b20_every_document_is_mailed_once_as_pdf,
    b21_the_mail_and_the_invoice_carry_the_tax_details,
}

/// FlexOCR with a pack to buy.
async fn shop(store: Store) -> Shop {
    const PACK: &str = "\n[packs]\nstarter = { label = \"Starter\", credits = 100, price = \"19.00\", expires_after = \"P12M\" }\n\n[plans]\n";
    let shop = Shop::open(store, "flexocr");
    let catalog = shop.house.operator.get("/v1/catalog").await.is(200);
    let toml = catalog["toml"].as_str().expect("a file").replacen("\n[plans]\n", PACK, 1);
    shop.house.operator.post("/v1/catalog/apply", &json!({"toml": toml})).await.is(200);
    shop
}

async fn buyer(shop: &Shop, billing: Value) -> Customer {
    shop.house.sign_up(&json!({"name": "Ada", "email": "ada@example.com", "billing": billing})).await
}

/// The mails as they are read: no line is broken where nothing ends.
pub(super) async fn read(shop: &Shop, many: usize) -> Vec<String> {
    let mails = shop.mails(many).await;
    mails.iter().map(|mail| mail.replace("=\r\n", "").replace("=\n", "")).collect()
}

/// The only mail with this document.
pub(super) fn with<'m>(mails: &'m [String], number: &str) -> &'m str {
    let name = format!("{number}.pdf");
    let found: Vec<_> = mails.iter().filter(|mail| mail.contains(&name)).collect();
    let [mail] = found[..] else { panic!("{} mails with {name}", found.len()) };
    assert_eq!(mail.matches("Content-Type: application/pdf").count(), 1, "{mail}");
    mail
}

async fn b20_every_document_is_mailed_once_as_pdf(store: Store) {
    let shop = shop(store).await;
    let ada = buyer(&shop, json!({"country": "DE"})).await;
    // Told twice by the provider.
    shop.script(&json!({"delivery": "twice"})).await;
    let first = shop.sold(&ada, "starter").await;
    // Marked twice by the operator.
    let second = ada.post("/v1/orders", json!({"pack": "starter", "payment": "manual"})).await.is(201);
    let path = format!("/v1/orders/{}/mark_paid", second["id"].as_str().expect("an id"));
    let reference = json!({"reference": "SEPA"});
    let mark = || shop.house.operator.post_with("mark-b20", &path, &reference);
    mark().await.is(200);
    assert!(mark().await.is_replay());
    let refunded = shop.on_order(&first, "refunds", &json!({"credits": "40"})).await.is(201);
    let numbers = [&first["invoice"], &shop.look(&second).await["invoice"], &refunded["refunds"][0]["credit_note"]]
        .map(|number| number.as_str().expect("a number").to_owned());
    let mails = read(&shop, 3).await;
    for number in &numbers {
        assert!(with(&mails, number).contains("ada@example.com"));
    }
    ada.mailed(3).await;
    // Whoever starts again sends nothing again.
    let shop = shop.restarted();
    let ada = ada.at(&shop.house.operator);
    let third = shop.sold(&ada, "starter").await;
    let mails = read(&shop, 4).await;
    for number in numbers.iter().map(String::as_str).chain(third["invoice"].as_str()) {
        with(&mails, number);
    }
    ada.mailed(4).await;
}

async fn b21_the_mail_and_the_invoice_carry_the_tax_details(store: Store) {
    let shop = shop(store).await;
    let at_home = buyer(&shop, json!({"name": "Example AG", "country": "DE"})).await;
    let abroad = json!({"name": "Exemple SA", "country": "FR", "tax_id": "FR83404833048"});
    let abroad = buyer(&shop, abroad).await;
    let exempt = json!({"name": "Example School", "country": "DE", "tax_exempt": "Exempt under certificate 4711"});
    let exempt = buyer(&shop, exempt).await;
    let taxed = shop.sold(&at_home, "starter").await["invoice"].as_str().expect("a number").to_owned();
    let reversed = shop.sold(&abroad, "starter").await["invoice"].as_str().expect("a number").to_owned();
    let untaxed = shop.sold(&exempt, "starter").await["invoice"].as_str().expect("a number").to_owned();
    let mails = read(&shop, 3).await;
    let read = async |number: &str| shop.house.operator.get(&format!("/v1/invoices/{number}")).await.is(200);

    let (mail, invoice) = (with(&mails, &taxed), read(&taxed).await);
    assert_eq!((&invoice["seller"]["tax_id"], &invoice["tax_rows"][0]["rate"]), (&json!("DE123456788"), &json!("19")));
    assert_eq!(
        ["net", "tax", "total"].map(|part| invoice[part]["amount"].clone()),
        [1_900, 361, 2_261].map(|it| json!(it))
    );
    for part in ["VAT 19", "3.61", "22.61", "Our tax id: DE123456788"] {
        assert!(mail.contains(part), "{part:?} is not in {mail}");
    }
    assert!(!mail.contains("Reverse charge"), "{mail}");

    let (mail, invoice) = (with(&mails, &reversed), read(&reversed).await);
    assert_eq!((&invoice["buyer"]["tax_id"], &invoice["tax"]["amount"]), (&json!("FR83404833048"), &json!(0)));
    for part in ["Reverse charge", "19.00", "Our tax id: DE123456788", "Your tax id: FR83404833048"] {
        assert!(mail.contains(part), "{part:?} is not in {mail}");
    }
    let (mail, invoice) = (with(&mails, &untaxed), read(&untaxed).await);
    assert_eq!((&invoice["tax"]["amount"], &invoice["total"]["amount"]), (&json!(0), &json!(1_900)));
    assert!(mail.contains("Exempt under certificate 4711") && !mail.contains("Reverse charge"), "{mail}");
    // The e-invoice inside of each says the same.
    let directory = tempfile::tempdir().expect("a directory");
    let to = directory.path().to_str().expect("a path");
    let exported = shop.server.folio(&["invoices", "export", "--tenant", &shop.house.tenant, "--to", to]).json(0);
    assert_eq!(exported["documents"], 3);
    for (number, category, rate) in [(taxed, "S", "19"), (reversed, "AE", "0"), (untaxed, "E", "0")] {
        let xml = std::fs::read_to_string(directory.path().join(format!("{number}.xml"))).expect("an e-invoice");
        assert!(xml.contains("DE123456788") && xml.contains(&format!("<ram:CategoryCode>{category}<")), "{xml}");
        assert!(xml.contains(&format!("<ram:RateApplicablePercent>{rate}")), "{xml}");
    }
}
