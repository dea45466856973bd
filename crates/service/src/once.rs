//! Idempotency of effects outside the ledger: the answer is kept in the effect's own transaction (R40).

use domain::TenantId;
use ports::{Reply, StoreError};

use crate::{Context, Failure};

/// An idempotency key for an effect outside the ledger, and how its answer is written down (R40).
pub struct Once<'a, T> {
    /// The caller's key.
    pub key: String,
    /// Tells one request body from another.
    pub fingerprint: u64,
    /// Writes the answer: status and JSON.
    pub render: &'a (dyn Fn(&T) -> (u16, String) + Sync),
}

impl<T> Once<'_, T> {
    /// The answer to keep together with the effect.
    pub fn reply(&self, answer: &T) -> Reply {
        let (status, body) = (self.render)(answer);
        Reply { key: self.key.clone(), fingerprint: self.fingerprint, status, body }
    }
}

/// What asking again under a key came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept<T> {
    /// Done now.
    Done(T),
    /// Done before: the answer given then (R40).
    Before(Reply),
}

/// The answer kept under an idempotency key, if the same was asked before.
pub(crate) async fn replay<T>(
    ctx: &Context,
    tenant: TenantId,
    once: Option<&Once<'_, T>>,
) -> Result<Option<Reply>, Failure> {
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
