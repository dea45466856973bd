//! Idempotency (R40). Of effects outside the ledger the answer is kept in the effect's own transaction; the ledger
//! keeps its commands' keys itself.

use domain::{CustomerId, Refusal, TenantId};
use ports::{Command, CommandKey, PostError, Posted, Reply, StoreError};

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

/// The same call, sent twice at once, is not refused because the other one was quicker: it hears what that came to (R40).
pub(crate) async fn or_heard<T: Sync>(
    ctx: &Context,
    tenant: TenantId,
    once: Option<&Once<'_, T>>,
    refused: Failure,
) -> Result<Reply, Failure> {
    replay(ctx, tenant, once).await?.ok_or(refused)
}

/// A key of our own, for a command that is posted once whoever comes to it. With a space in it no caller can send it.
pub(crate) fn own_key(text: String) -> CommandKey {
    CommandKey { text, fingerprint: 0 }
}

/// A command that does nothing but ask whether its key was spent before.
pub(crate) fn question(tenant: TenantId, customer: CustomerId, key: CommandKey) -> Command {
    let decide = Box::new(|_: &mut domain::Draft| Err(Refusal::NothingToDo));
    Command::new(tenant, customer, Some(key), decide)
}

/// What to say when such a question has no answer: the failure that led to it, if nothing worse came of it.
pub(crate) fn unless_worse(error: PostError, failure: Failure) -> Failure {
    if matches!(error, PostError::Refused(_)) { failure } else { error.into() }
}

/// What the catalog of today does not let happen may have happened before (R40): the answer given then, or the failure.
pub(crate) async fn done_before(
    ctx: &Context,
    tenant: TenantId,
    customer: CustomerId,
    key: CommandKey,
    failure: Failure,
) -> Result<Posted, Failure> {
    let posted = ctx.ledger.post(question(tenant, customer, key)).await;
    posted.map_err(|error| unless_worse(error, failure))
}
