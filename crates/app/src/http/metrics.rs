//! `/metrics`: figures for Prometheus. No label names a customer.

use std::time::Duration;

use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use poem::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use poem::{Endpoint, Response, endpoint};

const SECONDS: &str = "folio_http_request_seconds";

/// Upper bounds of the histogram's buckets, in seconds.
const BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Counts a request. What no operation answered is counted under `none`.
pub(crate) fn count(operation: &'static str, status: u16, took: Duration) {
    let operation = if operation.is_empty() { "none" } else { operation };
    metrics::histogram!(SECONDS, "operation" => operation, "status" => status.to_string()).record(took.as_secs_f64());
}

/// Starts to keep the figures of this process.
pub(crate) fn install() -> anyhow::Result<PrometheusHandle> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &BUCKETS)
        .context("buckets of the request histogram")?
        .build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).context("figures are kept already")?;
    metrics::describe_histogram!(SECONDS, metrics::Unit::Seconds, "Requests by operation and status.");
    Ok(handle)
}

/// Serves the figures.
pub(crate) fn page(figures: PrometheusHandle) -> impl Endpoint {
    endpoint::make_sync(move |_| {
        Response::builder()
            .header(CONTENT_TYPE, "text/plain; version=0.0.4")
            .header(CACHE_CONTROL, "no-store")
            .body(figures.render())
    })
}

#[cfg(test)]
mod tests {
    use poem::http::Method;

    use super::*;
    use crate::http::testing::request;

    #[tokio::test]
    async fn requests_are_counted_by_operation_and_status() {
        let figures = install().unwrap();
        count("createHold", 201, Duration::from_millis(3));
        count("", 404, Duration::from_millis(1));
        let page = page(figures).get_response(request(Method::GET, "/metrics").finish()).await;
        let text = page.into_body().into_string().await.unwrap();
        for line in [
            r#"folio_http_request_seconds_bucket{operation="createHold",status="201",le="0.0025"} 0"#,
            r#"folio_http_request_seconds_bucket{operation="createHold",status="201",le="0.005"} 1"#,
            r#"folio_http_request_seconds_count{operation="createHold",status="201"} 1"#,
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
