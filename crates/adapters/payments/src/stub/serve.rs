//! The API over HTTP: keys, faults, and what goes back.

use std::io;
use std::time::Duration;

use futures_util::stream;
use poem::http::StatusCode;
use poem::{Body, Endpoint, Request, Response};
use serde_json::Value;

use super::Stub;
use super::api::{self, Call};

use super::idempotency::Keyed;
use super::problem::Problem;
use super::script::Wrong;
use super::state::State;
use crate::API_VERSION;

/// The largest body, in bytes.
pub(super) const BODY_MAX: usize = 64 * 1024;

/// Everything below `/v1`.
pub(super) fn api(stub: Stub) -> impl Endpoint {
    poem::endpoint::make(move |request| {
        let stub = stub.clone();
        async move { Ok::<_, poem::Error>(serve(&stub, request).await) }
    })
}

async fn serve(stub: &Stub, mut request: Request) -> Response {
    let header = |name: &str| request.header(name).map(str::to_owned);
    if !stub.knows(header("Authorization").as_deref()) {
        return response(&stub_problem(&Problem::unauthorized()), None);
    }
    let key = header("Idempotency-Key");
    let (method, path) = (request.method().as_str().to_owned(), request.uri().path().to_owned());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = request.take_body().into_bytes_limit(BODY_MAX).await.ok();
    let Some(body) = body.and_then(|body| String::from_utf8(body.to_vec()).ok()) else {
        return response(&stub_problem(&Problem::invalid("The body is too large or not text.")), None);
    };
    let form = if method == "POST" { body } else { query };
    let call = Call { method: &method, path: &path, form: &form };

    let fault = stub.with(|state| state.script.fault(&format!("{method} /v1{path}")));
    if let Some(Wrong::SlowMs(wait)) = fault {
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
    let answer = stub.with(|state| decide(state, &call, key.as_deref(), fault));
    if let Some(Wrong::HangAfterMs(wait)) = fault {
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
    response(&answer, fault)
}

/// What goes back.
struct Answer {
    status: StatusCode,
    body: Value,
    replayed: bool,
}

fn stub_problem(problem: &Problem) -> Answer {
    Answer { status: problem.status, body: problem.json(), replayed: false }
}

/// One request, with its key and its fault.
fn decide(state: &mut State, call: &Call<'_>, key: Option<&str>, fault: Option<Wrong>) -> Answer {
    let refused = match fault {
        Some(Wrong::Unavailable) => Some(StatusCode::SERVICE_UNAVAILABLE),
        Some(Wrong::RateLimited) => Some(StatusCode::TOO_MANY_REQUESTS),
        Some(Wrong::KeyInUse) => Some(StatusCode::CONFLICT),
        _ => None,
    };
    if let Some(status) = refused {
        return stub_problem(&Problem::trouble(status));
    }
    let keyed = key.filter(|_| call.method == "POST").map(|key| Keyed::new(key, call.path, call.form));
    match keyed.as_ref().map(|keyed| keyed.replay(state)).transpose() {
        Err(problem) => return stub_problem(&problem),
        Ok(Some(Some((status, body)))) => return Answer { status, body, replayed: true },
        Ok(_) => {}
    }
    let failed = || stub_problem(&Problem::trouble(StatusCode::INTERNAL_SERVER_ERROR));
    let answer = if fault == Some(Wrong::FailBefore) {
        failed()
    } else {
        let done = match api::answer(state, call) {
            Ok(body) => Answer { status: StatusCode::OK, body, replayed: false },
            Err(problem) => stub_problem(&problem),
        };
        if fault == Some(Wrong::FailAfter) { failed() } else { done }
    };
    if let Some(keyed) = keyed {
        keyed.keep(state, answer.status, &answer.body);
    }
    answer
}

fn response(answer: &Answer, fault: Option<Wrong>) -> Response {
    let mut response = Response::builder()
        .status(answer.status)
        .content_type("application/json")
        .header("Request-Id", "req_stub")
        .header("Stripe-Version", API_VERSION);
    if answer.replayed {
        response = response.header("Idempotent-Replayed", "true");
    }
    if answer.status == StatusCode::SERVICE_UNAVAILABLE || answer.status == StatusCode::TOO_MANY_REQUESTS {
        response = response.header("Stripe-Should-Retry", "true");
    }
    let text = serde_json::to_vec_pretty(&answer.body).unwrap_or_default();
    if fault == Some(Wrong::CutAfter) {
        let half = text.get(..text.len() / 2).unwrap_or_default().to_vec();
        let broken = Err(io::Error::from(io::ErrorKind::ConnectionReset));
        return response.body(Body::from_bytes_stream(stream::iter([Ok(half), broken])));
    }
    response.body(text)
}
