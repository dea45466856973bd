//! What every request passes on its way in and out.
//!
//! From the outside in: the request id, security headers, the access log and metrics, problems for all that
//! goes wrong, limits, and who is calling.

pub(crate) mod allow;
pub(crate) mod auth;
pub(crate) mod docs;
pub(crate) mod errors;
pub(crate) mod events;
pub(crate) mod headers;
pub(crate) mod key;
pub(crate) mod limits;
pub(crate) mod log;
pub(crate) mod metrics;
pub(crate) mod patient;
pub(crate) mod query;
pub(crate) mod rate;
pub(crate) mod request_id;
pub(crate) mod room;
pub(crate) mod scope;
pub(crate) mod seats;
pub(crate) mod serve;
pub(crate) mod steering;

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::{Endpoint, EndpointExt as _, IntoResponse as _, Request, Response, Result};
use ports::Ids;

use allow::Allow;
use auth::Gate;
use limits::{Limits, Rooms};

/// Below it another API answers, by its own rules and to its own keys: what stands in for Stripe.
pub(crate) const STUB: &str = "/stripe";

/// What the way in and out needs to know.
#[derive(Clone)]
pub(crate) struct Edge {
    /// Who may come in, and how often.
    pub gate: Arc<Gate>,
    /// Names requests.
    pub ids: Arc<dyn Ids>,
    /// How much a request may bring.
    pub limits: Limits,
    /// Which methods an address has.
    pub allow: Arc<Allow>,
}

/// These routes, with everything around them. It answers every request, and never with an error.
pub(crate) fn edge(routes: impl Endpoint + 'static, edge: Edge) -> BoxEndpoint<'static, Response> {
    let Edge { gate, ids, limits, allow } = edge;
    let (clock, rooms) = (gate.clock(), Arc::new(Rooms::of(limits)));
    routes
        .data(gate)
        .boxed()
        .around(move |routes, request| limits::within(limits, Arc::clone(&rooms), routes, request))
        .around(unambiguous)
        .around(move |routes, request| errors::as_problems(Arc::clone(&allow), routes, request))
        .around(move |routes, request| rate::told(Arc::clone(&clock), routes, request))
        .around(log::logged)
        .around(headers::secured)
        .around(move |routes, request| request_id::named(Arc::clone(&ids), routes, request))
        .boxed()
}

/// Refuses a request whose headers or query can be taken for something else than was meant.
async fn unambiguous(routes: Arc<impl Endpoint>, request: Request) -> Result<Response> {
    let ours = !request.uri().path().strip_prefix(STUB).is_some_and(|path| path.starts_with('/'));
    match ours.then(|| steering::flaw(&request).or_else(|| query::flaw(&request))).flatten() {
        Some(problem) => Err(problem.into()),
        None => Ok(routes.call(request).await?.into_response()),
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
