//! Waiting for what comes by itself.

use std::time::{Duration, Instant};

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What `look` finds once it finds something; until then it says how things stand.
pub async fn until<T>(look: impl AsyncFn() -> Result<T, String>) -> T {
    let begun = Instant::now();
    loop {
        match look().await {
            Ok(found) => return found,
            Err(now) => assert!(begun.elapsed() < PATIENCE, "{now}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
