//! What the catalog's answer says of selling (R21, R35, R36).

use folio_tests::{House, Store, on_both};
use serde_json::json;

on_both! {
    r21_the_catalog_tells_its_terms_of_sale,
    r21_what_a_catalog_does_not_say_of_selling_is_told_as_it_applies,
    r42_the_catalog_is_for_operators,
}

async fn r21_the_catalog_tells_its_terms_of_sale(store: Store) {
    let catalog = House::open(store, "flexocr").operator.get("/v1/catalog").await.is(200);
    let seller = json!({
        "name": "Example GmbH", "address": ["Beispielstraße 12"], "postal_code": "10115", "city": "Berlin",
        "country": "DE", "tax_id": "DE123456788", "email": "billing@flexocr.example", "invoice_series": "INV",
        "credit_note_series": "CN", "locale": "en-GB", "paper": "a4",
    });
    assert_eq!(catalog["seller"], seller);
    assert_eq!((&catalog["tax"]["prices"], &catalog["tax"]["rounding"]), (&json!("exclusive"), &json!("invoice")));
    let rate = json!({"code": "germany", "country": "DE", "rate": "19", "label": "VAT", "from": "2021-01-01"});
    assert_eq!(catalog["tax"]["rates"][0], rate);
    assert_eq!(catalog["orders"], json!({"unpaid_for": "P1D", "manual_for": "P30D"}));
    assert_eq!(catalog.get("refunds"), None);

    let catalog = House::open(store, "perfectparser").operator.get("/v1/catalog").await.is(200);
    let refunds = json!({"first_purchase_only": true, "within": "P7D", "used_under_percent": 10});
    assert_eq!(catalog["refunds"], refunds);
    let rates = catalog["tax"]["rates"].as_array().expect("rates");
    let sales_tax = rates.iter().find(|rate| rate["code"] == "new_york").expect("a rate");
    assert_eq!((&sales_tax["region"], &sales_tax["rate"]), (&json!("NY"), &json!("8.875")));
}

async fn r21_what_a_catalog_does_not_say_of_selling_is_told_as_it_applies(store: Store) {
    let house = House::open(store, "perfectparser");
    let toml = "name = \"Bare\"\ncurrency = \"EUR\"\n[operations]\nextract = { label = \"Extract\", per = \"page\", rate = \"1\" }\n";
    house.operator.post("/v1/catalog/apply", &json!({"toml": toml})).await.is(200);
    let catalog = house.operator.get("/v1/catalog").await.is(200);
    assert_eq!((catalog.get("seller"), catalog.get("refunds")), (None, None));
    assert_eq!(catalog["tax"], json!({"prices": "exclusive", "rounding": "invoice", "rates": []}));
    assert_eq!(catalog["orders"], json!({"unpaid_for": "P1D", "manual_for": "P30D"}));
    let seller = "[seller]\nname = \"Example GmbH\"\ncountry = \"DE\"\ntax_id = \"DE123456788\"\n";
    let tax = "[tax]\nprices = \"inclusive\"\nrounding = \"line\"\nexempt = \"Small business\"\n";
    let inclusive = format!("{toml}{seller}{tax}");
    house.operator.post("/v1/catalog/apply", &json!({"toml": inclusive})).await.is(200);
    let tax = house.operator.get("/v1/catalog/versions/3").await.is(200)["tax"].clone();
    assert_eq!(tax, json!({"prices": "inclusive", "rounding": "line", "exempt": "Small business", "rates": []}));
}

async fn r42_the_catalog_is_for_operators(store: Store) {
    let house = House::open(store, "flexocr");
    let own = house.customer().await.key(&["read"]).await;
    own.get("/v1/catalog").await.refused(403, "insufficient_scope");
}
