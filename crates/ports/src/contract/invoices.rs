//! What every renderer of invoices promises.

use domain::{
    Country, Currency, Invoice, InvoiceFacts, InvoiceKind, Locale, Money, Paper, Party, Sale, Settlement, TaxRule,
    TaxTreatment, Taxed,
};

use crate::InvoiceRenderer;

/// An invoice over 100.00 with 19 % of tax, and this number.
#[must_use]
pub fn invoice(number: &str) -> Invoice {
    Invoice::new(InvoiceKind::Invoice, facts(number), taxed()).expect("consistent")
}

pub(crate) fn taxed() -> Taxed {
    let treatment = TaxTreatment::at("19".parse().expect("a rate"), "VAT");
    let unit_price = Money { minor: 10_000, currency: Currency::EUR };
    let sale = Sale { description: "1,000 credits".into(), quantity: 1, unit_price, treatment };
    TaxRule::default().tax(&[sale]).expect("taxable")
}

pub(crate) fn facts(number: &str) -> InvoiceFacts {
    let day = |text: &str| text.parse().expect("a day");
    let party = |name: &str, tax_id: Option<&str>| Party {
        name: name.into(),
        address: vec!["Street 1".into()],
        postal_code: Some("10115".into()),
        city: Some("Berlin".into()),
        region: None,
        country: Country::from_code("DE").expect("a country"),
        tax_id: tax_id.map(str::to_owned),
        registration: None,
        email: None,
    };
    InvoiceFacts {
        number: number.parse().expect("a number"),
        issued_on: day("2026-06-01"),
        supplied_on: day("2026-06-01"),
        period: None,
        seller: party("Example GmbH", Some("DE123456788")),
        buyer: party("Example AG", None),
        settlement: Settlement::Due { by: day("2026-06-15") },
        locale: Locale::EnGb,
        paper: Paper::A4,
        note: None,
    }
}

/// R36: a PDF, the same for the same invoice, another for another one, for credit notes as well.
pub fn renders_pdfs(renderer: &dyn InvoiceRenderer) {
    let invoice = |number| invoice(number);
    let render = |invoice: &Invoice| renderer.render(invoice).expect("rendered");
    let first = invoice("INV-2026-000001");
    let rendered = render(&first);
    assert!(rendered.pdf.starts_with(b"%PDF-") && rendered.pages == 1);
    assert_eq!(rendered, render(&first), "the same invoice is the same file");
    assert_ne!(rendered.pdf, render(&invoice("INV-2026-000002")).pdf);
    let part = first.part(0, 5_000, "Refund").expect("a part");
    let note = first.credit(facts("CN-2026-000001"), None, part, &[]).expect("within");
    let note = render(&note);
    assert!(note.pdf.starts_with(b"%PDF-"));
    assert_ne!(rendered.pdf, note.pdf);
}
