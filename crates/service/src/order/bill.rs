//! The invoice of an order, and the credit notes of its refunds (R36).

use chrono::NaiveDate;
use domain::{
    CustomerId, Instant, Invoice, InvoiceFacts, InvoiceKind, InvoiceLine, InvoiceNumber, Money, Seller, TaxTotal,
    Taxed, TenantId,
};
use ports::{GivenBack, NewDocument, PlacedOrder};

use crate::issue::{Parties, document, recipient};
use crate::{Context, Failure};

/// A customer's time: their test clock's, or the real one.
pub(crate) async fn now_of(ctx: &Context, tenant: TenantId, customer: CustomerId) -> Result<Instant, Failure> {
    Ok(recipient(ctx, tenant, customer).await?.now)
}

/// Who sold it, by the catalog that it was ordered from (R21).
async fn seller(ctx: &Context, tenant: TenantId, placed: &PlacedOrder) -> Result<Seller, Failure> {
    let catalog = ctx.catalog_of(tenant, placed.order.catalog_version).await?.catalog;
    catalog.seller.clone().ok_or(Failure::NothingSold)
}

fn parties<'a>(seller: &'a Seller, placed: &'a PlacedOrder) -> Parties<'a> {
    Parties { seller, buyer: &placed.buyer, locale: placed.locale }
}

/// Whether the order's invoice could be written: asked before anyone pays.
pub(crate) async fn check(ctx: &Context, tenant: TenantId, placed: &PlacedOrder) -> Result<(), Failure> {
    let seller = seller(ctx, tenant, placed).await?;
    let facts = parties(&seller, placed).facts(&seller.invoice_series, placed.order.created_at, String::new());
    let invoice = Invoice::new(InvoiceKind::Invoice, facts, placed.taxed.clone());
    invoice.map(drop).map_err(|flaw| Failure::Untaxable(flaw.to_string()))
}

/// The invoice of a paid order, which may bill a period: its first and its last day.
pub(crate) async fn invoice(
    ctx: &Context,
    tenant: TenantId,
    placed: &PlacedOrder,
    period: Option<(NaiveDate, NaiveDate)>,
) -> Result<NewDocument, Failure> {
    let seller = seller(ctx, tenant, placed).await?;
    let recipient = recipient(ctx, tenant, placed.order.customer).await?;
    let payment = placed.order.payment.as_ref().map(|payment| payment.id.clone()).unwrap_or_default();
    let facts = parties(&seller, placed).facts(&seller.invoice_series, recipient.now, payment);
    let facts = InvoiceFacts { period, ..facts };
    let taxed = placed.taxed.clone();
    let build = move |facts| Invoice::new(InvoiceKind::Invoice, facts, taxed.clone());
    Ok(document(ctx, recipient, facts, build))
}

/// The credit note of a refund; none where no money went back, or nothing was invoiced.
pub(super) async fn credit_note(
    ctx: &Context,
    tenant: TenantId,
    placed: &PlacedOrder,
    refund: &GivenBack,
) -> Result<Option<NewDocument>, Failure> {
    let Some(number) = placed.invoice.as_ref().filter(|_| refund.gross.minor > 0) else { return Ok(None) };
    let invoice = issued(ctx, tenant, number).await?.ok_or(Failure::NotFound("invoice"))?;
    let mut earlier = Vec::new();
    for number in placed.refunds.iter().filter_map(|refund| refund.credit_note.as_ref()) {
        earlier.push(issued(ctx, tenant, number).await?.ok_or(Failure::NotFound("credit note"))?);
    }
    let seller = seller(ctx, tenant, placed).await?;
    let recipient = recipient(ctx, tenant, placed.order.customer).await?;
    let name = refund.name(placed.order.id);
    let facts = parties(&seller, placed).facts(&seller.credit_note_series, recipient.now, name);
    let (taxed, reason) = (taxed(placed, refund), refund.reason.clone());
    let build = move |facts| Invoice::credit(&invoice, facts, reason.clone(), taxed.clone(), &earlier);
    Ok(Some(NewDocument { refund: Some(refund.number), ..document(ctx, recipient, facts, build) }))
}

async fn issued(ctx: &Context, tenant: TenantId, number: &InvoiceNumber) -> Result<Option<Invoice>, Failure> {
    Ok(ctx.documents.issued(tenant, number).await?.map(|issued| issued.invoice))
}

/// The parts of a refund, as its credit note says them.
fn taxed(placed: &PlacedOrder, refund: &GivenBack) -> Taxed {
    let mut taxed = Taxed { lines: Vec::new(), totals: Vec::new() };
    for part in &refund.parts {
        let place = placed.grants.iter().position(|grant| *grant == part.grant);
        // A charge is for one plan, whatever it gave.
        let place = if placed.order.charge.is_some() { Some(0) } else { place };
        let Some(line) = place.and_then(|place| placed.taxed.lines.get(place)) else { continue };
        let description = format!("{}: {} credits", line.description, part.credits);
        add(&mut taxed, line, description, part.net, part.tax);
    }
    if let (Some((net, tax)), Some(line)) = (refund.ungranted, placed.taxed.lines.first()) {
        add(&mut taxed, line, line.description.clone(), net, tax);
    }
    taxed
}

fn add(taxed: &mut Taxed, of: &InvoiceLine, description: String, net: Money, tax: Money) {
    let treatment = of.treatment.clone();
    taxed.lines.push(InvoiceLine { description, quantity: 1, net, treatment: treatment.clone() });
    match taxed.totals.iter_mut().find(|row| row.treatment.is_summed_with(&treatment)) {
        Some(row) => {
            row.net.minor = row.net.minor.saturating_add(net.minor);
            row.tax.minor = row.tax.minor.saturating_add(tax.minor);
        }
        None => taxed.totals.push(TaxTotal { treatment, net, tax }),
    }
}
