//! What a payment brings: the plan's credits, and the invoice (R28, R36).

use chrono::{NaiveDate, TimeDelta};
use domain::rules::NewGrant;
use domain::{Draft, GrantId, Instant, Money, OrderId, PlanGrant, Refusal, Subscription, TenantId, rules};
use ports::{Command, Decide, KeptSubscription, OrderChange, PlacedOrder, PostError};

use super::TURNS;
use crate::once::own_key;
use crate::order::{bill_of, granted, order, save};
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

/// The free tier follows (R31).
pub(super) async fn resume_free_tier(
    ctx: &Context,
    tenant: TenantId,
    kept: &KeptSubscription,
    number: u32,
) -> Result<(), Failure> {
    let key = Some(task_key(kept, number));
    let decide: Decide = Box::new(rules::resume_free_tier);
    match ctx.ledger.post(Command::new(tenant, kept.subscription.customer, key, decide)).await {
        Ok(_) | Err(PostError::Refused(Refusal::NothingToDo)) => Ok(()),
        Err(error) => Err(error.into()),
    }
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
        let document = match billed.filter(|_| placed.invoice.is_none()) {
            Some(kept) => Some(bill_of(ctx, tenant, &placed, Some(period_of(kept, &placed))).await?),
            None if new.is_empty() => return Ok(()),
            None => None,
        };
        if document.is_some() {
            (placed.ask_at, placed.asked, placed.note) = (None, 0, None);
        }
        placed.grants.extend(new);
        match save(ctx, tenant, OrderChange { placed, document, reply: None }).await {
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
