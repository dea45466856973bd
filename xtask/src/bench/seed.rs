//! Customers and their grants, made through the API as anybody would.

use std::ops::Range;

use anyhow::{Context, Result};
use tokio::task::JoinSet;

use super::load::{block_on, workers};
use super::server::Server;
use super::store::BATCHES;
use super::work::{LINES, Work, Worker};

const CONNECTIONS: usize = 64;

/// When the three grants of a customer end: the burn order has something to decide.
pub(super) const THREE_ENDS: [&str; 3] = ["P3M", "P6M", "P1Y"];

/// Makes the customers `c0`, `c1`, … of this range, each with a grant for each of these ends, enough for any load.
pub(super) fn customers(server: &Server, customers: Range<u64>, ends: &'static [&'static str]) -> Result<()> {
    block_on(async {
        let mut running = JoinSet::new();
        for (first, worker) in (customers.start..).zip(workers(server, CONNECTIONS).await?) {
            running.spawn(make(worker, (first..customers.end).step_by(CONNECTIONS), ends));
        }
        all(running).await
    })
}

async fn make(mut worker: Worker, customers: impl Iterator<Item = u64>, ends: &[&str]) -> Result<()> {
    for customer in customers {
        worker.post("/v1/customers", &format!(r#"{{"external_id":"c{customer}"}}"#)).await?;
        for end in ends {
            worker.post("/v1/grants", &grant(customer, end)).await?;
        }
    }
    Ok(())
}

/// Makes so many grants more for the customer `c0`.
pub(super) fn grants(server: &Server, grants: u64) -> Result<()> {
    repeat(server, grants, "/v1/grants", &grant(0, "P1Y"))
}

/// Places so many holds more for the customer `c0`, and leaves them open.
pub(super) fn holds(server: &Server, holds: u64) -> Result<()> {
    let hold = r#"{"customer":"c0","operation":"extract","items":[{"quantity":1}]}"#;
    repeat(server, holds, "/v1/holds", hold)
}

/// Records usages of the customers `c0`, `c1`, … in batches; how many at least.
pub(super) fn usages(server: &Server, usages: u64, customers: u64) -> Result<()> {
    block_on(async {
        let mut running = JoinSet::new();
        for (first, mut worker) in (0..).zip(workers(server, BATCHES).await?) {
            running.spawn(async move {
                for _ in (first..usages.div_ceil(LINES)).step_by(BATCHES) {
                    worker.piece(Work::Batch(customers)).await?;
                }
                anyhow::Ok(())
            });
        }
        all(running).await
    })
}

fn repeat(server: &Server, times: u64, path: &'static str, body: &str) -> Result<()> {
    block_on(async {
        let mut running = JoinSet::new();
        for (first, mut worker) in (0..).zip(workers(server, CONNECTIONS).await?) {
            let body = body.to_owned();
            running.spawn(async move {
                for _ in (first..times).step_by(CONNECTIONS) {
                    worker.post(path, &body).await?;
                }
                anyhow::Ok(())
            });
        }
        all(running).await
    })
}

async fn all(mut running: JoinSet<Result<()>>) -> Result<()> {
    while let Some(done) = running.join_next().await {
        done.context("a worker stopped")?.context("seeding")?;
    }
    Ok(())
}

/// Keys of so many of the customers `c0`, `c1`, …, with which they read their own balance.
pub(super) fn readers(server: &Server, customers: u64) -> Result<Vec<String>> {
    block_on(async {
        let mut worker = Worker::connect(server.address(), server.key()).await?;
        let mut keys = Vec::new();
        for customer in 0..customers {
            let made = worker.post("/v1/keys", &format!(r#"{{"customer":"c{customer}"}}"#)).await?;
            let made: serde_json::Value = serde_json::from_slice(made)?;
            keys.push(made["secret"].as_str().context("a key without a secret")?.to_owned());
        }
        Ok(keys)
    })
}

fn grant(customer: u64, end: &str) -> String {
    format!(r#"{{"customer":"c{customer}","amount":"100000000","expires_after":"{end}"}}"#)
}
