//! Taking subscriptions on: first the tasks that wait, then what the calendar asks for, until nothing is due.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::pin::Pin;

use chrono::TimeDelta;
use domain::{ClockId, GrantId, Instant, OrderId, PaymentWay, SubscriptionId, Tenant, TenantId};
use futures_util::{StreamExt as _, stream};
use ports::{KeptSubscription, SubscriptionChange, Task};

use super::moved::{Cause, moved};
use super::standing::{Standing, kept, save, subscription};
use super::{ask, deliver, give_back};
use crate::issue::recipient;
use crate::order::{SOON, again_at, attend, stop_order, tenant_of};
use crate::{Context, Failure, Once, chain};

/// How many a worker claims at once, and for how long: another takes them on if it dies.
const BATCH: u32 = 200;
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How many are taken on at the same time.
const AT_ONCE: usize = 32;
/// How often a payment is to be stopped that does not let itself be.
const TRIES: u32 = 5;
/// Moves in one go; what is due then waits for the next.
const MOST: u32 = 1_000;

/// Takes on what is due by the real clock; how many.
pub async fn turn_due(ctx: &Context) -> Result<u64, Failure> {
    let mut done = 0;
    loop {
        let now = ctx.clock.now();
        let claimed = ctx.subscriptions.claim_subscriptions(now, now + LEASE, BATCH).await?;
        if claimed.is_empty() {
            return Ok(done);
        }
        done += claimed.len() as u64;
        turn_all(ctx, claimed, None).await?;
    }
}

/// Takes on what is due by a test clock.
pub(crate) async fn turn_clock(ctx: &Context, clock: ClockId, at: Instant) -> Result<(), Failure> {
    let mut before = Vec::new();
    loop {
        let due = ctx.subscriptions.subscriptions_due(clock, at, BATCH).await?;
        // What stays due cannot be done now; it comes again by the real clock.
        if due.is_empty() || due == before {
            return Ok(());
        }
        turn_all(ctx, due.clone(), Some(at)).await?;
        before = due;
    }
}

async fn turn_all(ctx: &Context, due: Vec<(TenantId, SubscriptionId)>, clock: Shown) -> Result<(), Failure> {
    let mut tenants = HashMap::new();
    for (id, _) in &due {
        if let Entry::Vacant(place) = tenants.entry(*id) {
            place.insert(tenant_of(ctx, *id).await?);
        }
    }
    let turns = due.into_iter().filter_map(|(tenant, id)| Some((tenants.get(&tenant)?.clone(), id)));
    let turns = turns.map(|(tenant, id)| async move {
        match go_on(ctx, &tenant, id, clock).await {
            Ok(_) => Ok(()),
            Err(failure) => postpone(ctx, tenant.id, id, failure).await,
        }
    });
    let mut turns = stream::iter(turns).buffer_unordered(AT_ONCE);
    while let Some(turned) = turns.next().await {
        turned?;
    }
    Ok(())
}

/// A subscription that cannot be taken on now must not keep others waiting.
async fn postpone(ctx: &Context, tenant: TenantId, id: SubscriptionId, failure: Failure) -> Result<(), Failure> {
    if let Failure::Unavailable(_) | Failure::Busy = failure {
        return Err(failure);
    }
    tracing::error!(subscription = %id, "a subscription cannot be taken on: {}", chain(&failure));
    let kept = kept(ctx, tenant, id).await?;
    let work_at = Some(again_at(ctx.clock.now(), kept.failed));
    let note = Some(failure.to_string());
    let later = KeptSubscription { work_at, note, failed: kept.failed.saturating_add(1), ..kept };
    save(ctx, tenant, SubscriptionChange::untold(later)).await.map(drop)
}

/// Takes on what a call has begun, and keeps how far it came as the call's answer.
pub(super) async fn finish(
    ctx: &Context,
    tenant: &Tenant,
    id: SubscriptionId,
    once: Option<&Once<'_, Standing>>,
) -> Result<Standing, Failure> {
    // Whatever comes of the payment, the move is made: a worker goes on with it.
    if let Err(failure) = run(ctx, tenant, id).await {
        tracing::warn!(subscription = %id, "it is taken on later: {failure}");
    }
    let standing = subscription(ctx, tenant.id, id).await?;
    let reply = once.map(|once| once.reply(&standing));
    let change = SubscriptionChange { reply, ..SubscriptionChange::untold(standing.kept.clone()) };
    // It may have moved on already; whoever asks again hears how it began.
    Ok(match save(ctx, tenant.id, change).await? {
        Some(kept) => Standing { kept, ..standing },
        None => standing,
    })
}

/// Takes a subscription on as far as it goes now. What is paid on the way takes it on in turn.
pub(crate) fn run<'a>(
    ctx: &'a Context,
    tenant: &'a Tenant,
    id: SubscriptionId,
) -> Pin<Box<dyn Future<Output = Result<KeptSubscription, Failure>> + Send + 'a>> {
    Box::pin(go_on(ctx, tenant, id, None))
}

/// What the test clock shows that takes a subscription on, and is on its way. `None` for a worker, a call, or word of a
/// payment: where a test clock is lived by, these only do the tasks, so that the clock knows what it has to wait for.
type Shown = Option<Instant>;

async fn go_on(ctx: &Context, tenant: &Tenant, id: SubscriptionId, clock: Shown) -> Result<KeptSubscription, Failure> {
    let mut waited_for = None;
    let mut known = None;
    for _ in 0..MOST {
        let kept = match known.take() {
            Some(known) => known,
            None => kept(ctx, tenant.id, id).await?,
        };
        if !kept.tasks.is_empty() {
            known = Box::pin(work(ctx, tenant, kept)).await?;
            continue;
        }
        if is_due(ctx, &kept, clock) {
            known = advance(ctx, tenant.id, kept).await?;
            continue;
        }
        // Whoever hears of the payment may still be at it: the clock must not be a month further when they are done.
        let under_way = kept.subscription.due.as_ref().is_some_and(|due| due.under_way);
        match kept.asked_by.filter(|_| under_way && clock.is_some()) {
            Some(order) if waited_for != Some(order) => {
                waited_for = Some(order);
                Box::pin(attend(ctx, tenant, order)).await?;
            }
            _ => return at_rest(ctx, tenant.id, kept).await,
        }
    }
    Err(Failure::Changed)
}

/// Nothing is left to be done of what was put off.
async fn at_rest(ctx: &Context, tenant: TenantId, kept: KeptSubscription) -> Result<KeptSubscription, Failure> {
    if kept.work_at.is_none() {
        return Ok(kept);
    }
    let rested = KeptSubscription { work_at: None, failed: 0, ..kept.clone() };
    Ok(save(ctx, tenant, SubscriptionChange::untold(rested)).await?.unwrap_or(kept))
}

/// Whether the calendar asks for something.
fn is_due(ctx: &Context, kept: &KeptSubscription, clock: Shown) -> bool {
    let now = clock.unwrap_or_else(|| ctx.clock.now());
    kept.clock.is_some() == clock.is_some() && kept.subscription.due_at().is_some_and(|due| due <= now)
}

/// Does the first thing that the calendar asks for. What it came to; `None` where someone else was quicker.
async fn advance(ctx: &Context, tenant: TenantId, kept: KeptSubscription) -> Result<Option<KeptSubscription>, Failure> {
    let recipient = recipient(ctx, tenant, kept.subscription.customer).await?;
    let next = kept.subscription.advance(recipient.now).map_err(Failure::Subscription)?;
    // Nobody is there, and what began on the provider's page goes on with the method that was left there.
    let way = if kept.way == PaymentWay::Checkout { PaymentWay::Saved } else { kept.way };
    let alone = KeptSubscription { way, return_url: None, note: None, ..kept };
    save(ctx, tenant, moved(ctx, alone, next, &recipient, &Cause::Calendar)).await
}

/// Does the tasks that wait, up to the next charge. Each can be done again: what is done is written down afterwards. What
/// it came to; `None` where others may know more.
async fn work(ctx: &Context, tenant: &Tenant, kept: KeptSubscription) -> Result<Option<KeptSubscription>, Failure> {
    let mut made: Vec<(Option<OrderId>, GrantId)> = Vec::new();
    let mut asked = None;
    let mut note = None;
    let mut done = 0;
    for numbered in &kept.tasks {
        done += 1;
        match &numbered.task {
            Task::Ask { order, charge } => {
                ask::place(ctx, tenant, &kept, *order, charge).await?;
                asked = Some(*order);
                break;
            }
            Task::Stop(order) => stop(ctx, tenant, &kept, *order).await?,
            Task::Grant { grant, net, order } => {
                made.push((*order, deliver::grant(ctx, tenant.id, &kept, numbered.number, grant, *net).await?));
            }
            Task::Invoice(order) => deliver::invoice(ctx, tenant.id, &kept, *order, &of(&made, *order)).await?,
            Task::GiveBack { .. } => note = give_back::give_back(ctx, tenant, &kept, numbered).await?.or(note),
            Task::Return(order) => note = give_back::all(ctx, tenant, *order).await?.or(note),
            Task::ResumeFreeTier => deliver::resume_free_tier(ctx, tenant.id, &kept, numbered.number).await?,
        }
    }
    for order in made.iter().filter_map(|(order, _)| *order) {
        deliver::note_grants(ctx, tenant.id, order, &of(&made, order)).await?;
    }
    let mut after = kept;
    after.tasks.drain(..done);
    after.granted.extend(made.iter().map(|(_, grant)| *grant));
    (after.failed, after.note) = (0, note);
    let after = after.waiting_until(ctx.clock.now() + SOON);
    let after = save(ctx, tenant.id, SubscriptionChange::untold(after)).await?;
    match asked {
        Some(order) if after.is_some() => {
            attend(ctx, tenant, order).await?;
            Ok(None)
        }
        _ => Ok(after),
    }
}

/// Stops the payment of a charge that is not due any more. One that is under way and cannot be stopped keeps nothing
/// else waiting for long: what comes of it goes back.
async fn stop(ctx: &Context, tenant: &Tenant, kept: &KeptSubscription, order: OrderId) -> Result<(), Failure> {
    match stop_order(ctx, tenant, order).await {
        Err(failure @ (Failure::Payment(_) | Failure::NoProvider)) if kept.failed >= TRIES => {
            tracing::warn!(%order, "its payment is left to itself: {failure}");
            Ok(())
        }
        other => other,
    }
}

/// What was granted for an order.
fn of(made: &[(Option<OrderId>, GrantId)], order: OrderId) -> Vec<GrantId> {
    made.iter().filter(|(of, _)| *of == Some(order)).map(|(_, grant)| *grant).collect()
}
