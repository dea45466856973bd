//! One request and its answer, or what is known when there is none.

use std::fmt;
use std::time::Duration;

use ports::{Fault, PaymentError};
use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::UnusableKey;
use super::keys::{self, Keys};
use super::wire::{ApiError, ErrorBody};
use crate::API_VERSION;

/// Names and values of a form or a query.
pub(super) type Form = Vec<(String, String)>;

/// The pause before the second attempt.
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    base_url: String,
    authorization: HeaderValue,
    keys: Keys,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// Stripe says no.
    Said(StatusCode, Box<ApiError>),
    /// Nothing came of it.
    Nothing(Fault),
    /// What came of it is not known.
    Unknown(Fault),
    /// The key answers with a failure for good. What came of it is not known either, but nobody is at work with it.
    Spent(Fault),
}

/// An answer, and whether an idempotency key gave it once more.
pub(super) struct Answer<T> {
    pub(super) object: T,
    pub(super) replayed: bool,
}

/// Stripe's own trouble, by its status.
#[derive(Debug, Error)]
#[error("answered {0}")]
struct Trouble(StatusCode);

impl Client {
    pub(super) fn new(base_url: &str, key: &str, timeout: Duration) -> Result<Self, UnusableKey> {
        let mut authorization = HeaderValue::try_from(format!("Bearer {key}")).map_err(|_| UnusableKey)?;
        authorization.set_sensitive(true);
        let http = crate::http::builder().timeout(timeout).build().map_err(|_| UnusableKey)?;
        let base_url = base_url.trim_end_matches('/').to_owned();
        Ok(Self { http, base_url, authorization, keys: Keys::new() })
    }

    /// Reads. Whatever goes wrong on the way, nothing came of it.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, query: &Form) -> Result<T, Failure> {
        let request = self.request(Method::GET, path).query(query);
        match self.send(request).await {
            Ok(answer) => Ok(answer.object),
            Err(Failure::Unknown(fault) | Failure::Spent(fault)) => Err(Failure::Nothing(fault)),
            Err(failure) => Err(failure),
        }
    }

    /// Does something, once for each key. A key that is spent on a failure is replaced in a later call, and only after
    /// [`Self::look`] found nothing: the failure may have come after the work.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &Form,
        key: &str,
    ) -> Result<Answer<T>, Failure> {
        let place = self.keys.place(key);
        let request = self.request(Method::POST, path).form(form);
        let outcome = self.send(request.header("Idempotency-Key", keys::key(key, place))).await;
        if let Err(Failure::Spent(_)) = outcome {
            self.keys.failed(key, place);
        }
        outcome
    }

    /// Does something that nobody looks for, since a second one does no harm: a key that is spent is replaced in the
    /// next call.
    pub(super) async fn post_unlooked<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &Form,
        key: &str,
    ) -> Result<Answer<T>, Failure> {
        let outcome = self.post(path, form, key).await;
        self.keys.done_with(key, self.keys.spent(key));
        outcome
    }

    /// Looks for what came of a key. Where nothing did, the next call may replace it, if it was spent when the look
    /// began.
    pub(super) async fn look<T>(
        &self,
        key: &str,
        look: impl Future<Output = Result<Option<T>, PaymentError>>,
    ) -> Result<Option<T>, PaymentError> {
        let spent = self.keys.spent(key);
        let found = look.await?;
        if found.is_none() {
            self.keys.done_with(key, spent);
        }
        Ok(found)
    }

    /// Does something that may be done twice.
    pub(super) async fn post_unkeyed<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.send(self.request(Method::POST, path)).await.map(|answer| answer.object)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/v1/{path}", self.base_url));
        request.header("Authorization", self.authorization.clone()).header("Stripe-Version", API_VERSION)
    }

    /// Two attempts. What the first may have done is not forgotten when the second did nothing.
    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<Answer<T>, Failure> {
        let again = request.try_clone();
        let first = match attempt(request).await {
            Err(failure) if failure.is_worth_another() => failure,
            other => return other,
        };
        let Some(again) = again else { return Err(first) };
        tokio::time::sleep(PAUSE).await;
        match (first, attempt(again).await) {
            (Failure::Unknown(fault), Err(Failure::Nothing(_))) => Err(Failure::Unknown(fault)),
            (_, outcome) => outcome,
        }
    }
}

async fn attempt<T: DeserializeOwned>(request: RequestBuilder) -> Result<Answer<T>, Failure> {
    let answer = request.send().await.map_err(|error| {
        let never_sent = error.is_connect() || error.is_builder();
        if never_sent { Failure::Nothing(hidden(error)) } else { Failure::Unknown(hidden(error)) }
    })?;
    let status = answer.status();
    let replayed = answer.headers().get("Idempotent-Replayed").is_some_and(|value| value == "true");
    let body = answer.bytes().await.map_err(|error| Failure::Unknown(hidden(error)))?;
    if status.is_success() {
        let object = serde_json::from_slice(&body).map_err(|error| Failure::Unknown(error.into()))?;
        return Ok(Answer { object, replayed });
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Failure::Nothing(Trouble(status).into()));
    }
    if status.is_server_error() && replayed {
        return Err(Failure::Spent(Trouble(status).into()));
    }
    // 409: the key is at work in another request, which may do it.
    if status.is_server_error() || status == StatusCode::CONFLICT {
        return Err(Failure::Unknown(Trouble(status).into()));
    }
    let error = serde_json::from_slice::<ErrorBody>(&body).map(|body| body.error).unwrap_or_default();
    Err(Failure::Said(status, Box::new(error)))
}

/// An error without the URL, which may have a customer's id in it.
fn hidden(error: reqwest::Error) -> Fault {
    error.without_url().into()
}

impl Failure {
    const fn is_worth_another(&self) -> bool {
        matches!(self, Self::Nothing(_) | Self::Unknown(_))
    }
}

impl From<Failure> for PaymentError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Nothing(fault) => Self::Unavailable(fault),
            Failure::Unknown(fault) | Failure::Spent(fault) => Self::OutcomeUnknown(fault),
            Failure::Said(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => Self::Unauthorized,
            Failure::Said(StatusCode::NOT_FOUND, _) => Self::NotFound,
            Failure::Said(_, error) if error.kind == "idempotency_error" => Self::ReferenceReused,
            Failure::Said(_, error) if error.code.as_deref() == Some("resource_missing") => Self::NotFound,
            Failure::Said(status, error) => Self::Refused {
                code: error.code.unwrap_or_else(|| status.as_u16().to_string()),
                message: error.message.unwrap_or_default(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn r33_a_look_that_began_before_the_failure_says_nothing_of_it() {
        let client = Client::new("http://127.0.0.1:1", "sk_test", Duration::from_secs(1)).unwrap();
        let fails_meanwhile = async {
            client.keys.failed("pay-1", 0);
            Ok(None::<()>)
        };
        client.look("pay-1", fails_meanwhile).await.unwrap();
        assert_eq!(client.keys.place("pay-1"), 0);
        client.look("pay-1", async { Ok(Some(())) }).await.unwrap();
        assert_eq!(client.keys.place("pay-1"), 0);
        client.look("pay-1", async { Ok(None::<()>) }).await.unwrap();
        assert_eq!(client.keys.place("pay-1"), 1);
    }
}
