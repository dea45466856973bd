//! `Idempotency-Key`: one key, one effect, and the same answer again.

use poem::http::StatusCode;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use super::state::State;

/// What a key has answered.
pub(super) struct Kept {
    fingerprint: [u8; 32],
    status: StatusCode,
    body: Value,
}

/// A key and the request that came with it.
pub(super) struct Keyed<'a> {
    pub(super) key: &'a str,
    fingerprint: [u8; 32],
}

impl<'a> Keyed<'a> {
    pub(super) fn new(key: &'a str, path: &str, body: &str) -> Self {
        let fingerprint = Sha256::new_with_prefix(path).chain_update([0]).chain_update(body).finalize();
        Self { key, fingerprint: fingerprint.into() }
    }

    /// What the key answered before.
    pub(super) fn replay(&self, state: &State) -> Result<Option<(StatusCode, Value)>, Problem> {
        match state.kept.get(self.key) {
            None => Ok(None),
            Some(kept) if kept.fingerprint == self.fingerprint => Ok(Some((kept.status, kept.body.clone()))),
            Some(_) => Err(Problem::key_reused(self.key)),
        }
    }

    /// Keeps an answer. As with Stripe, a request that was never begun spends no key.
    pub(super) fn keep(&self, state: &mut State, status: StatusCode, body: &Value) {
        let begun = status.is_success()
            || status == StatusCode::PAYMENT_REQUIRED
            || status == StatusCode::INTERNAL_SERVER_ERROR;
        if begun {
            let kept = Kept { fingerprint: self.fingerprint, status, body: body.clone() };
            state.kept.insert(self.key.to_owned(), kept);
        }
    }
}
