//! Payments of orders that are not to be paid any more: ended at the provider, or booked where they have settled.

use chrono::TimeDelta;
use domain::{OrderRefusal, Tenant};
use ports::{Payment, PaymentError, PaymentId, PaymentStatus, PlacedOrder};

use super::pay::{Trouble, act, knowing, search};
use super::payer;
use super::settle::settle_with;
use crate::{Context, Failure};

/// By then whoever asks the provider has an answer, or none.
pub(super) const ANSWERED_BY: TimeDelta = TimeDelta::minutes(2);

/// Ends the payment of an order, of which it may not be known whether it was made (R33). One that has settled is booked,
/// and the order is not open any more.
pub(super) async fn stop_payment(ctx: &Context, tenant: &Tenant, placed: PlacedOrder) -> Result<PlacedOrder, Failure> {
    let Some(attempt) = &placed.attempt else { return Ok(placed) };
    if ctx.providers.of(tenant.mode).is_none() {
        return Err(Failure::NoProvider);
    }
    // Someone may be asking for it at this moment: that nothing is found yet says nothing.
    if attempt.id.is_none() && ctx.clock.now() < attempt.begun_at + ANSWERED_BY {
        return Err(Failure::Changed);
    }
    let Some(payment) = known_id(ctx, tenant, &placed).await? else { return Ok(placed) };
    match stop(ctx, tenant, placed, &payment).await? {
        Stopped::Ended(placed) => Ok(placed),
        Stopped::Settled(placed) => Err(Failure::Order(OrderRefusal::NotOpen(placed.order.status))),
        Stopped::UnderWay(_) => {
            Err(Failure::Payment(PaymentError::Unavailable("the payment is under way and cannot be stopped".into())))
        }
    }
}

/// Looks at the payment of an order that ended without one: it may have been under way when the order was called off.
/// Money that came all the same is booked or noted; what could still come is stopped.
pub(super) async fn look_back(ctx: &Context, tenant: &Tenant, placed: PlacedOrder) -> Result<PlacedOrder, Failure> {
    let Some(payment) = left_behind(ctx, tenant, &placed).await? else { return Ok(placed) };
    match payment.status {
        PaymentStatus::Settled => act(ctx, tenant, placed, payment).await,
        PaymentStatus::RequiresAction(_) | PaymentStatus::Pending => {
            stop(ctx, tenant, placed, &payment.id).await.map(Stopped::order)
        }
        PaymentStatus::Declined(_) | PaymentStatus::Canceled => Ok(placed),
    }
}

/// What came of ending the payment of an order.
pub(super) enum Stopped {
    /// No money will come of it.
    Ended(PlacedOrder),
    /// It had settled: the money is booked, or noted.
    Settled(PlacedOrder),
    /// It is under way and cannot be ended.
    UnderWay(PlacedOrder),
}

impl Stopped {
    fn order(self) -> PlacedOrder {
        match self {
            Self::Ended(placed) | Self::Settled(placed) | Self::UnderWay(placed) => placed,
        }
    }
}

/// Ends a payment at the provider.
pub(super) async fn stop(
    ctx: &Context,
    tenant: &Tenant,
    placed: PlacedOrder,
    id: &PaymentId,
) -> Result<Stopped, Failure> {
    let provider = ctx.providers.of(tenant.mode).ok_or(Failure::NoProvider)?;
    let payment = match provider.payments.cancel(id).await {
        // The provider has forgotten it, as the stub does over a restart: nothing can come of it.
        Err(PaymentError::NotFound) => return Ok(Stopped::Ended(placed)),
        other => other.map_err(Failure::Payment)?,
    };
    match payment.status {
        PaymentStatus::Canceled | PaymentStatus::Declined(_) => Ok(Stopped::Ended(placed)),
        PaymentStatus::Settled => {
            let placed = knowing(ctx, placed, &payment.id, None);
            settle_with(ctx, tenant, placed, &payment.id.0, payment.amount).await.map(Stopped::Settled)
        }
        PaymentStatus::Pending | PaymentStatus::RequiresAction(_) => Ok(Stopped::UnderWay(placed)),
    }
}

/// The order's payment as the provider has it, if there is one.
async fn left_behind(ctx: &Context, tenant: &Tenant, placed: &PlacedOrder) -> Result<Option<Payment>, Failure> {
    let (Some(provider), Some(attempt)) = (ctx.providers.of(tenant.mode), &placed.attempt) else { return Ok(None) };
    let found = match &attempt.id {
        Some(id) => provider.payments.payment(id).await.map(Some).map_err(Trouble::from),
        None => search(ctx, tenant, provider, &placed.order, attempt).await,
    };
    match found {
        Err(Trouble::Payment(PaymentError::NotFound)) => Ok(None),
        other => other.map_err(payer::failure),
    }
}

/// The id of the order's payment at the provider, if one was made: the provider is asked where it is not known.
async fn known_id(ctx: &Context, tenant: &Tenant, placed: &PlacedOrder) -> Result<Option<PaymentId>, Failure> {
    match placed.attempt.as_ref().and_then(|attempt| attempt.id.clone()) {
        Some(id) => Ok(Some(id)),
        None => Ok(left_behind(ctx, tenant, placed).await?.map(|payment| payment.id)),
    }
}
