//! Sending the mail that waits: each is put together when it is sent, and sent until a server takes it (R36).

mod letter;
mod preview;

use chrono::TimeDelta;
use domain::{Catalog, Credits, Customer, CustomerId, Instant, Invoice, InvoiceNumber, OrderId, TenantId};
use ports::{Attachment, Issued, Mail, MailError, MailStatus, Mailbox, Occasion, OutboxMail, Rendered, Written};

use crate::{Context, Failure};
use letter::{Facts, Unpaid, written};

pub use preview::{Template, preview};

/// How long a taker has for a mail before another may take it.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How many in one go, before the worker looks at the clock again.
const BATCH: u64 = 20;
/// Pauses before the second try, the third, …; after the last one it has failed.
const PAUSES: [TimeDelta; 9] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::hours(1),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
    TimeDelta::hours(12),
    TimeDelta::hours(24),
    TimeDelta::hours(24),
];

/// Sends what is due; how many were tried.
pub async fn send_due(ctx: &Context) -> Result<u64, Failure> {
    let Some(mailer) = ctx.mailer.clone() else { return Ok(0) };
    let mut tried = 0;
    while tried < BATCH {
        // One at a time: what is taken and waits behind a slow server could be sent by another process meanwhile.
        let now = ctx.clock.now();
        let Some((tenant, queued)) = ctx.outbox.take(now, now + LEASE, 1).await?.pop() else { break };
        let outcome = match compose(ctx, tenant, &queued).await {
            Ok(mail) => mailer.send(&mail).await,
            Err(failure) => Err(MailError::Again(failure.into())),
        };
        ctx.outbox.tried(tenant, &after(queued, outcome, ctx.clock.now())).await?;
        tried += 1;
    }
    Ok(tried)
}

/// The mail after a try.
fn after(mail: OutboxMail, outcome: Result<(), MailError>, now: Instant) -> OutboxMail {
    let error = match outcome {
        Ok(()) => return OutboxMail { status: MailStatus::Sent, due_at: None, error: None, ..mail },
        Err(error) => error,
    };
    let told = Some(error.to_string());
    let pause = PAUSES.get(usize::try_from(mail.tries.saturating_sub(1)).unwrap_or(usize::MAX));
    if let (MailError::Again(_) | MailError::Unknown(_), Some(pause)) = (&error, pause) {
        return OutboxMail { due_at: Some(now + *pause), error: told, ..mail };
    }
    // The server's words may name whom it is to: they are kept with the mail.
    tracing::error!(mail = %mail.id, "a mail will not arrive");
    OutboxMail { status: MailStatus::Failed, due_at: None, error: told, ..mail }
}

async fn compose(ctx: &Context, tenant: TenantId, queued: &OutboxMail) -> Result<Mail, Failure> {
    let catalog = ctx.catalog(tenant).await?.catalog;
    let facts = Stored { ctx, tenant };
    let (Written { subject, text, html }, document) = written(ctx, &facts, &catalog, queued).await?;
    let attachments = match document {
        Some(invoice) => vec![attached(ctx, invoice).await?],
        None => Vec::new(),
    };
    Ok(Mail {
        // Tenants number their invoices alike, and may send from one address.
        id: format!("{}.{tenant}", queued.id),
        written_at: queued.written_at,
        from: ctx.sender.clone(),
        reply_to: answered(&facts, &catalog, queued).await?,
        to: queued.to.clone(),
        subject,
        text,
        html,
        attachments,
    })
}

/// Who gets the answer to a mail: the seller, or the customer whose wish the operator reads.
async fn answered(facts: &impl Facts, catalog: &Catalog, queued: &OutboxMail) -> Result<Option<Mailbox>, Failure> {
    if let Occasion::QuoteRequest { .. } = queued.occasion {
        let Customer { name, email, .. } = facts.customer(queued.customer).await?;
        return Ok(email.map(|address| Mailbox { name, address }));
    }
    let seller = catalog.seller.as_ref().map(|seller| &seller.party);
    Ok(seller.and_then(|party| Some(Mailbox { name: Some(party.name.clone()), address: party.email.clone()? })))
}

async fn attached(ctx: &Context, invoice: Invoice) -> Result<Attachment, Failure> {
    let name = format!("{}.pdf", invoice.facts().number);
    let content = render(ctx, invoice).await?.pdf.into();
    Ok(Attachment { name, media_type: "application/pdf".to_owned(), content })
}

/// What the store has of a tenant.
struct Stored<'a> {
    ctx: &'a Context,
    tenant: TenantId,
}

impl Facts for Stored<'_> {
    async fn document(&self, number: &InvoiceNumber) -> Result<(Invoice, Credits), Failure> {
        let issued = self.ctx.documents.issued(self.tenant, number).await?.ok_or(Failure::NotFound("invoice"))?;
        let credits = self.taken_back(&issued).await?;
        Ok((issued.invoice, credits))
    }

    async fn unpaid(&self, order: OrderId) -> Result<Unpaid, Failure> {
        let placed = crate::order::order(self.ctx, self.tenant, order).await?;
        let pay = placed.attempt.as_ref().and_then(|attempt| attempt.url.clone());
        Ok(Unpaid { amount: placed.order.gross, item: crate::order::title(&placed), pay })
    }

    async fn customer(&self, id: CustomerId) -> Result<Customer, Failure> {
        let found = self.ctx.customers.get(self.tenant, id).await?.ok_or(Failure::NotFound("customer"))?;
        Ok(found.customer)
    }
}

impl Stored<'_> {
    /// The credits that a credit note's refund took back.
    async fn taken_back(&self, issued: &Issued) -> Result<Credits, Failure> {
        let placed = crate::order::order(self.ctx, self.tenant, issued.order).await?;
        let number = &issued.invoice.facts().number;
        let refund = placed.refunds.iter().find(|refund| refund.credit_note.as_ref() == Some(number));
        Ok(refund.map(|refund| refund.parts.iter().map(|part| part.credits).sum()).unwrap_or_default())
    }
}

/// Rendered beside the threads that answer callers: it keeps a core busy for some milliseconds.
pub async fn render(ctx: &Context, invoice: Invoice) -> Result<Rendered, Failure> {
    let renderer = ctx.renderer.clone();
    let rendered = tokio::task::spawn_blocking(move || renderer.render(&invoice)).await;
    rendered.map_err(|error| Failure::Fault(error.into()))?.map_err(|error| Failure::Fault(error.into()))
}
