//! A payment provider for test mode that behaves like Stripe, as far as Folio and its users need it: customers, payment
//! methods, payment intents, setup intents, checkout sessions with their hosted page, refunds, disputes, events and
//! their delivery. Stripe's own clients can talk to it.
//!
//! Everything is in memory and ends with the process. Where the stub does not know a parameter it refuses it; it never
//! pretends. `POST /_stub/script` makes it misbehave ([`Script`]).

mod admin;
mod api;
mod cards;
mod charge;
mod customer;
mod deliver;
mod dispute;
mod event;
mod expand;
mod form;
mod idempotency;
mod intent;
mod intent_api;
mod method;
mod page;
mod problem;
mod refund;
mod script;
mod serve;
mod session;
mod session_api;
mod setup;
mod state;
mod table;
pub mod visit;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use poem::{Endpoint, IntoEndpoint as _, Route};
use ports::Clock;

pub use script::{Attempt, Delivery, Fault, Script, Webhook, Wrong};
use state::State;

/// How a stub is set up.
pub struct Settings {
    /// Where callers and browsers reach [`Stub::routes`], without a slash at the end: `http://127.0.0.1:8080/stripe`.
    pub public_url: String,
    /// The key that callers must have: `sk_test_…`.
    pub secret_key: String,
    /// Ids are made from it: one that was not used before, unless ids shall repeat.
    pub seed: u64,
    /// What it does wrong from the start, and where events go.
    pub script: Script,
    /// Pauses before the second attempt at a delivery, the third, …. By default up to 10 minutes.
    pub retries: Option<Vec<Duration>>,
}

/// The provider. Clones are the same one.
#[derive(Clone)]
pub struct Stub(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    attempts: Mutex<Vec<Attempt>>,
    secret_key: String,
    retries: Vec<Duration>,
    clock: Arc<dyn Clock>,
    http: reqwest::Client,
}

impl Stub {
    /// A provider without customers. `clock` dates what happens and ends open checkouts.
    #[must_use]
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        let Settings { public_url, secret_key, seed, script, retries } = settings;
        let http = crate::http::builder().timeout(Duration::from_secs(10)).build().expect("a client without files");
        Self(Arc::new(Inner {
            state: Mutex::new(State::new(seed, public_url, script)),
            attempts: Mutex::default(),
            secret_key,
            retries: retries.unwrap_or_else(|| script::RETRIES.to_vec()),
            clock,
            http,
        }))
    }

    /// The API below `/v1`, the hosted pages below `/pay` and `/bank`, and its own commands below `/_stub`.
    #[must_use]
    pub fn routes(&self) -> impl Endpoint + use<> {
        Route::new()
            .nest("/v1", serve::api(self.clone()))
            .at("/pay/:id", page::checkout(self.clone()))
            .at("/bank/:id", page::bank(self.clone()))
            .nest("/_stub", admin::routes(self.clone()))
            .into_endpoint()
    }

    /// Adds to the script, as `POST /_stub/script` does.
    pub fn script(&self, script: Script) {
        self.with(|state| state.script.update(script));
    }

    /// Whether this is the key, in the `Authorization` header that Stripe's clients send.
    fn knows(&self, authorization: Option<&str>) -> bool {
        authorization.and_then(|value| value.strip_prefix("Bearer ")) == Some(&self.0.secret_key)
    }

    /// One piece of work on the state, as it is now; what happened in it is on its way then.
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        // Nothing panics between two changes that belong together.
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = self.0.clock.now().timestamp();
        session::lapse(&mut state);
        let done = work(&mut state);
        let events = std::mem::take(&mut state.outbox);
        let (webhook, delivery) = (state.script.webhook.clone(), state.script.delivery.unwrap_or_default());
        drop(state);
        deliver::send(self, events, webhook, delivery);
        done
    }

    fn attempts(&self) -> MutexGuard<'_, Vec<Attempt>> {
        self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
