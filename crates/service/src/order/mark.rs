//! Marking an order as paid by hand: the money came by bank transfer, or otherwise outside (R32).

use domain::{OrderId, OrderRefusal, OrderStatus, PaymentWay, Tenant};
use ports::{OrderChange, PlacedOrder};

use super::{attend, order, save, settle};
use crate::once::replay;
use crate::{Context, Failure, Kept, Once};

/// The operator has the money of an order; `reference` is what they find it again by.
pub async fn mark_paid(
    ctx: &Context,
    tenant: &Tenant,
    id: OrderId,
    reference: &str,
    once: &Once<'_, PlacedOrder>,
) -> Result<Kept<PlacedOrder>, Failure> {
    if let Some(reply) = replay(ctx, tenant.id, Some(once)).await? {
        return Ok(Kept::Before(reply));
    }
    let placed = order(ctx, tenant.id, id).await?;
    // Marked again as paid by the same payment, nothing changes: the answer may have died on its way.
    let mine = |placed: &PlacedOrder| placed.order.payment.as_ref().is_some_and(|payment| payment.id == reference);
    let again = mine(&placed) && (placed.is_undelivered() || placed.order.status == OrderStatus::Paid);
    if placed.order.way != PaymentWay::Manual || !(again || placed.order.status.awaits_payment()) {
        return Err(Failure::Order(OrderRefusal::NotOpen(placed.order.status)));
    }
    let placed = match settle::settle(ctx, tenant, placed, reference).await {
        // A worker has gone on with it, or someone else has marked it: the order tells.
        Err(Failure::Changed) => attend::attend(ctx, tenant, id).await?,
        other => other?,
    };
    if !mine(&placed) {
        return Err(Failure::Order(OrderRefusal::NotOpen(placed.order.status)));
    }
    let reply = Some(once.reply(&placed));
    save(ctx, tenant.id, OrderChange { reply, ..OrderChange::untold(placed) }).await.map(Kept::Done)
}
