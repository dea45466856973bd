//! What the payment provider tells: signed by it, so without a key of ours (R32).

use poem::web::Data;
use poem::{Body, IntoResponse as _, Request, Response, handler, http::StatusCode};
use service::Context;
use service::order::{Heard, HeedError, heed};
use tokio::sync::Semaphore;

use crate::api::codes::Code;
use crate::api::problem::Problem;

/// The largest event.
const LARGEST: usize = 256 * 1024;

/// How many events are read at once. Anybody may begin to send one: who never ends must not take every place that the
/// server has.
static READERS: Semaphore = Semaphore::const_new(64);

/// `POST /v1/payments/events`: 200 once it is heeded; anything else makes the provider tell it again.
#[handler]
pub(crate) async fn receive(ctx: Data<&Context>, request: &Request, body: Body) -> poem::Result<Response> {
    let reader = READERS.try_acquire().map_err(|_| Code::Unavailable.problem().retry_after(1))?;
    let body = body.into_bytes_limit(LARGEST).await.map_err(|_| Code::BodyTooLarge.problem())?;
    drop(reader);
    let signature = request.header("Stripe-Signature").unwrap_or_default();
    match heed(&ctx, signature, &body).await {
        Ok(heard) => {
            let ours = heard == Heard::Heeded;
            let answer = format!(r#"{{"received":true,"heeded":{ours}}}"#);
            Ok(Response::builder().status(StatusCode::OK).content_type("application/json").body(answer))
        }
        Err(HeedError::Event(error)) => Err(Problem::new(Code::InvalidEvent, format!("{error}.")).into()),
        Err(HeedError::Failure(failure)) => Ok(Problem::from(failure).into_response()),
    }
}
