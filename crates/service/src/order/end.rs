//! Ending an order that is not paid: the provider's payment first, so that none comes afterwards.

use domain::{Decline, Instant, OrderEvent, OrderId, OrderRefusal, OrderStatus, Tenant, TenantId};
use ports::{OrderChange, PlacedOrder};

use super::attend::{again_at, tenant_of};
use super::stop::stop_payment;
use super::{bill, order, save, saved_or_changed, told};
use crate::once::replay;
use crate::{Context, Failure, Kept, Once, subscription};

/// What customers are told of a charge whose order ended.
const NOT_PAID: &str = "It was not paid in time.";

/// Calls an order off. One whose payment has settled meanwhile is paid, and stays so.
pub async fn cancel(
    ctx: &Context,
    tenant: &Tenant,
    id: OrderId,
    once: Option<&Once<'_, PlacedOrder>>,
) -> Result<Kept<PlacedOrder>, Failure> {
    if let Some(reply) = replay(ctx, tenant.id, once).await? {
        return Ok(Kept::Before(reply));
    }
    let placed = order(ctx, tenant.id, id).await?;
    placed.order.cancel().map_err(Failure::Order)?;
    let placed = stop_payment(ctx, tenant, placed).await?;
    subscription::unpaid(ctx, tenant, &placed, Decline::Soft, NOT_PAID).await?;
    let canceled = placed.order.cancel().map_err(Failure::Order)?;
    let now = bill::now_of(ctx, tenant.id, canceled.customer).await?;
    let placed = PlacedOrder { order: canceled, ask_at: None, ..placed };
    match answer(ctx, tenant, told::step(ctx, OrderEvent::Canceled, placed, now), once).await {
        // The provider has told of the end that we asked for before we had written it down: others are told already.
        Err(Failure::Changed) => {
            if let Some(reply) = replay(ctx, tenant.id, once).await? {
                return Ok(Kept::Before(reply));
            }
            let placed = order(ctx, tenant.id, id).await?;
            if placed.order.status != OrderStatus::Canceled {
                return Err(Failure::Order(OrderRefusal::NotOpen(placed.order.status)));
            }
            answer(ctx, tenant, OrderChange::untold(placed), once).await.map(Kept::Done)
        }
        other => other.map(Kept::Done),
    }
}

/// Calls the order of a charge off that is not due any more. One that has been paid meanwhile is left as it is: its money
/// goes back, as nothing waits for it.
pub(crate) async fn stop_order(ctx: &Context, tenant: &Tenant, id: OrderId) -> Result<(), Failure> {
    // A task may speak of an order that was never placed.
    let Some(placed) = ctx.orders.get(tenant.id, id).await? else { return Ok(()) };
    if !placed.order.status.awaits_payment() {
        return Ok(());
    }
    match cancel(ctx, tenant, id, None).await {
        Ok(_) | Err(Failure::Order(OrderRefusal::NotOpen(_))) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Writes a change down as the call's answer.
async fn answer(
    ctx: &Context,
    tenant: &Tenant,
    change: OrderChange,
    once: Option<&Once<'_, PlacedOrder>>,
) -> Result<PlacedOrder, Failure> {
    let reply = once.map(|once| once.reply(&change.placed));
    save(ctx, tenant.id, OrderChange { reply, ..change }).await
}

/// Ends an order that was not paid in time. Where the provider does not answer it stays open, and comes again later.
pub(super) async fn expire(ctx: &Context, tenant: TenantId, id: OrderId, at: Instant) -> Result<(), Failure> {
    let tenant = tenant_of(ctx, tenant).await?;
    let placed = order(ctx, tenant.id, id).await?;
    if !placed.order.status.awaits_payment() {
        return Ok(());
    }
    let placed = match stop_payment(ctx, &tenant, placed.clone()).await {
        Ok(placed) => placed,
        // It has moved on.
        Err(Failure::Order(OrderRefusal::NotOpen(_)) | Failure::Changed) => return Ok(()),
        Err(failure @ (Failure::Payment(_) | Failure::NoProvider)) => {
            tracing::warn!(order = %id, "the order cannot be ended now: {failure}");
            return later(ctx, tenant.id, placed).await;
        }
        Err(failure) => return Err(failure),
    };
    subscription::unpaid(ctx, &tenant, &placed, Decline::Soft, NOT_PAID).await?;
    let expired = placed.order.expire(at).map_err(Failure::Order)?;
    let placed = PlacedOrder { order: expired, ask_at: None, ..placed };
    saved_or_changed(ctx, tenant.id, told::step(ctx, OrderEvent::Expired, placed, at)).await
}

/// A bank debit is under way for days: its provider is not asked every second. A test clock gives up by itself.
async fn later(ctx: &Context, tenant: TenantId, placed: PlacedOrder) -> Result<(), Failure> {
    if placed.clock.is_some() {
        return Ok(());
    }
    let end_at = Some(again_at(ctx.clock.now(), placed.asked));
    let asked = placed.asked.saturating_add(1);
    saved_or_changed(ctx, tenant, OrderChange::untold(PlacedOrder { end_at, asked, ..placed })).await
}
