//! Short words for what the tests are about.

use chrono::NaiveDate;
use folio_domain::{
    Country, Currency, InvoiceFacts, InvoiceNumber, Locale, Money, Paper, Party, Sale, Settlement, TaxCategory,
    TaxTreatment,
};

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub(crate) fn country(code: &str) -> Country {
    Country::from_code(code).expect("a country")
}

pub(crate) fn euros(minor: i64) -> Money {
    Money { minor, currency: Currency::EUR }
}

/// Taxed at this rate.
pub(crate) fn at(rate: &str) -> TaxTreatment {
    TaxTreatment::at(rate.parse().expect("a rate"), "VAT")
}

pub(crate) fn untaxed(category: TaxCategory) -> TaxTreatment {
    TaxTreatment::without_tax(category, None)
}

pub(crate) fn sale(quantity: u32, unit: i64, treatment: TaxTreatment) -> Sale {
    Sale { description: "Credits".into(), quantity, unit_price: euros(unit), treatment }
}

fn party(name: &str) -> Party {
    Party {
        name: name.into(),
        address: vec!["Street 1".into()],
        postal_code: Some("10115".into()),
        city: Some("Berlin".into()),
        region: None,
        country: country("DE"),
        tax_id: Some("DE123456788".into()),
        registration: None,
        email: None,
    }
}

pub(crate) fn facts(number: &str) -> InvoiceFacts {
    let number: InvoiceNumber = number.parse().expect("a number");
    let issued_on = day("2026-06-01");
    InvoiceFacts {
        number,
        issued_on,
        supplied_on: issued_on,
        period: None,
        seller: party("Example GmbH"),
        buyer: party("Example AG"),
        settlement: Settlement::Due { by: day("2026-06-15") },
        locale: Locale::EnUs,
        paper: Paper::A4,
        note: None,
    }
}
