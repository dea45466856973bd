//! Invoices and credit notes: columns for what is looked for, JSON for the rest.

use chrono::NaiveDate;
use domain::{
    CustomerId, Invoice, InvoiceFacts, InvoiceKind, InvoiceNumber, Locale, OrderId, Paper, Settlement, TenantId,
};
use ports::Issued;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::money::parsed;
use super::party::PartyText;
use super::taxed::{TaxedText, taxed, taxed_text};
use super::{big, damaged, from_text, millis, number, time, to_text};
use crate::entity::document::Model;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SettlementText {
    Paid {
        on: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<String>,
        reference: String,
    },
    Due {
        by: String,
    },
}

#[derive(Serialize, Deserialize)]
struct CreditText {
    corrects: String,
    issued_on: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct InvoiceText {
    /// Of a credit note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credit: Option<CreditText>,
    issued_on: String,
    supplied_on: String,
    /// First and last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<(String, String)>,
    seller: PartyText,
    buyer: PartyText,
    settlement: SettlementText,
    locale: String,
    paper: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    taxed: TaxedText,
}

/// A document to be written.
pub(crate) fn document_row(tenant: TenantId, issued: &Issued) -> Result<Model, DbErr> {
    let number = &issued.invoice.facts().number;
    Ok(Model {
        tenant: tenant.0,
        series: number.series.clone(),
        year: number.year.into(),
        number: big(number.sequence),
        customer: issued.customer.0,
        order_id: issued.order.0,
        credit_note: issued.is_credit_note(),
        issued_at: millis(issued.issued_at),
        body: to_text(&invoice_text(&issued.invoice))?,
    })
}

fn invoice_text(invoice: &Invoice) -> InvoiceText {
    let facts = invoice.facts();
    let credit = match invoice.kind() {
        InvoiceKind::Invoice => None,
        InvoiceKind::CreditNote { corrects, issued_on, reason } => Some(CreditText {
            corrects: corrects.to_string(),
            issued_on: issued_on.to_string(),
            reason: reason.clone(),
        }),
    };
    let settlement = match &facts.settlement {
        Settlement::Paid { on, method, reference } => {
            SettlementText::Paid { on: on.to_string(), method: method.clone(), reference: reference.clone() }
        }
        Settlement::Due { by } => SettlementText::Due { by: by.to_string() },
    };
    InvoiceText {
        credit,
        issued_on: facts.issued_on.to_string(),
        supplied_on: facts.supplied_on.to_string(),
        period: facts.period.map(|(first, last)| (first.to_string(), last.to_string())),
        seller: (&facts.seller).into(),
        buyer: (&facts.buyer).into(),
        settlement,
        locale: facts.locale.tag().to_owned(),
        paper: facts.paper.word().to_owned(),
        note: facts.note.clone(),
        taxed: taxed_text(invoice.lines(), invoice.totals()),
    }
}

/// Reads a document back; all that a document owes is checked again (R36).
pub(crate) fn document(row: Model) -> Result<Issued, DbErr> {
    let number = InvoiceNumber { series: row.series, year: number(row.year)?, sequence: number(row.number)? };
    Ok(Issued {
        invoice: invoice(number, from_text(&row.body, "document")?)?,
        customer: CustomerId(row.customer),
        order: OrderId(row.order_id),
        issued_at: time(row.issued_at)?,
    })
}

fn invoice(number: InvoiceNumber, text: InvoiceText) -> Result<Invoice, DbErr> {
    let kind = match text.credit {
        None => InvoiceKind::Invoice,
        Some(credit) => InvoiceKind::CreditNote {
            corrects: parsed(&credit.corrects, "number of a document")?,
            issued_on: day(&credit.issued_on)?,
            reason: credit.reason,
        },
    };
    let settlement = match text.settlement {
        SettlementText::Paid { on, method, reference } => Settlement::Paid { on: day(&on)?, method, reference },
        SettlementText::Due { by } => Settlement::Due { by: day(&by)? },
    };
    let facts = InvoiceFacts {
        number,
        issued_on: day(&text.issued_on)?,
        supplied_on: day(&text.supplied_on)?,
        period: text.period.map(|(first, last)| Ok::<_, DbErr>((day(&first)?, day(&last)?))).transpose()?,
        seller: text.seller.try_into()?,
        buyer: text.buyer.try_into()?,
        settlement,
        locale: Locale::from_tag(&text.locale).ok_or_else(|| damaged("locale"))?,
        paper: Paper::from_word(&text.paper).ok_or_else(|| damaged("paper"))?,
        note: text.note,
    };
    Invoice::new(kind, facts, taxed(text.taxed)?).map_err(|_| damaged("document"))
}

fn day(text: &str) -> Result<NaiveDate, DbErr> {
    parsed(text, "day")
}
