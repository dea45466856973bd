//! Who is calling: keys, looked up by their hash (R42).

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::{CustomerId, KeyId, Mode, TenantId};
use lru::LruCache;
use poem::http::header::AUTHORIZATION;
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use ports::{Clock, Keys};

use super::key::recognise;
use super::rate::{Class, RateLimits, Rates, Told};
use super::scope::{Scope, Scopes};
use crate::api::codes::Code;
use crate::api::problem::Problem;

/// How long a key that was looked up is taken to be as it was.
const FRESH_FOR: Duration = Duration::from_secs(1);
/// How many keys are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");

/// The way in: it knows keys and counts calls.
pub(crate) struct Gate {
    keys: Arc<dyn Keys>,
    clock: Arc<dyn Clock>,
    limits: RateLimits,
    /// The latest time that was seen, in milliseconds: a key that has expired stays so where the clock goes back.
    latest: AtomicI64,
    known: Mutex<LruCache<[u8; 32], LookedUp>>,
}

/// A key as it was at an instant.
#[derive(Clone)]
struct LookedUp {
    at: Instant,
    caller: Arc<ports::Caller>,
}

impl Gate {
    /// A gate to these keys.
    #[must_use]
    pub(crate) fn new(keys: Arc<dyn Keys>, clock: Arc<dyn Clock>, rates: Rates) -> Self {
        Self {
            keys,
            clock,
            limits: RateLimits::new(rates),
            latest: AtomicI64::new(0),
            known: Mutex::new(LruCache::new(REMEMBERED)),
        }
    }

    /// The real clock.
    #[must_use]
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// Forgets a key that this process has revoked or replaced: the next call looks it up anew. Other
    /// processes follow within a second.
    pub(crate) fn forget(&self, hash: &[u8; 32]) {
        if let Ok(mut known) = self.known.lock() {
            known.pop(hash);
        }
    }

    /// Whose key has this text, and that it works.
    async fn admit(&self, text: &str) -> Result<Arc<ports::Caller>, Problem> {
        let hash = recognise(text).ok_or_else(|| Code::Unauthenticated.problem())?;
        let caller = self.look_up(&hash).await?;
        // Revoked is revoked, also where the clock has gone back since.
        if caller.key.revoked_at.is_some() {
            return Err(Code::KeyRevoked.problem());
        }
        let now = self.clock.now().timestamp_millis();
        let latest = self.latest.fetch_max(now, Ordering::Relaxed).max(now);
        if caller.key.expires_at.is_some_and(|at| at.timestamp_millis() <= latest) {
            return Err(Code::KeyExpired.problem());
        }
        Ok(caller)
    }

    async fn look_up(&self, hash: &[u8; 32]) -> Result<Arc<ports::Caller>, Problem> {
        let known = self.known.lock().ok().and_then(|mut known| known.get(hash).cloned());
        if let Some(known) = known.filter(|known| known.at.elapsed() < FRESH_FOR) {
            return Ok(known.caller);
        }
        let at = Instant::now();
        let found =
            self.keys.by_hash(hash).await.map_err(|error| Code::Unavailable.problem().retry_after(1).because(error))?;
        let Some(caller) = found.map(Arc::new) else {
            self.forget(hash);
            return Err(Code::Unauthenticated.problem());
        };
        if let Ok(mut known) = self.known.lock() {
            known.put(*hash, LookedUp { at, caller: Arc::clone(&caller) });
        }
        Ok(caller)
    }
}

/// Whoever is calling: an operator's or a customer's key.
#[derive(Clone)]
pub(crate) struct Caller {
    gate: Arc<Gate>,
    who: Arc<ports::Caller>,
    scopes: Scopes,
    told: Told,
}

impl Caller {
    /// Reads the request's key, and counts the call.
    async fn of(request: &Request) -> Result<Self, Problem> {
        let gate = request.data::<Arc<Gate>>().ok_or_else(|| Problem::fault("no gate around the routes"))?;
        let text = presented(request).ok_or_else(|| Code::Unauthenticated.problem())?;
        let who = gate.admit(text).await?;
        let scopes = Scopes::of(&who.key.scopes, who.key.customer.is_some());
        let told = request.data::<Told>().cloned().unwrap_or_default();
        let caller = Self { gate: Arc::clone(gate), who, scopes, told };
        caller.count(Class::Any)?;
        Ok(caller)
    }

    fn count(&self, class: Class) -> Result<(), Problem> {
        let standing = self.gate.limits.count(self.key_id(), self.customer().is_some(), class, Instant::now());
        match standing {
            Ok(None) => Ok(()),
            Ok(Some(standing)) => {
                self.told.set(standing);
                Ok(())
            }
            Err(standing) => {
                self.told.set(standing);
                Err(standing.problem())
            }
        }
    }

    /// Counts a call that starts paid work, of which a key has fewer.
    pub(crate) fn start_paid_work(&self) -> Result<(), Problem> {
        self.count(Class::Paid)
    }

    /// Goes on only if the key may do this.
    pub(crate) fn require(&self, scope: Scope) -> Result<(), Problem> {
        if self.scopes.has(scope) {
            return Ok(());
        }
        Err(Problem::new(Code::InsufficientScope, format!("The key lacks the scope `{scope}`.")))
    }

    /// Goes on only for a tenant in test mode.
    pub(crate) fn require_test_mode(&self) -> Result<(), Problem> {
        match self.mode() {
            Mode::Test => Ok(()),
            Mode::Live => Err(Code::TestModeOnly.problem()),
        }
    }

    /// Whose books the key opens.
    pub(crate) fn tenant_id(&self) -> TenantId {
        self.who.tenant.id
    }

    /// That tenant.
    pub(crate) fn tenant(&self) -> &domain::Tenant {
        &self.who.tenant
    }

    /// For trying or for real.
    pub(crate) fn mode(&self) -> Mode {
        self.who.tenant.mode
    }

    /// The one customer that the key sees; `None` for an operator's.
    pub(crate) fn customer(&self) -> Option<CustomerId> {
        self.who.key.customer
    }

    /// The key's public id.
    pub(crate) fn key_id(&self) -> KeyId {
        self.who.key.id
    }

    /// The key.
    pub(crate) fn key(&self) -> &ports::ApiKey {
        &self.who.key
    }

    /// What the key may do.
    pub(crate) fn scopes(&self) -> Scopes {
        self.scopes
    }

    /// The way in, to [`Gate::forget`] keys.
    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }
}

/// The key that comes with a request.
fn presented(request: &Request) -> Option<&str> {
    if let Some(value) = request.headers().get(AUTHORIZATION) {
        let (scheme, text) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| text.trim());
    }
    request.header("X-API-Key").map(str::trim)
}

/// An operator's key: a customer's does not come in.
#[derive(Clone)]
pub(crate) struct Operator(Caller);

impl std::ops::Deref for Operator {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

/// A security scheme of the document.
fn scheme(ty: &'static str, description: &'static str) -> MetaSecurityScheme {
    MetaSecurityScheme {
        ty,
        description: Some(description),
        name: None,
        key_in: None,
        scheme: None,
        bearer_format: None,
        flows: None,
        openid_connect_url: None,
    }
}

const OPERATOR: &str = "OperatorKey";
const CUSTOMER: &str = "CustomerKey";
const CUSTOMER_HEADER: &str = "CustomerKeyHeader";

fn register_operator(registry: &mut Registry) {
    let described =
        scheme("http", "The operator's key, `folio_sk_test_…` or `folio_sk_live_…`, for the back end of a product.");
    let bearer = MetaSecurityScheme { scheme: Some("bearer"), bearer_format: Some("folio_sk_…"), ..described };
    registry.create_security_scheme(OPERATOR, bearer);
}

fn register_customer(registry: &mut Registry) {
    let described = scheme("http", "A customer's own key, `folio_ck_…`. It sees that one customer.");
    let bearer = MetaSecurityScheme { scheme: Some("bearer"), bearer_format: Some("folio_ck_…"), ..described };
    registry.create_security_scheme(CUSTOMER, bearer);
    let described = scheme("apiKey", "The same key, in a header of its own.");
    let header = MetaSecurityScheme { name: Some("X-API-Key"), key_in: Some("header"), ..described };
    registry.create_security_scheme(CUSTOMER_HEADER, header);
}

impl<'a> ApiExtractor<'a> for Caller {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        register_operator(registry);
        register_customer(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![OPERATOR, CUSTOMER, CUSTOMER_HEADER]
    }

    async fn from_request(request: &'a Request, _: &mut RequestBody, _: ExtractParamOptions<()>) -> poem::Result<Self> {
        Ok(Self::of(request).await?)
    }
}

impl<'a> ApiExtractor<'a> for Operator {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        register_operator(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![OPERATOR]
    }

    async fn from_request(request: &'a Request, _: &mut RequestBody, _: ExtractParamOptions<()>) -> poem::Result<Self> {
        let caller = Caller::of(request).await?;
        if caller.customer().is_some() {
            return Err(Problem::new(Code::InsufficientScope, "This call needs an operator's key.").into());
        }
        Ok(Self(caller))
    }
}
