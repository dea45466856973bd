//! Letters shown before any is sent: written as mails are, from facts that are made up.

use chrono_tz::Tz;
use domain::{
    Billing, Catalog, Country, Credits, Customer, CustomerId, Decline, Dunning, Instant, Invoice, InvoiceFacts,
    InvoiceFlaw, InvoiceKind, InvoiceNumber, Locale, Money, OrderId, Pack, Plan, Sale, Seller, SubscriptionId,
    TaxTotal, TaxTreatment, Taxed, TenantId,
};
use ports::{Mailbox, Occasion, OutboxMail, Written};
use uuid::Uuid;

use super::letter::{Facts, Unpaid, written};
use crate::issue::Parties;
use crate::{Context, Failure, order};

/// What a letter says, whatever its facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// An invoice.
    Invoice,
    /// A credit note: money was given back.
    Refund,
    /// A purchase that nobody was there to pay was declined.
    PaymentFailed,
    /// A subscription's renewal was declined (R28).
    RenewalFailed,
    /// A subscription is over (R28, R31).
    SubscriptionEnded,
    /// A subscription's change was not paid (R29).
    SubscriptionChangeFailed,
    /// A customer wants a quote; to the operator.
    QuoteRequest,
}

impl Template {
    /// Every template.
    pub const ALL: [Self; 7] = [
        Self::Invoice,
        Self::Refund,
        Self::PaymentFailed,
        Self::RenewalFailed,
        Self::SubscriptionEnded,
        Self::SubscriptionChangeFailed,
        Self::QuoteRequest,
    ];

    /// Its word in the API and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Refund => "refund",
            Self::PaymentFailed => "payment_failed",
            Self::RenewalFailed => "renewal_failed",
            Self::SubscriptionEnded => "subscription_ended",
            Self::SubscriptionChangeFailed => "subscription_change_failed",
            Self::QuoteRequest => "quote_request",
        }
    }

    /// The template with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.word() == word)
    }
}

/// The letter as the catalog in force would have it written, to a customer with this locale; the seller's where `None`.
/// Nothing is written down or sent.
pub async fn preview(
    ctx: &Context,
    tenant: TenantId,
    template: Template,
    locale: Option<Locale>,
) -> Result<Written, Failure> {
    let catalog = ctx.catalog(tenant).await?.catalog;
    let sample = Sample::of(&catalog, locale, ctx.clock.now())?;
    let (written, _) = written(ctx, &sample, &catalog, &sample.mail(template)?).await?;
    Ok(written)
}

/// What providers tell whose card was declined.
const DECLINED: &str = "Your card was declined.";
const WANTED: &str = "We have an archive of contracts to go through.\nCould you make us an offer?";

/// A sale that could be: who buys, and of what catalog.
struct Sample<'c> {
    catalog: &'c Catalog,
    seller: &'c Seller,
    customer: Customer,
    now: Instant,
}

/// What is bought.
#[derive(Clone, Copy)]
struct Item<'c> {
    label: &'c str,
    credits: u32,
    price: Money,
}

impl<'c> Sample<'c> {
    /// Where nothing is sold there is nothing to mail about.
    fn of(catalog: &'c Catalog, locale: Option<Locale>, now: Instant) -> Result<Self, Failure> {
        let seller = catalog.seller.as_ref().ok_or(Failure::NothingSold)?;
        let (country, region) = place(catalog, seller, now);
        let customer = Customer {
            id: CustomerId(Uuid::nil()),
            external_id: None,
            name: Some("Jane Doe".to_owned()),
            email: Some("jane@example.com".to_owned()),
            zone: Tz::UTC,
            clock: None,
            created_at: now,
            metadata: Vec::new(),
            billing: Billing { country: Some(country), region, locale, ..Billing::default() },
        };
        Ok(Self { catalog, seller, customer, now })
    }

    fn mail(&self, template: Template) -> Result<OutboxMail, Failure> {
        let Customer { id, name, email, .. } = &self.customer;
        let to = Mailbox { name: name.clone(), address: email.clone().unwrap_or_default() };
        Ok(OutboxMail::new(template.word().to_owned(), *id, to, self.occasion(template)?, self.now))
    }

    fn occasion(&self, template: Template) -> Result<Occasion, Failure> {
        let (order, subscription) = (OrderId(Uuid::nil()), SubscriptionId(Uuid::nil()));
        let (plan, reason) = (self.plan().label.to_owned(), DECLINED.to_owned());
        Ok(match template {
            Template::Invoice => Occasion::Document(self.facts(&self.seller.invoice_series).number),
            Template::Refund => Occasion::Document(self.facts(&self.seller.credit_note_series).number),
            Template::PaymentFailed => Occasion::PaymentFailed { order, reason },
            Template::RenewalFailed => {
                let terms = &self.catalog.subscriptions.dunning;
                let Dunning { retry_at, ends_at, .. } = terms.after(Decline::Soft, self.now, 1, self.now);
                let amount = self.gross(self.plan())?;
                Occasion::RenewalFailed { subscription, plan, amount, retry_at, ends_at, action_required: false }
            }
            Template::SubscriptionEnded => Occasion::SubscriptionEnded { subscription, plan, unpaid: true },
            Template::SubscriptionChangeFailed => Occasion::SubscriptionChangeFailed { subscription, plan, reason },
            Template::QuoteRequest => {
                Occasion::QuoteRequest { credits: Credits::whole(60_000), message: WANTED.to_owned() }
            }
        })
    }

    /// The first pack, or plan.
    fn item(&self) -> Item<'c> {
        self.first(self.packs().chain(self.plans()))
    }

    /// The first plan; where there is none, a pack may pass for one.
    fn plan(&self) -> Item<'c> {
        self.first(self.plans().chain(self.packs()))
    }

    fn packs(&self) -> impl Iterator<Item = Item<'c>> + use<'c> {
        let item = |Pack { label, credits, price, .. }: &'c Pack| Item { label, credits: *credits, price: *price };
        self.catalog.packs.iter().map(item)
    }

    fn plans(&self) -> impl Iterator<Item = Item<'c>> + use<'c> {
        let item = |Plan { label, credits, price, .. }: &'c Plan| Item { label, credits: *credits, price: *price };
        self.catalog.plans.iter().map(item)
    }

    /// The first that costs something, as what is free is not refunded; one that is made up in a catalog without any.
    fn first(&self, mut items: impl Iterator<Item = Item<'c>>) -> Item<'c> {
        let price = Money { minor: 1_900, currency: self.catalog.currency };
        items.find(|item| item.price.minor > 0).unwrap_or(Item { label: "Starter", credits: 100, price })
    }

    fn taxed(&self, item: Item<'_>) -> Result<Taxed, Failure> {
        let home = self.seller.party.country;
        let sale = |treatment: &TaxTreatment| {
            let (description, treatment) = (item.label.to_owned(), treatment.clone());
            vec![Sale { description, quantity: 1, unit_price: item.price, treatment }]
        };
        let buyer = self.customer.billing.taxpayer(home);
        order::taxed(self.catalog, home, &buyer, self.now, sale).map(|(taxed, _)| taxed)
    }

    fn gross(&self, item: Item<'_>) -> Result<Money, Failure> {
        Ok(self.taxed(item)?.totals.first().map_or(item.price, TaxTotal::gross))
    }

    /// The first document of its series.
    fn facts(&self, series: &str) -> InvoiceFacts {
        let Billing { locale, .. } = self.customer.billing;
        let buyer = &self.customer.billing.buyer(&self.customer, self.seller.party.country);
        let parties = Parties { seller: self.seller, buyer, locale: locale.unwrap_or(self.seller.locale) };
        parties.facts(series, self.now, "a preview".to_owned())
    }

    fn invoice(&self) -> Result<Invoice, Failure> {
        let facts = self.facts(&self.seller.invoice_series);
        Invoice::new(InvoiceKind::Invoice, facts, self.taxed(self.item())?).map_err(unwritable)
    }

    /// All of the invoice, taken back.
    fn credit_note(&self) -> Result<Invoice, Failure> {
        let (item, facts) = (self.item(), self.facts(&self.seller.credit_note_series));
        let label = &format!("{}: {} credits", item.label, item.credits);
        let taxed = self.taxed(Item { label, ..item })?;
        self.invoice()?.credit(facts, None, taxed, &[]).map_err(unwritable)
    }
}

impl Facts for Sample<'_> {
    async fn document(&self, number: &InvoiceNumber) -> Result<(Invoice, Credits), Failure> {
        if number.series == self.seller.credit_note_series {
            return Ok((self.credit_note()?, Credits::whole(self.item().credits)));
        }
        Ok((self.invoice()?, Credits::ZERO))
    }

    async fn unpaid(&self, _: OrderId) -> Result<Unpaid, Failure> {
        let item = self.item();
        Ok(Unpaid { amount: self.gross(item)?, item: item.label.to_owned(), pay: None })
    }

    async fn customer(&self, _: CustomerId) -> Result<Customer, Failure> {
        Ok(self.customer.clone())
    }
}

/// Where tax is charged today: at the seller's, if it is there at all.
fn place(catalog: &Catalog, seller: &Seller, now: Instant) -> (Country, Option<String>) {
    let (home, today) = (seller.party.country, now.date_naive());
    let taxed = catalog.tax.rates.iter().filter(|row| row.is_valid_on(today));
    let nearest = taxed.min_by_key(|row| row.country != home);
    nearest.map_or_else(|| (home, seller.party.region.clone()), |row| (row.country, row.region.clone()))
}

fn unwritable(flaw: InvoiceFlaw) -> Failure {
    Failure::Untaxable(flaw.to_string())
}
