//! The stub's own commands, which Stripe has none of.

use poem::http::StatusCode;
use poem::web::Json;
use poem::{Endpoint, EndpointExt as _, IntoResponse as _, Request, Response, Route, get, post};
use serde_json::json;

use super::serve::BODY_MAX;
use super::table::Row as _;
use super::{Script, Stub, deliver};

/// `POST /script`, `GET /deliveries`, `POST /deliveries/<event>`.
pub(super) fn routes(stub: Stub) -> impl Endpoint {
    let (script, attempts, again, guard) = (stub.clone(), stub.clone(), stub.clone(), stub);
    let set_script = poem::endpoint::make(move |request| set_script(script.clone(), request));
    let deliveries = poem::endpoint::make_sync(move |_| Json(attempts.attempts().clone()));
    let deliver = poem::endpoint::make_sync(move |request| deliver_again(&again, &request));
    Route::new()
        .at("/script", post(set_script))
        .at("/deliveries", get(deliveries))
        .at("/deliveries/:event", post(deliver))
        .around(move |next, request: Request| {
            let known = guard.knows(request.header("Authorization"));
            async move {
                if known {
                    next.call(request).await.map(poem::IntoResponse::into_response)
                } else {
                    Ok(StatusCode::UNAUTHORIZED.into_response())
                }
            }
        })
}

async fn set_script(stub: Stub, mut request: Request) -> poem::Result<Response> {
    let body = request.take_body().into_bytes_limit(BODY_MAX).await?;
    match serde_json::from_slice::<Script>(&body) {
        Ok(script) => {
            stub.script(script);
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Err(error) => {
            let problem = Json(json!({ "error": { "type": "invalid_request_error", "message": error.to_string() } }));
            Ok(problem.with_status(StatusCode::BAD_REQUEST).into_response())
        }
    }
}

/// Sends an event once more, whatever the script says.
fn deliver_again(stub: &Stub, request: &Request) -> StatusCode {
    let id = request.path_params::<String>().unwrap_or_default();
    let (event, webhook) = stub.with(|state| (state.events.find(&id).cloned(), state.script.webhook.clone()));
    match event {
        Some(event) => {
            tracing::debug!(event = event.id(), "delivering once more");
            deliver::send(stub, vec![event], webhook, super::Delivery::Once);
            StatusCode::ACCEPTED
        }
        None => StatusCode::NOT_FOUND,
    }
}
