//! What a payment brings: the plan's credits, and the invoice (R28, R36).

use chrono::{NaiveDate, TimeDelta};
use domain::rules::NewGrant;
use domain::{
    Draft, GrantId, Instant, Money, OrderId, Period, PlanGrant, Refusal, Subscription, SubscriptionStatus, TenantId,
    rules,
};
use ports::{Command, Decide, KeptSubscription, OrderChange, PlacedOrder, PostError};

use super::TURNS;
use super::standing::newest;
use crate::once::own_key;
use crate::order::{bill_of, delivered, granted, order, save};
use crate::{Context, Failure};

/// The key of a task's command: the ledger does it once.
pub(super) fn task_key(kept: &KeptSubscription, number: u32) -> ports::CommandKey {
    own_key(format!("subscription {} task {number}", kept.subscription.id))
}

/// Gives credits, in the place of the free tier (R31). `net` is what was paid for them without tax.
pub(super) async fn grant(
    ctx: &Context,
    tenant: TenantId,
    kept: &KeptSubscription,
    number: u32,
    grant: &PlanGrant,
    net: i64,
) -> Result<GrantId, Failure> {
    let cost = (net > 0).then_some(Money { minor: net, ..grant.value });
    let new = grant.grant(cost);
    let decide: Decide = Box::new(move |draft: &mut Draft| {
        match rules::pause_free_tier(draft) {
            Ok(()) | Err(Refusal::NothingToDo) => {}
            Err(refusal) => return Err(refusal),
        }
        rules::grant(draft, lasting(new.clone(), draft.now())).map(drop)
    });
    let key = Some(task_key(kept, number));
    let posted = ctx.ledger.post(Command::new(tenant, kept.subscription.customer, key, decide)).await?;
    granted(&posted).pop().ok_or_else(|| Failure::Fault("a plan's grant was not written".into()))
}

/// What could not be given before its end, as nobody was at work, lasts as long from now as it would have.
fn lasting(new: NewGrant, now: Instant) -> NewGrant {
    match (new.effective_at, new.expires_at) {
        (Some(from), Some(end)) if end <= now => NewGrant { expires_at: Some(now + (end - from)), ..new },
        _ => new,
    }
}

/// The free tier follows (R31). Where the customer has subscribed again it follows that one, whose credits may come while
/// this is done: it is looked at before and after.
pub(super) async fn resume_free_tier(
    ctx: &Context,
    tenant: TenantId,
    kept: &KeptSubscription,
    number: u32,
) -> Result<(), Failure> {
    let post = async |key, decide: fn(&mut Draft) -> Result<(), Refusal>| {
        let command = Command::new(tenant, kept.subscription.customer, key, Box::new(decide));
        match ctx.ledger.post(command).await {
            Ok(_) | Err(PostError::Refused(Refusal::NothingToDo)) => Ok(()),
            Err(error) => Err(Failure::from(error)),
        }
    };
    if !is_followed(ctx, tenant, kept).await? {
        post(Some(task_key(kept, number)), rules::resume_free_tier).await?;
    }
    if is_followed(ctx, tenant, kept).await? {
        post(None, rules::pause_free_tier).await?;
    }
    Ok(())
}

/// Whether the customer has subscribed again meanwhile.
async fn is_followed(ctx: &Context, tenant: TenantId, kept: &KeptSubscription) -> Result<bool, Failure> {
    let newest = newest(ctx, tenant, kept.subscription.customer).await?;
    let running = newest.filter(|newest| newest.subscription.status != SubscriptionStatus::Canceled);
    Ok(running.is_some_and(|newest| newest.subscription.id != kept.subscription.id))
}

/// Writes down on an order what was granted for it.
pub(super) async fn note_grants(ctx: &Context, tenant: TenantId, id: OrderId, made: &[GrantId]) -> Result<(), Failure> {
    change_order(ctx, tenant, id, made, None).await
}

/// Numbers the invoice of an order that was paid, and has it mailed, once.
pub(super) async fn invoice(
    ctx: &Context,
    tenant: TenantId,
    kept: &KeptSubscription,
    id: OrderId,
    made: &[GrantId],
) -> Result<(), Failure> {
    change_order(ctx, tenant, id, made, Some(kept)).await
}

async fn change_order(
    ctx: &Context,
    tenant: TenantId,
    id: OrderId,
    made: &[GrantId],
    billed: Option<&KeptSubscription>,
) -> Result<(), Failure> {
    for _ in 0..TURNS {
        let mut placed = order(ctx, tenant, id).await?;
        let new: Vec<_> = made.iter().filter(|grant| !placed.grants.contains(grant)).copied().collect();
        let invoice = match billed.filter(|_| placed.invoice.is_none()) {
            Some(kept) => {
                let Period { start, end, .. } = kept.subscription.period;
                placed.period = Some((start, end));
                Some(bill_of(ctx, tenant, &placed, Some(period_of(kept, &placed))).await?)
            }
            None if new.is_empty() => return Ok(()),
            None => None,
        };
        placed.grants.extend(new);
        let change = match invoice {
            Some(invoice) => delivered(ctx, placed, invoice),
            None => OrderChange::untold(placed),
        };
        match save(ctx, tenant, change).await {
            Err(Failure::Changed) => {}
            other => return other.map(drop),
        }
    }
    Err(Failure::Changed)
}

/// The days that an order pays for: the whole period, or what is left of it where the period had been paid before.
fn period_of(kept: &KeptSubscription, placed: &PlacedOrder) -> (NaiveDate, NaiveDate) {
    let Subscription { period, anchor, .. } = &kept.subscription;
    let whole = kept.paid_by.first().is_none_or(|first| *first == placed.order.id);
    let from = if whole { period.start } else { placed.order.created_at.max(period.start) };
    let day = |at: Instant| at.with_timezone(&anchor.zone).date_naive();
    let last = day(period.end - TimeDelta::milliseconds(1));
    (day(from).min(last), last)
}
