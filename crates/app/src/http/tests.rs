use std::io;

use bytes::Bytes;
use domain::Mode;
use futures_util::{StreamExt as _, stream};
use poem::http::Method;
use poem::{Body, Endpoint, EndpointExt as _, Request, Response, Route};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi, OpenApiService, Tags};
use ports::mock::MockKeys;
use serde::Deserialize;
use serde_json::Value;

use super::allow::Allow;
use super::auth::{Caller, Operator};
use super::scope::Scope;
use super::testing::*;
use crate::api::answer::Answer;
use crate::api::body::StrictJson;
use crate::api::problem::Problem;
use crate::api::refused::refused;
use crate::api::spec::normalise;
use crate::api::wire::{Id, Text, Time};

#[derive(Tags)]
enum Tag {
    /// Only for these tests.
    Demo,
}

#[derive(Object, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    name: Text<20>,
}

struct Demo;

#[OpenApi(tag = "Tag::Demo")]
#[expect(clippy::unused_async, reason = "the framework wants endpoints to be async")]
impl Demo {
    /// Echo
    #[oai(path = "/v1/demo", method = "post", operation_id = "postDemo")]
    async fn post(&self, body: StrictJson<Ask>) -> Result<Answer<String>, refused!()> {
        Ok(Answer::of(&body.name.as_str().to_owned()))
    }

    /// Fail
    #[oai(path = "/v1/demo", method = "get", operation_id = "getDemo")]
    async fn get(&self, panic: Query<Option<bool>>, since: Query<Option<Time>>) -> Result<Answer<String>, refused!()> {
        let _ = since;
        assert!(panic.0 != Some(true), "the password is hunter2");
        Err(Problem::fault("the password is hunter2"))?
    }

    /// Find
    #[oai(path = "/v1/demo/:hold", method = "get", operation_id = "findDemo")]
    async fn find(&self, hold: Path<Id<domain::HoldId>>) -> Result<Answer<String>, refused!(HoldNotFound)> {
        Ok(Answer::of(&hold.find()?.to_string()))
    }

    /// Who
    #[oai(path = "/v1/who", method = "get", operation_id = "getWho")]
    async fn who(
        &self,
        caller: Caller,
        paid: Query<Option<bool>>,
        scope: Query<Option<String>>,
    ) -> Result<Answer<String>, refused!()> {
        if let Some(scope) = scope.0.as_deref().and_then(Scope::from_word) {
            caller.require(scope)?;
        }
        if paid.0 == Some(true) {
            caller.start_paid_work()?;
        }
        Ok(Answer::of(&caller.tenant_id().to_string()))
    }

    /// Operators
    #[oai(path = "/v1/operators", method = "get", operation_id = "getOperators")]
    async fn operators(&self, operator: Operator) -> Result<Answer<String>, refused!()> {
        Ok(Answer::of(&operator.mode().word().to_owned()))
    }
}

fn app(keys: MockKeys) -> impl Endpoint<Output = Response> {
    let service = OpenApiService::new(Demo, "Folio", "1");
    let document = normalise(serde_json::from_str(&service.spec()).unwrap());
    let upload = poem::endpoint::make(|mut request: Request| async move {
        let body = request.take_body().into_bytes().await?;
        Ok::<_, poem::Error>(body.len().to_string())
    });
    served(Route::new().nest("/", service).at("/upload", poem::post(upload)), keys, Allow::of(&document))
}

async fn answer(request: Request) -> (Response, Value) {
    json(app(MockKeys::new()).get_response(request).await).await
}

fn post(content_type: &str, body: impl Into<Body>) -> Request {
    request(Method::POST, "/v1/demo").content_type(content_type).body(body)
}

#[track_caller]
fn assert_problem((response, body): &(Response, Value), status: u16, code: &str) {
    assert_eq!(response.content_type(), Some("application/problem+json"), "{body}");
    assert_eq!((response.status().as_u16(), body["code"].as_str()), (status, Some(code)), "{body}");
    assert_eq!(body["status"], status);
    assert_eq!(body["type"], format!("/errors/{code}"));
    assert_eq!(body["request_id"].as_str(), response.header("X-Request-Id"));
    assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
}

#[tokio::test]
async fn a_good_request_is_answered() {
    let (response, body) = answer(post("application/json", r#"{"name": "x"}"#)).await;
    assert_eq!((response.status().as_u16(), body), (200, "x".into()));
    assert_eq!(response.header("X-Content-Type-Options"), Some("nosniff"));
    assert_eq!(response.header("Cache-Control"), Some("no-store"));
    assert_eq!(response.header("X-Request-Id"), Some("req_00000000000000000000000000000abc"));
}

#[tokio::test]
async fn r43_bad_bodies_are_problems() {
    let asked = |body: &'static str| answer(post("application/json", body));
    assert_problem(&asked("{").await, 400, "malformed_json");
    assert_problem(&asked("").await, 400, "malformed_json");
    let wrong = asked(r#"{"nome": "x"}"#).await;
    assert_problem(&wrong, 422, "validation_failed");
    assert_eq!(wrong.1["errors"][0]["pointer"], "/nome");
    assert_problem(&answer(post("text/plain", "{}")).await, 415, "unsupported_media_type");
    let without_type = request(Method::POST, "/v1/demo").body("{}");
    assert_problem(&answer(without_type).await, 415, "unsupported_media_type");
}

#[tokio::test]
async fn r43_bad_parameters_are_problems() {
    let wrong = answer(request(Method::GET, "/v1/demo?panic=maybe").finish()).await;
    assert_problem(&wrong, 400, "invalid_request");
    assert_eq!(wrong.1["errors"][0]["pointer"], "/panic");
    let wrong = answer(request(Method::GET, "/v1/demo?since=yesterday").finish()).await;
    assert_eq!(wrong.1["errors"][0]["code"], "malformed");
    assert!(!wrong.1.to_string().contains("optional_"), "{}", wrong.1);
    assert_problem(&answer(request(Method::GET, "/v1/demo/x").finish()).await, 404, "hold_not_found");
}

#[tokio::test]
async fn r43_unknown_addresses_and_methods_are_problems() {
    for path in ["/nothing", "/v1/nothing", "/v1/demo/a/b", "/"] {
        assert_problem(&answer(request(Method::GET, path).finish()).await, 404, "not_found");
    }
    let wrong = answer(request(Method::DELETE, "/v1/demo").finish()).await;
    assert_problem(&wrong, 405, "method_not_allowed");
    assert_eq!(wrong.0.header("Allow"), Some("GET, HEAD, OPTIONS, POST"));
    let (options, _) = answer(request(Method::OPTIONS, "/v1/demo").finish()).await;
    assert_eq!((options.status().as_u16(), options.header("Allow")), (204, Some("GET, HEAD, OPTIONS, POST")));
}

#[tokio::test]
async fn r43_faults_and_panics_tell_nothing() {
    for path in ["/v1/demo", "/v1/demo?panic=true"] {
        let failed = answer(request(Method::GET, path).finish()).await;
        assert_problem(&failed, 500, "internal");
        assert!(!failed.1.to_string().contains("hunter2"), "{}", failed.1);
    }
}

#[tokio::test]
async fn r43_large_bodies_are_refused_however_they_come() {
    let large = "x".repeat(101);
    let declared = request(Method::POST, "/v1/demo").content_type("application/json").header("Content-Length", 101);
    assert_problem(&answer(declared.body(large)).await, 413, "body_too_large");
    let chunked = stream::iter([60, 60].map(|size| Ok::<_, io::Error>(Bytes::from(vec![b'x'; size]))));
    assert_problem(&answer(post("application/json", Body::from_bytes_stream(chunked))).await, 413, "body_too_large");

    let upload = |size: usize| {
        request(Method::POST, "/upload").content_type("multipart/form-data; boundary=x").body("x".repeat(size))
    };
    assert_eq!(answer(upload(200)).await.0.status().as_u16(), 200);
    assert_problem(&answer(upload(201)).await, 413, "body_too_large");
}

#[tokio::test]
async fn a_body_that_stops_arriving_is_given_up() {
    let start = stream::iter([Ok::<_, io::Error>(Bytes::from("{"))]).chain(stream::pending());
    assert_problem(&answer(post("application/json", Body::from_bytes_stream(start))).await, 408, "request_timeout");
}

#[tokio::test]
async fn what_all_requests_bring_together_has_bounds() {
    let app = app(MockKeys::new());
    let upload = async |body: Body| {
        let request = request(Method::POST, "/upload").content_type("multipart/form-data; boundary=x").body(body);
        json(app.get_response(request).await).await
    };
    let chunk = |size: usize| stream::iter([Ok::<_, io::Error>(Bytes::from(vec![b'x'; size]))]);
    // One that has brought 200 of 300 bytes, and does not go on; then one that says nothing of its size.
    let slow = upload(Body::from_bytes_stream(chunk(200).chain(stream::pending())));
    let (slow, crowded) = tokio::join!(slow, upload(Body::from_bytes_stream(chunk(101))));
    assert_problem(&slow, 408, "request_timeout");
    assert_problem(&crowded, 503, "unavailable");
    assert_eq!(crowded.0.header("Retry-After"), Some("1"));

    // One that says it is told before it has sent anything. Small bodies have room of their own.
    let declared = async || {
        let request = request(Method::POST, "/upload").content_type("multipart/form-data; boundary=x");
        let request =
            request.header("Content-Length", 101).body(Body::from_bytes_stream(stream::pending::<io::Result<Bytes>>()));
        json(app.get_response(request).await).await
    };
    let small = async || app.get_response(post("application/json", r#"{"name": "x"}"#)).await.status().as_u16();
    let slow = upload(Body::from_bytes_stream(chunk(200).chain(stream::pending())));
    let (_, crowded, small) = tokio::join!(slow, declared(), small());
    assert_problem(&crowded, 503, "unavailable");
    assert_eq!(small, 200);

    // Who is gone has left the room.
    assert_eq!(upload(Body::from("x".repeat(200))).await.0.status().as_u16(), 200);
}

#[test]
fn a_body_has_the_more_time_the_more_of_it_is_there() {
    let (limits, began) = (super::limits::Limits::default(), tokio::time::Instant::now());
    let allowed = |seen| (limits.deadline(began, seen) - began).as_secs();
    assert_eq!((allowed(0), allowed(1), allowed(8 << 10), allowed(200 << 20)), (30, 30, 31, 30 + 25_600));
}

#[tokio::test]
async fn a_callers_request_id_is_kept_if_it_is_plain() {
    let asked = |id: &'static str| answer(request(Method::GET, "/nothing").header("X-Request-Id", id).finish());
    assert_eq!(asked("trace-1").await.1["request_id"], "trace-1");
    for odd in ["a b", "", "<script>"] {
        assert_eq!(asked(odd).await.1["request_id"], "req_00000000000000000000000000000abc");
    }
}

async fn who(keys: MockKeys, path: &str, header: &str, value: &str) -> (Response, Value) {
    let asked = request(Method::GET, path).header(header, value).finish();
    json(app(keys).get_response(asked).await).await
}

#[tokio::test]
async fn r42_a_key_opens_its_tenants_books() {
    let (minted, caller) = key(Mode::Test, None);
    let text = minted.secret.reveal();
    for (header, value) in [
        ("Authorization", format!("Bearer {text}")),
        ("authorization", format!("bearer {text}")),
        ("X-API-Key", text.to_owned()),
    ] {
        let (response, body) = who(keys(caller.clone(), 1), "/v1/who", header, &value).await;
        assert_eq!((response.status().as_u16(), body), (200, caller.tenant.id.to_string().into()), "{header}");
        assert_eq!(response.header("X-RateLimit-Limit"), None);
    }
}

#[tokio::test]
async fn r42_what_is_no_key_is_not_let_in() {
    let (minted, _) = key(Mode::Test, None);
    let text = minted.secret.reveal();
    let nobody = |header, value: String| async move { who(MockKeys::new(), "/v1/who", header, &value).await };
    for (header, value) in [
        ("X-Other", String::new()),
        ("Authorization", text.to_owned()),
        ("Authorization", format!("Basic {text}")),
        ("Authorization", "Bearer ".to_owned()),
        ("X-API-Key", "folio_sk_test_short".to_owned()),
    ] {
        let refused = nobody(header, value).await;
        assert_problem(&refused, 401, "unauthenticated");
        assert!(refused.0.header("WWW-Authenticate").is_some());
    }
    let mut unknown = MockKeys::new();
    unknown.expect_by_hash().returning(|_| Ok(None));
    assert_problem(&who(unknown, "/v1/who", "X-API-Key", text).await, 401, "unauthenticated");
    let mut down = MockKeys::new();
    down.expect_by_hash().returning(|_| Err(ports::StoreError::Fault("connection refused".into())));
    assert_problem(&who(down, "/v1/who", "X-API-Key", text).await, 503, "unavailable");
}

#[tokio::test]
async fn r42_revoked_and_expired_keys_say_so() {
    let (minted, caller) = key(Mode::Live, None);
    let text = minted.secret.reveal();
    let mut revoked = caller.clone();
    revoked.key.revoked_at = Some(noon());
    assert_problem(&who(keys(revoked, 1), "/v1/who", "X-API-Key", text).await, 401, "key_revoked");
    let mut expired = caller.clone();
    expired.key.expires_at = Some(noon());
    assert_problem(&who(keys(expired, 1), "/v1/who", "X-API-Key", text).await, 401, "key_expired");
    let mut later = caller;
    later.key.expires_at = Some(noon() + chrono::TimeDelta::milliseconds(1));
    assert_eq!(who(keys(later, 1), "/v1/who", "X-API-Key", text).await.0.status().as_u16(), 200);
}

#[tokio::test]
async fn r42_a_key_does_what_its_scopes_say() {
    let (minted, mut caller) = key(Mode::Test, None);
    let text = minted.secret.reveal();
    assert_eq!(who(keys(caller.clone(), 1), "/v1/who?scope=catalog", "X-API-Key", text).await.0.status().as_u16(), 200);
    caller.key.scopes = vec!["read".into(), "meter".into()];
    assert_eq!(who(keys(caller.clone(), 1), "/v1/who?scope=meter", "X-API-Key", text).await.0.status().as_u16(), 200);
    let refused = who(keys(caller, 1), "/v1/who?scope=catalog", "X-API-Key", text).await;
    assert_problem(&refused, 403, "insufficient_scope");
    assert!(refused.1["detail"].as_str().unwrap().contains("`catalog`"));
}

#[tokio::test]
async fn r42_a_customers_key_only_reads_and_is_no_operators() {
    let (minted, caller) = key(Mode::Test, Some(CUSTOMER));
    let text = minted.secret.reveal();
    assert_eq!(who(keys(caller.clone(), 1), "/v1/who?scope=read", "X-API-Key", text).await.0.status().as_u16(), 200);
    assert_problem(
        &who(keys(caller.clone(), 1), "/v1/who?scope=meter", "X-API-Key", text).await,
        403,
        "insufficient_scope",
    );
    assert_problem(&who(keys(caller, 1), "/v1/operators", "X-API-Key", text).await, 403, "insufficient_scope");
}

#[tokio::test]
async fn r42_a_key_is_looked_up_once_a_second() {
    let (minted, caller) = key(Mode::Test, None);
    let app = app(keys(caller, 1));
    for _ in 0..3 {
        let asked = request(Method::GET, "/v1/who").header("X-API-Key", minted.secret.reveal()).finish();
        assert_eq!(app.get_response(asked).await.status().as_u16(), 200);
    }
}

#[tokio::test]
async fn r42_a_forgotten_key_is_looked_up_anew() {
    let (minted, caller) = key(Mode::Test, None);
    let gate = super::auth::Gate::new(
        std::sync::Arc::new(keys(caller, 2)),
        std::sync::Arc::new(Noon),
        super::rate::Rates::default(),
    );
    let gate = std::sync::Arc::new(gate);
    let service = OpenApiService::new(Demo, "Folio", "1");
    let app = Route::new().nest("/", service).data(std::sync::Arc::clone(&gate));
    for _ in 0..2 {
        let asked = request(Method::GET, "/v1/who").header("X-API-Key", minted.secret.reveal()).finish();
        assert_eq!(app.get_response(asked).await.status().as_u16(), 200);
        gate.forget(&minted.hash);
    }
}

#[tokio::test]
async fn d_every_answer_of_a_limited_key_tells_its_calls() {
    let (minted, caller) = key(Mode::Test, Some(CUSTOMER));
    let app = app(keys(caller, 1));
    let call = |path: &'static str| request(Method::GET, path).header("X-API-Key", minted.secret.reveal()).finish();
    let told = |response: &Response, name: &str| response.header(name).unwrap().parse::<i64>().unwrap();

    let plain = app.get_response(call("/v1/who")).await;
    assert_eq!((told(&plain, "X-RateLimit-Limit"), told(&plain, "X-RateLimit-Remaining")), (150, 149));
    let reset = told(&plain, "X-RateLimit-Reset") - noon().timestamp();
    assert!((1..=60).contains(&reset), "{reset}");
    let refused = app.get_response(call("/v1/who?scope=meter")).await;
    assert_eq!((refused.status().as_u16(), told(&refused, "X-RateLimit-Remaining")), (403, 148));

    for left in (0..20).rev() {
        let paid = app.get_response(call("/v1/who?paid=true")).await;
        assert_eq!((told(&paid, "X-RateLimit-Limit"), told(&paid, "X-RateLimit-Remaining")), (20, left));
    }
    let limited = json(app.get_response(call("/v1/who?paid=true")).await).await;
    assert_problem(&limited, 429, "rate_limited");
    assert_eq!(told(&limited.0, "X-RateLimit-Remaining"), 0);
    assert!((1..=60).contains(&told(&limited.0, "Retry-After")));
    assert_eq!(app.get_response(call("/v1/who")).await.status().as_u16(), 200);
}
