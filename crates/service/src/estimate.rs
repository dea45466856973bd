//! What a job would need, told before anything is written (R13).

use domain::{Advice, Balance, Catalog, Credits, CustomerId, Estimate, EstimateId, Instant, Line, TenantId, advise};
use uuid::Uuid;

use crate::balance::{View, view};
use crate::once::{Kept, or_replay, replay};
use crate::{Context, Failure, Insufficient, Job, Once, Priced, price};

/// A priced job beside the balance that would pay it.
#[derive(Clone, Debug)]
pub struct Estimated {
    /// The job, priced, kept.
    pub estimate: Estimate,
    /// The balance now.
    pub balance: Balance,
    /// What is missing.
    pub shortfall: Credits,
    /// Which grants would be drawn on: amount, and the grant's end.
    pub draws: Vec<Draw>,
    /// What to buy, where something is missing.
    pub advice: Option<Advice>,
}

/// A grant that a job would draw on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Which grant.
    pub grant: domain::GrantId,
    /// How much of it.
    pub amount: Credits,
    /// When it ends.
    pub expires_at: Option<Instant>,
}

/// Counts, prices and keeps a job. The ledger is only read.
pub async fn estimate(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    job: &Job,
    once: Option<Once<'_, Estimated>>,
) -> Result<Kept<Estimated>, Failure> {
    if let Some(reply) = replay(ctx, tenant, once.as_ref()).await? {
        return Ok(Kept::Before(reply));
    }
    let priced = ctx.catalog(tenant).await?;
    let lines = price::lines(ctx.pages.as_ref(), &priced.catalog, job).await?;
    let view = view(ctx, tenant, customer).await?;
    let estimate = build(ctx, &priced, customer, job, lines, view.now)?;
    let estimated = beside_balance(estimate, &view, &priced.catalog);
    let reply = once.as_ref().map(|once| once.reply(&estimated));
    match ctx.estimates.save(tenant, &estimated.estimate, reply.as_ref()).await {
        Ok(()) => Ok(Kept::Done(estimated)),
        Err(error) => or_replay(ctx, tenant, once.as_ref(), error).await.map(Kept::Before),
    }
}

/// An estimate made for a job that starts at once.
pub(crate) fn build(
    ctx: &Context,
    priced: &Priced,
    customer: CustomerId,
    job: &Job,
    lines: Vec<Line>,
    now: Instant,
) -> Result<Estimate, Failure> {
    let total = lines.iter().try_fold(Credits::ZERO, |sum, line| sum.checked_add(line.cost));
    total
        .filter(|total| *total <= Credits::MAX)
        .ok_or_else(|| Failure::invalid("/items", "out_of_range", "the job is more than the ledger can count"))?;
    let for_ever = Instant::MAX_UTC;
    Ok(Estimate {
        id: EstimateId(Uuid::from_u128(ctx.ids.id())),
        customer,
        lines,
        mode: price::mode(job)?,
        created_at: now,
        valid_until: priced.catalog.policies.estimate_for.after(now).unwrap_or(for_ever),
        catalog_version: priced.version,
    })
}

fn beside_balance(estimate: Estimate, view: &View, catalog: &Catalog) -> Estimated {
    let (balance, total) = (view.book.balance(), estimate.total());
    let shortfall = total.saturating_sub(balance.available);
    let (postings, _) = view.book.draw_up_to(total);
    let end = |number| view.book.grant(number).and_then(|grant| grant.expires_at);
    let draws = postings
        .into_iter()
        .map(|draw| Draw { grant: draw.grant, amount: draw.amount, expires_at: end(draw.grant.number) })
        .collect();
    let advice = (!shortfall.is_zero()).then(|| advice(catalog, shortfall));
    Estimated { estimate, balance, shortfall, draws, advice }
}

/// What to buy for what is missing (R23).
pub(crate) fn advice(catalog: &Catalog, shortfall: Credits) -> Advice {
    let packs: Vec<_> = catalog.public_packs().collect();
    advise(&packs, shortfall.ceil_whole())
}

/// A refusal for want of credits, with what the caller needs to act (B22). Other failures pass through.
pub(crate) fn explain_shortage(failure: Failure, catalog: &Catalog, lines: &[Line]) -> Failure {
    let Failure::Refused(domain::Refusal::InsufficientCredits { required, balance }) = failure else {
        return failure;
    };
    let shortfall = required.saturating_sub(balance.available);
    Failure::Insufficient(Box::new(Insufficient {
        required,
        balance,
        lines: lines.to_vec(),
        advice: advice(catalog, shortfall),
        links: catalog.links.clone(),
    }))
}
