//! How much a request may bring, and how slowly.

use std::io;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use poem::http::header::CONTENT_LENGTH;
use poem::{Body, Endpoint, IntoResponse as _, Request, Response, Result};
use tokio::time::{Instant, timeout_at};

use super::room::{Room, Share};
use crate::api::codes::Code;
use crate::api::problem::Problem;

/// Limits on requests and connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// How long a connection may go without a whole request head.
    pub idle: Duration,
    /// Bytes of a request's head.
    pub head: usize,
    /// Bytes of a body, but for uploads.
    pub body: u64,
    /// Bytes of a body in `multipart/form-data`.
    pub upload: u64,
    /// Bytes of bodies at hand at once, but for uploads.
    pub bodies: usize,
    /// Bytes of uploads at hand at once.
    pub uploads: usize,
    /// How long a body may stop arriving, and an answer may stay untaken.
    pub stall: Duration,
    /// How many bytes of a body must arrive in a second, after a first `stall`.
    pub rate: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            idle: Duration::from_secs(75),
            head: 32 << 10,
            body: 1 << 20,
            upload: 200 << 20,
            bodies: 128 << 20,
            uploads: 512 << 20,
            stall: Duration::from_secs(30),
            rate: 8 << 10,
        }
    }
}

/// What became of a body while it was read.
#[derive(Default)]
struct Fate {
    end: AtomicU8,
    /// What it takes of the room, until its request is answered.
    share: Mutex<Share>,
}

impl Fate {
    const TOO_LARGE: u8 = 1;
    const STALLED: u8 = 2;
    const CROWDED: u8 = 3;

    fn set(&self, end: u8) -> io::Error {
        self.end.store(end, Ordering::Relaxed);
        io::Error::other("the body was cut off")
    }

    /// Whether there is room for so many bytes more.
    fn fits(&self, room: &Room, bytes: usize) -> bool {
        self.share.lock().is_ok_and(|mut share| room.take(&mut share, bytes))
    }

    fn problem(&self, most: u64) -> Option<Problem> {
        match self.end.load(Ordering::Relaxed) {
            Self::TOO_LARGE => Some(too_large(most)),
            Self::STALLED => Some(Code::RequestTimeout.problem()),
            Self::CROWDED => Some(crowded()),
            _ => None,
        }
    }
}

fn crowded() -> Problem {
    Problem::new(Code::Unavailable, "Too much is being sent at once.").retry_after(1)
}

fn too_large(most: u64) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("The body has more than {most} bytes."))
}

/// What all requests together may bring.
#[derive(Debug)]
pub(crate) struct Rooms {
    bodies: Room,
    uploads: Room,
}

impl Rooms {
    /// As much as the limits say.
    #[must_use]
    pub(crate) fn of(limits: Limits) -> Self {
        Self { bodies: Room::new(limits.bodies), uploads: Room::new(limits.uploads) }
    }
}

/// Lets the routes read at most as much as the request may bring, and as there is room for.
pub(crate) async fn within(
    limits: Limits,
    rooms: Arc<Rooms>,
    routes: Arc<impl Endpoint>,
    mut request: Request,
) -> Result<Response> {
    let upload = request.content_type().is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/"));
    let (most, room) = if upload { (limits.upload, &rooms.uploads) } else { (limits.body, &rooms.bodies) };
    let declared = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > most) {
        return Err(too_large(most).into());
    }
    // Said before it is sent, where the sender says how much it is.
    if declared.is_some_and(|length| length > room.left()) {
        return Err(crowded().into());
    }
    let fate = Arc::new(Fate::default());
    let body = request.take_body();
    if !body.is_empty() {
        let bounded = bounded(body.into_bytes_stream(), most, limits, room.clone(), Arc::clone(&fate));
        request.set_body(Body::from_bytes_stream(bounded));
    }
    let answer = routes.call(request).await;
    // Whatever the routes made of a body that was cut off: this is what happened.
    match fate.problem(most) {
        Some(problem) => Err(problem.into()),
        None => Ok(answer?.into_response()),
    }
}

/// The same chunks, until they are too many or too slow, or there is no room for them.
fn bounded(
    body: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    most: u64,
    limits: Limits,
    room: Room,
    fate: Arc<Fate>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let reading = (Box::pin(body), 0_u64, None);
    stream::try_unfold(reading, move |(mut body, seen, began)| {
        let (fate, room) = (Arc::clone(&fate), room.clone());
        async move {
            let now = Instant::now();
            let began = began.unwrap_or(now);
            let Ok(next) = timeout_at(limits.deadline(began, seen).min(now + limits.stall), body.next()).await else {
                return Err(fate.set(Fate::STALLED));
            };
            let Some(chunk) = next.transpose()? else { return Ok(None) };
            let seen = seen.saturating_add(chunk.len() as u64);
            if seen > most {
                return Err(fate.set(Fate::TOO_LARGE));
            }
            if !fate.fits(&room, chunk.len()) {
                return Err(fate.set(Fate::CROWDED));
            }
            Ok(Some((chunk, (body, seen, Some(began)))))
        }
    })
}

impl Limits {
    /// By when the next byte must be there, of a body of which so many are.
    pub(super) fn deadline(&self, began: Instant, seen: u64) -> Instant {
        began + self.stall + Duration::from_secs(seen / self.rate)
    }
}
