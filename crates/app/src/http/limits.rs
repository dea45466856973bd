//! How much a request may bring, and how slowly.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use poem::http::header::CONTENT_LENGTH;
use poem::listener::Acceptor;
use poem::{Body, Endpoint, IntoResponse as _, Request, Response, Result, Server};

use crate::api::codes::Code;
use crate::api::problem::Problem;

/// Limits on requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes of a body, but for uploads.
    pub body: u64,
    /// Bytes of a body in `multipart/form-data`.
    pub upload: u64,
    /// How long a body may stop arriving.
    pub stall: Duration,
    /// How long a connection may be silent.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: 1 << 20, upload: 200 << 20, stall: Duration::from_secs(30), idle: Duration::from_secs(75) }
    }
}

/// A server with the limits that the HTTP library itself keeps.
pub(crate) fn server<A: Acceptor + 'static>(acceptor: A, limits: Limits) -> Server<std::convert::Infallible, A> {
    Server::new_with_acceptor(acceptor)
        .idle_timeout(limits.idle)
        .http2_max_concurrent_streams(200)
        .http2_max_header_list_size(16 << 10)
}

/// What became of a body while it was read.
#[derive(Default)]
struct Fate(AtomicU8);

impl Fate {
    const TOO_LARGE: u8 = 1;
    const STALLED: u8 = 2;

    fn set(&self, fate: u8) -> io::Error {
        self.0.store(fate, Ordering::Relaxed);
        io::Error::other("the body was cut off")
    }

    fn problem(&self, most: u64) -> Option<Problem> {
        match self.0.load(Ordering::Relaxed) {
            Self::TOO_LARGE => Some(too_large(most)),
            Self::STALLED => Some(Code::RequestTimeout.problem()),
            _ => None,
        }
    }
}

fn too_large(most: u64) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("The body has more than {most} bytes."))
}

/// Lets the routes read at most as much as the request may bring.
pub(crate) async fn within(limits: Limits, routes: Arc<impl Endpoint>, mut request: Request) -> Result<Response> {
    let upload = request.content_type().is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/"));
    let most = if upload { limits.upload } else { limits.body };
    let declared = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > most) {
        return Err(too_large(most).into());
    }
    let fate = Arc::new(Fate::default());
    let body = request.take_body();
    if !body.is_empty() {
        let bounded = bounded(body.into_bytes_stream(), most, limits.stall, Arc::clone(&fate));
        request.set_body(Body::from_bytes_stream(bounded));
    }
    let answer = routes.call(request).await;
    // Whatever the routes made of a body that was cut off: this is what happened.
    match fate.problem(most) {
        Some(problem) => Err(problem.into()),
        None => Ok(answer?.into_response()),
    }
}

/// The same chunks, until they are too many or too slow.
fn bounded(
    body: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    most: u64,
    stall: Duration,
    fate: Arc<Fate>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::try_unfold((Box::pin(body), 0_u64), move |(mut body, seen)| {
        let fate = Arc::clone(&fate);
        async move {
            let Ok(next) = tokio::time::timeout(stall, body.next()).await else {
                return Err(fate.set(Fate::STALLED));
            };
            let Some(chunk) = next.transpose()? else { return Ok(None) };
            let seen = seen.saturating_add(chunk.len() as u64);
            if seen > most {
                return Err(fate.set(Fate::TOO_LARGE));
            }
            Ok(Some((chunk, (body, seen))))
        }
    })
}
