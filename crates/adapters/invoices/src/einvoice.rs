//! The same invoice as EN 16931 states it.

use chrono::{Datelike, NaiveDate};
use domain::{Invoice, InvoiceKind, InvoiceLine, Money, Settlement, TaxCategory, TaxTreatment, VatId};
use en16931::invoice::{
    Code, Contact, Delivery, DocumentTotals, Item, Party, PaymentInstructions, Period, PostalAddress, PrecedingInvoice,
    PriceDetails, VatBreakdown,
};
use en16931::profiles::En16931;
use en16931::validation::profile::Validated;
use en16931::{Date, DocumentReference, Identifier, InvoiceAmount, Percentage, Quantity, UnitPriceAmount, profiles};

/// One unit that is nothing in particular (UN/ECE Recommendation 20).
const UNIT: &str = "C62";
/// Decimals of every amount.
const DECIMALS: u32 = 2;

/// Whether EN 16931 can state amounts of this currency.
pub(crate) fn can_state(invoice: &Invoice) -> bool {
    invoice.currency().exponent().is_some_and(|decimals| u32::from(decimals) <= DECIMALS)
}

/// The e-invoice, proven to keep the rules, or the rules that it breaks.
pub(crate) fn e_invoice(invoice: &Invoice) -> Result<Validated<En16931>, String> {
    let built = build(invoice).ok_or("a date or an amount is beyond what it can state")?;
    Validated::new(built).map_err(|rejected| {
        let broken = rejected.report().fatal().map(ToString::to_string);
        broken.collect::<Vec<_>>().join("; ")
    })
}

fn build(invoice: &Invoice) -> Option<en16931::Invoice> {
    let facts = invoice.facts();
    let outside = invoice.totals().iter().any(|row| row.treatment.category == TaxCategory::Outside);
    let (id, currency) = (profiles::EN16931.specification_id, invoice.currency().code());
    let credit_note = matches!(invoice.kind(), InvoiceKind::CreditNote { .. });
    let code = if credit_note { "381" } else { "380" };
    let mut document = en16931::Invoice::builder(id, facts.number.to_string(), date(facts.issued_on)?, code, currency)
        .seller(seller(&facts.seller, outside)?)
        .buyer(party(&facts.buyer, outside)?)
        .delivery(Delivery { date: Some(date(facts.supplied_on)?), ..Delivery::default() })
        .totals(totals(invoice)?);
    for (place, line) in invoice.lines().iter().enumerate() {
        document = document.line(self::line(place + 1, line)?);
    }
    for row in invoice.totals() {
        document = document.vat_breakdown(breakdown(row)?);
    }
    document = match &facts.settlement {
        Settlement::Paid { method, reference, .. } => document.payment(paid(method.as_deref(), reference)),
        Settlement::Due { by } => document.due_date(date(*by)?),
    };
    if let Some(note) = &facts.note {
        document = document.note(note.as_str());
    }
    let mut document = if credit_note { document.credit_note() } else { document }.build();
    if let Some((first, last)) = facts.period {
        document.invoicing_period = Some(Period { start: Some(date(first)?), end: Some(date(last)?) });
    }
    if let InvoiceKind::CreditNote { corrects, issued_on, reason } = invoice.kind() {
        let reference = DocumentReference::new(corrects.to_string());
        document.preceding_invoices = vec![PrecedingInvoice { reference, issue_date: Some(date(*issued_on)?) }];
        document.notes.extend(reason.as_deref().map(Into::into));
    }
    Some(document)
}

fn date(day: NaiveDate) -> Option<Date> {
    Date::new(day.year(), u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?).ok()
}

/// In hundredths, whatever the currency's own minor unit is.
fn amount(money: Money) -> Option<InvoiceAmount> {
    let missing = DECIMALS.checked_sub(money.currency.exponent()?.into())?;
    money.minor.checked_mul(10_i64.checked_pow(missing)?).map(InvoiceAmount::from_minor_units)
}

/// Sales outside of VAT must not name VAT ids (BR-O-02), but a seller must still be told from others (BR-CO-26).
fn seller(seller: &domain::Party, outside: bool) -> Option<Party> {
    let mut party = party(seller, outside)?;
    if let Some(id) = &seller.tax_id
        && !outside
        && party.vat_identifier.is_none()
    {
        party.tax_registration = Some(id.clone());
    }
    if party.vat_identifier.is_none() && party.legal_registration.is_none() {
        let id = seller.tax_id.as_ref().or(seller.email.as_ref()).unwrap_or(&seller.name);
        party.identifiers = vec![Identifier::new(id.as_str())];
    }
    Some(party)
}

fn party(party: &domain::Party, outside: bool) -> Option<Party> {
    let mut lines = party.address.iter().cloned();
    let address = PostalAddress {
        line1: lines.next(),
        line2: lines.next(),
        line3: lines.next(),
        city: party.city.clone(),
        post_code: party.postal_code.clone(),
        subdivision: party.region.clone(),
        country: Some(Code::new(party.country.code())),
    };
    let vat_id = party.tax_id.as_deref().filter(|_| !outside).and_then(|id| id.parse::<VatId>().ok());
    let mut stated = Party::new(party.name.as_str(), address);
    stated.vat_identifier = vat_id.map(|id| id.to_string());
    stated.legal_registration = party.registration.as_deref().map(Identifier::new);
    if let Some(email) = &party.email {
        stated = stated
            .with_electronic_address(Identifier::eas(email.as_str(), "EM").ok()?)
            .with_contact(Contact { email: Some(email.clone()), ..Contact::default() });
    }
    Some(stated)
}

/// A payment that has been made: how is told in words, since its provider is no bank account of the seller.
fn paid(method: Option<&str>, reference: &str) -> PaymentInstructions {
    PaymentInstructions {
        // UNCL 4461: not defined.
        means_code: Some(Code::new("1")),
        means_text: method.map(str::to_owned),
        remittance_information: Some(reference.to_owned()),
        means: None,
    }
}

fn line(place: usize, line: &InvoiceLine) -> Option<en16931::InvoiceLine> {
    let pieces: Quantity = line.quantity.to_string().parse().ok()?;
    // No price is below zero (BR-27): so many less are sold.
    let quantity: Quantity = if line.net.minor < 0 { format!("-{pieces}").parse().ok()? } else { pieces };
    // A price for one where that is exact, else for all of them.
    let exact = line.unit_net().minor.checked_mul(line.quantity.into()) == Some(line.net.minor);
    let price = if exact {
        PriceDetails { net_price: price(line.unit_net())?, ..PriceDetails::default() }
    } else {
        PriceDetails { net_price: price(line.net)?, base_quantity: Some(pieces), ..PriceDetails::default() }
    };
    let (category, rate) = (line.treatment.category.code(), rate(&line.treatment)?);
    let item = Item { name: Some(line.description.clone()), ..Item::default() };
    let stated = en16931::InvoiceLine::new(place.to_string(), "", quantity, UNIT, amount(line.net)?, category, rate);
    Some(stated.with_item(item).with_price(price))
}

/// Above zero, whichever way the money goes.
fn price(money: Money) -> Option<UnitPriceAmount> {
    let positive = Money { minor: money.minor.checked_abs()?, ..money };
    amount(positive).map(|amount| UnitPriceAmount::from(amount.into_decimal()))
}

/// What is outside of VAT has no rate, not even zero (BR-O-05).
#[expect(clippy::option_option, reason = "a rate that cannot be stated is not one that is not there")]
fn rate(treatment: &TaxTreatment) -> Option<Option<Percentage>> {
    match treatment.category {
        TaxCategory::Outside => Some(None),
        _ => treatment.rate.to_string().parse().ok().map(Some),
    }
}

fn breakdown(row: &domain::TaxTotal) -> Option<VatBreakdown> {
    let (reason, code) = match row.treatment.category {
        TaxCategory::Standard | TaxCategory::Zero => (None, None),
        TaxCategory::Exempt => (Some(row.treatment.reason.as_deref().unwrap_or("Exempt")), None),
        TaxCategory::ReverseCharge => (Some("Reverse charge"), Some("VATEX-EU-AE")),
        TaxCategory::Outside => (Some("Not subject to VAT"), Some("VATEX-EU-O")),
    };
    Some(VatBreakdown {
        taxable_amount: amount(row.net)?,
        tax_amount: amount(row.tax)?,
        category: Code::new(row.treatment.category.code()),
        rate: rate(&row.treatment)?,
        exemption_reason: reason.map(str::to_owned),
        exemption_reason_code: code.map(Code::new),
    })
}

fn totals(invoice: &Invoice) -> Option<DocumentTotals> {
    let (net, gross) = (amount(invoice.net())?, amount(invoice.gross())?);
    let (paid, due) = match invoice.facts().settlement {
        Settlement::Paid { .. } => (Some(gross), InvoiceAmount::ZERO),
        Settlement::Due { .. } => (None, gross),
    };
    Some(DocumentTotals {
        line_total: net,
        taxable_total: net,
        vat_total: Some(amount(invoice.tax())?),
        gross_total: gross,
        paid,
        due,
        ..DocumentTotals::default()
    })
}
