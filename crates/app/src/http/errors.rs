//! Whatever goes wrong becomes a problem; what is our own fault goes into the log (R43).

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use poem::error::{MethodNotAllowedError, NotFoundError, ReadBodyError};
use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, Error, IntoResponse as _, PathPattern, Request, Response, Result};
use poem_openapi::OperationId;
use poem_openapi::error::{
    AuthorizationError, ContentTypeError, ParseMultipartError, ParseParamError, ParsePathError,
    ParseRequestPayloadError,
};
use service::chain;

use super::allow::Allow;
use super::request_id::RequestId;
use crate::api::codes::Code;
use crate::api::flaw::from_serde;
use crate::api::problem::Problem;

/// Answers errors and panics of the routes with problems.
pub(crate) async fn as_problems(allow: Arc<Allow>, routes: Arc<impl Endpoint>, request: Request) -> Result<Response> {
    let (id, method) = (RequestId::of(&request), request.method().clone());
    let error = match AssertUnwindSafe(routes.call(request)).catch_unwind().await {
        Ok(Ok(response)) => return Ok(response.into_response()),
        Ok(Err(error)) => error,
        Err(panic) => Problem::fault(message(panic.as_ref())).into(),
    };
    let operation = error.data::<OperationId>().copied();
    let methods = error.data::<PathPattern>().map(|pattern| allow.header(&pattern.0));
    let mut response = match (&method, error.is::<MethodNotAllowedError>()) {
        (&Method::OPTIONS, true) => StatusCode::NO_CONTENT.into_response(),
        _ if error.is_from_response() => error.into_response(),
        _ => refuse(error, &id),
    };
    if let Some(methods) = methods.filter(|_| matches!(response.status().as_u16(), 204 | 405)) {
        response.headers_mut().insert(header::ALLOW, methods);
    }
    if let Some(operation) = operation {
        response.set_data(operation);
    }
    Ok(response)
}

/// The problem that an error is, written down for the caller and, where it is our fault, for us.
fn refuse(error: Error, id: &RequestId) -> Response {
    let problem = problem_of(error).with(|body| id.as_str().clone_into(&mut body.request_id));
    if problem.code().status() >= 500 {
        let cause = problem.cause().map(|cause| chain(cause)).unwrap_or_default();
        tracing::error!(request_id = id.as_str(), code = problem.code().word(), cause, "a request failed");
    }
    problem.into_response()
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", text.unwrap_or("(no message)"))
}

fn problem_of(error: Error) -> Problem {
    if error.is::<Problem>() {
        return error.downcast().unwrap_or_else(|error| Problem::fault(error.to_string()));
    }
    if let Some(error) = error.downcast_ref::<ParseParamError>() {
        return parameter(error.name, &error.reason);
    }
    if error.is::<ParsePathError>() || error.is::<NotFoundError>() {
        return Code::NotFound.problem();
    }
    if error.is::<AuthorizationError>() {
        return Code::Unauthenticated.problem();
    }
    let told = error.is::<ContentTypeError>()
        || error.is::<ParseRequestPayloadError>()
        || error.is::<ParseMultipartError>()
        || error.is::<ReadBodyError>();
    let told = told.then(|| format!("{error}."));
    let code = match error.status() {
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::NOT_ACCEPTABLE => Code::NotAcceptable,
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
        status if status.is_client_error() => Code::InvalidRequest,
        _ => return Problem::fault(chain(&error)),
    };
    told.map_or_else(|| code.problem(), |detail| Problem::new(code, detail))
}

/// A parameter at fault. The HTTP library's reason begins with the name of a Rust type.
fn parameter(name: &str, reason: &str) -> Problem {
    let reason = reason.split_once("\": ").map_or(reason, |(_, reason)| reason);
    let reason = reason.split_once(" (occurred while parsing").map_or(reason, |(reason, _)| reason);
    let (flaw, _) = from_serde(reason);
    let detail = format!("The parameter `{name}` is not valid: {}", flaw.detail);
    Problem::new(Code::InvalidRequest, detail).at(format!("/{name}"), flaw.code.word(), flaw.detail)
}
