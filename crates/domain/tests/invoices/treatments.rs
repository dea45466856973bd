//! Who is taxed where.

use folio_domain::{Country, NoTaxRate, TaxCategory, TaxRow, TaxRule, Taxpayer};

use crate::sugar::{country, day};

fn row(code: &str, region: Option<&str>, rate: &str) -> TaxRow {
    let label = if code == "US" { "Sales tax" } else { "VAT" };
    TaxRow {
        code: code.to_lowercase(),
        country: country(code),
        region: region.map(str::to_owned),
        rate: rate.parse().expect("a rate"),
        label: label.into(),
        from: None,
        until: None,
    }
}

/// A rule with rates for Germany, France, and New York.
fn rule() -> TaxRule {
    let rates = vec![row("DE", None, "19"), row("FR", None, "20"), row("US", Some("NY"), "8.875")];
    TaxRule { rates, ..TaxRule::default() }
}

fn buyer(code: &str) -> Taxpayer {
    Taxpayer { country: country(code), region: None, tax_id: None, exempt: None }
}

fn business(code: &str, tax_id: &str) -> Taxpayer {
    Taxpayer { tax_id: Some(tax_id.into()), ..buyer(code) }
}

/// Category and rate for a seller in this country.
fn taxed_from(home: &str, rule: &TaxRule, buyer: &Taxpayer) -> (TaxCategory, String) {
    let home: Country = country(home);
    let treatment = rule.treatment(home, buyer, day("2026-06-01")).expect("a rate");
    (treatment.category, treatment.rate.to_string())
}

#[test]
fn r36_the_rate_is_the_buyers_countrys() {
    let taxed = |buyer: &Taxpayer| taxed_from("DE", &rule(), buyer);
    assert_eq!(taxed(&buyer("DE")), (TaxCategory::Standard, "19".into()));
    assert_eq!(taxed(&buyer("FR")), (TaxCategory::Standard, "20".into()));
    // A state of the EU without a rate of its own is charged the seller's.
    assert_eq!(taxed(&buyer("PL")), (TaxCategory::Standard, "19".into()));
    assert_eq!(taxed(&buyer("JP")), (TaxCategory::Outside, "0".into()));
    let new_york = Taxpayer { region: Some("NY".into()), ..buyer("US") };
    assert_eq!(taxed(&new_york), (TaxCategory::Standard, "8.875".into()));
    assert_eq!(taxed(&buyer("US")), (TaxCategory::Outside, "0".into()));
    assert_eq!(rule().treatment(country("US"), &new_york, day("2026-06-01")).unwrap().label, "Sales tax");
}

#[test]
fn r36_reverse_charge_needs_a_right_vat_id_of_another_state_of_the_eu() {
    let taxed = |home: &str, buyer: &Taxpayer| taxed_from(home, &rule(), buyer).0;
    let (standard, reversed) = (TaxCategory::Standard, TaxCategory::ReverseCharge);
    assert_eq!(taxed("DE", &business("FR", "FR40303265045")), reversed);
    assert_eq!(taxed("DE", &business("GR", "EL 094259216")), reversed);
    assert_eq!(taxed("DE", &business("DE", "DE136695976")), standard);
    assert_eq!(taxed("DE", &business("FR", "FR40303265046")), standard, "a wrong check digit");
    assert_eq!(taxed("DE", &business("FR", "DE136695976")), standard, "another state's id");
    assert_eq!(taxed("US", &business("FR", "FR40303265045")), standard, "a seller outside the EU");
    assert_eq!(taxed("DE", &business("CH", "CHE107787577MWST")), TaxCategory::Outside);
    let no_rates = TaxRule::default();
    assert_eq!(taxed_from("DE", &no_rates, &business("FR", "FR40303265045")).0, TaxCategory::Outside);
}

#[test]
fn r36_an_exemption_is_stated_with_its_reason() {
    let small = TaxRule { seller_exempt: Some("§ 19 UStG".into()), ..rule() };
    let treatment = small.treatment(country("DE"), &business("FR", "FR40303265045"), day("2026-06-01")).unwrap();
    assert_eq!((treatment.category, treatment.reason.as_deref()), (TaxCategory::Exempt, Some("§ 19 UStG")));
    let school = Taxpayer { exempt: Some("certificate 7".into()), ..buyer("DE") };
    let treatment = rule().treatment(country("DE"), &school, day("2026-06-01")).unwrap();
    assert_eq!((treatment.category, treatment.reason.as_deref()), (TaxCategory::Exempt, Some("certificate 7")));
}

#[test]
fn r36_a_rate_counts_from_its_first_day_to_before_its_end() {
    let change = day("2021-01-01");
    let rates = vec![
        TaxRow { from: Some(day("2020-07-01")), until: Some(change), ..row("DE", None, "16") },
        TaxRow { from: Some(change), ..row("DE", None, "19") },
    ];
    let rule = TaxRule { rates, ..TaxRule::default() };
    let rate = |text: &str| rule.treatment(country("DE"), &buyer("DE"), day(text)).map(|one| one.rate.to_string());
    assert_eq!(rate("2020-07-01"), Ok("16".into()));
    assert_eq!(rate("2020-12-31"), Ok("16".into()));
    assert_eq!(rate("2021-01-01"), Ok("19".into()));
    // Never untaxed for want of a row.
    assert_eq!(rate("2020-06-30"), Err(NoTaxRate { country: country("DE"), day: day("2020-06-30") }));
}

#[test]
fn r36_a_regions_rate_goes_before_its_countrys() {
    let rule = TaxRule { rates: vec![row("ES", Some("CN"), "7"), row("ES", None, "21")], ..TaxRule::default() };
    let canaries = Taxpayer { region: Some("CN".into()), ..buyer("ES") };
    assert_eq!(taxed_from("ES", &rule, &canaries).1, "7");
    assert_eq!(taxed_from("ES", &rule, &buyer("ES")).1, "21");
}
