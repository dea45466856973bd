//! The in-memory store keeps every promise of a store.

use std::sync::Arc;

use folio_ports::contract::Subject;
use folio_ports::fake::{Memory, SetClock};

async fn fresh() -> Subject {
    let clock = SetClock::at(domain::Instant::UNIX_EPOCH);
    Subject::of(Arc::new(Memory::new(Arc::new(clock.clone()))), clock, ())
}

folio_ports::contract!(fresh);
