//! API keys: made, replaced, revoked.

use domain::{Instant, KeyId, TenantId};
use ports::{ApiKey, Reply, StoreError};

use crate::{Context, Failure, Once};

/// What asking again under a key came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept<T> {
    /// Done now.
    Done(T),
    /// Done before: the answer given then (R40).
    Before(Reply),
}

/// The answer kept under an idempotency key, if the same was asked before.
pub async fn replay<T>(ctx: &Context, tenant: TenantId, once: Option<&Once<'_, T>>) -> Result<Option<Reply>, Failure> {
    let Some(once) = once else { return Ok(None) };
    match ctx.keys.reply(tenant, &once.key).await? {
        Some(reply) if reply.fingerprint == once.fingerprint => Ok(Some(reply)),
        Some(_) => Err(Failure::KeyReused),
        None => Ok(None),
    }
}

/// Someone with the same idempotency key may have been quicker: then theirs is the answer.
pub(crate) async fn or_replay<T: Sync>(
    ctx: &Context,
    tenant: TenantId,
    once: Option<&Once<'_, T>>,
    error: StoreError,
) -> Result<Reply, Failure> {
    match error {
        StoreError::Conflict => replay(ctx, tenant, once).await?.ok_or(Failure::KeyReused),
        other => Err(other.into()),
    }
}

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
