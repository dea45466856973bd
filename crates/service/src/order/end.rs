//! Ending an order that is not paid: the provider's payment first, so that none comes afterwards.

use domain::{Instant, OrderId, OrderRefusal, OrderStatus, Tenant, TenantId};
use ports::{OrderChange, PaymentError, PaymentStatus, PlacedOrder};

use super::attend::tenant_of;
use super::{keep, order, pay, save};
use crate::once::replay;
use crate::{Context, Failure, Kept, Once};

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
    let placed = match stop_payment(ctx, tenant, placed).await? {
        Stopped::No(placed) => return Err(Failure::Order(OrderRefusal::NotOpen(placed.order.status))),
        Stopped::Yes(placed) => placed,
    };
    let canceled = placed.order.cancel().map_err(Failure::Order)?;
    match told(ctx, tenant, PlacedOrder { order: canceled, ask_at: None, ..placed }, once).await {
        // The provider has told of the end that we asked for before we had written it down.
        Err(Failure::Changed) => {
            if let Some(reply) = replay(ctx, tenant.id, once).await? {
                return Ok(Kept::Before(reply));
            }
            let placed = order(ctx, tenant.id, id).await?;
            if placed.order.status != OrderStatus::Canceled {
                return Err(Failure::Order(OrderRefusal::NotOpen(placed.order.status)));
            }
            told(ctx, tenant, placed, once).await.map(Kept::Done)
        }
        other => other.map(Kept::Done),
    }
}

async fn told(
    ctx: &Context,
    tenant: &Tenant,
    placed: PlacedOrder,
    once: Option<&Once<'_, PlacedOrder>>,
) -> Result<PlacedOrder, Failure> {
    let reply = once.map(|once| once.reply(&placed));
    save(ctx, tenant.id, OrderChange { placed, document: None, reply }).await
}

/// Ends an order that was not paid in time. Where the provider does not answer it stays as it is, and comes again.
pub(super) async fn expire(ctx: &Context, tenant: TenantId, id: OrderId, at: Instant) -> Result<(), Failure> {
    let tenant = tenant_of(ctx, tenant).await?;
    let placed = order(ctx, tenant.id, id).await?;
    if !placed.order.status.awaits_payment() {
        return Ok(());
    }
    let stopped = stop_payment(ctx, &tenant, placed).await;
    let placed = match stopped {
        Ok(Stopped::Yes(placed)) => placed,
        Ok(Stopped::No(_)) | Err(Failure::Changed) => return Ok(()),
        Err(failure @ (Failure::Payment(_) | Failure::NoProvider)) => {
            tracing::warn!(order = %id, "the order cannot be ended now: {failure}");
            return Ok(());
        }
        Err(failure) => return Err(failure),
    };
    let expired = placed.order.expire(at).map_err(Failure::Order)?;
    match keep(ctx, tenant.id, PlacedOrder { order: expired, ask_at: None, ..placed }).await {
        Ok(_) | Err(Failure::Changed) => Ok(()),
        Err(failure) => Err(failure),
    }
}

enum Stopped {
    /// No payment will come of it.
    Yes(PlacedOrder),
    /// It has moved on: paid, or declined.
    No(PlacedOrder),
}

async fn stop_payment(ctx: &Context, tenant: &Tenant, placed: PlacedOrder) -> Result<Stopped, Failure> {
    let Some(attempt) = &placed.attempt else { return Ok(Stopped::Yes(placed)) };
    let Some(provider) = ctx.providers.of(tenant.mode) else { return Err(Failure::NoProvider) };
    // Someone may be asking for it at this moment: that nothing is found yet says nothing.
    if attempt.id.is_none() && ctx.clock.now() < attempt.begun_at + pay::ANSWERED_BY {
        return Err(Failure::Changed);
    }
    // Whether one was made may not be known (R33).
    let known = pay::left_behind(ctx, tenant, &placed).await?;
    let Some(id) = known.map(|payment| payment.id) else { return Ok(Stopped::Yes(placed)) };
    let payment = match provider.payments.cancel(&id).await {
        // The provider has forgotten it, as the stub does over a restart: nothing can come of it.
        Err(PaymentError::NotFound) => return Ok(Stopped::Yes(placed)),
        other => other.map_err(Failure::Payment)?,
    };
    match payment.status {
        PaymentStatus::Canceled | PaymentStatus::Declined(_) => Ok(Stopped::Yes(placed)),
        PaymentStatus::Settled => pay::act(ctx, tenant, placed, payment).await.map(Stopped::No),
        PaymentStatus::Pending | PaymentStatus::RequiresAction(_) => {
            Err(Failure::Payment(PaymentError::Unavailable("the payment is under way and cannot be stopped".into())))
        }
    }
}
