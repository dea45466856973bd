//! SQLite keeps every promise of the storage ports.

use std::sync::Arc;

use folio_storage::Store;
use ports::contract::Subject;
use ports::fake::SetClock;

async fn fresh() -> Subject {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("folio.db").display());
    let clock = SetClock::at(domain::Instant::UNIX_EPOCH);
    let store = Store::open(&url, Arc::new(clock.clone())).await.expect("a fresh database");
    Subject::of(Arc::new(store), clock, folder)
}

ports::contract!(fresh);
