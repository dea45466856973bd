//! Every request has an id: the caller's own, or one of ours.

use std::sync::Arc;

use poem::http::HeaderValue;
use poem::{Endpoint, IntoResponse as _, Request, Response, Result};
use ports::Ids;

/// The header that carries it, both ways.
pub(crate) const HEADER: &str = "X-Request-Id";

/// The id of the request at hand.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    /// The request's id; empty before [`named`] has seen it.
    pub(crate) fn of(request: &Request) -> Self {
        request.data::<Self>().cloned().unwrap_or_else(|| Self("".into()))
    }

    /// As text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A caller's id is taken if it is short and plain: it goes into logs and headers as it is.
fn plain(id: &&str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    (1..=128).contains(&id.len()) && id.bytes().all(plain)
}

/// Names the request, and tells its name with the answer.
pub(crate) async fn named(ids: Arc<dyn Ids>, routes: Arc<impl Endpoint>, mut request: Request) -> Result<Response> {
    let given = request.header(HEADER).filter(plain).map(Arc::from);
    let id: Arc<str> = given.unwrap_or_else(|| format!("req_{:032x}", ids.id()).into());
    request.set_data(RequestId(Arc::clone(&id)));
    let mut response = routes.call(request).await?.into_response();
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    Ok(response)
}
