//! The invoice of an order, and the credit notes of its refunds (R36).

use chrono::Datelike as _;
use domain::{CustomerId, Instant, Invoice, InvoiceFacts, InvoiceKind, InvoiceNumber, Seller, Settlement, TenantId};
use ports::{Mailbox, NewDocument, PlacedOrder};

use crate::context::parsed;
use crate::{Context, Failure};

/// A customer's time: their test clock's, or the real one.
pub(super) async fn now_of(ctx: &Context, tenant: TenantId, customer: CustomerId) -> Result<Instant, Failure> {
    let found = ctx.customers.get(tenant, customer).await?.ok_or(Failure::NotFound("customer"))?;
    Ok(found.frozen_at.unwrap_or_else(|| ctx.clock.now()).max(found.book.last_at))
}

/// Who sold it, by the catalog that it was ordered from (R21).
pub(super) async fn seller(ctx: &Context, tenant: TenantId, placed: &PlacedOrder) -> Result<Seller, Failure> {
    let published = ctx.catalogs.get(tenant, placed.order.catalog_version).await?;
    let catalog = parsed(&published.ok_or(Failure::NotFound("catalog"))?)?.catalog;
    catalog.seller.clone().ok_or(Failure::NothingSold)
}

/// Whether the order's invoice could be written: asked before anyone pays.
pub(super) async fn check(ctx: &Context, tenant: TenantId, placed: &PlacedOrder) -> Result<(), Failure> {
    let seller = seller(ctx, tenant, placed).await?;
    let (series, now) = (seller.invoice_series.clone(), placed.order.created_at);
    let number = InvoiceNumber { series, year: now.date_naive().year(), sequence: 1 };
    let invoice = Invoice::new(InvoiceKind::Invoice, facts(&seller, placed, now, number, ""), placed.taxed.clone());
    invoice.map(drop).map_err(|flaw| Failure::Untaxable(flaw.to_string()))
}

/// The invoice of a paid order.
pub(super) async fn invoice(ctx: &Context, tenant: TenantId, placed: &PlacedOrder) -> Result<NewDocument, Failure> {
    let seller = seller(ctx, tenant, placed).await?;
    let issued_at = now_of(ctx, tenant, placed.order.customer).await?;
    let payment = placed.order.payment.as_ref().map(|payment| payment.id.clone()).unwrap_or_default();
    let (series, of) = (seller.invoice_series.clone(), placed.clone());
    let build = move |number| {
        let facts = facts(&seller, &of, issued_at, number, &payment);
        Invoice::new(InvoiceKind::Invoice, facts, of.taxed.clone())
    };
    Ok(NewDocument {
        series,
        year: issued_at.date_naive().year(),
        build: Box::new(build),
        refund: None,
        issued_at,
        to: recipient(ctx, tenant, placed.order.customer).await?,
        mail_at: ctx.clock.now(),
    })
}

/// What a document says besides its amounts.
pub(super) fn facts(
    seller: &Seller,
    placed: &PlacedOrder,
    issued_at: Instant,
    number: InvoiceNumber,
    payment: &str,
) -> InvoiceFacts {
    let day = issued_at.date_naive();
    InvoiceFacts {
        number,
        issued_on: day,
        supplied_on: day,
        period: None,
        seller: seller.party.clone(),
        buyer: placed.buyer.clone(),
        settlement: Settlement::Paid { on: day, method: None, reference: payment.to_owned() },
        locale: placed.locale,
        paper: seller.paper,
        note: seller.note.clone(),
    }
}

/// Where a customer's documents are mailed; nowhere for one without an address.
pub(super) async fn recipient(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
) -> Result<Option<Mailbox>, Failure> {
    let found = ctx.customers.get(tenant, customer).await?.ok_or(Failure::NotFound("customer"))?;
    let customer = found.customer;
    Ok(customer.email.map(|address| Mailbox { name: customer.name, address }))
}
