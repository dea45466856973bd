//! Answers: JSON that is written once, sent, and kept for a replay (R40).

use std::marker::PhantomData;

use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{ToJSON, Type};
use ports::Reply;
use service::Kept;

/// The header that tells a replay.
pub(crate) const REPLAYED: &str = "Idempotent-Replayed";

/// A `T` in JSON, with this status.
#[derive(Debug)]
pub(crate) struct Answer<T, const STATUS: u16 = 200> {
    status: u16,
    body: String,
    replayed: bool,
    etag: Option<String>,
    shape: PhantomData<fn() -> T>,
}

impl<T, const STATUS: u16> Answer<T, STATUS> {
    fn new(status: u16, body: String, replayed: bool) -> Self {
        Self { status, body, replayed, etag: None, shape: PhantomData }
    }

    /// An answer that was kept, told again.
    #[must_use]
    pub(crate) fn kept(reply: Reply) -> Self {
        Self::new(reply.status, reply.body, true)
    }

    /// Says whether this is what an earlier call with the same key came to.
    #[must_use]
    pub(crate) fn replayed(mut self, replayed: bool) -> Self {
        self.replayed = replayed;
        self
    }

    /// Carries an `ETag`. To a caller who has this version already only 304 goes.
    #[must_use]
    pub(crate) fn tagged(mut self, version: &str, if_none_match: Option<&str>) -> Self {
        let etag = format!("\"{version}\"");
        let matches = |tag: &str| tag == "*" || tag.trim_start_matches("W/") == etag;
        if if_none_match.is_some_and(|tags| tags.split(',').map(str::trim).any(matches)) {
            self.status = StatusCode::NOT_MODIFIED.as_u16();
        }
        self.etag = Some(etag);
        self
    }
}

impl<T: ToJSON, const STATUS: u16> Answer<T, STATUS> {
    /// This value.
    pub(crate) fn of(value: &T) -> Self {
        let (status, body) = Self::render(value);
        Self::new(status, body, false)
    }

    /// What an effect came to; one that was there before, as it was told then (R40).
    pub(crate) fn told<V>(kept: Kept<V>, body: impl FnOnce(V) -> T) -> Self {
        match kept {
            Kept::Done(value) => Self::of(&body(value)),
            Kept::Before(reply) => Self::kept(reply),
        }
    }

    /// The answer as it is kept together with an effect.
    pub(crate) fn render(value: &T) -> (u16, String) {
        (STATUS, value.to_json_string())
    }
}

impl<T: Send, const STATUS: u16> IntoResponse for Answer<T, STATUS> {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = Response::builder().status(status);
        if let Some(etag) = self.etag {
            response = response.header(header::ETAG, etag).header(header::CACHE_CONTROL, "private, no-cache");
        }
        if status == StatusCode::NOT_MODIFIED {
            return response.finish();
        }
        if self.replayed {
            response = response.header(REPLAYED, "true");
        }
        response.header(header::CONTENT_TYPE, "application/json").body(self.body)
    }
}

impl<T: Type, const STATUS: u16> ApiResponse for Answer<T, STATUS> {
    fn meta() -> MetaResponses {
        let content = vec![MetaMediaType { content_type: "application/json", schema: T::schema_ref() }];
        let response =
            MetaResponse { description: "", status: Some(STATUS), status_range: None, content, headers: Vec::new() };
        MetaResponses { responses: vec![response] }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn r40_a_kept_answer_is_told_again_to_the_letter() {
        let reply = Reply { key: "k".into(), fingerprint: 1, status: 201, body: "{\"a\":1}".into() };
        let response = Answer::<String>::kept(reply).into_response();
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.header(REPLAYED), Some("true"));
        assert_eq!(response.into_body().into_string().await.unwrap(), "{\"a\":1}");
        let fresh = Answer::<String, 201>::of(&"x".to_owned()).into_response();
        assert_eq!((fresh.status(), fresh.header(REPLAYED)), (StatusCode::CREATED, None));
    }

    #[test]
    fn a_version_that_the_caller_has_is_not_sent_again() {
        let answer = |have: Option<&str>| Answer::<String>::of(&"x".to_owned()).tagged("7", have).into_response();
        for (have, status) in [(None, 200), (Some("\"6\""), 200), (Some("W/\"7\""), 304), (Some("\"1\", \"7\""), 304)] {
            let response = answer(have);
            assert_eq!(response.status().as_u16(), status, "{have:?}");
            assert_eq!(response.header("ETag"), Some("\"7\""));
        }
    }
}
