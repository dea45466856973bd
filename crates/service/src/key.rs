//! API keys: made, replaced, revoked.

use domain::{Instant, KeyId};
use ports::ApiKey;

use crate::once::{Kept, or_replay, replay};
use crate::{Context, Failure, Once};

/// Keeps a new key.
pub async fn create(ctx: &Context, key: ApiKey, once: Option<Once<'_, ApiKey>>) -> Result<Kept<ApiKey>, Failure> {
    if let Some(reply) = replay(ctx, key.tenant, once.as_ref()).await? {
        return Ok(Kept::Before(reply));
    }
    if let Some(customer) = key.customer {
        ctx.customers.get(key.tenant, customer).await?.ok_or(Failure::NotFound("customer"))?;
    }
    let reply = once.as_ref().map(|once| once.reply(&key));
    match ctx.keys.create(&key, reply.as_ref()).await {
        Ok(()) => Ok(Kept::Done(key)),
        Err(error) => or_replay(ctx, key.tenant, once.as_ref(), error).await.map(Kept::Before),
    }
}

/// Puts a new key in an old one's place; the old one works until `until`.
pub async fn rotate(
    ctx: &Context,
    old: KeyId,
    until: Instant,
    new: ApiKey,
    once: Option<Once<'_, ApiKey>>,
) -> Result<Kept<ApiKey>, Failure> {
    if let Some(reply) = replay(ctx, new.tenant, once.as_ref()).await? {
        return Ok(Kept::Before(reply));
    }
    let reply = once.as_ref().map(|once| once.reply(&new));
    match ctx.keys.rotate(new.tenant, old, until, &new, reply.as_ref()).await {
        Ok(true) => Ok(Kept::Done(new)),
        Ok(false) => Err(Failure::NotFound("key")),
        Err(error) => or_replay(ctx, new.tenant, once.as_ref(), error).await.map(Kept::Before),
    }
}
