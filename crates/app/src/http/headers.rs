//! Headers that keep browsers and caches careful.

use std::sync::Arc;

use poem::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use poem::http::{HeaderMap, HeaderValue};
use poem::{Endpoint, IntoResponse as _, Request, Response, Result};

/// For pages: their own styles, scripts and pictures, and nobody else's.
const PAGE: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                    font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// For everything else: nothing at all.
const DATA: &str = "default-src 'none'; frame-ancestors 'none'";

/// Adds what the answer does not say for itself.
pub(crate) async fn secured(routes: Arc<impl Endpoint>, request: Request) -> Result<Response> {
    let api = request.uri().path().starts_with("/v1/");
    let mut response = routes.call(request).await?.into_response();
    let headers = response.headers_mut();
    let page = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    unless_said(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    unless_said(headers, REFERRER_POLICY, "no-referrer");
    unless_said(headers, CONTENT_SECURITY_POLICY, if page { PAGE } else { DATA });
    if api {
        unless_said(headers, CACHE_CONTROL, "no-store");
    }
    Ok(response)
}

fn unless_said(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
