//! What a subscription was bought at, and how subscriptions wait for money: catalog data (R21, R28).

use super::{Dunning, SubscriptionRefusal};
use crate::proration::Terms;
use crate::{Catalog, CatalogFlaw, Credits, Instant, Money, Plan, Span};

/// A plan as it was bought: later catalogs do not change it (R21).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanTerms {
    /// The plan's code.
    pub code: String,
    /// The plan's name.
    pub label: String,
    /// What one of it costs a period, on the price list.
    pub price: Money,
    /// Months in a period.
    pub months: u32,
    /// Credits that one of it gives each time.
    pub credits: u32,
    /// Months from grant to grant: divides `months`.
    pub grants_every: u32,
    /// Further grants' periods for which what is left stays; 0: none.
    pub rollover: u8,
    /// How many of it: seats.
    pub quantity: u32,
}

impl PlanTerms {
    /// Money for one subscription and period, in minor units: at most this. It keeps proration countable (R29).
    pub const MAX_PRICE: i64 = 1_000_000_000_000;

    /// `quantity` of a plan. Refused: none, or more than one subscription may be of.
    pub fn of(plan: &Plan, quantity: u32) -> Result<Self, SubscriptionRefusal> {
        let Plan { code, label, credits, price, months, grants_every, rollover, .. } = plan.clone();
        let one =
            Self { code, label, price, months, credits, grants_every: grants_every.max(1), rollover, quantity: 1 };
        one.times(quantity)
    }

    /// The same terms for another number of seats.
    pub fn times(&self, quantity: u32) -> Result<Self, SubscriptionRefusal> {
        if quantity == 0 {
            return Err(SubscriptionRefusal::NothingToBuy);
        }
        let price = self.price.minor.checked_mul(quantity.into()).filter(|price| *price <= Self::MAX_PRICE);
        let credits = Credits::whole(self.credits).times(quantity.into());
        price.zip(credits).ok_or(SubscriptionRefusal::TooLarge)?;
        Ok(Self { quantity, ..self.clone() })
    }

    /// What a period of all seats costs.
    #[must_use]
    pub fn amount(&self) -> Money {
        // Bounded by `times`.
        Money { minor: self.price.minor.saturating_mul(self.quantity.into()), ..self.price }
    }

    /// What all seats get each time.
    #[must_use]
    pub fn grant(&self) -> Credits {
        // Bounded by `times`.
        Credits::whole(self.credits).times(self.quantity.into()).unwrap_or(Credits::MAX)
    }

    /// How often a period gives credits.
    #[must_use]
    pub fn grants(&self) -> u32 {
        self.months.checked_div(self.grants_every).unwrap_or(1).max(1)
    }

    pub(super) fn prorated(&self) -> Terms {
        Terms { price: self.amount().minor, credits: self.grant().micros() }
    }
}

/// How subscriptions wait for their payments, as catalog data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionTerms {
    /// How long the first payment is awaited.
    pub incomplete_for: Span,
    /// What follows a renewal that was not paid.
    pub dunning: DunningTerms,
}

impl Default for SubscriptionTerms {
    fn default() -> Self {
        Self { incomplete_for: Span::days(1), dunning: DunningTerms::default() }
    }
}

/// How a failed renewal is tried again, counted from its first failure (R28).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DunningTerms {
    /// When the charge is tried again; ascending.
    pub retry_after: Vec<Span>,
    /// When the subscription ends.
    pub end_after: Span,
}

impl Default for DunningTerms {
    fn default() -> Self {
        Self { retry_after: [1, 3, 5, 7].map(Span::days).to_vec(), end_after: Span::days(14) }
    }
}

/// What a catalog must not say of plans and of subscriptions (R21).
pub(crate) fn flaws(catalog: &Catalog) -> Vec<CatalogFlaw> {
    let mut flaws = Vec::new();
    for plan in &catalog.plans {
        check_plan(&mut flaws, plan);
    }
    let SubscriptionTerms { incomplete_for, dunning: DunningTerms { retry_after, end_after } } = &catalog.subscriptions;
    for (name, span) in [("incomplete_for", incomplete_for), ("end_after", end_after)] {
        if span.is_empty() {
            flaws.push(CatalogFlaw::new(format!("/subscriptions/{name}"), "too_small", "longer than zero"));
        }
    }
    // Any instant serves to compare spans, as with the policies.
    let end = |span: Span| span.after(Instant::UNIX_EPOCH).unwrap_or(Instant::MAX_UTC);
    let mut last = Span::default();
    for (place, span) in retry_after.iter().enumerate() {
        let at = format!("/subscriptions/retry_after/{place}");
        if end(*span) <= end(last) {
            flaws.push(CatalogFlaw::new(at.clone(), "too_small", "each later than the one before"));
        }
        if end(*span) >= end(*end_after) {
            flaws.push(CatalogFlaw::new(at, "too_large", "before end_after"));
        }
        last = *span;
    }
    flaws
}

fn check_plan(flaws: &mut Vec<CatalogFlaw>, plan: &Plan) {
    let at = format!("/plans/{}", plan.code);
    if plan.months == 0 {
        flaws.push(CatalogFlaw::new(format!("{at}/every"), "too_small", "a period is a month or more"));
    } else if plan.months > Plan::MAX_MONTHS {
        flaws.push(CatalogFlaw::new(format!("{at}/every"), "too_large", "a period is at most ten years"));
    } else if plan.months.checked_rem(plan.grants_every) != Some(0) {
        flaws.push(CatalogFlaw::new(format!("{at}/grants_every"), "out_of_range", "a period is a multiple of it"));
    }
    if plan.trial_for.is_some_and(Span::is_empty) {
        flaws.push(CatalogFlaw::new(format!("{at}/trial_for"), "too_small", "a trial lasts some time"));
    }
}

impl DunningTerms {
    /// Where a charge stands that was declined at `now`: tried again at the next of the schedule's instants that is
    /// still to come, unless a new try cannot help. `since` is the first failure (R28).
    #[must_use]
    pub fn after(&self, decline: super::Decline, since: Instant, failures: u32, now: Instant) -> Dunning {
        let at = |span: &Span| span.after(since).unwrap_or(Instant::MAX_UTC);
        let next = self.retry_after.iter().map(at).find(|at| *at > now);
        let retry_at = next.filter(|_| decline == super::Decline::Soft);
        Dunning { since, failures, decline, retry_at, ends_at: at(&self.end_after) }
    }
}
