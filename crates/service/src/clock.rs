//! Test clocks: advancing one does everything that becomes due on the way, in order.

use domain::{ClockId, Instant, Mode, Tenant, TenantId, instant};
use ports::TestClock;
use uuid::Uuid;

use crate::once::{Kept, or_replay, replay};
use crate::order::{end_clock, top_up_clock};
use crate::subscription::turn_clock;
use crate::sweep::sweep_clock;
use crate::{Context, Failure, Once};

/// The last instant that a test clock can show: dates print with four digits of year.
fn latest() -> Instant {
    Instant::from_timestamp_millis(253_402_300_799_999).unwrap_or(Instant::MAX_UTC)
}

/// Makes a clock that shows `frozen_at`.
pub async fn create(
    ctx: &Context,
    tenant: &Tenant,
    frozen_at: Instant,
    once: Option<Once<'_, TestClock>>,
) -> Result<Kept<TestClock>, Failure> {
    if let Some(reply) = replay(ctx, tenant.id, once.as_ref()).await? {
        return Ok(Kept::Before(reply));
    }
    if tenant.mode != Mode::Test {
        return Err(Failure::TestModeOnly);
    }
    in_range("/frozen_at", frozen_at)?;
    let id = ClockId(Uuid::from_u128(ctx.ids.id()));
    let clock = TestClock { id, frozen_at: instant(frozen_at), created_at: ctx.clock.now() };
    let reply = once.as_ref().map(|once| once.reply(&clock));
    match ctx.clocks.create(tenant.id, &clock, reply.as_ref()).await {
        Ok(()) => Ok(Kept::Done(clock)),
        Err(error) => or_replay(ctx, tenant.id, once.as_ref(), error).await.map(Kept::Before),
    }
}

/// Rounds at one instant, before an advance gives up: what is due may need a provider that does not answer.
const MOST_AT_ONCE: u32 = 100;

/// Moves a clock forward, stopping at each instant at which something is due, and doing it: the ledger
/// comes out the same whether a year is one step or 365. Asking twice changes nothing.
pub async fn advance(ctx: &Context, tenant: TenantId, id: ClockId, to: Instant) -> Result<TestClock, Failure> {
    let clock = ctx.clocks.get(tenant, id).await?.ok_or(Failure::NotFound("clock"))?;
    let to = instant(to);
    in_range("/to", to)?;
    if to < clock.frozen_at {
        return Err(Failure::invalid("/to", "too_small", format!("the clock shows {} already", clock.frozen_at)));
    }
    let mut shown = clock.frozen_at;
    // Whoever brought it here may have died at what was due.
    arrive(ctx, id, shown).await?;
    let mut stuck = 0;
    while let Some(due) = ctx.due.next(id, to).await? {
        // Each instant has so much to be done, and no more.
        stuck = if due <= shown { stuck + 1 } else { 0 };
        if stuck > MOST_AT_ONCE {
            let why = format!("what is due at {due} cannot be done now");
            return Err(Failure::Payment(ports::PaymentError::Unavailable(why.into())));
        }
        shown = due.max(shown);
        ctx.clocks.set(tenant, id, shown).await?;
        arrive(ctx, id, shown).await?;
    }
    ctx.clocks.set(tenant, id, to).await?;
    top_up_clock(ctx, id).await?;
    Ok(TestClock { frozen_at: to, ..clock })
}

/// Does what is due when the clock shows `at`, and what was begun before and is not done.
async fn arrive(ctx: &Context, id: ClockId, at: Instant) -> Result<(), Failure> {
    sweep_clock(ctx, id, at).await?;
    end_clock(ctx, id, at).await?;
    turn_clock(ctx, id, at).await?;
    top_up_clock(ctx, id).await.map(drop)
}

fn in_range(pointer: &str, at: Instant) -> Result<(), Failure> {
    if at < Instant::UNIX_EPOCH || at > latest() {
        return Err(Failure::invalid(pointer, "out_of_range", "an instant of the years 1970 to 9999"));
    }
    Ok(())
}
