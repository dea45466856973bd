//! What the provider tells unasked. An event only says where to look: the order itself is asked about (R32).

use domain::{Instant, Mode, OrderId};
use ports::{About, EventError, PaymentEvent, Reference};

use super::{attend, dispute, refunded};
use crate::{Context, Failure};

/// What came of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// What it speaks of was looked at.
    Heeded,
    /// It speaks of nothing of ours.
    NotOurs,
}

/// Heeds an event, if a provider of ours has signed it.
pub async fn heed(ctx: &Context, signature: &str, body: &[u8]) -> Result<Heard, HeedError> {
    let (mode, event) = read(ctx, signature, body, ctx.clock.now())?;
    let Some(id) = about(ctx, mode, &event).await? else { return Ok(Heard::NotOurs) };
    let Some((tenant, _)) = ctx.orders.find(id).await.map_err(Failure::from)? else { return Ok(Heard::NotOurs) };
    let tenant = attend::tenant_of(ctx, tenant).await?;
    // Play money says nothing about real orders.
    if tenant.mode != mode {
        return Ok(Heard::NotOurs);
    }
    match event.about {
        About::Dispute { status, .. } => dispute::dispute(ctx, &tenant, id, status).await.map(drop)?,
        About::Refund { reference: Some(_), .. } => refunded::look_again(ctx, &tenant, id).await?,
        About::Refund { id: refund, .. } => refunded::note_strange(ctx, &tenant, id, &refund).await?,
        _ => attend::attend(ctx, &tenant, id).await.map(drop)?,
    }
    Ok(Heard::Heeded)
}

/// Why an event was not heeded.
#[derive(Debug, thiserror::Error)]
pub enum HeedError {
    /// It is none.
    #[error(transparent)]
    Event(#[from] EventError),
    /// It could not be acted on: to be told again.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// The event, with whose provider has signed it.
fn read(ctx: &Context, signature: &str, body: &[u8], now: Instant) -> Result<(Mode, PaymentEvent), EventError> {
    let mut wrong = EventError::Signature;
    for mode in [Mode::Live, Mode::Test] {
        let Some(provider) = ctx.providers.of(mode) else { continue };
        match provider.events.event(signature, body, now) {
            Ok(event) => return Ok((mode, event)),
            // One that is signed, and not good, tells more than one that others have signed.
            Err(EventError::Signature) => {}
            Err(error) => wrong = error,
        }
    }
    Err(wrong)
}

/// Which order an event is about.
async fn about(ctx: &Context, mode: Mode, event: &PaymentEvent) -> Result<Option<OrderId>, Failure> {
    let provider = ctx.providers.of(mode).ok_or(Failure::NoProvider)?;
    let reference = match &event.about {
        About::Payment { reference, .. } | About::Refund { reference: reference @ Some(_), .. } => reference.clone(),
        About::Refund { payment: Some(payment), .. } | About::Dispute { payment, .. } => {
            provider.payments.payment(payment).await.map_err(Failure::Payment)?.reference
        }
        About::Refund { .. } | About::Methods(_) | About::Other => None,
    };
    Ok(reference.as_ref().and_then(order_of))
}

/// The order that a reference is of: its own id, or that of a refund, which begins with it.
pub(super) fn order_of(reference: &Reference) -> Option<OrderId> {
    reference.as_str().split('-').next()?.parse().ok()
}
