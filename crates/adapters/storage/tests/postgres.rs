//! Postgres keeps every promise of the storage ports.

use std::sync::Arc;

use folio_storage::Store;
use ports::contract::Subject;
use ports::fake::SetClock;

async fn fresh() -> Subject {
    let url = cluster::shared().database().expect("a fresh database");
    let clock = SetClock::at(domain::Instant::UNIX_EPOCH);
    let store = Store::open(&url, Arc::new(clock.clone())).await.expect("a fresh database");
    Subject::of(Arc::new(store), clock, ())
}

ports::contract!(fresh);
