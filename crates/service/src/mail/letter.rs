//! What a mail says: its occasion with the facts behind it, as a letter in words.

use chrono_tz::Tz;
use domain::{
    Catalog, Credits, Customer, CustomerId, Instant, Invoice, InvoiceKind, InvoiceNumber, Locale, Money, OrderId,
    Settlement, TaxCategory, TaxRate,
};
use ports::{InvoiceLine, Letter, Letterhead, Occasion, OutboxMail, Statement, TaxDetails, Written};

use crate::{Context, Failure};

/// The facts behind occasions: the store's, or made up for a preview.
pub(super) trait Facts {
    /// A document, and the credits that its refund took back.
    async fn document(&self, number: &InvoiceNumber) -> Result<(Invoice, Credits), Failure>;

    /// An order whose payment was declined.
    async fn unpaid(&self, order: OrderId) -> Result<Unpaid, Failure>;

    /// Whom a mail is about.
    async fn customer(&self, id: CustomerId) -> Result<Customer, Failure>;
}

/// What was not paid.
pub(super) struct Unpaid {
    /// How much, tax included.
    pub(super) amount: Money,
    /// For what.
    pub(super) item: String,
    /// Where it still can be.
    pub(super) pay: Option<String>,
}

/// A mail in words, and the document that comes with it.
pub(super) async fn written(
    ctx: &Context,
    facts: &impl Facts,
    catalog: &Catalog,
    mail: &OutboxMail,
) -> Result<(Written, Option<Invoice>), Failure> {
    let (letter, document) = letter(facts, catalog, mail).await?;
    Ok((ctx.letters.write(&head(catalog), &letter), document))
}

fn head(catalog: &Catalog) -> Letterhead {
    Letterhead {
        operator: catalog.seller.as_ref().map_or_else(|| catalog.name.clone(), |seller| seller.party.name.clone()),
        account: catalog.links.top_up.clone().or_else(|| catalog.links.upgrade.clone()),
        support: catalog.links.support.clone(),
    }
}

async fn letter(
    facts: &impl Facts,
    catalog: &Catalog,
    mail: &OutboxMail,
) -> Result<(Letter, Option<Invoice>), Failure> {
    let customer = mail.to.name.clone();
    let letter = match &mail.occasion {
        Occasion::Document(number) => {
            let (invoice, credits) = facts.document(number).await?;
            return Ok((document(customer, &invoice, credits), Some(invoice)));
        }
        Occasion::PaymentFailed { order, reason } => {
            let Unpaid { amount, item, pay } = facts.unpaid(*order).await?;
            Letter::PaymentFailed { customer, amount, item, reason: Some(reason.clone()), again_at: None, pay }
        }
        Occasion::RenewalFailed { plan, amount, retry_at, ends_at, action_required, .. } => {
            let Reader { locale, zone, page } = Reader::of(catalog, &facts.customer(mail.customer).await?);
            let day = |at: Instant| at.with_timezone(&zone).date_naive();
            Letter::RenewalFailed {
                customer,
                locale,
                plan: plan.clone(),
                amount: *amount,
                retry_on: retry_at.map(day),
                ends_on: day(*ends_at),
                action_required: *action_required,
                page,
            }
        }
        Occasion::SubscriptionEnded { plan, unpaid, .. } => {
            let Reader { locale, page, .. } = Reader::of(catalog, &facts.customer(mail.customer).await?);
            Letter::SubscriptionEnded { customer, locale, plan: plan.clone(), unpaid: *unpaid, page }
        }
        Occasion::SubscriptionChangeFailed { plan, reason, .. } => {
            let Reader { locale, page, .. } = Reader::of(catalog, &facts.customer(mail.customer).await?);
            let (plan, reason) = (plan.clone(), reason.clone());
            Letter::SubscriptionChangeFailed { customer, locale, plan, reason, page }
        }
        Occasion::QuoteRequest { credits, message } => {
            let asker = facts.customer(mail.customer).await?;
            let name = asker.name.or(asker.external_id);
            Letter::QuoteRequest {
                customer: name.unwrap_or_else(|| asker.id.to_string()),
                address: asker.email.unwrap_or_default(),
                credits: *credits,
                message: message.clone(),
            }
        }
    };
    Ok((letter, None))
}

/// The subscriber that a letter is for.
struct Reader {
    locale: Locale,
    zone: Tz,
    /// Where they change plan, or pay.
    page: Option<String>,
}

impl Reader {
    fn of(catalog: &Catalog, customer: &Customer) -> Self {
        let locale = customer.billing.locale.or(catalog.seller.as_ref().map(|seller| seller.locale));
        let page = catalog.links.upgrade.clone().or_else(|| catalog.links.top_up.clone());
        Self { locale: locale.unwrap_or_default(), zone: customer.zone, page }
    }
}

fn document(customer: Option<String>, invoice: &Invoice, credits: Credits) -> Letter {
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
        TaxCategory::ReverseCharge => Some("Reverse charge: the recipient owes the tax.".to_owned()),
        TaxCategory::Exempt => row.treatment.reason.clone(),
        _ => None,
    })
}
