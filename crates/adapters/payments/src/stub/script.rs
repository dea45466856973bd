//! What the stub is told to do wrong.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Everything it was told. As JSON at `POST /_stub/script`; a field that is left out stays as it is.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Requests that go wrong. The first fault that fits a request is used up once.
    #[serde(default)]
    pub faults: Option<Vec<Fault>>,
    /// How events travel.
    #[serde(default)]
    pub delivery: Option<Delivery>,
    /// Where events go.
    #[serde(default)]
    pub webhook: Option<Webhook>,
}

/// Where events go, and the secret that signs them.
#[derive(Clone, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// The endpoint.
    pub url: String,
    /// `whsec_…`.
    pub secret: String,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Requests that go wrong.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// How the method and path begin: `POST /v1/refunds`. Empty: any request to the API.
    #[serde(default)]
    pub on: String,
    /// How many.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens to them.
    #[serde(rename = "do")]
    pub what: Wrong,
}

const fn once() -> u32 {
    1
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Wrong {
    /// It begins only after so many milliseconds.
    SlowMs(u64),
    /// It is done, and answered only after so many milliseconds.
    HangAfterMs(u64),
    /// It is done, and the connection breaks before the answer is complete.
    CutAfter,
    /// 500 and nothing done. As with Stripe, the idempotency key answers 500 from then on.
    FailBefore,
    /// It is done, and answered 500, as its idempotency key is from then on.
    FailAfter,
    /// 503 and nothing done; the same key works later.
    Unavailable,
    /// 429 and nothing done; the same key works later.
    RateLimited,
    /// 409, as while the same key is at work in another request.
    KeyInUse,
}

/// How events travel.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// As they happen, again while the endpoint fails.
    #[default]
    Once,
    /// Each a second time.
    Twice,
    /// Those of one request in reverse.
    Reversed,
    /// After so many milliseconds.
    LateMs(u64),
    /// Not at all.
    Never,
}

impl Script {
    /// Takes over what `new` says.
    pub(super) fn update(&mut self, new: Self) {
        self.faults = new.faults.or_else(|| self.faults.take());
        self.delivery = new.delivery.or(self.delivery);
        self.webhook = new.webhook.or_else(|| self.webhook.take());
    }

    /// What happens to this request; that is used up then.
    pub(super) fn fault(&mut self, request: &str) -> Option<Wrong> {
        let fits = |fault: &&mut Fault| fault.times > 0 && request.starts_with(&fault.on);
        let fault = self.faults.iter_mut().flatten().find(fits)?;
        fault.times = fault.times.saturating_sub(1);
        Some(fault.what)
    }
}

/// One attempt to deliver an event.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// The event.
    pub event: String,
    /// What it was of.
    #[serde(rename = "type")]
    pub kind: String,
    /// The endpoint's status; none where it did not answer.
    pub status: Option<u16>,
}

/// Pauses before the second attempt, the third, …; then the stub gives up.
pub(super) const RETRIES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
];
