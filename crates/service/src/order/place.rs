//! Placing an order and beginning its payment.

use chrono::TimeDelta;
use domain::{CustomerId, OrderId, OrderStatus, PaymentWay, Tenant};
use ports::{Attempt, MethodId, PlacedOrder};
use uuid::Uuid;

use super::quote::{Quote, Wanted, quote};
use super::{attend, bill, payer};
use crate::once::{or_replay, replay};
use crate::{Context, Failure, Kept, Once};

/// How soon a worker takes on what a call has left unfinished.
pub(crate) const SOON: TimeDelta = TimeDelta::seconds(10);

/// Places an order, and begins its payment. The order is kept before anyone is asked for money: a call that dies on the
/// way is taken on by a worker, and the same key has one order, whatever happens (R40).
pub async fn place(
    ctx: &Context,
    tenant: &Tenant,
    customer: CustomerId,
    wanted: &Wanted,
    method: Option<MethodId>,
    return_url: Option<String>,
    once: &Once<'_, PlacedOrder>,
) -> Result<Kept<PlacedOrder>, Failure> {
    if let Some(reply) = replay(ctx, tenant.id, Some(once)).await? {
        return Ok(Kept::Before(reply));
    }
    let id = OrderId(Uuid::from_u128(ctx.ids.id()));
    let quoted = quote(ctx, tenant.id, customer, id, wanted).await?;
    let method = match wanted.way {
        PaymentWay::Saved => Some(payer::usable_method(ctx, tenant, customer, method).await?),
        PaymentWay::Checkout | PaymentWay::Manual => None,
    };
    if wanted.way != PaymentWay::Manual {
        ctx.providers.of(tenant.mode).ok_or(Failure::NoProvider)?;
    }
    let return_url = return_url.or_else(|| quoted.back.clone());
    let placed = fresh(ctx, quoted, method, return_url)?;
    bill::check(ctx, tenant.id, &placed).await?;
    let kept = ctx.orders.place(tenant.id, &placed, Some(&once.reply(&placed))).await;
    if let Err(error) = kept {
        return or_replay(ctx, tenant.id, Some(once), error).await.map(Kept::Before);
    }
    // Whatever comes of the payment, the order stands.
    attend::answer(ctx, tenant, id, once).await
}

/// An order that was not kept yet. Without a `return_url` nobody is there to confirm a charge.
pub(crate) fn fresh(
    ctx: &Context,
    quoted: Quote,
    method: Option<MethodId>,
    return_url: Option<String>,
) -> Result<PlacedOrder, Failure> {
    let Quote { order, taxed, buyer, locale, clock, .. } = quoted;
    let now = ctx.clock.now();
    let by_provider = order.way != PaymentWay::Manual;
    let order = if by_provider { order.begin_payment().map_err(Failure::Order)? } else { order };
    debug_assert!(by_provider == (order.status == OrderStatus::Pending));
    if order.way == PaymentWay::Checkout && return_url.is_none() {
        let detail = "where the payer comes back to; the catalog has no link of its own for it";
        return Err(Failure::invalid("/return_url", "required", detail));
    }
    Ok(PlacedOrder {
        order,
        taxed,
        buyer,
        locale,
        clock,
        return_url,
        method,
        attempt: by_provider.then_some(Attempt { id: None, url: None, begun_at: now }),
        grants: Vec::new(),
        invoice: None,
        period: None,
        refunds: Vec::new(),
        note: None,
        ask_at: by_provider.then(|| now + SOON),
        end_at: None,
        asked: 0,
        version: 0,
    })
}
