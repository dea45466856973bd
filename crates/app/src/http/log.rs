//! The access log and the figures of every request. Neither sees paths, headers, queries or bodies: no secret gets
//! in, and nobody's name.

use std::sync::Arc;
use std::time::Instant;

use poem::{Endpoint, IntoResponse as _, Request, Response, Result};
use poem_openapi::OperationId;

use super::metrics;
use super::request_id::RequestId;

/// Writes down what was asked and how it went.
pub(crate) async fn logged(routes: Arc<impl Endpoint>, request: Request) -> Result<Response> {
    let started = Instant::now();
    let (id, method) = (RequestId::of(&request), request.method().clone());
    let response = routes.call(request).await?.into_response();
    let took = started.elapsed();
    let status = response.status().as_u16();
    let operation = response.data::<OperationId>().map_or("", |operation| operation.0);
    metrics::count(operation, status, took);
    tracing::info!(
        target: "folio::access",
        request_id = id.as_str(), %method, operation, status, micros = took.as_micros(),
    );
    Ok(response)
}
