//! Who buys: from what is known of a customer (R36).

use folio_domain::{Billing, Country, Customer, CustomerId, Instant, TaxCategory, TaxRow, TaxRule};
use uuid::Uuid;

fn country(code: &str) -> Country {
    Country::from_code(code).expect("a country")
}

fn customer(billing: Billing) -> Customer {
    Customer {
        id: CustomerId(Uuid::from_u128(1)),
        external_id: Some("user_42".to_owned()),
        name: Some("Ada".to_owned()),
        email: Some("ada@example.com".to_owned()),
        zone: chrono_tz::UTC,
        clock: None,
        created_at: Instant::UNIX_EPOCH,
        metadata: Vec::new(),
        billing,
    }
}

fn german(tax_id: &str) -> Billing {
    Billing {
        name: Some("Example GmbH".to_owned()),
        address: vec!["Musterstraße 1".to_owned()],
        postal_code: Some("10115".to_owned()),
        city: Some("Berlin".to_owned()),
        country: Some(country("DE")),
        tax_id: Some(tax_id.to_owned()),
        ..Billing::default()
    }
}

#[test]
fn r36_a_buyer_is_who_the_billing_details_say() {
    let known = customer(german("DE136695976"));
    let party = known.billing.party(&known).unwrap();
    assert_eq!((party.name.as_str(), party.country.code()), ("Example GmbH", "DE"));
    assert_eq!((party.address.len(), party.postal_code.as_deref()), (1, Some("10115")));
    assert_eq!((party.tax_id.as_deref(), party.email.as_deref()), (Some("DE136695976"), Some("ada@example.com")));
    assert!(party.is_complete());
    assert_eq!(known.billing.buyer(&known, country("AT")), party);
}

#[test]
fn r36_a_buyer_always_has_a_name() {
    let mut unknown = customer(Billing::default());
    let mut names = Vec::new();
    let mut look = |customer: &Customer| {
        assert_eq!(customer.billing.party(customer), None, "nobody knows the country");
        let buyer = customer.billing.buyer(customer, country("DE"));
        assert!(buyer.is_complete() && buyer.country == country("DE"));
        names.push(buyer.name);
    };
    look(&unknown);
    unknown.name = Some(" ".to_owned());
    look(&unknown);
    unknown.email = None;
    look(&unknown);
    unknown.external_id = None;
    look(&unknown);
    assert_eq!(names, ["Ada", "ada@example.com", "user_42", &unknown.id.to_string()]);
}

#[test]
fn r36_who_does_not_say_where_they_are_is_taxed_as_at_home() {
    let home = country("DE");
    let row = |code: &str, rate: &str| TaxRow {
        code: code.to_lowercase(),
        country: country(code),
        region: None,
        rate: rate.parse().unwrap(),
        label: "VAT".to_owned(),
        from: None,
        until: None,
    };
    let rule = TaxRule { rates: vec![row("DE", "19"), row("AT", "20")], ..TaxRule::default() };
    let day = "2026-06-01".parse().unwrap();
    let taxed = |billing: &Billing| {
        let treatment = rule.treatment(home, &billing.taxpayer(home), day).unwrap();
        (treatment.category, treatment.rate.to_string())
    };
    assert_eq!(taxed(&Billing::default()), (TaxCategory::Standard, "19".to_owned()));
    let austrian = Billing { country: Some(country("AT")), ..Billing::default() };
    assert_eq!(taxed(&austrian), (TaxCategory::Standard, "20".to_owned()));
    let business = Billing { tax_id: Some("ATU13585627".to_owned()), ..austrian };
    assert_eq!(taxed(&business), (TaxCategory::ReverseCharge, "0".to_owned()));
    let american = Billing { country: Some(country("US")), region: Some("NY".to_owned()), ..Billing::default() };
    assert_eq!(taxed(&american), (TaxCategory::Outside, "0".to_owned()));
    let exempt = Billing { tax_exempt: Some("Exempt under certificate 4711".to_owned()), ..Billing::default() };
    assert_eq!(taxed(&exempt), (TaxCategory::Exempt, "0".to_owned()));
}

/// A rate for a region alone is for those who name it, also where the seller is.
#[test]
fn r36_who_does_not_say_where_they_are_is_in_no_region() {
    let home = country("US");
    let in_new_york = TaxRow {
        code: "new_york".to_owned(),
        country: home,
        region: Some("NY".to_owned()),
        rate: "8.875".parse().unwrap(),
        label: "Sales tax".to_owned(),
        from: None,
        until: None,
    };
    let rule = TaxRule { rates: vec![in_new_york], ..TaxRule::default() };
    let day = "2026-06-01".parse().unwrap();
    let taxed = |billing: &Billing| rule.treatment(home, &billing.taxpayer(home), day).unwrap().rate.to_string();
    let named = Billing { region: Some("NY".to_owned()), ..Billing::default() };
    assert_eq!((taxed(&Billing::default()), taxed(&named)), ("0".to_owned(), "8.875".to_owned()));
}

#[test]
fn r36_a_tax_id_of_the_eu_is_a_vat_id_in_its_one_spelling() {
    assert_eq!(german("de 136.695.976").checked().unwrap().tax_id.as_deref(), Some("DE136695976"));
    for wrong in ["DE136695975", "136695976", "12/345/67890", "DE"] {
        assert!(german(wrong).checked().is_err(), "{wrong}");
    }
    let american = Billing { country: Some(country("US")), ..german("12-3456789") };
    assert_eq!(american.clone().checked(), Ok(american));
    let nowhere = Billing { country: None, ..german("whatever") };
    assert_eq!(nowhere.clone().checked(), Ok(nowhere));
    assert_eq!(Billing::default().checked(), Ok(Billing::default()));
}
