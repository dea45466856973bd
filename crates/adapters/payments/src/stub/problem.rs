//! What the stub answers instead of an object: Stripe's error bodies.

use poem::http::StatusCode;
use serde_json::{Map, Value, json};

/// An error, as Stripe's clients know it.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    body: Map<String, Value>,
}

impl Problem {
    fn of(status: StatusCode, kind: &str, message: impl Into<String>) -> Self {
        let body = Map::from_iter([("type".to_owned(), json!(kind)), ("message".to_owned(), json!(message.into()))]);
        Self { status, body }
    }

    /// 400: the request can never be right.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::of(StatusCode::BAD_REQUEST, "invalid_request_error", message)
    }

    /// 404 for an id.
    pub(super) fn missing(what: &str, id: &str) -> Self {
        let problem = Self::of(StatusCode::NOT_FOUND, "invalid_request_error", format!("No such {what}: '{id}'"));
        problem.with("code", "resource_missing").with("param", "id")
    }

    /// 404 for a path.
    pub(super) fn unknown_path(method: &str, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        Self::of(StatusCode::NOT_FOUND, "invalid_request_error", message)
    }

    /// 402: the card said no.
    pub(super) fn card(code: &str, message: &str) -> Self {
        Self::of(StatusCode::PAYMENT_REQUIRED, "card_error", message).with("code", code)
    }

    /// 401.
    pub(super) fn unauthorized() -> Self {
        Self::of(StatusCode::UNAUTHORIZED, "invalid_request_error", "Invalid API Key provided")
    }

    /// 400: one key, two requests.
    pub(super) fn key_reused(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. \
             Try using a key other than '{key}' if you meant to execute a different request."
        );
        Self::of(StatusCode::BAD_REQUEST, "idempotency_error", message)
    }

    /// 409, 429, 500, 503: our own trouble, as the script wants it.
    pub(super) fn trouble(status: StatusCode) -> Self {
        let (kind, code) = match status {
            StatusCode::TOO_MANY_REQUESTS => ("invalid_request_error", "rate_limit"),
            StatusCode::CONFLICT => ("idempotency_error", "idempotency_key_in_use"),
            _ => ("api_error", "scripted"),
        };
        Self::of(status, kind, "The stub was told to fail.").with("code", code)
    }

    /// With one more field.
    pub(super) fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.body.insert(field.to_owned(), value.into());
        self
    }

    /// The body.
    pub(super) fn json(&self) -> Value {
        json!({ "error": self.body })
    }
}
