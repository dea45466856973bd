//! Money has arrived: the credits are granted, the invoice is numbered and mailed, each once (R32, R36).
//!
//! First the order says by which payment it is settled: that decides against a cancellation, or a second payment. Then
//! its credits are granted, under a key that only this order has. Then the order gets its grants and its invoice as one.

use chrono::TimeDelta;
use domain::{Decline, Detail, Draft, GrantId, Money, OrderEvent, Paid, Payment, Tenant, TenantId, rules};
use ports::{Command, Decide, OrderChange, PlacedOrder, PostError, Posted};

use super::attend::again_at;
use super::place::SOON;
use super::{bill, keep, save, told};
use crate::once::own_key;
use crate::{Context, Failure, subscription};

/// What is due was paid without a provider.
pub(super) async fn settle(
    ctx: &Context,
    tenant: &Tenant,
    placed: PlacedOrder,
    payment: &str,
) -> Result<PlacedOrder, Failure> {
    let due = placed.order.gross;
    settle_with(ctx, tenant, placed, payment, due).await
}

/// So much was paid. What the order does not explain is noted on it for the operator, and grants nothing.
pub(super) async fn settle_with(
    ctx: &Context,
    tenant: &Tenant,
    placed: PlacedOrder,
    payment: &str,
    amount: Money,
) -> Result<PlacedOrder, Failure> {
    let now = bill::now_of(ctx, tenant.id, placed.order.customer).await?;
    // As long as the order waits it can be paid: whoever ends it asks the provider first.
    let last = placed.order.expires_at - TimeDelta::milliseconds(1);
    let at = if placed.order.status.awaits_payment() { now.min(last) } else { now };
    let payment = Payment { id: payment.to_owned(), amount, at };
    match placed.order.settle(payment) {
        Ok(Paid::Already) => book(ctx, tenant, placed).await,
        Ok(Paid::Now(order)) => {
            // Whoever has begun it has a while before a worker goes on with it.
            let ask_at = Some(ctx.clock.now() + SOON);
            let placed = keep(ctx, tenant.id, PlacedOrder { order: *order, ask_at, note: None, ..placed }).await?;
            book(ctx, tenant, placed).await
        }
        Err(refusal) if refusal.leaves_money() => {
            tracing::error!(order = %placed.order.id, "money that no order explains: {refusal}");
            if placed.order.status.awaits_payment() {
                subscription::unpaid(ctx, tenant, &placed, Decline::Soft, "Another amount was paid than was due.")
                    .await?;
            }
            // It waits for nothing any more: what came is for the operator.
            let failed = placed.order.fail();
            let placed = PlacedOrder { note: Some(refusal.to_string()), ask_at: None, ..placed };
            let change = match failed {
                Ok(order) => told::step(ctx, OrderEvent::Failed, PlacedOrder { order, ..placed }, now),
                Err(_) => OrderChange::untold(placed),
            };
            save(ctx, tenant.id, change).await
        }
        Err(refusal) => Err(Failure::Order(refusal)),
    }
}

/// Grants the credits of a paid order and writes its invoice, unless that is done.
pub(super) async fn book(ctx: &Context, tenant: &Tenant, placed: PlacedOrder) -> Result<PlacedOrder, Failure> {
    if !placed.is_undelivered() {
        return Ok(placed);
    }
    if let Some(charge) = placed.order.charge {
        return subscription::paid(ctx, tenant, &placed, charge).await;
    }
    let tenant = tenant.id;
    let posted = match grant(ctx, tenant, &placed).await {
        Ok(posted) => posted,
        Err(PostError::Refused(refusal)) => {
            tracing::error!(order = %placed.order.id, "a paid order cannot be granted: {refusal}");
            let (ask_at, asked) = (Some(again_at(ctx.clock.now(), placed.asked)), placed.asked.saturating_add(1));
            let note = Some(format!("paid, but the credits cannot be granted: {refusal}"));
            return keep(ctx, tenant, PlacedOrder { note, ask_at, asked, ..placed }).await;
        }
        Err(error) => return Err(error.into()),
    };
    let invoice = bill::invoice(ctx, tenant, &placed, None).await?;
    let placed = PlacedOrder { grants: granted(&posted), ..placed };
    save(ctx, tenant, told::delivered(ctx, placed, invoice)).await
}

async fn grant(ctx: &Context, tenant: TenantId, placed: &PlacedOrder) -> Result<Posted, PostError> {
    let customer = placed.order.customer;
    let found = ctx.customers.get(tenant, customer).await.map_err(|error| PostError::Unavailable(error.into()))?;
    let zone = found.ok_or(PostError::CustomerNotFound)?.customer.zone;
    let lines = placed.order.lines.clone();
    let decide: Decide = Box::new(move |draft: &mut Draft| {
        let now = draft.now();
        lines.iter().try_for_each(|line| rules::grant(draft, line.grant(now, zone)).map(drop))
    });
    let key = Some(own_key(format!("order {}", placed.order.id)));
    ctx.ledger.post(Command::new(tenant, customer, key, decide)).await
}

/// The grants that a command has made.
pub(crate) fn granted(posted: &Posted) -> Vec<GrantId> {
    let grant = |entry: &domain::Entry| match &entry.detail {
        Detail::Grant(grant) => Some(grant.id),
        _ => None,
    };
    posted.entries.iter().filter_map(grant).collect()
}
