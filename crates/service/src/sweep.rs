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
    let mut before = (Vec::new(), Vec::new());
    loop {
        let due = (ctx.due.holds(clock, at, BATCH).await?, ctx.due.books(clock, at, BATCH).await?);
        // What stays due is not due by the ledger's time: the real clock has gone back since. It will come again.
        if due == before {
            return Ok(nudged);
        }
        let (holds, books) = &due;
        let lapses = holds.iter().map(|(tenant, hold)| on_hold(*tenant, *hold, None, Box::new(rules::lapse)));
        let nudges = books.iter().map(|(tenant, customer)| nudge(*tenant, *customer));
        let commands: Vec<Command> = lapses.chain(nudges).collect();
        nudged += commands.len() as u64;
        for outcome in ctx.ledger.post_all(commands).await {
            outcome?;
        }
        before = due;
    }
}
