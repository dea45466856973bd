//! A job from estimate to capture.

use std::collections::BTreeMap;

use domain::rules::What;
use domain::{Credits, Estimate, GrantId};
use ports::Posted;
use service::Kept;
use service::capture::{self, capture};
use service::estimate::estimate;
use service::hold::{Basis, Start, start};
use service::{Context, Failure, Job};

use super::sale::Sale;
use super::shop::{Shop, once};
use super::{show, top_up};
use crate::cli::output::data;

/// Work for the demo's customer.
pub(crate) struct Work {
    /// What it is.
    pub(crate) what: String,
    /// What its quantities count.
    pub(crate) unit: &'static str,
    /// The job.
    pub(crate) job: Job,
}

/// Estimates, holds and captures it, and shows each step; what had to be bought for it.
pub(crate) async fn run(ctx: &Context, shop: &Shop, work: Work) -> anyhow::Result<Option<Sale>> {
    let before = shop.balance(ctx).await?;
    let Kept::Done(estimated) = estimate(ctx, shop.tenant.id, shop.customer.id, &work.job, None).await? else {
        anyhow::bail!("an estimate without a key was a replay");
    };
    data(show::estimate(&work.what, work.unit, &estimated.estimate))?;
    data(show::step("Before", before))?;
    let (held, sale) = hold(ctx, shop, &estimated.estimate).await?;
    data(show::step("Held", held.balance))?;
    let hold = held.hold.ok_or_else(|| anyhow::anyhow!("a start answers its hold"))?;
    let all = capture::Ask { what: What::Rest, close: true, overage: None, occurred_at: None };
    let captured = capture(ctx, shop.tenant.id, hold.id, all, once(ctx)).await?;
    data(show::step("Captured", captured.balance))?;
    let draws = show::draws(ctx, shop, &drawn(&captured)).await?;
    data(draws)?;
    Ok(sale)
}

/// Starts the job; a customer who is short of credits is topped up first.
async fn hold(ctx: &Context, shop: &Shop, estimate: &Estimate) -> anyhow::Result<(Posted, Option<Sale>)> {
    let again = || Start {
        basis: Basis::Estimate(estimate.id),
        partial: false,
        ttl: None,
        reference: None,
        metadata: Vec::new(),
    };
    match start(ctx, shop.tenant.id, again(), once(ctx)).await {
        Err(Failure::Insufficient(short)) => {
            data(show::refused(&short))?;
            let sale = top_up::top_up(ctx, shop, &short).await?;
            Ok((start(ctx, shop.tenant.id, again(), once(ctx)).await?, sale))
        }
        started => Ok((started?, None)),
    }
}

/// How much of each grant was used up, in the order of the grants.
fn drawn(captured: &Posted) -> BTreeMap<GrantId, Credits> {
    let mut drawn = BTreeMap::new();
    for posting in captured.entries.iter().filter(|entry| entry.kind.is_usage()).flat_map(|entry| &entry.postings) {
        let sum: &mut Credits = drawn.entry(posting.grant).or_default();
        *sum = *sum + posting.amount;
    }
    drawn
}
