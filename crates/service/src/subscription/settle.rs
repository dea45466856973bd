//! What becomes of the orders that ask for charges, told to their subscription (R28, R32).

use domain::{CancelAt, ChargeState, ChargeTry, Decline, Next, Settled, SubscriptionRefusal, Tenant};
use ports::{KeptSubscription, PlacedOrder, SubscriptionChange, Task};

use super::TURNS;
use super::moved::{Cause, moved};
use super::standing::{kept, save};
use super::turn::run;
use crate::issue::recipient;
use crate::order::{SOON, order};
use crate::{Context, Failure};

/// An order that asks for a charge was paid: what it pays for is delivered, once. Money for what is not due any more goes
/// back.
pub(crate) async fn paid(
    ctx: &Context,
    tenant: &Tenant,
    placed: &PlacedOrder,
    charge: ChargeTry,
) -> Result<PlacedOrder, Failure> {
    let id = placed.order.id;
    for _ in 0..TURNS {
        let kept = kept(ctx, tenant.id, charge.subscription).await?;
        if kept.tasks.iter().any(|task| matches!(task.task, Task::Invoice(of) | Task::Return(of) if of == id)) {
            break;
        }
        // Someone else may have heard of it as well, and have delivered it by now: then its order says so.
        if !order(ctx, tenant.id, id).await?.is_undelivered() {
            break;
        }
        let recipient = recipient(ctx, tenant.id, placed.order.customer).await?;
        let payment = placed.order.payment.as_ref().map(|payment| payment.id.clone()).unwrap_or_default();
        let is_due = kept.subscription.due.as_ref().is_some_and(|due| due.number == charge.number);
        let state = if is_due { ChargeState::Due } else { ChargeState::Void };
        let change = match kept.subscription.settle(charge.number, &state, &payment, recipient.now) {
            Ok(Settled::Already) => break,
            Ok(Settled::Now(next)) => moved(ctx, kept, *next, &recipient, &Cause::Paid(placed)),
            Err(refusal) => returned(ctx, kept, placed, &refusal),
        };
        if save(ctx, tenant.id, change).await?.is_some() {
            break;
        }
    }
    run(ctx, tenant, charge.subscription).await?;
    order(ctx, tenant.id, id).await
}

fn returned(
    ctx: &Context,
    mut kept: KeptSubscription,
    placed: &PlacedOrder,
    refusal: &SubscriptionRefusal,
) -> SubscriptionChange {
    tracing::warn!(order = %placed.order.id, "its money goes back: {refusal}");
    kept.add(Task::Return(placed.order.id));
    kept.note = Some(refusal.to_string());
    SubscriptionChange::untold(kept.waiting_until(ctx.clock.now() + SOON))
}

/// An order that asks for a charge will not be paid: why, in `words` for the customer. It is told before that is written
/// on the order; told again, nothing changes.
pub(crate) async fn unpaid(
    ctx: &Context,
    tenant: &Tenant,
    placed: &PlacedOrder,
    decline: Decline,
    words: &str,
) -> Result<(), Failure> {
    let Some(charge) = placed.order.charge else { return Ok(()) };
    let terms = ctx.catalog(tenant.id).await?.catalog.subscriptions.dunning.clone();
    tell(ctx, tenant, charge, &Cause::Unpaid(placed, words), |kept, now| {
        kept.subscription.fail(charge.number, charge.attempt, decline, &terms, now)
    })
    .await
}

/// The bank has taken back what a charge brought: the subscription is over (R35). It is told before that is written on
/// the order; told again, nothing changes.
pub(crate) async fn disputed(ctx: &Context, tenant: &Tenant, placed: &PlacedOrder) -> Result<(), Failure> {
    let Some(charge) = placed.order.charge else { return Ok(()) };
    // What the calendar asks for comes first.
    run(ctx, tenant, charge.subscription).await?;
    tell(ctx, tenant, charge, &Cause::Asked, |kept, now| kept.subscription.cancel(CancelAt::Now, now)).await?;
    run(ctx, tenant, charge.subscription).await.map(drop)
}

async fn tell(
    ctx: &Context,
    tenant: &Tenant,
    charge: ChargeTry,
    cause: &Cause<'_>,
    decide: impl Fn(&KeptSubscription, domain::Instant) -> Result<Next, SubscriptionRefusal>,
) -> Result<(), Failure> {
    for _ in 0..TURNS {
        let kept = kept(ctx, tenant.id, charge.subscription).await?;
        let recipient = recipient(ctx, tenant.id, kept.subscription.customer).await?;
        let next = match decide(&kept, recipient.now) {
            Ok(next) if next.acts.is_empty() => return Ok(()),
            Ok(next) => next,
            // The period is over: what the calendar asks for comes first, and ends it as well.
            Err(refusal) => {
                tracing::warn!(subscription = %charge.subscription, "it heeds nothing now: {refusal}");
                return Ok(());
            }
        };
        if save(ctx, tenant.id, moved(ctx, kept, next, &recipient, cause)).await?.is_some() {
            return Ok(());
        }
    }
    Err(Failure::Changed)
}
