//! Documents that are to be numbered, whatever they are of: dated by their customer's time, and mailed (R36).

use chrono::Datelike as _;
use domain::{
    CustomerId, Instant, Invoice, InvoiceFacts, InvoiceFlaw, InvoiceNumber, Locale, Party, Seller, Settlement, TenantId,
};
use ports::{CustomerBook, Mailbox, NewDocument};

use crate::{Context, Failure};

/// Whom documents are for.
#[derive(Clone, Debug)]
pub(crate) struct Recipient {
    /// Their time: their test clock's, or the real one; never before their last entry (R7).
    pub(crate) now: Instant,
    /// Where their mail goes; nowhere for one without an address.
    pub(crate) mailbox: Option<Mailbox>,
}

/// A customer as whom documents are for.
pub(crate) async fn recipient(ctx: &Context, tenant: TenantId, customer: CustomerId) -> Result<Recipient, Failure> {
    let found = ctx.customers.get(tenant, customer).await?.ok_or(Failure::NotFound("customer"))?;
    Ok(Recipient::of(found, ctx.clock.now()))
}

impl Recipient {
    /// A customer who was read already; `real` is the real time.
    pub(crate) fn of(found: CustomerBook, real: Instant) -> Self {
        let now = found.now(real);
        let customer = found.customer;
        Self { now, mailbox: customer.email.map(|address| Mailbox { name: customer.name, address }) }
    }
}

/// The parties of a sale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parties<'a> {
    /// Who sells.
    pub(crate) seller: &'a Seller,
    /// Who buys.
    pub(crate) buyer: &'a Party,
    /// In which language its documents are written.
    pub(crate) locale: Locale,
}

impl Parties<'_> {
    /// What a document between them says besides its amounts: settled on its own day, by what `reference` finds again.
    /// Until it is [numbered](document) it is the first of its series.
    pub(crate) fn facts(self, series: &str, issued_at: Instant, reference: String) -> InvoiceFacts {
        let Parties { seller, buyer, locale } = self;
        let day = issued_at.date_naive();
        InvoiceFacts {
            number: InvoiceNumber { series: series.to_owned(), year: day.year(), sequence: 1 },
            issued_on: day,
            supplied_on: day,
            period: None,
            seller: seller.party.clone(),
            buyer: buyer.clone(),
            settlement: Settlement::Paid { on: day, method: None, reference },
            locale,
            paper: seller.paper,
            note: seller.note.clone(),
        }
    }
}

/// The document that `build` makes of these facts, once their number is the next of its series.
pub(crate) fn document(
    ctx: &Context,
    recipient: Recipient,
    facts: InvoiceFacts,
    build: impl Fn(InvoiceFacts) -> Result<Invoice, InvoiceFlaw> + Send + Sync + 'static,
) -> NewDocument {
    NewDocument {
        series: facts.number.series.clone(),
        year: facts.number.year,
        build: Box::new(move |number| build(InvoiceFacts { number, ..facts.clone() })),
        refund: None,
        issued_at: recipient.now,
        to: recipient.mailbox,
        mail_at: ctx.clock.now(),
    }
}
