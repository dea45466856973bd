//! Problems: the HTTP answers that say no (RFC 9457, R43).

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use poem::error::ResponseError;
use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::Object;
use poem_openapi::types::ToJSON as _;

use super::codes::Code;
use super::flaw::FieldCode;
use super::wire::CreditsText;

/// The media type of problems.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was not done, and what to do about it.
#[derive(Clone, Debug, Default, Object)]
#[oai(rename = "Problem", skip_serializing_if_is_none)]
pub(crate) struct ProblemBody {
    /// The page that explains the code.
    #[oai(rename = "type")]
    pub(crate) kind: String,
    /// The code, for people.
    pub(crate) title: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What is wrong with this very request.
    pub(crate) detail: String,
    /// What to match on. Codes never change their meaning.
    pub(crate) code: String,
    /// The answer's `X-Request-Id`: quote it when you report a problem.
    pub(crate) request_id: String,
    /// The fields at fault.
    pub(crate) errors: Option<Vec<FieldError>>,
    /// Credits that the work needs.
    pub(crate) required: Option<CreditsText>,
    /// Credits that the customer can spend.
    pub(crate) available: Option<CreditsText>,
    /// Credits that are promised to open holds.
    pub(crate) held: Option<CreditsText>,
    /// Credits that are missing.
    pub(crate) shortfall: Option<CreditsText>,
    /// The work, line by line.
    pub(crate) items: Option<Vec<NeededItem>>,
    /// The cheapest packs that cover what is missing.
    pub(crate) suggested_packs: Option<Vec<SuggestedPack>>,
    /// More is missing than the largest pack gives: a quote may be better.
    pub(crate) contact_sales: Option<bool>,
    /// Where the customer buys credits.
    pub(crate) top_up_url: Option<String>,
    /// Where the customer changes plan.
    pub(crate) upgrade_url: Option<String>,
}

/// A field at fault.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub(crate) struct FieldError {
    /// JSON pointer to the field; for a parameter, its name after a slash.
    pub(crate) pointer: String,
    /// What is wrong, in a word: `missing`, `unknown_field`, `wrong_type`, `out_of_range`, `duplicate`, `malformed`, …
    pub(crate) code: String,
    /// What is wrong, in a sentence.
    pub(crate) detail: String,
}

/// A line of work that the credits did not suffice for.
#[derive(Clone, Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct NeededItem {
    /// What the caller calls it.
    pub(crate) name: Option<String>,
    /// The operation.
    pub(crate) operation: String,
    /// The document's pages.
    pub(crate) pages: Option<u64>,
    /// Units of the operation.
    pub(crate) quantity: u64,
    /// Credits that it needs.
    pub(crate) cost: CreditsText,
}

/// So many of a pack.
#[derive(Clone, Debug, Object)]
pub(crate) struct SuggestedPack {
    /// The pack's code in the catalog.
    pub(crate) pack: String,
    /// How many of it.
    pub(crate) quantity: u32,
}

/// A request that is answered with a problem: the one error type of every endpoint.
///
/// It stays typed until it leaves the house: [`crate::http`] gives it the request id, logs its cause and
/// writes it down.
#[derive(Debug)]
pub(crate) struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    body: ProblemBody,
    retry_after: Option<u64>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Problem {
    /// A problem with this code. `detail` says what is wrong with this very request.
    pub(crate) fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        let body = ProblemBody {
            kind: format!("/errors/{}", code.word()),
            title: code.title().to_owned(),
            status: code.status(),
            detail: detail.into().into_owned(),
            code: code.word().to_owned(),
            ..ProblemBody::default()
        };
        Self(Box::new(Inner { code, body, retry_after: None, cause: None }))
    }

    /// One field at fault: 422 `validation_failed`.
    pub(crate) fn field(pointer: impl Into<String>, code: FieldCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::new(Code::ValidationFailed, detail.clone()).at(pointer, code.word(), detail)
    }

    /// Points at one more field at fault.
    #[must_use]
    pub(crate) fn at(mut self, pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        let error = FieldError { pointer: pointer.into(), code: code.to_owned(), detail: detail.into() };
        self.0.body.errors.get_or_insert_default().push(error);
        self
    }

    /// Tells more: the members that some codes carry.
    #[must_use]
    pub(crate) fn with(mut self, more: impl FnOnce(&mut ProblemBody)) -> Self {
        more(&mut self.0.body);
        self
    }

    /// Tells after how many seconds to try again.
    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// Keeps what is behind it, for the log alone.
    #[must_use]
    pub(crate) fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Our own failure: 500.
    pub(crate) fn fault(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Code::Internal.problem().because(cause)
    }

    /// Its code.
    #[must_use]
    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    /// What it tells the caller.
    #[must_use]
    pub(crate) fn body(&self) -> &ProblemBody {
        &self.0.body
    }

    /// What is behind it.
    #[must_use]
    pub(crate) fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }
}

impl Code {
    /// A problem that says no more than the code itself.
    #[must_use]
    pub(crate) fn problem(self) -> Problem {
        Problem::new(self, self.means())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.body.code, self.0.body.detail)
    }
}

impl StdError for Problem {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.0.code.status_code()
    }

    fn as_response(&self) -> Response {
        let mut response = Response::builder().status(self.status()).header(header::CONTENT_TYPE, PROBLEM_JSON);
        if let Some(seconds) = self.0.retry_after {
            response = response.header(header::RETRY_AFTER, seconds);
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            response = response.header(header::WWW_AUTHENTICATE, "Bearer realm=\"folio\"");
        }
        response.body(self.0.body.to_json_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.as_response()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    async fn sent(problem: Problem) -> (Response, Value) {
        let mut response = problem.into_response();
        let body = response.take_body().into_vec().await.unwrap();
        (response, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn r43_a_problem_has_no_member_without_a_value() {
        let (response, body) = sent(Problem::new(Code::HoldClosed, "The hold was captured.")).await;
        assert_eq!(response.status(), StatusCode::CONFLICT);
        assert_eq!(response.content_type(), Some(PROBLEM_JSON));
        assert_eq!(
            body,
            json!({
                "type": "/errors/hold_closed", "title": "Hold closed", "status": 409, "code": "hold_closed",
                "detail": "The hold was captured.", "request_id": "",
            })
        );
    }

    #[tokio::test]
    async fn r43_a_cause_is_never_told() {
        let problem = Problem::fault("password=hunter2");
        assert!(problem.cause().is_some());
        let (response, body) = sent(problem).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!body.to_string().contains("hunter2"));
    }

    #[tokio::test]
    async fn headers_go_with_the_codes_that_need_them() {
        let (response, _) = sent(Code::Unavailable.problem().retry_after(3)).await;
        assert_eq!(response.header("Retry-After"), Some("3"));
        let (response, _) = sent(Code::KeyExpired.problem()).await;
        assert_eq!(response.header("WWW-Authenticate"), Some("Bearer realm=\"folio\""));
    }
}
