//! The catalog: what a product sells and what its work costs, as data (R21).

use std::collections::BTreeSet;

use chrono_tz::Tz;
use iso_currency::Currency;
use thiserror::Error;

use crate::rules::Overage;
use crate::{
    Credits, Document, EntryId, Instant, Line, Money, OrderTerms, Plan, RefundTerms, ResultMode, Seller, Span,
    SubscriptionTerms, TaxRule, UnitPrice, end_of_day_after,
};
use crate::{billing, subscription};

/// What a unit of an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// A page of a document.
    Page,
    /// A change × a page.
    ChangePage,
}

impl Per {
    /// Its word in the API and in catalog files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::ChangePage => "change_page",
        }
    }

    /// The unit with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Page, Self::ChangePage].into_iter().find(|per| per.word() == word)
    }
}

/// A priced kind of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What calls name it.
    pub code: String,
    /// What people call it.
    pub label: String,
    /// Its unit.
    pub per: Per,
    /// Credits per unit; 0 for a free one (R24).
    pub rate: Credits,
}

/// How long what is bought can be used: a span, or for ever (R9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity(pub Option<Span>);

impl Validity {
    /// When something bought at `at` ends.
    #[must_use]
    pub fn end(self, at: Instant, zone: Tz) -> Option<Instant> {
        self.0.and_then(|span| end_of_day_after(at, span, zone))
    }
}

/// Credits sold once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// What calls name it.
    pub code: String,
    /// What people call it.
    pub label: String,
    /// How many it brings.
    pub credits: u32,
    /// What it costs.
    pub price: Money,
    /// How long its credits last.
    pub validity: Validity,
    /// Not listed: offered to single customers (R24).
    pub private: bool,
}

impl Pack {
    /// What one credit of it costs, for showing (R22).
    #[must_use]
    pub fn unit_price(&self) -> Option<UnitPrice> {
        UnitPrice::of(self.price, self.credits)
    }
}

/// Credits given once, at signup (R25).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// How many.
    pub credits: Credits,
    /// How long they last.
    pub validity: Validity,
}

/// Credits given every month (R26).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeTierTerms {
    /// How many.
    pub credits: Credits,
    /// Further months for which what is left stays; 0: none.
    pub rollover: u8,
}

/// The numbers that rules leave to the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policies {
    /// How long an estimate's prices are guaranteed (R13).
    pub estimate_for: Span,
    /// How long a hold lives that names no ttl (R15).
    pub hold_for: Span,
    /// How long any hold may live (R15).
    pub hold_at_most: Span,
    /// How long after its end a hold can still be captured (R18).
    pub late_capture_for: Span,
    /// How long goodwill grants last at least (R12, R19).
    pub goodwill_for: Span,
    /// Whether failures through the customer's own fault are charged (R16).
    pub charge_customer_fault: bool,
    /// What becomes of captures above the hold, where a call does not say (R17).
    pub overage: Overage,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            estimate_for: Span::hours(24),
            hold_for: Span::hours(1),
            hold_at_most: Span::days(7),
            late_capture_for: Span::hours(24),
            goodwill_for: Span::days(7),
            charge_customer_fault: false,
            overage: Overage::Cap,
        }
    }
}

/// Where the product's own pages are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Where a customer buys more credits.
    pub top_up: Option<String>,
    /// Where a customer changes plan.
    pub upgrade: Option<String>,
    /// Where a customer asks for help, or a quote.
    pub support: Option<String>,
}

impl Links {
    /// Where a customer asks about one entry: the support page, told which (B26).
    #[must_use]
    pub fn support_for(&self, entry: EntryId) -> Option<String> {
        let page = self.support.as_deref()?;
        let told =
            if page.starts_with("mailto:") { format!("subject=Folio%20{entry}") } else { format!("entry={entry}") };
        let joint = if page.contains('?') { '&' } else { '?' };
        Some(format!("{page}{joint}{told}"))
    }
}

/// What a product sells and what its work costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalog {
    /// The product's name.
    pub name: String,
    /// What money is counted in.
    pub currency: Currency,
    /// Its price list, in its order.
    pub operations: Vec<Operation>,
    /// Its packs, in its order.
    pub packs: Vec<Pack>,
    /// Its plans, in its order.
    pub plans: Vec<Plan>,
    /// Credits at signup.
    pub trial: Option<Trial>,
    /// Credits every month.
    pub free_tier: Option<FreeTierTerms>,
    /// Percents of what the active grants gave at which a balance is low.
    pub low_percents: Vec<u8>,
    /// Numbers of the rules.
    pub policies: Policies,
    /// How long orders wait for their payment.
    pub orders: OrderTerms,
    /// How subscriptions wait for theirs.
    pub subscriptions: SubscriptionTerms,
    /// When customers can have their money back by themselves (R35); `None`: never.
    pub refunds: Option<RefundTerms>,
    /// Pages of the product.
    pub links: Links,
    /// Who issues its invoices (R36).
    pub seller: Option<Seller>,
    /// How its sales are taxed (R36).
    pub tax: TaxRule,
}

/// Why a line cannot be priced.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unpriced {
    /// The catalog has no such operation.
    #[error("the catalog has no operation {0:?}")]
    UnknownOperation(String),
    /// `rate × quantity` is more than one request may name.
    #[error("the cost is more than the ledger can count")]
    TooLarge,
}

/// What is wrong with a catalog, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogFlaw {
    /// JSON pointer to the place.
    pub pointer: String,
    /// One word for it.
    pub code: &'static str,
    /// A sentence for people.
    pub detail: String,
}

impl CatalogFlaw {
    /// A flaw at `pointer`.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, detail: detail.into() }
    }
}

impl Catalog {
    /// The operation with this code.
    #[must_use]
    pub fn operation(&self, code: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.code == code)
    }

    /// The pack with this code, private or not.
    #[must_use]
    pub fn pack(&self, code: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.code == code)
    }

    /// The packs that everybody can buy.
    pub fn public_packs(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter().filter(|pack| !pack.private)
    }

    /// The plan with this code, private or not.
    #[must_use]
    pub fn plan(&self, code: &str) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.code == code)
    }

    /// The plans that everybody can subscribe to.
    pub fn public_plans(&self) -> impl Iterator<Item = &Plan> {
        self.plans.iter().filter(|plan| !plan.private)
    }

    /// A line of a job, priced (R1, R13).
    pub fn line(
        &self,
        operation: &str,
        quantity: u64,
        mode: ResultMode,
        name: Option<String>,
        document: Option<Document>,
    ) -> Result<Line, Unpriced> {
        let priced = self.operation(operation).ok_or_else(|| Unpriced::UnknownOperation(operation.to_owned()))?;
        let cost = priced.rate.times(quantity).ok_or(Unpriced::TooLarge)?;
        let records = mode.records(document.as_ref().map_or(quantity, |document| document.pages));
        Ok(Line { name, operation: priced.code.clone(), quantity, rate: priced.rate, cost, records, document })
    }

    /// Everything that is wrong with it; empty for a good one.
    #[must_use]
    pub fn flaws(&self) -> Vec<CatalogFlaw> {
        let mut flaws = Vec::new();
        if self.operations.is_empty() {
            flaws.push(CatalogFlaw::new("/operations", "missing", "a catalog prices at least one operation"));
        }
        let operations = self.operations.iter().map(|operation| operation.code.as_str());
        check_codes(&mut flaws, "operations", operations);
        check_codes(&mut flaws, "packs", self.packs.iter().map(|pack| pack.code.as_str()));
        check_codes(&mut flaws, "plans", self.plans.iter().map(|plan| plan.code.as_str()));
        for pack in &self.packs {
            let at = format!("/packs/{}", pack.code);
            check_offer(&mut flaws, &at, pack.credits, pack.price, self.currency);
            if pack.validity.0.is_some_and(Span::is_empty) {
                flaws.push(CatalogFlaw::new(format!("{at}/expires_after"), "too_small", "a pack lasts some time"));
            }
        }
        for plan in &self.plans {
            let at = format!("/plans/{}", plan.code);
            check_offer(&mut flaws, &at, plan.credits, plan.price, self.currency);
        }
        flaws.extend(subscription::flaws(self));
        self.check_free_credits(&mut flaws);
        self.check_policies(&mut flaws);
        self.check_sales(&mut flaws);
        check_codes(&mut flaws, "tax/rates", self.tax.rates.iter().map(|row| row.code.as_str()));
        flaws.extend(billing::flaws(self));
        flaws
    }

    fn check_free_credits(&self, flaws: &mut Vec<CatalogFlaw>) {
        if self.trial.as_ref().is_some_and(|trial| trial.credits.is_zero()) {
            flaws.push(CatalogFlaw::new("/trial/credits", "too_small", "a trial gives some credits"));
        }
        if self.free_tier.as_ref().is_some_and(|tier| tier.credits.is_zero()) {
            flaws.push(CatalogFlaw::new("/free_tier/credits", "too_small", "a free tier gives some credits"));
        }
        for (place, percent) in self.low_percents.iter().enumerate() {
            if *percent > 100 {
                let pointer = format!("/alerts/low_percents/{place}");
                flaws.push(CatalogFlaw::new(pointer, "too_large", "a percent is at most 100"));
            }
        }
    }

    fn check_policies(&self, flaws: &mut Vec<CatalogFlaw>) {
        let Policies { estimate_for, hold_for, hold_at_most, goodwill_for, .. } = self.policies;
        let spans = [
            ("estimate_for", estimate_for),
            ("hold_for", hold_for),
            ("hold_at_most", hold_at_most),
            ("goodwill_for", goodwill_for),
        ];
        for (name, span) in spans {
            if span.is_empty() {
                flaws.push(CatalogFlaw::new(format!("/policies/{name}"), "too_small", "longer than zero"));
            }
        }
        if end(hold_for) > end(hold_at_most) {
            flaws.push(CatalogFlaw::new("/policies/hold_for", "too_large", "at most hold_at_most"));
        }
    }

    fn check_sales(&self, flaws: &mut Vec<CatalogFlaw>) {
        let OrderTerms { unpaid_for, manual_for } = self.orders;
        let within = self.refunds.and_then(|refunds| refunds.within).map(|within| ("/refunds/within", within));
        let spans = [("/orders/unpaid_for", unpaid_for), ("/orders/manual_for", manual_for)].into_iter().chain(within);
        for (pointer, _) in spans.filter(|(_, span)| span.is_empty()) {
            flaws.push(CatalogFlaw::new(pointer, "too_small", "longer than zero"));
        }
        if end(unpaid_for) > end(Span::days(1)) {
            let text = "at most P1D: a payment page lives no longer";
            flaws.push(CatalogFlaw::new("/orders/unpaid_for", "too_large", text));
        }
        let percent = self.refunds.and_then(|refunds| refunds.used_under_percent);
        if percent.is_some_and(|percent| !(1..=100).contains(&percent)) {
            flaws.push(CatalogFlaw::new("/refunds/used_under_percent", "out_of_range", "1 to 100"));
        }
    }
}

/// How long a span is: its end from any instant serves, as long as all are laid from the same one. One that passes the
/// calendar's end is the longest.
fn end(span: Span) -> Instant {
    span.after(Instant::UNIX_EPOCH).unwrap_or(Instant::MAX_UTC)
}

fn check_codes<'c>(flaws: &mut Vec<CatalogFlaw>, section: &str, codes: impl Iterator<Item = &'c str>) {
    let mut seen = BTreeSet::new();
    for code in codes {
        let pointer = format!("/{section}/{code}");
        let fits = (1..=64).contains(&code.len())
            && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        if !fits {
            flaws.push(CatalogFlaw::new(pointer.clone(), "malformed", "a code is 1 to 64 of a-z, 0-9, _ and -"));
        }
        if !seen.insert(code) {
            flaws.push(CatalogFlaw::new(pointer, "duplicate", "a code stands once"));
        }
    }
}

fn check_offer(flaws: &mut Vec<CatalogFlaw>, at: &str, credits: u32, price: Money, currency: Currency) {
    if credits == 0 || credits > 1_000_000_000 {
        flaws.push(CatalogFlaw::new(format!("{at}/credits"), "out_of_range", "1 to 1000000000 credits"));
    }
    if price.minor < 0 || price.minor > 1_000_000_000_000 {
        flaws.push(CatalogFlaw::new(format!("{at}/price"), "out_of_range", "0 to 10^12 minor units"));
    }
    if price.currency != currency {
        flaws.push(CatalogFlaw::new(format!("{at}/price"), "currency", "in the catalog's currency"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CustomerId;

    #[test]
    fn b26_a_support_link_names_the_entry() {
        let entry = EntryId { customer: CustomerId(uuid::Uuid::nil()), sequence: 7 };
        let link = |support: &str| Links { support: Some(support.to_owned()), ..Links::default() }.support_for(entry);
        assert_eq!(link("https://a.example/help"), Some(format!("https://a.example/help?entry={entry}")));
        assert_eq!(link("https://a.example/?p=help"), Some(format!("https://a.example/?p=help&entry={entry}")));
        assert_eq!(link("mailto:help@a.example"), Some(format!("mailto:help@a.example?subject=Folio%20{entry}")));
        assert_eq!(Links::default().support_for(entry), None);
    }
}
