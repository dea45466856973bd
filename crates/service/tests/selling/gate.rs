//! The ledger, with a gate before it that orders may not pass.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::{CustomerId, Refusal};
use ports::fake::Memory;
use ports::{Command, Ledger, Opened, Opening, PostError, Posted};

/// Why a customer's orders are granted nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Closed {
    /// The rules say no.
    Refused,
    /// The store fails.
    Broken,
}

/// A ledger behind a gate. Clones are the same gate.
#[derive(Clone)]
pub(crate) struct Gate {
    store: Memory,
    closed: Arc<Mutex<BTreeMap<CustomerId, Closed>>>,
}

impl Gate {
    pub(crate) fn before(store: Memory) -> Self {
        Self { store, closed: Arc::default() }
    }

    pub(crate) fn close(&self, customer: CustomerId, how: Closed) {
        self.closed.lock().expect("nobody panics with it").insert(customer, how);
    }

    pub(crate) fn open(&self, customer: CustomerId) {
        self.closed.lock().expect("nobody panics with it").remove(&customer);
    }

    fn check(&self, command: &Command) -> Result<(), PostError> {
        let grants = command
            .key
            .as_ref()
            .is_some_and(|key| key.text.starts_with("order ") || key.text.starts_with("subscription "));
        let closed = self.closed.lock().expect("nobody panics with it").get(&command.customer).copied();
        match closed.filter(|_| grants) {
            None => Ok(()),
            Some(Closed::Refused) => Err(PostError::Refused(Refusal::TooManyGrants(0))),
            Some(Closed::Broken) => Err(PostError::Fault("the test says so".into())),
        }
    }
}

#[async_trait]
impl Ledger for Gate {
    async fn post(&self, command: Command) -> Result<Posted, PostError> {
        self.check(&command)?;
        self.store.post(command).await
    }

    async fn post_all(&self, commands: Vec<Command>) -> Vec<Result<Posted, PostError>> {
        self.store.post_all(commands).await
    }

    async fn open(&self, opening: Opening) -> Result<Opened, PostError> {
        Ledger::open(&self.store, opening).await
    }
}
