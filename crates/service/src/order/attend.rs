//! Taking orders on from wherever they are.

use chrono::TimeDelta;
use domain::{ClockId, Instant, OrderId, Tenant, TenantId};
use ports::{OrderChange, OrderEnd, PlacedOrder};

use super::{TURNS, end, order, pay, refunded, save, saved_or_changed, settle, stop};
use crate::{Context, Failure, Kept, Once, chain};

const BATCH: u32 = 100;

/// When to ask the provider again, after so many times in vain.
pub(crate) fn again_at(now: Instant, asked: u32) -> Instant {
    const FIRST: i64 = 5;
    const LONGEST: i64 = 3_600;
    let seconds = FIRST.saturating_mul(1 << asked.min(10)).min(LONGEST);
    now + TimeDelta::seconds(seconds)
}

/// The tenant of an order, which knows whether it is for trying.
pub(crate) async fn tenant_of(ctx: &Context, id: TenantId) -> Result<Tenant, Failure> {
    ctx.tenants.find(&id.to_string()).await?.ok_or(Failure::NotFound("tenant"))
}

/// Takes an order on as far as it goes now: books what has been paid, else asks the provider.
pub(crate) async fn attend(ctx: &Context, tenant: &Tenant, id: OrderId) -> Result<PlacedOrder, Failure> {
    for _ in 0..TURNS {
        match Box::pin(step(ctx, tenant, order(ctx, tenant.id, id).await?)).await {
            Err(Failure::Changed) => {}
            other => return other,
        }
    }
    Err(Failure::Changed)
}

/// Takes on what a call has begun with an order, and keeps how far it came as the call's answer.
pub(super) async fn answer(
    ctx: &Context,
    tenant: &Tenant,
    id: OrderId,
    once: &Once<'_, PlacedOrder>,
) -> Result<Kept<PlacedOrder>, Failure> {
    let placed = attend(ctx, tenant, id).await?;
    let reply = Some(once.reply(&placed));
    match save(ctx, tenant.id, OrderChange { reply, ..OrderChange::untold(placed.clone()) }).await {
        // It has moved on already, as a payment that is told of at once does; whoever asks again hears how it began.
        Err(Failure::Changed) => Ok(Kept::Done(placed)),
        other => other.map(Kept::Done),
    }
}

async fn step(ctx: &Context, tenant: &Tenant, placed: PlacedOrder) -> Result<PlacedOrder, Failure> {
    if placed.is_undelivered() {
        settle::book(ctx, tenant, placed).await
    } else if placed.order.status.awaits_payment() && placed.attempt.is_some() {
        pay::pursue(ctx, tenant, placed).await
    } else if placed.order.payment.is_none() && placed.attempt.is_some() {
        stop::look_back(ctx, tenant, placed).await
    } else {
        refunded::pursue(ctx, tenant, placed).await
    }
}

/// Attends to the orders that are due to be asked about; how many.
pub async fn attend_due(ctx: &Context) -> Result<u64, Failure> {
    let due = ctx.orders.to_ask(ctx.clock.now(), BATCH).await?;
    for (tenant, id) in &due {
        let attended = async { attend(ctx, &tenant_of(ctx, *tenant).await?, *id).await };
        if let Err(failure) = attended.await {
            postpone(ctx, *tenant, *id, failure).await?;
        }
    }
    Ok(due.len() as u64)
}

/// An order that cannot be taken on now must not keep others waiting.
async fn postpone(ctx: &Context, tenant: TenantId, id: OrderId, failure: Failure) -> Result<(), Failure> {
    if let Failure::Unavailable(_) | Failure::Busy = failure {
        return Err(failure);
    }
    let placed = order(ctx, tenant, id).await?;
    let ask_at = Some(again_at(ctx.clock.now(), placed.asked));
    let later = PlacedOrder { ask_at, asked: placed.asked.saturating_add(1), ..placed };
    tracing::error!(order = %id, "an order cannot be taken on: {}", chain(&failure));
    saved_or_changed(ctx, tenant, OrderChange::untold(later)).await
}

/// Ends the orders that were not paid in time, by the real clock; how many.
pub async fn end_due(ctx: &Context) -> Result<u64, Failure> {
    end_by(ctx, None, ctx.clock.now()).await
}

/// The same by a test clock.
pub(crate) async fn end_clock(ctx: &Context, clock: ClockId, at: Instant) -> Result<u64, Failure> {
    end_by(ctx, Some(clock), at).await
}

async fn end_by(ctx: &Context, clock: Option<ClockId>, at: Instant) -> Result<u64, Failure> {
    let mut ended = 0;
    let mut after = None;
    loop {
        let due = ctx.orders.to_end(clock, at, after, BATCH).await?;
        // What cannot be ended now, as its provider is away, keeps no later one waiting: it comes again.
        let Some(last) = due.last() else { return Ok(ended) };
        after = Some(*last);
        for OrderEnd { order: id, tenant, .. } in &due {
            match end::expire(ctx, *tenant, *id, at).await {
                Ok(()) => ended += 1,
                Err(failure @ (Failure::Unavailable(_) | Failure::Busy)) => return Err(failure),
                Err(failure) => tracing::error!(order = %id, "an order cannot be ended: {}", chain(&failure)),
            }
        }
    }
}
