//! Moving a subscription because someone asks for it.

use domain::{Instant, Next, PaymentWay, SubscriptionId, Tenant};
use ports::KeptSubscription;

use super::TURNS;
use super::begin::Pay;
use super::moved::{Cause, moved};
use super::standing::{Standing, kept, save};
use super::turn::{finish, run};
use crate::issue::recipient;
use crate::once::{or_heard, replay};
use crate::{Context, Failure, Kept, Once};

/// Makes a move, and takes it on as far as it goes now. What the calendar asks for comes first. `pay` tells how a charge
/// of this move is paid.
pub(super) async fn step<D: Future<Output = Result<Next, Failure>> + Send>(
    ctx: &Context,
    tenant: &Tenant,
    id: SubscriptionId,
    pay: Option<&Pay>,
    once: Option<&Once<'_, Standing>>,
    decide: impl Fn(KeptSubscription, Instant) -> D + Send,
) -> Result<Kept<Standing>, Failure> {
    if let Some(reply) = replay(ctx, tenant.id, once).await? {
        return Ok(Kept::Before(reply));
    }
    for _ in 0..TURNS {
        let kept = run_first(ctx, tenant, id).await?;
        let recipient = recipient(ctx, tenant.id, kept.subscription.customer).await?;
        let next = match decide(kept.clone(), recipient.now).await {
            Ok(next) => next,
            Err(refused) => return or_heard(ctx, tenant.id, once, refused).await.map(Kept::Before),
        };
        let mut change = moved(ctx, with_pay(kept, pay), next, &recipient, &Cause::Asked);
        let standing = Standing { kept: change.kept.clone(), order: None };
        change.reply = once.map(|once| once.reply(&standing));
        if save(ctx, tenant.id, change).await?.is_some() {
            return finish(ctx, tenant, id, once).await.map(Kept::Done);
        }
        if let Some(reply) = replay(ctx, tenant.id, once).await? {
            return Ok(Kept::Before(reply));
        }
    }
    Err(Failure::Changed)
}

/// The subscription, once nothing is due any more. Where that cannot be done now, the rules say what may be done.
async fn run_first(ctx: &Context, tenant: &Tenant, id: SubscriptionId) -> Result<KeptSubscription, Failure> {
    match run(ctx, tenant, id).await {
        Ok(kept) => Ok(kept),
        Err(failure @ (Failure::NotFound(_) | Failure::Unavailable(_) | Failure::Busy)) => Err(failure),
        Err(failure) => {
            tracing::warn!(subscription = %id, "it cannot be taken on now: {failure}");
            kept(ctx, tenant.id, id).await
        }
    }
}

fn with_pay(kept: KeptSubscription, pay: Option<&Pay>) -> KeptSubscription {
    match pay.cloned() {
        None => kept,
        Some(Pay { way: way @ PaymentWay::Saved, method, return_url }) => {
            KeptSubscription { way, method: method.or(kept.method), return_url, ..kept }
        }
        // What is left on the provider's page is the newest then.
        Some(Pay { way, return_url, .. }) => KeptSubscription { way, method: None, return_url, ..kept },
    }
}

/// How a charge of this subscription is paid that way: with the method that was named for it, if no other is.
pub(super) fn paying(pay: &Pay, kept: &KeptSubscription) -> Pay {
    let known = kept.method.clone().filter(|_| pay.way == PaymentWay::Saved);
    Pay { method: pay.method.clone().or(known), ..pay.clone() }
}
