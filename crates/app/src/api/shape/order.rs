//! Orders, what they would come to, and what was given back of them.

use domain::{CustomerId, GrantId, Order, OrderId, OrderLine, SubscriptionId, Taxed};
use poem_openapi::Object;
use ports::{GivenBack, GivenBackPart, PlacedOrder};
use service::order::{Preview, Quote};

use super::catalog::UnitPriceBody;
use crate::api::wire::{CreditsText, Id, MoneyBody, Time};

/// A pack of an order.
#[derive(Clone, Debug, Object)]
#[oai(rename = "OrderLine", skip_serializing_if_is_none)]
pub(crate) struct OrderLineBody {
    /// The pack's code.
    pack: String,
    /// What people call it.
    label: String,
    /// How many of it.
    quantity: u32,
    /// Credits of all of them.
    credits: CreditsText,
    /// What one costs on the price list.
    price: MoneyBody,
    /// What one credit costs.
    unit_price: Option<UnitPriceBody>,
    /// All of them, without tax.
    net: MoneyBody,
    /// The tax on it.
    tax: MoneyBody,
    /// When the credits end (exclusive) if paid now, and never earlier; absent where never.
    expires_at: Option<Time>,
}

impl From<&OrderLine> for OrderLineBody {
    fn from(line: &OrderLine) -> Self {
        Self {
            pack: line.pack.clone(),
            label: line.label.clone(),
            quantity: line.quantity,
            credits: line.credits().into(),
            price: line.price.into(),
            unit_price: line.unit_price().map(UnitPriceBody::from),
            net: line.net.into(),
            tax: line.tax.into(),
            expires_at: line.promised_until.map(Time::from),
        }
    }
}

/// A row of a tax summary.
#[derive(Clone, Debug, Object)]
#[oai(rename = "TaxRow", skip_serializing_if_is_none)]
pub(crate) struct TaxRowBody {
    /// What people call the tax.
    label: String,
    /// In percent: `"19"`.
    rate: String,
    /// The category of EN 16931: `S` standard, `Z` zero, `E` exempt, `AE` reverse charge, `O` outside.
    category: String,
    /// Why it is exempt.
    reason: Option<String>,
    /// What it is on.
    net: MoneyBody,
    /// The tax.
    tax: MoneyBody,
}

/// A tax summary's rows.
pub(crate) fn tax_rows(rows: &[domain::TaxTotal]) -> Vec<TaxRowBody> {
    let row = |row: &domain::TaxTotal| TaxRowBody {
        label: row.treatment.label.clone(),
        rate: row.treatment.rate.to_string(),
        category: row.treatment.category.code().to_owned(),
        reason: row.treatment.reason.clone(),
        net: row.net.into(),
        tax: row.tax.into(),
    };
    rows.iter().map(row).collect()
}

/// What an order would come to now.
#[derive(Clone, Debug, Object)]
#[oai(rename = "OrderPreview")]
pub(crate) struct OrderPreviewBody {
    /// Whose it would be.
    customer: Id<CustomerId>,
    /// Its packs.
    lines: Vec<OrderLineBody>,
    /// All its credits.
    credits: CreditsText,
    /// Without tax.
    net: MoneyBody,
    /// The tax.
    tax: MoneyBody,
    /// What is to be paid. Send it as `expected_total` with the order: it is refused if the price has changed.
    total: MoneyBody,
    /// The tax by rate.
    tax_rows: Vec<TaxRowBody>,
    /// Until when it could be paid.
    expires_at: Time,
}

impl From<&Quote> for OrderPreviewBody {
    fn from(quote: &Quote) -> Self {
        let Quote { order, taxed, .. } = quote;
        Self {
            customer: order.customer.into(),
            lines: lines(order),
            credits: order.credits().into(),
            net: order.net.into(),
            tax: order.tax.into(),
            total: order.gross.into(),
            tax_rows: rows(taxed),
            expires_at: order.expires_at.into(),
        }
    }
}

fn lines(order: &Order) -> Vec<OrderLineBody> {
    order.lines.iter().map(OrderLineBody::from).collect()
}

fn rows(taxed: &Taxed) -> Vec<TaxRowBody> {
    tax_rows(&taxed.totals)
}

/// What a customer is buying, or has bought.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Order", skip_serializing_if_is_none)]
pub(crate) struct OrderBody {
    /// Its id.
    pub(crate) id: Id<OrderId>,
    /// Whose.
    customer: Id<CustomerId>,
    /// `open`, `pending`, `paid`, `failed`, `canceled`, `expired`, `partly_refunded`, `refunded` or `disputed`.
    status: String,
    /// How it is paid: `checkout`, `saved` or `manual`.
    payment: String,
    /// Where the customer pays, or confirms the payment.
    checkout_url: Option<String>,
    /// The subscription whose charge it asks for.
    subscription: Option<Id<SubscriptionId>>,
    /// Which of the subscription's charges that is, counted from 1; each try is an order.
    charge: Option<u32>,
    /// Its packs; a subscription's charge has none.
    lines: Vec<OrderLineBody>,
    /// All credits of its packs.
    credits: CreditsText,
    /// Without tax.
    net: MoneyBody,
    /// The tax.
    tax: MoneyBody,
    /// What is to be paid.
    total: MoneyBody,
    /// The tax by rate.
    tax_rows: Vec<TaxRowBody>,
    /// What it granted, once it is paid; for a subscription's charge, what the plan has given for it so far.
    grants: Vec<Id<GrantId>>,
    /// The number of its invoice.
    invoice: Option<String>,
    /// Given back so far, tax included.
    refunded: MoneyBody,
    /// What was given back, in order.
    refunds: Vec<RefundBody>,
    /// What happened that someone should know of: why the payment was declined, for instance.
    note: Option<String>,
    /// The version of the catalog that it was ordered from.
    catalog_version: u32,
    /// When it was placed.
    created_at: Time,
    /// Until when it can be paid (exclusive).
    expires_at: Time,
    /// When it was paid.
    paid_at: Option<Time>,
}

impl From<&PlacedOrder> for OrderBody {
    fn from(placed: &PlacedOrder) -> Self {
        let order = &placed.order;
        Self {
            id: order.id.into(),
            customer: order.customer.into(),
            status: placed.status().word().to_owned(),
            payment: order.way.word().to_owned(),
            checkout_url: page(placed),
            subscription: order.charge.map(|charge| charge.subscription.into()),
            charge: order.charge.map(|charge| charge.number),
            lines: lines(order),
            credits: order.credits().into(),
            net: order.net.into(),
            tax: order.tax.into(),
            total: order.gross.into(),
            tax_rows: rows(&placed.taxed),
            grants: placed.grants.iter().copied().map(Id::from).collect(),
            invoice: placed.invoice.as_ref().map(ToString::to_string),
            refunded: order.refunded.into(),
            refunds: placed.refunds.iter().map(RefundBody::from).collect(),
            note: placed.note.clone(),
            catalog_version: order.catalog_version,
            created_at: order.created_at.into(),
            expires_at: order.expires_at.into(),
            paid_at: order.payment.as_ref().map(|payment| payment.at.into()),
        }
    }
}

/// Where the customer pays, or confirms the payment, as long as it can be paid.
pub(crate) fn page(placed: &PlacedOrder) -> Option<String> {
    let waits = placed.status().awaits_payment() && placed.order.payment.is_none();
    placed.attempt.as_ref().filter(|_| waits).and_then(|attempt| attempt.url.clone())
}

/// What was taken back of one grant, and the money for it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "RefundPart")]
pub(crate) struct RefundPartBody {
    /// Which grant.
    grant: Id<GrantId>,
    /// How many credits.
    credits: CreditsText,
    /// Money for them, without tax.
    net: MoneyBody,
    /// The tax on it.
    tax: MoneyBody,
}

impl From<&GivenBackPart> for RefundPartBody {
    fn from(part: &GivenBackPart) -> Self {
        Self { grant: part.grant.into(), credits: part.credits.into(), net: part.net.into(), tax: part.tax.into() }
    }
}

/// Money that was given back, or that the bank took back.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Refund", skip_serializing_if_is_none)]
pub(crate) struct RefundBody {
    /// Its place among the order's refunds, from 1.
    number: u32,
    /// `pending`, `settled`, `failed` or `charged_back`.
    status: String,
    /// By grant.
    parts: Vec<RefundPartBody>,
    /// The money, tax included.
    total: MoneyBody,
    /// After a chargeback: what the customer owes for credits that were used, held or expired.
    receivable: Option<MoneyBody>,
    /// Why.
    reason: Option<String>,
    /// The number of its credit note.
    credit_note: Option<String>,
    /// When it was begun.
    created_at: Time,
}

impl From<&GivenBack> for RefundBody {
    fn from(refund: &GivenBack) -> Self {
        let owed = domain::Money { minor: refund.receivable, ..refund.gross };
        Self {
            number: refund.number,
            status: refund.status.word().to_owned(),
            parts: refund.parts.iter().map(RefundPartBody::from).collect(),
            total: refund.gross.into(),
            receivable: (owed.minor > 0).then(|| owed.into()),
            reason: refund.reason.clone(),
            credit_note: refund.credit_note.as_ref().map(ToString::to_string),
            created_at: refund.created_at.into(),
        }
    }
}

/// What a refund would come to now.
#[derive(Clone, Debug, Object)]
#[oai(rename = "RefundPreview")]
pub(crate) struct RefundPreviewBody {
    /// By grant.
    parts: Vec<RefundPartBody>,
    /// The credits that would be taken back.
    credits: CreditsText,
    /// The money for them, without tax.
    net: MoneyBody,
    /// The tax on it.
    tax: MoneyBody,
    /// What the customer would get.
    total: MoneyBody,
}

impl From<&Preview> for RefundPreviewBody {
    fn from(preview: &Preview) -> Self {
        Self {
            parts: preview.parts.iter().map(RefundPartBody::from).collect(),
            credits: preview.credits.into(),
            net: preview.net.into(),
            tax: preview.tax.into(),
            total: preview.gross.into(),
        }
    }
}
