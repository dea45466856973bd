//! Ending, pausing and resuming subscriptions, and paying what is due (R28, R31).

use domain::{CancelAt, Instant, SubscriptionId, SubscriptionStatus, Tenant};
use ports::KeptSubscription;

use super::begin::{Pay, check_bill};
use super::change::left;
use super::standing::Standing;
use super::step::{paying, step};
use crate::{Context, Failure, Kept, Once};

/// When a subscription is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndAt {
    /// With the period that is paid.
    PeriodEnd,
    /// Now.
    Now,
    /// Now; what is not used of the period is given back (R30).
    NowWithRefund,
}

/// Ends a subscription.
pub async fn cancel(
    ctx: &Context,
    tenant: &Tenant,
    id: SubscriptionId,
    at: EndAt,
    once: &Once<'_, Standing>,
) -> Result<Kept<Standing>, Failure> {
    let decide = move |kept: KeptSubscription, now: Instant| async move {
        let at = match at {
            EndAt::PeriodEnd => CancelAt::PeriodEnd,
            EndAt::Now => CancelAt::Now,
            EndAt::NowWithRefund => CancelAt::NowWithRefund(left(ctx, tenant.id, &kept).await?),
        };
        kept.subscription.cancel(at, now).map_err(Failure::Subscription)
    };
    step(ctx, tenant, id, None, Some(once), decide).await
}

/// From the period's end on nothing is charged or granted, until it is resumed.
pub async fn pause(
    ctx: &Context,
    tenant: &Tenant,
    id: SubscriptionId,
    until: Option<Instant>,
    once: &Once<'_, Standing>,
) -> Result<Kept<Standing>, Failure> {
    let decide = move |kept: KeptSubscription, now: Instant| async move {
        let begins =
            if kept.subscription.status == SubscriptionStatus::Paused { now } else { kept.subscription.period.end };
        if until.is_some_and(|until| until <= begins) {
            return Err(Failure::invalid("/until", "too_small", format!("after the pause has begun, at {begins}")));
        }
        kept.subscription.pause(until, now).map_err(Failure::Subscription)
    };
    step(ctx, tenant, id, None, Some(once), decide).await
}

/// Takes back what was arranged for the period's end, or goes on after a pause.
pub async fn resume(
    ctx: &Context,
    tenant: &Tenant,
    id: SubscriptionId,
    once: &Once<'_, Standing>,
) -> Result<Kept<Standing>, Failure> {
    let decide = move |kept: KeptSubscription, now: Instant| async move {
        kept.subscription.resume(now).map_err(Failure::Subscription)
    };
    step(ctx, tenant, id, None, Some(once), decide).await
}

/// Tries the charge that is due now: the customer has another card, or is there to confirm it (R28).
pub async fn pay(
    ctx: &Context,
    tenant: &Tenant,
    id: SubscriptionId,
    pay: &Pay,
    once: &Once<'_, Standing>,
) -> Result<Kept<Standing>, Failure> {
    let decide = move |kept: KeptSubscription, _: Instant| async move {
        let next = kept.subscription.pay_now().map_err(Failure::Subscription)?;
        check_bill(ctx, tenant, &next, &paying(pay, &kept), None).await?;
        Ok(next)
    };
    step(ctx, tenant, id, Some(pay), Some(once), decide).await
}
