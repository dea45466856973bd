//! Granting credits: a pack of the catalog, or on the operator's own terms (R2, R9).

use domain::rules::{self, NewGrant};
use domain::{
    Catalog, Credits, CustomerId, Draft, Grant, GrantId, Instant, Money, Pack, Source, Span, TenantId,
    end_of_day_after, instant,
};
use ports::{Command, CommandKey, CustomerBook, Decide, Posted};

use crate::once::done_before;
use crate::{Context, Failure, order};

/// What to grant.
#[derive(Clone, Debug)]
pub enum Terms {
    /// A pack, on the catalog's terms.
    Pack(String),
    /// Credits on the operator's terms.
    Credits {
        /// Where they come from.
        source: Source,
        /// How many.
        amount: Credits,
        /// What was paid for them.
        cost: Option<Money>,
        /// When they end.
        end: End,
    },
}

/// When a grant ends.
#[derive(Clone, Copy, Debug)]
pub enum End {
    /// Never.
    Never,
    /// At an instant.
    At(Instant),
    /// After a span, with the day's end in the customer's zone (R9).
    After(Span),
}

/// A grant to be made.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What.
    pub terms: Terms,
    /// What the customer knows it by; the pack's or the source's name where `None`.
    pub label: Option<String>,
    /// Lower burns first; 100 where `None`.
    pub priority: Option<u16>,
    /// When its credits become spendable; now where `None`.
    pub effective_at: Option<Instant>,
    /// Why.
    pub reason: Option<String>,
}

/// Makes a grant.
pub async fn grant(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    ask: Ask,
    key: CommandKey,
) -> Result<Posted, Failure> {
    let found = ctx.customers.get(tenant, customer).await?.ok_or(Failure::NotFound("customer"))?;
    let zone = found.customer.zone;
    let (source, amount, cost, end, name) = match ask.terms {
        Terms::Pack(code) => match sold(&ctx.catalog(tenant).await?.catalog, &found, &code, ctx.clock.now()) {
            Ok((pack, cost)) => {
                let end = pack.validity.0.map_or(End::Never, End::After);
                (Source::Pack, Credits::whole(pack.credits), Some(cost), end, pack.code)
            }
            Err(failure) => return done_before(ctx, tenant, customer, key, failure).await,
        },
        Terms::Credits { source, amount, cost, end } => (source, amount, cost, end, source.word().to_owned()),
    };
    let label = ask.label.unwrap_or(name);
    let (priority, effective_at, reason) =
        (ask.priority.unwrap_or(Grant::DEFAULT_PRIORITY), ask.effective_at, ask.reason);
    let decide: Decide = Box::new(move |draft: &mut Draft| {
        // A validity counts from the purchase, by ledger time: fixed here, once (R9).
        let expires_at = match end {
            End::Never => None,
            End::At(at) => Some(at),
            End::After(span) => end_of_day_after(effective_at.unwrap_or(draft.now()).max(draft.now()), span, zone),
        };
        let (label, reason) = (label.clone(), reason.clone());
        rules::grant(draft, NewGrant { source, label, amount, cost, priority, effective_at, expires_at, reason })
            .map(drop)
    });
    Ok(ctx.ledger.post(Command::new(tenant, customer, Some(key), decide)).await?)
}

/// A pack, and what a sale of it to this customer would bring now, net of tax: revenue is net of tax (R37).
fn sold(catalog: &Catalog, to: &CustomerBook, code: &str, real: Instant) -> Result<(Pack, Money), Failure> {
    let pack = catalog.pack(code).ok_or(Failure::NotFound("pack"))?;
    let cost = order::net_price(catalog, &to.customer, pack, to.now(real))?;
    Ok((pack.clone(), cost))
}

/// Moves a grant's end to a later instant; the grant's terms after it.
pub async fn extend(
    ctx: &Context,
    tenant: TenantId,
    grant: GrantId,
    expires_at: Instant,
    key: CommandKey,
) -> Result<(Grant, Posted), Failure> {
    let terms = terms(ctx, tenant, grant).await?;
    let decide: Decide = Box::new(move |draft| rules::extend_grant(draft, grant, expires_at));
    let posted = ctx.ledger.post(Command::new(tenant, grant.customer, Some(key), decide)).await?;
    Ok((Grant { expires_at: Some(instant(expires_at)), ..terms }, posted))
}

/// Takes back what is left in a grant; its terms.
pub async fn revoke(
    ctx: &Context,
    tenant: TenantId,
    grant: GrantId,
    reason: Option<String>,
    key: CommandKey,
) -> Result<(Grant, Posted), Failure> {
    let terms = terms(ctx, tenant, grant).await?;
    let decide: Decide = Box::new(move |draft| rules::revoke(draft, grant, reason.clone()).map(drop));
    Ok((terms, ctx.ledger.post(Command::new(tenant, grant.customer, Some(key), decide)).await?))
}

async fn terms(ctx: &Context, tenant: TenantId, grant: GrantId) -> Result<Grant, Failure> {
    ctx.journal.grant(tenant, grant).await?.ok_or(Failure::NotFound("grant"))
}
