//! Writing down what the clock has done: grants that expired, free tiers that renewed, holds that lapsed.
//! A nudge that comes twice, or from two processes, finds nothing left to do.

use domain::{ClockId, Instant, rules};
use ports::Command;

use crate::balance::nudge;
use crate::hold::on_hold;
use crate::{Context, Failure};

const BATCH: u32 = 500;

/// Does what is due by the real clock; the number of nudges it took.
pub async fn sweep(ctx: &Context) -> Result<u64, Failure> {
    sweep_due(ctx, None, ctx.clock.now()).await
}

/// Does what is due by a test clock.
pub(crate) async fn sweep_clock(ctx: &Context, clock: ClockId, at: Instant) -> Result<u64, Failure> {
    sweep_due(ctx, Some(clock), at).await
}

async fn sweep_due(ctx: &Context, clock: Option<ClockId>, at: Instant) -> Result<u64, Failure> {
    let mut nudged = 0;
    loop {
        let holds = ctx.due.holds(clock, at, BATCH).await?;
        let books = ctx.due.books(clock, at, BATCH).await?;
        if holds.is_empty() && books.is_empty() {
            return Ok(nudged);
        }
        let lapses = holds.into_iter().map(|(tenant, hold)| on_hold(tenant, hold, None, Box::new(rules::lapse)));
        let nudges = books.into_iter().map(|(tenant, customer)| nudge(tenant, customer));
        let commands: Vec<Command> = lapses.chain(nudges).collect();
        nudged += commands.len() as u64;
        for outcome in ctx.ledger.post_all(commands).await {
            outcome?;
        }
    }
}
