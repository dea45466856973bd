//! Sending the mail that waits: each is put together when it is sent, and sent until a server takes it (R36).

use chrono::TimeDelta;
use chrono_tz::Tz;
use domain::{Catalog, Instant, Invoice, InvoiceKind, Locale, Settlement, TaxRate, TenantId};
use ports::{
    Attachment, InvoiceLine, Letter, Letterhead, Mail, MailError, MailStatus, Occasion, OutboxMail, Rendered,
    Statement, TaxDetails,
};

use crate::{Context, Failure};

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
    tracing::error!(mail = %mail.id, "a mail will not arrive: {error}");
    OutboxMail { status: MailStatus::Failed, due_at: None, error: told, ..mail }
}

async fn compose(ctx: &Context, tenant: TenantId, queued: &OutboxMail) -> Result<Mail, Failure> {
    let catalog = ctx.catalog(tenant).await?.catalog;
    let head = Letterhead {
        operator: catalog.seller.as_ref().map_or_else(|| catalog.name.clone(), |seller| seller.party.name.clone()),
        account: catalog.links.top_up.clone().or_else(|| catalog.links.upgrade.clone()),
        support: catalog.links.support.clone(),
    };
    let (letter, attachments) = letter(ctx, tenant, &catalog, queued).await?;
    let written = ctx.letters.write(&head, &letter);
    Ok(Mail {
        // Tenants number their invoices alike, and may send from one address.
        id: format!("{}.{tenant}", queued.id),
        written_at: queued.written_at,
        from: ctx.sender.clone(),
        reply_to: catalog.seller.as_ref().and_then(|seller| {
            let address = seller.party.email.clone()?;
            Some(ports::Mailbox { name: Some(seller.party.name.clone()), address })
        }),
        to: queued.to.clone(),
        subject: written.subject,
        text: written.text,
        html: written.html,
        attachments,
    })
}

async fn letter(
    ctx: &Context,
    tenant: TenantId,
    catalog: &Catalog,
    queued: &OutboxMail,
) -> Result<(Letter, Vec<Attachment>), Failure> {
    let customer = queued.to.name.clone();
    match &queued.occasion {
        Occasion::Document(number) => {
            let issued = ctx.documents.issued(tenant, number).await?.ok_or(Failure::NotFound("invoice"))?;
            let pdf = render(ctx, issued.invoice.clone()).await?.pdf;
            let name = format!("{number}.pdf");
            let attachment = Attachment { name, media_type: "application/pdf".to_owned(), content: pdf.into() };
            let credits = credits_of(ctx, tenant, &issued).await?;
            Ok((document(customer, &issued.invoice, credits), vec![attachment]))
        }
        Occasion::PaymentFailed { order, reason } => {
            let placed = ctx.orders.get(tenant, *order).await?.ok_or(Failure::NotFound("order"))?;
            let pay = placed.attempt.as_ref().and_then(|attempt| attempt.url.clone());
            let (amount, item) = (placed.order.gross, crate::order::title(&placed));
            let reason = Some(reason.clone());
            Ok((Letter::PaymentFailed { customer, amount, item, reason, again_at: None, pay }, Vec::new()))
        }
        Occasion::RenewalFailed { plan, amount, retry_at, ends_at, action_required, .. } => {
            let Reader { locale, zone, page } = Reader::of(ctx, tenant, catalog, queued).await?;
            let day = |at: Instant| at.with_timezone(&zone).date_naive();
            let letter = Letter::RenewalFailed {
                customer,
                locale,
                plan: plan.clone(),
                amount: *amount,
                retry_on: retry_at.map(day),
                ends_on: day(*ends_at),
                action_required: *action_required,
                page,
            };
            Ok((letter, Vec::new()))
        }
        Occasion::SubscriptionEnded { plan, unpaid, .. } => {
            let Reader { locale, page, .. } = Reader::of(ctx, tenant, catalog, queued).await?;
            let (plan, unpaid) = (plan.clone(), *unpaid);
            Ok((Letter::SubscriptionEnded { customer, locale, plan, unpaid, page }, Vec::new()))
        }
        Occasion::SubscriptionChangeFailed { plan, reason, .. } => {
            let Reader { locale, page, .. } = Reader::of(ctx, tenant, catalog, queued).await?;
            let (plan, reason) = (plan.clone(), reason.clone());
            Ok((Letter::SubscriptionChangeFailed { customer, locale, plan, reason, page }, Vec::new()))
        }
        Occasion::QuoteRequest { credits, message } => {
            let found = ctx.customers.get(tenant, queued.customer).await?.ok_or(Failure::NotFound("customer"))?;
            let asker = found.customer;
            let name = asker.name.clone().or_else(|| asker.external_id.clone());
            let letter = Letter::QuoteRequest {
                customer: name.unwrap_or_else(|| asker.id.to_string()),
                address: asker.email.unwrap_or_default(),
                credits: *credits,
                message: message.clone(),
            };
            Ok((letter, Vec::new()))
        }
    }
}

/// The subscriber that a letter is for.
struct Reader {
    locale: Locale,
    zone: Tz,
    /// Where they change plan, or pay.
    page: Option<String>,
}

impl Reader {
    async fn of(ctx: &Context, tenant: TenantId, catalog: &Catalog, queued: &OutboxMail) -> Result<Self, Failure> {
        let found = ctx.customers.get(tenant, queued.customer).await?.ok_or(Failure::NotFound("customer"))?;
        let locale = found.customer.billing.locale.or(catalog.seller.as_ref().map(|seller| seller.locale));
        let page = catalog.links.upgrade.clone().or_else(|| catalog.links.top_up.clone());
        Ok(Self { locale: locale.unwrap_or_default(), zone: found.customer.zone, page })
    }
}

/// The credits that a credit note's refund took back.
async fn credits_of(ctx: &Context, tenant: TenantId, issued: &ports::Issued) -> Result<domain::Credits, Failure> {
    let placed = ctx.orders.get(tenant, issued.order).await?.ok_or(Failure::NotFound("order"))?;
    let number = &issued.invoice.facts().number;
    let refund = placed.refunds.iter().find(|refund| refund.credit_note.as_ref() == Some(number));
    Ok(refund.map(|refund| refund.parts.iter().map(|part| part.credits).sum()).unwrap_or_default())
}

/// Rendered beside the threads that answer callers: it keeps a core busy for some milliseconds.
pub async fn render(ctx: &Context, invoice: Invoice) -> Result<Rendered, Failure> {
    let renderer = ctx.renderer.clone();
    let rendered = tokio::task::spawn_blocking(move || renderer.render(&invoice)).await;
    rendered.map_err(|error| Failure::Fault(error.into()))?.map_err(|error| Failure::Fault(error.into()))
}

fn document(customer: Option<String>, invoice: &Invoice, credits: domain::Credits) -> Letter {
    let statement = statement(invoice);
    match invoice.kind() {
        InvoiceKind::Invoice => {
            let paid = matches!(invoice.facts().settlement, Settlement::Paid { .. });
            Letter::Invoice { customer, invoice: statement, paid }
        }
        InvoiceKind::CreditNote { corrects, .. } => {
            Letter::Refund { customer, credit_note: statement, corrects: corrects.to_string(), credits }
        }
    }
}

fn statement(invoice: &Invoice) -> Statement {
    let facts = invoice.facts();
    let line = |line: &domain::InvoiceLine| InvoiceLine {
        label: line.description.clone(),
        quantity: line.quantity,
        net: line.net,
    };
    let taxed = invoice.totals().iter().filter(|row| row.treatment.rate > TaxRate::ZERO);
    let rates = taxed.map(|row| {
        let rate = facts.locale.percent(row.treatment.rate);
        (format!("{} {rate}", row.treatment.label), row.tax)
    });
    Statement {
        number: facts.number.to_string(),
        date: facts.locale.date(facts.issued_on),
        lines: invoice.lines().iter().map(line).collect(),
        net: invoice.net(),
        tax: TaxDetails {
            rates: rates.collect(),
            seller_id: facts.seller.tax_id.clone(),
            buyer_id: facts.buyer.tax_id.clone(),
            note: note(invoice),
        },
        gross: invoice.gross(),
    }
}

/// The sentence that the law wants where no tax is charged.
fn note(invoice: &Invoice) -> Option<String> {
    invoice.totals().iter().find_map(|row| match row.treatment.category {
        domain::TaxCategory::ReverseCharge => Some("Reverse charge: the recipient owes the tax.".to_owned()),
        domain::TaxCategory::Exempt => row.treatment.reason.clone(),
        _ => None,
    })
}
