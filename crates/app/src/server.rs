//! The HTTP server: every route, with everything around them.

use std::sync::Arc;

use poem::{EndpointExt as _, Response, endpoint, get, post};
use storage::Store;
use tokio::net::TcpListener;

use crate::api::codes::Code;
use crate::api::{self, spec};
use crate::http::allow::Allow;
use crate::http::auth::Gate;
use crate::http::limits::Limits;
use crate::http::rate::Rates;
use crate::http::serve::serve;
use crate::http::{Edge, STUB, docs, edge, events, metrics};
use crate::wire::Wired;

/// Serves until told to stop, and finishes what it has accepted.
pub(crate) async fn run(
    wired: &Wired,
    listener: TcpListener,
    limits: Limits,
    told: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let document = spec::document();
    let ctx = &wired.ctx;
    let surroundings = Edge {
        gate: Arc::new(Gate::new(ctx.keys.clone(), ctx.clock.clone(), Rates::default())),
        ids: ctx.ids.clone(),
        limits,
        allow: Arc::new(Allow::of(&document)),
    };
    let store = wired.store.clone();
    let mut routes = docs::routes(&document)?
        .at("/healthz", get(endpoint::make_sync(|_| healthy())))
        .at("/readyz", get(endpoint::make(move |_| ready(store.clone()))))
        .at("/metrics", get(metrics::page(metrics::install()?)))
        .at("/v1/payments/events", post(events::receive).data(ctx.clone()))
        .nest("/", api::service().data(ctx.clone()));
    if let Some(stub) = &wired.stub {
        routes = routes.nest(STUB, stub.routes());
    }
    serve(listener, edge(routes, surroundings), limits, told).await;
    Ok(())
}

fn healthy() -> Response {
    Response::builder().content_type("application/json").body(r#"{"status":"ok"}"#)
}

/// Ready is who can reach its database.
async fn ready(store: Store) -> poem::Result<Response> {
    match store.ping().await {
        Ok(()) => Ok(healthy()),
        Err(error) => Err(Code::Unavailable.problem().retry_after(1).because(error).into()),
    }
}
