//! What was earned of what was sold, by customer and in all (R37).

use domain::{CustomerId, Instant, Revenue, RevenueTotals, TenantId};
use ports::{Page, PageAsk, PaidAt, PaidFilter, PaidGrants};

use crate::{Context, Failure};

/// Customers that are read at once for totals.
const BATCH: u32 = 100;

/// Which revenue is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevenueOf {
    /// Where all prices stand after what was effective at or before an instant; at each customer's present where `None`.
    Instant(Option<Instant>),
    /// What has come about in a time: at its end, less what was at its beginning.
    Time {
        /// Inclusive.
        from: Instant,
        /// Exclusive.
        until: Instant,
    },
}

/// One customer's revenue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerRevenue {
    /// Whose.
    pub customer: CustomerId,
    /// By currency; never empty.
    pub revenue: RevenueTotals,
}

/// A report, or a page of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevenueReport {
    /// Over all customers of the report; only with its first page.
    pub totals: Option<RevenueTotals>,
    /// By customer. Those of whom there is nothing to tell are left out.
    pub page: Page<CustomerRevenue>,
}

/// Reports revenue. Nothing is written: what has expired counts so all the same (R10).
pub async fn revenue(
    ctx: &Context,
    tenant: TenantId,
    customer: Option<CustomerId>,
    of: RevenueOf,
    ask: &PageAsk,
) -> Result<RevenueReport, Failure> {
    if matches!(of, RevenueOf::Time { from, until } if from > until) {
        return Err(Failure::bad_request("/from", "out_of_range", "`from` lies after `until`"));
    }
    let filter = PaidFilter { customer, at: of.instants(), now: ctx.clock.now() };
    let Page { items, next } = ctx.books.paid(tenant, &filter, ask).await?;
    let by_customer = items.iter().map(|paid| CustomerRevenue { customer: paid.customer, revenue: of_one(paid) });
    let items = by_customer.filter(|one| !one.revenue.rows().is_empty()).collect();
    let totals = if ask.cursor.is_none() { Some(totals(ctx, tenant, &filter).await?) } else { None };
    Ok(RevenueReport { totals, page: Page { items, next } })
}

impl RevenueOf {
    /// As of when grants are read: the last of these, and what is taken off it.
    fn instants(self) -> Vec<Instant> {
        let before = |at: Instant| at - chrono::TimeDelta::milliseconds(1);
        match self {
            Self::Instant(at) => vec![at.unwrap_or(Instant::MAX_UTC)],
            Self::Time { from, until } => vec![before(until), before(from)],
        }
    }
}

async fn totals(ctx: &Context, tenant: TenantId, filter: &PaidFilter) -> Result<RevenueTotals, Failure> {
    let mut totals = RevenueTotals::default();
    let mut ask = PageAsk { cursor: None, limit: BATCH, oldest_first: true };
    loop {
        let page = ctx.books.paid(tenant, filter, &ask).await?;
        for paid in &page.items {
            of_one(paid).rows().iter().for_each(|row| totals.add(row));
        }
        let Some(next) = page.next else { return Ok(totals) };
        ask.cursor = Some(next);
    }
}

fn of_one(paid: &PaidGrants) -> RevenueTotals {
    match &paid.at[..] {
        [at] => sum(at),
        [end, beginning] => sum(end).since(&sum(beginning)),
        _ => RevenueTotals::default(),
    }
}

/// Adds up what was paid. What went back of charges beyond what no grant stands for went back of their grants, the latest
/// first: those have lost credits for it, or cost less since.
fn sum(paid: &PaidAt) -> RevenueTotals {
    let mut sum = RevenueTotals::default();
    let mut refunds: Vec<i64> = paid.grants.iter().map(|grant| grant.refunded).collect();
    for rest in &paid.ungranted {
        let mut beyond = rest.refunded.saturating_sub(rest.price.minor).max(0);
        let grants = paid.grants.iter().map(|paid| &paid.state.grant).zip(&mut refunds).rev();
        for (grant, refunded) in grants.filter(|(grant, _)| rest.grants.contains(&grant.id)) {
            let cost = grant.cost.map_or(0, |cost| cost.minor);
            let more = cost.saturating_sub(*refunded).clamp(0, beyond);
            *refunded = refunded.saturating_add(more);
            beyond = beyond.saturating_sub(more);
        }
        if let Some(revenue) = Revenue::of_charges(rest.price, rest.refunded, rest.is_over) {
            sum.add(&revenue);
        }
    }
    let grants = paid.grants.iter().zip(refunds);
    let grants = grants.filter_map(|(grant, refunded)| Revenue::of(&grant.state, refunded));
    grants.for_each(|revenue| sum.add(&revenue));
    sum
}
