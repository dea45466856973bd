//! Customers with three grants each, made through the API as anybody would.

use anyhow::{Context, Result};
use tokio::task::JoinSet;

use super::load::{block_on, workers};
use super::server::Server;
use super::work::Worker;

const CONNECTIONS: usize = 64;

/// When grants end: the burn order has something to decide.
const ENDS: [&str; 3] = ["P3M", "P6M", "P1Y"];

/// Makes customers `c0`, `c1`, … with enough for any load.
pub(super) fn customers(server: &Server, customers: u64) -> Result<()> {
    block_on(async {
        let mut running = JoinSet::new();
        for (first, worker) in (0..).zip(workers(server, CONNECTIONS).await?) {
            running.spawn(make(worker, (first..customers).step_by(CONNECTIONS)));
        }
        while let Some(made) = running.join_next().await {
            made.context("a worker stopped")?.context("seeding")?;
        }
        Ok(())
    })
}

async fn make(mut worker: Worker, customers: impl Iterator<Item = u64>) -> Result<()> {
    for customer in customers {
        worker.post("/v1/customers", &format!(r#"{{"external_id":"c{customer}"}}"#)).await?;
        for end in ENDS {
            let grant = format!(r#"{{"customer":"c{customer}","amount":"100000000","expires_after":"{end}"}}"#);
            worker.post("/v1/grants", &grant).await?;
        }
    }
    Ok(())
}
