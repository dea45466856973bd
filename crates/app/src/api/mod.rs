//! The API: its operations under `resource/`, what they answer under `shape/`, and what all of them stand on.

pub(crate) mod access;
pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod codes;
pub(crate) mod command;
pub(crate) mod failure;
pub(crate) mod flaw;
pub(crate) mod form;
pub(crate) mod idempotency;
pub(crate) mod problem;
pub(crate) mod refused;
pub(crate) mod resource;
pub(crate) mod shape;
pub(crate) mod spec;
pub(crate) mod wire;

use poem_openapi::{OpenApi, OpenApiService};

const ABOUT: &str = "\
The ledger of prepaid credits behind a product that charges for work: estimate a job, hold the credits that it needs, \
capture what was done, and see every credit accounted for.

Amounts of credits are decimal strings (`\"101.6\"`), money is in minor units, times are RFC 3339 in UTC. Send each call \
that writes with an `Idempotency-Key` of its own: a retry with the same key answers what the first call came to. Whatever \
goes wrong is `application/problem+json` with a stable `code`.";

/// The operations, as the HTTP library serves them.
pub(crate) fn service() -> OpenApiService<impl OpenApi, ()> {
    OpenApiService::new(resource::all(), "Folio", env!("CARGO_PKG_VERSION")).description(ABOUT)
}
