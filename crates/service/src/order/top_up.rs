//! Buying for customers whose credits run low, as far as they agreed to it (R34).
//!
//! A purchase and the record that it is under way are written as one: whoever dies afterwards, or comes at the same
//! time, finds it there, and the order's own worker takes it on. How it ended is read from the order, so no end is missed
//! however late it is learned (R33).

use chrono::TimeDelta;
use domain::{ClockId, CustomerId, NoTopUp, OrderId, OrderStatus, Tenant, TenantId};
use ports::{PayerRecord, StoreError};
use uuid::Uuid;

use super::attend::{attend, tenant_of};
use super::consent::offer;
use super::quote::Quote;
use super::{TURNS, bill, order, payer, place};
use crate::balance::{View, view};
use crate::{Context, Failure};

const BATCH: u32 = 100;
/// When to try again after a fault, such as a provider that does not answer.
const SOON: TimeDelta = TimeDelta::minutes(1);

/// Buys for everyone who runs low, and notes how purchases ended; how many.
pub async fn top_up_due(ctx: &Context) -> Result<u64, Failure> {
    top_up_all(ctx, None).await
}

/// The same for those who live by a test clock.
pub(crate) async fn top_up_clock(ctx: &Context, clock: ClockId) -> Result<u64, Failure> {
    top_up_all(ctx, Some(clock)).await
}

async fn top_up_all(ctx: &Context, clock: Option<ClockId>) -> Result<u64, Failure> {
    let ended = ctx.payers.purchases_ended(BATCH).await?;
    for (tenant, customer) in &ended {
        note_end(ctx, *tenant, *customer).await?;
    }
    let low = ctx.payers.running_low(clock, ctx.clock.now(), BATCH).await?;
    for (tenant, customer) in &low {
        top_up(ctx, *tenant, *customer).await?;
    }
    Ok(ended.len().saturating_add(low.len()) as u64)
}

/// Buys for a customer, if that is agreed to now. One customer's trouble keeps no other from their credits.
async fn top_up(ctx: &Context, tenant: TenantId, customer: CustomerId) -> Result<(), Failure> {
    let record = ctx.payers.payer_record(tenant, customer).await?;
    match buy(ctx, tenant, customer, &record).await {
        Ok(()) => Ok(()),
        Err(failure @ (Failure::Unavailable(_) | Failure::OutcomeUnknown(_) | Failure::Busy)) => Err(failure),
        Err(failure) => {
            tracing::error!(%customer, "auto top-up is tried again: {failure}");
            let look_at = Some(bill::now_of(ctx, tenant, customer).await? + SOON);
            postpone(ctx, tenant, customer, PayerRecord { look_at, ..record }).await
        }
    }
}

async fn buy(ctx: &Context, tenant: TenantId, customer: CustomerId, record: &PayerRecord) -> Result<(), Failure> {
    let Some(top_up) = &record.top_up else { return Ok(()) };
    let View { book, now, .. } = view(ctx, tenant, customer).await?;
    let id = OrderId(Uuid::from_u128(ctx.ids.id()));
    let offer = offer(ctx, tenant, customer, id, top_up).await?;
    let begun = top_up.begin_by(&book, offer.as_ref().map(|offer| offer.order.gross), id, now);
    let (begun, offer) = match (begun, offer) {
        (Ok(begun), Some(offer)) => (begun, offer),
        (Err(NoTopUp::Off | NoTopUp::NotLow | NoTopUp::UnderWay | NoTopUp::Frozen), _) => return Ok(()),
        _ => {
            let look_at = top_up.look_again_at(now);
            return postpone(ctx, tenant, customer, PayerRecord { look_at, ..record.clone() }).await;
        }
    };
    let tenant = tenant_of(ctx, tenant).await?;
    let look_at = begun.look_again_at(now);
    let record = PayerRecord { top_up: Some(begun), look_at, ..record.clone() };
    if place_one(ctx, &tenant, customer, offer, &record).await? {
        attend(ctx, &tenant, id).await?;
        note_end(ctx, tenant.id, customer).await?;
    }
    Ok(())
}

/// Places the order; false where the customer's record has changed meanwhile: someone else was quicker, or they withdrew.
async fn place_one(
    ctx: &Context,
    tenant: &Tenant,
    customer: CustomerId,
    offer: Quote,
    record: &PayerRecord,
) -> Result<bool, Failure> {
    let method = payer::method_to_charge(ctx, tenant, customer, None).await?;
    let placed = place::fresh(ctx, offer, method, None)?;
    bill::check(ctx, tenant.id, &placed).await?;
    match ctx.orders.place_top_up(tenant.id, &placed, record).await {
        Ok(()) => Ok(true),
        Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Nothing can be bought before the record's `look_at`, unless the customer agrees anew.
async fn postpone(ctx: &Context, tenant: TenantId, customer: CustomerId, record: PayerRecord) -> Result<(), Failure> {
    match ctx.payers.keep_payer(tenant, customer, &record).await {
        Ok(()) | Err(StoreError::Conflict) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Writes down how a purchase under way ended, if it has.
async fn note_end(ctx: &Context, tenant: TenantId, customer: CustomerId) -> Result<(), Failure> {
    for _ in 0..TURNS {
        let record = ctx.payers.payer_record(tenant, customer).await?;
        let Some((top_up, id)) = record.top_up.clone().and_then(|it| it.paying.map(|id| (it, id))) else {
            return Ok(());
        };
        let placed = order(ctx, tenant, id).await?;
        let top_up = match placed.status() {
            OrderStatus::Open | OrderStatus::Pending => return Ok(()),
            OrderStatus::Failed | OrderStatus::Canceled | OrderStatus::Expired => top_up.fail(id, placed.order.gross),
            _ => top_up.succeed(id),
        };
        match ctx.payers.keep_payer(tenant, customer, &PayerRecord { top_up: Some(top_up), ..record }).await {
            Err(StoreError::Conflict) => {}
            other => return other.map_err(Failure::from),
        }
    }
    Err(Failure::Changed)
}
