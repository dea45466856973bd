//! Stand-ins for the world around the HTTP layer.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use domain::{CustomerId, Instant, KeyId, Mode, Tenant, TenantId};
use poem::http::Method;
use poem::{Endpoint, Request, Response};
use ports::mock::MockKeys;
use ports::{ApiKey, Clock, Ids};
use serde_json::Value;
use uuid::Uuid;

use super::allow::Allow;
use super::auth::Gate;
use super::key::{Minted, mint};
use super::limits::Limits;
use super::rate::Rates;
use super::{Edge, edge};

/// Always the same ids.
pub(crate) struct SameIds;

impl Ids for SameIds {
    fn id(&self) -> u128 {
        0xabc
    }

    fn secret(&self) -> [u8; 32] {
        [0xab; 32]
    }
}

/// Always the same time.
pub(crate) struct Noon;

impl Clock for Noon {
    fn now(&self) -> Instant {
        noon()
    }
}

pub(crate) fn noon() -> Instant {
    DateTime::from_timestamp(1_780_315_200, 0).unwrap()
}

pub(crate) const CUSTOMER: CustomerId = CustomerId(Uuid::from_u128(7));

/// A fresh key's text, and the key as the store has it.
pub(crate) fn key(mode: Mode, customer: Option<CustomerId>) -> (Minted, ports::Caller) {
    let minted = mint(mode, customer.is_some(), &SameIds);
    let tenant = Tenant { id: TenantId(Uuid::from_u128(1)), name: "t".into(), mode, created_at: noon() };
    let key = ApiKey {
        id: KeyId(Uuid::from_u128(2)),
        tenant: tenant.id,
        customer,
        name: "k".into(),
        scopes: Vec::new(),
        hash: minted.hash,
        hint: minted.hint.clone(),
        created_at: noon(),
        expires_at: None,
        revoked_at: None,
    };
    (minted, ports::Caller { key, tenant })
}

/// A store that knows this one caller, and is asked so often.
pub(crate) fn keys(caller: ports::Caller, asked: usize) -> MockKeys {
    let mut keys = MockKeys::new();
    keys.expect_by_hash().times(asked).returning(move |hash| Ok((caller.key.hash == *hash).then(|| caller.clone())));
    keys
}

/// Small limits, so that tests are quick.
pub(crate) const LIMITS: Limits = Limits {
    connections: 2,
    idle: Duration::from_millis(100),
    head: 8 << 10,
    body: 100,
    upload: 200,
    bodies: 150,
    uploads: 300,
    stall: Duration::from_millis(20),
    rate: 1 << 10,
};

/// These routes behind the whole edge.
pub(crate) fn served(
    routes: impl Endpoint + 'static,
    keys: MockKeys,
    allow: Allow,
) -> impl Endpoint<Output = Response> {
    let gate = Arc::new(Gate::new(Arc::new(keys), Arc::new(Noon), Rates::default()));
    edge(routes, Edge { gate, ids: Arc::new(SameIds), limits: LIMITS, allow: Arc::new(allow) })
}

/// A request without a body.
pub(crate) fn request(method: Method, path: &str) -> poem::RequestBuilder {
    Request::builder().method(method).uri_str(path)
}

/// An answer with its body as JSON; `null` where it has none.
pub(crate) async fn json(mut response: Response) -> (Response, Value) {
    let body = response.take_body().into_vec().await.unwrap();
    (response, serde_json::from_slice(&body).unwrap_or_default())
}
