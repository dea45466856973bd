//! A tenant of its own, for one test.

use serde_json::{Value, json};

use crate::caller::number;
use crate::{Caller, Customer, Server, Store};

/// A tenant in test mode, with its operator.
#[derive(Debug)]
pub struct House {
    /// The tenant's name.
    pub tenant: String,
    /// Which database it is on.
    pub store: Store,
    /// The key that may do everything.
    pub operator: Caller,
}

impl House {
    /// A new tenant on the shared server.
    #[must_use]
    pub fn open(store: Store, catalog: &str) -> Self {
        Self::on(Server::shared(store), store, catalog)
    }

    /// A new tenant on this server.
    #[must_use]
    pub fn on(server: &Server, store: Store, catalog: &str) -> Self {
        Self::in_mode(server, store, catalog, "test")
    }

    /// A new tenant in this mode.
    #[must_use]
    pub fn in_mode(server: &Server, store: Store, catalog: &str, mode: &str) -> Self {
        let tenant = format!("tenant-{}", number());
        let made = server.folio(&["tenant", "create", &tenant, "--catalog", catalog, "--mode", mode]).json(0);
        let key = made["key"].as_str().expect("a key");
        assert!(key.starts_with(&format!("folio_sk_{mode}_")), "{key}");
        Self { operator: Caller::new(server.url(), key), tenant, store }
    }

    /// The shared server that the tenant is on.
    #[must_use]
    pub fn server(&self) -> &'static Server {
        Server::shared(self.store)
    }

    /// Signs a customer up.
    pub async fn customer(&self) -> Customer {
        self.sign_up(&json!({})).await
    }

    /// Signs a customer up who lives by this clock.
    pub async fn customer_with(&self, clock: &Clock) -> Customer {
        self.sign_up(&json!({"test_clock": clock.id})).await
    }

    /// Signs a customer up, described like this.
    pub async fn sign_up(&self, customer: &Value) -> Customer {
        let made = self.operator.post("/v1/customers", customer).await.is(201);
        Customer::new(&self.operator, &made["id"])
    }

    /// A clock that shows this instant.
    pub async fn clock(&self, at: &str) -> Clock {
        let made = self.operator.post("/v1/test/clocks", &json!({"frozen_at": at})).await.is(201);
        Clock { operator: self.operator.clone(), id: made["id"].as_str().expect("an id").to_owned() }
    }

    /// A customer and their clock.
    pub async fn customer_at(&self, at: &str) -> (Customer, Clock) {
        let clock = self.clock(at).await;
        (self.customer_with(&clock).await, clock)
    }

    /// An operator's key with these scopes.
    pub async fn operator_with(&self, scopes: &[&str]) -> Caller {
        let made = self.operator.post("/v1/keys", &json!({"scopes": scopes})).await.is(201);
        self.operator.with_key(made["secret"].as_str().expect("a key"))
    }
}

/// A test clock.
#[derive(Debug)]
pub struct Clock {
    operator: Caller,
    /// Its id.
    pub id: String,
}

impl Clock {
    /// Moves it; what is due is done when this returns.
    pub async fn advance(&self, to: &str) {
        let path = format!("/v1/test/clocks/{}/advance", self.id);
        let advanced = self.operator.post(&path, &json!({"to": to})).await.is(200);
        assert_eq!(advanced["id"], self.id);
    }
}
