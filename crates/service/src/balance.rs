//! Reading a customer's balance, right without a clock tick (R10).

use domain::{Balance, Book, Customer, CustomerId, CustomerRef, EntryId, GrantId, GrantState, Instant, TenantId};
use ports::{Command, CustomerBook, Page, PageAsk};

use crate::{Context, Failure};

/// A customer and their book at one instant of their time.
#[derive(Clone, Debug)]
pub struct View {
    /// Who.
    pub customer: Customer,
    /// Everything due by `now` is in it.
    pub book: Book,
    /// The customer's time: their test clock's, or the real one; never before the last entry (R7).
    pub now: Instant,
}

/// The id behind `cus_…` or an external id.
pub async fn resolve(ctx: &Context, tenant: TenantId, customer: &CustomerRef) -> Result<CustomerId, Failure> {
    ctx.customers.resolve(tenant, customer).await?.ok_or(Failure::NotFound("customer"))
}

/// A customer's book now. What the clock has done meanwhile is written down first, so that every other
/// read shows the same.
pub async fn view(ctx: &Context, tenant: TenantId, customer: CustomerId) -> Result<View, Failure> {
    let read = || async { ctx.customers.get(tenant, customer).await?.ok_or(Failure::NotFound("customer")) };
    let mut found: CustomerBook = read().await?;
    let now = found.frozen_at.unwrap_or_else(|| ctx.clock.now());
    if found.book.due_at().is_some_and(|due| due <= now) {
        ctx.ledger.post(nudge(tenant, customer)).await?;
        found = read().await?;
    }
    let book = found.book.settled(now);
    Ok(View { customer: found.customer, now: now.max(book.last_at), book })
}

/// A command that has nothing to say: the door writes down what the clock has done.
pub(crate) fn nudge(tenant: TenantId, customer: CustomerId) -> Command {
    Command::new(tenant, customer, None, Box::new(|_| Ok(())))
}

/// The balance at a past instant; its answer never changes (R7).
pub async fn balance_at(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    at: Instant,
) -> Result<Balance, Failure> {
    let view = view(ctx, tenant, customer).await?;
    if at > view.now {
        return Err(Failure::bad_request("/at", "out_of_range", "the instant lies in the future"));
    }
    // What was decided before now may still be on its way to the journal: the nudge waits its turn behind it.
    ctx.ledger.post(nudge(tenant, customer)).await?;
    let known = ctx.journal.balance_at(tenant, customer, at).await?;
    known.ok_or_else(|| Failure::bad_request("/at", "out_of_range", "the instant lies before the customer's signup"))
}

/// A page of a customer's grants with where their credits are, and the book of the same snapshot (A37).
pub async fn breakdown(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    page: &PageAsk,
) -> Result<(Page<GrantState>, Book), Failure> {
    let now = view(ctx, tenant, customer).await?.now;
    let found = ctx.journal.grants(tenant, customer, now, page).await?;
    let (grants, book) = found.ok_or(Failure::NotFound("customer"))?;
    Ok((grants, book.settled(now)))
}

/// Where a grant's credits are now.
pub async fn grant_state(ctx: &Context, tenant: TenantId, grant: GrantId) -> Result<GrantState, Failure> {
    // The page of one that starts after the grant before it.
    let before = grant.number.checked_sub(1).filter(|before| *before > 0);
    let cursor = before.map(|number| EntryId { customer: grant.customer, sequence: number.into() }.to_string());
    let page = PageAsk { cursor, limit: 1, oldest_first: true };
    let found = match breakdown(ctx, tenant, grant.customer, &page).await {
        // Where the customer is not, the grant is not either (R42).
        Err(Failure::NotFound(_)) => None,
        other => other?.0.items.into_iter().next(),
    };
    found.filter(|state| state.grant.id == grant).ok_or(Failure::NotFound("grant"))
}
