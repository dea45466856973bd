//! Invoices and credit notes.

use domain::{CustomerId, InvoiceKind, OrderId, Party, Settlement};
use poem_openapi::Object;
use ports::Issued;

use super::order::{TaxRowBody, tax_rows};
use crate::api::wire::{Id, MoneyBody, Time};

/// Who sells or buys, as the document names them.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Party", skip_serializing_if_is_none)]
pub(crate) struct PartyBody {
    /// Their legal name.
    name: String,
    /// Street and number, and what else stands above the city.
    address: Vec<String>,
    /// The postal code.
    postal_code: Option<String>,
    /// The city.
    city: Option<String>,
    /// State or province.
    region: Option<String>,
    /// ISO 3166: `DE`.
    country: String,
    /// The VAT id, or the tax number.
    tax_id: Option<String>,
}

impl From<&Party> for PartyBody {
    fn from(party: &Party) -> Self {
        Self {
            name: party.name.clone(),
            address: party.address.clone(),
            postal_code: party.postal_code.clone(),
            city: party.city.clone(),
            region: party.region.clone(),
            country: party.country.code().to_owned(),
            tax_id: party.tax_id.clone(),
        }
    }
}

/// A line of a document.
#[derive(Clone, Debug, Object)]
#[oai(rename = "InvoiceLine")]
pub(crate) struct InvoiceLineBody {
    /// What.
    description: String,
    /// How many.
    quantity: u32,
    /// All of them, without tax.
    net: MoneyBody,
}

/// An invoice or a credit note. It never changes.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Invoice", skip_serializing_if_is_none)]
pub(crate) struct InvoiceBody {
    /// Its number, which is its id: `INV-2026-000123`.
    number: String,
    /// `invoice` or `credit_note`.
    kind: String,
    /// Whose.
    customer: Id<CustomerId>,
    /// Of which order.
    order: Id<OrderId>,
    /// Its date: `2026-11-22`.
    issued_on: String,
    /// When it was issued.
    issued_at: Time,
    /// Who sells.
    seller: PartyBody,
    /// Who buys.
    buyer: PartyBody,
    /// Its lines.
    lines: Vec<InvoiceLineBody>,
    /// The tax by rate.
    tax_rows: Vec<TaxRowBody>,
    /// Without tax.
    net: MoneyBody,
    /// The tax.
    tax: MoneyBody,
    /// With tax.
    total: MoneyBody,
    /// The provider's reference of the payment.
    payment: Option<String>,
    /// Of a credit note: the number of the invoice that it corrects.
    corrects: Option<String>,
    /// Of a credit note: why.
    reason: Option<String>,
}

impl From<&Issued> for InvoiceBody {
    fn from(issued: &Issued) -> Self {
        let Issued { invoice, customer, order, issued_at } = issued;
        let facts = invoice.facts();
        let (kind, corrects, reason) = match invoice.kind() {
            InvoiceKind::Invoice => ("invoice", None, None),
            InvoiceKind::CreditNote { corrects, reason, .. } => {
                ("credit_note", Some(corrects.to_string()), reason.clone())
            }
        };
        let line = |line: &domain::InvoiceLine| InvoiceLineBody {
            description: line.description.clone(),
            quantity: line.quantity,
            net: line.net.into(),
        };
        Self {
            number: facts.number.to_string(),
            kind: kind.to_owned(),
            customer: (*customer).into(),
            order: (*order).into(),
            issued_on: facts.issued_on.to_string(),
            issued_at: (*issued_at).into(),
            seller: (&facts.seller).into(),
            buyer: (&facts.buyer).into(),
            lines: invoice.lines().iter().map(line).collect(),
            tax_rows: tax_rows(invoice.totals()),
            net: invoice.net().into(),
            tax: invoice.tax().into(),
            total: invoice.gross().into(),
            payment: match &facts.settlement {
                Settlement::Paid { reference, .. } => Some(reference.clone()),
                Settlement::Due { .. } => None,
            },
            corrects,
            reason,
        }
    }
}
