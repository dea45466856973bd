//! Working in-memory stand-ins: [`Memory`] for every storage port, [`FakeProvider`] for payments, [`Letterbox`] for
//! mail, [`SetClock`] and [`CountingIds`] for the world. They keep every promise of [`contract`](crate::contract)
//! except durability.

mod audit;
mod books;
mod catalogs;
mod clocks;
mod customers;
mod due;
mod estimates;
mod events;
mod invoices;
mod issued;
mod journal;
mod keys;
mod ledger;
mod letterbox;
mod orders;
mod outbox;
mod paging;
mod payers;
mod payments;
mod records;
mod state;
mod subscriptions;
mod tenants;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use invoices::PlainInvoices;
pub use letterbox::Letterbox;
pub use payments::FakeProvider;
pub use world::{CountingIds, SetClock};

use crate::Clock;
use state::State;

/// All storage ports over maps in memory. Clones share what they keep.
#[derive(Clone)]
pub struct Memory {
    state: Arc<Mutex<State>>,
    clock: Arc<dyn Clock>,
}

impl Memory {
    /// An empty store. `clock` tells the time of customers who live by no test clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { state: Arc::default(), clock }
    }

    /// Whoever panicked with the lock had changed nothing yet: decisions work on copies.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
