//! What commands share: their key, and what to say when an answer does not fit the question.

use ports::CommandKey;
use serde::de::DeserializeOwned;

use super::body::StrictJson;
use super::idempotency::NeededKey;
use super::problem::Problem;
use crate::http::auth::Caller;

/// The key of a command that moves credits: it must come with one (R40).
pub(crate) fn key<T: DeserializeOwned>(
    caller: &Caller,
    key: NeededKey,
    body: &StrictJson<T>,
) -> Result<CommandKey, Problem> {
    Ok(CommandKey { text: key.found()?.of(caller.customer()), fingerprint: body.fingerprint() })
}

/// A command that answered without what it is about: our own failure.
pub(crate) fn or_fault<T>(shape: Option<T>) -> Result<T, Problem> {
    shape.ok_or_else(|| Problem::fault("a command answered without what it is about"))
}
