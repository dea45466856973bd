//! Folding SQLite's log into the file beside those who write: a commit that had to do it first would wait for
//! thousands of pages to reach the disk.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;
use tokio::task::{AbortHandle, spawn_blocking};
use tokio::time::{MissedTickBehavior, interval};

use crate::connect::Turn;
use crate::lite;

/// How often it is done.
const EVERY: Duration = Duration::from_millis(500);

/// Pages that the log may be long while others write; from here on they are kept waiting for a moment, so that it can
/// begin anew.
const LONG: i64 = 20_000;

pub(crate) struct Checkpoints {
    task: AbortHandle,
    log: Log,
}

impl Checkpoints {
    /// Starts doing so.
    pub(crate) fn start(file: &Path, turn: Turn) -> rusqlite::Result<Self> {
        let log = Log(Arc::new(Mutex::new(Some(lite::connect(file)?))));
        let task = tokio::spawn(log.clone().keep_short(turn)).abort_handle();
        Ok(Self { task, log })
    }

    /// Ends it, and closes its connection.
    pub(crate) async fn finish(&self) {
        self.task.abort();
        let log = self.log.clone();
        let _ = spawn_blocking(move || drop(log.0.lock().ok().and_then(|mut connection| connection.take()))).await;
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// SQLite's write-ahead log.
#[derive(Clone)]
struct Log(Arc<Mutex<Option<Connection>>>);

impl Log {
    async fn keep_short(self, turn: Turn) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if self.fold().await > LONG {
                // Little is left to be done by now, so nobody waits long.
                let _turn = turn.lock().await;
                self.fold().await;
            }
        }
    }

    /// Writes what it holds into the file, hindering no one; tells how many pages it is long. One that fails is no
    /// loss: the log holds everything, and the next one does it.
    async fn fold(&self) -> i64 {
        let log = Arc::clone(&self.0);
        let folded = spawn_blocking(move || {
            let connection = log.lock().ok()?;
            connection.as_ref()?.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |row| row.get(1)).ok()
        });
        folded.await.ok().flatten().unwrap_or(0)
    }
}
