//! Starting a job: the whole estimate is held, or nothing (R14, R15).

use domain::rules::{self, NewHold, ReleaseReason};
use domain::{CustomerId, Estimate, EstimateId, HoldId, Instant, Span, TenantId};
use ports::{Command, CommandKey, Decide, PostError, Posted};

use crate::estimate::{build, explain_shortage};
use crate::once::done_before;
use crate::{Context, Failure, Job, Priced, price};

/// What a job starts from.
#[derive(Clone, Debug)]
pub enum Basis {
    /// A kept estimate: nothing is counted again, its prices hold (R13).
    Estimate(EstimateId),
    /// A job, estimated now.
    Job(CustomerId, Job),
}

/// A job to be started.
#[derive(Clone, Debug)]
pub struct Start {
    /// From what.
    pub basis: Basis,
    /// Start the longest affordable run of lines where not all are affordable.
    pub partial: bool,
    /// How long the hold lives; the catalog's default where `None`.
    pub ttl: Option<Span>,
    /// The host's own object.
    pub reference: Option<String>,
    /// The caller's own notes.
    pub metadata: Vec<(String, String)>,
}

/// The kept estimate of a job, so that a caller bound to one customer can be checked against it.
pub async fn kept_estimate(ctx: &Context, tenant: TenantId, id: EstimateId) -> Result<Estimate, Failure> {
    ctx.estimates.find(tenant, id).await?.ok_or(Failure::NotFound("estimate"))
}

/// Starts a job.
pub async fn start(ctx: &Context, tenant: TenantId, start: Start, key: CommandKey) -> Result<Posted, Failure> {
    let priced = ctx.catalog(tenant).await?;
    let estimate = match &start.basis {
        Basis::Estimate(id) => kept_estimate(ctx, tenant, *id).await?,
        Basis::Job(customer, job) => match estimated(ctx, &priced, *customer, job).await {
            Ok(estimate) => estimate,
            Err(failure) => return done_before(ctx, tenant, *customer, key, failure).await,
        },
    };
    let policies = priced.catalog.policies;
    let lines = estimate.lines.clone();
    let customer = estimate.customer;
    let new = NewHold {
        estimate,
        partial: start.partial,
        ttl: start.ttl.unwrap_or(policies.hold_for),
        max_ttl: policies.hold_at_most,
        reference: start.reference,
        metadata: start.metadata,
    };
    let decide = Box::new(move |draft: &mut domain::Draft| rules::hold(draft, new.clone()));
    let posted = ctx.ledger.post(Command::new(tenant, customer, Some(key), decide)).await;
    posted.map_err(|error| explain_shortage(error.into(), &priced.catalog, &lines))
}

/// An estimate of a job that starts at once: nobody can come too late with it.
async fn estimated(ctx: &Context, priced: &Priced, customer: CustomerId, job: &Job) -> Result<Estimate, Failure> {
    let lines = price::lines(ctx.pages.as_ref(), &priced.catalog, job).await?;
    let estimate = build(ctx, priced, customer, job, lines, ctx.clock.now())?;
    Ok(Estimate { valid_until: Instant::MAX_UTC, ..estimate })
}

/// Gives back all that a hold still holds, and closes it (R12).
pub async fn release(
    ctx: &Context,
    tenant: TenantId,
    hold: HoldId,
    reason: Option<String>,
    key: CommandKey,
) -> Result<Posted, Failure> {
    let goodwill_for = ctx.catalog(tenant).await?.catalog.policies.goodwill_for;
    let reason = match reason {
        Some(reason) if reason == ReleaseReason::VENDOR_FAULT => ReleaseReason::VendorFault(goodwill_for),
        Some(reason) => ReleaseReason::Other(reason),
        None => ReleaseReason::Other("released".to_owned()),
    };
    let decide = Box::new(move |draft: &mut domain::Draft| rules::release(draft, &reason));
    post_on_hold(ctx, tenant, hold, key, decide).await
}

/// Moves a hold's end to `ttl` from now (R15).
pub async fn extend(
    ctx: &Context,
    tenant: TenantId,
    hold: HoldId,
    ttl: Span,
    key: CommandKey,
) -> Result<Posted, Failure> {
    let at_most = ctx.catalog(tenant).await?.catalog.policies.hold_at_most;
    let decide = Box::new(move |draft: &mut domain::Draft| rules::extend_hold(draft, ttl, at_most));
    post_on_hold(ctx, tenant, hold, key, decide).await
}

/// Posts a command on a hold. Where its customer is not, the hold is not either (R42).
pub(crate) async fn post_on_hold(
    ctx: &Context,
    tenant: TenantId,
    hold: HoldId,
    key: CommandKey,
    decide: Decide,
) -> Result<Posted, Failure> {
    let posted = ctx.ledger.post(on_hold(tenant, hold, Some(key), decide)).await;
    posted.map_err(|error| match error {
        PostError::CustomerNotFound => Failure::NotFound("hold"),
        other => other.into(),
    })
}

pub(crate) fn on_hold(tenant: TenantId, hold: HoldId, key: Option<CommandKey>, decide: Decide) -> Command {
    Command { hold: Some(hold), ..Command::new(tenant, hold.customer, key, decide) }
}
