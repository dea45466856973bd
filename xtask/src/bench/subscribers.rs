//! Customers who subscribe at the same instant, made and served through the API as anybody would.

use anyhow::{Context, Result};
use serde_json::{Value, from_slice, json};
use tokio::task::JoinSet;

use super::load::{block_on, workers};
use super::server::Server;
use super::work::Worker;

/// When they subscribe, when their second month begins, and what the clock shows after that.
const BEGIN: &str = "2026-01-01T00:00:00Z";
const BOUNDARY: &str = "2026-02-01T00:00:00.000Z";
const AFTER: &str = "2026-02-01T01:00:00Z";

/// Connections that subscribe.
const CONNECTIONS: usize = 64;
/// Connections that book payments.
pub(super) const CLERKS: usize = 16;

/// So many customers of a plan, on a clock of their own; the clock's id. They have no address, so nothing is mailed.
pub(super) fn subscribe(server: &Server, plan: &'static str, many: u64) -> Result<String> {
    block_on(async {
        let mut worker = Worker::connect(server.address(), server.key()).await?;
        let made: Value = from_slice(worker.post("/v1/test/clocks", &json!({"frozen_at": BEGIN}).to_string()).await?)?;
        let clock = made["id"].as_str().context("a clock without an id")?.to_owned();
        let mut running = JoinSet::new();
        for (first, worker) in (0..).zip(workers(server, CONNECTIONS).await?) {
            running.spawn(join(worker, (first..many).step_by(CONNECTIONS), plan, clock.clone()));
        }
        all(running).await?;
        Ok(clock)
    })
}

async fn join(mut worker: Worker, numbers: impl Iterator<Item = u64>, plan: &str, clock: String) -> Result<()> {
    for number in numbers {
        let customer = format!("{plan}-{number}");
        let made = json!({"external_id": customer, "test_clock": clock});
        worker.post("/v1/customers", &made.to_string()).await?;
        let wanted = json!({"customer": customer, "plan": plan, "payment": "manual"});
        worker.post("/v1/subscriptions", &wanted.to_string()).await?;
    }
    Ok(())
}

/// Moves a clock into the second month.
pub(super) fn advance(server: &Server, clock: &str) -> Result<()> {
    block_on(async {
        let mut worker = Worker::connect(server.address(), server.key()).await?;
        let path = format!("/v1/test/clocks/{clock}/advance");
        worker.post(&path, &json!({"to": AFTER}).to_string()).await.map(drop)
    })
}

/// How many subscriptions are in their second month.
pub(super) fn renewed(server: &Server) -> Result<u64> {
    let all = list(server, "/v1/subscriptions?limit=100")?;
    let renewed = all.iter().filter(|one| one["status"] == "active" && one["current_period"]["start"] == BOUNDARY);
    Ok(renewed.count() as u64)
}

/// The ids of the orders that wait for their payment.
pub(super) fn open(server: &Server) -> Result<Vec<String>> {
    let orders = list(server, "/v1/orders?status=open&limit=100")?;
    orders.iter().map(|order| Ok(order["id"].as_str().context("an order without an id")?.to_owned())).collect()
}

/// Books them all as paid.
pub(super) fn mark_paid(server: &Server, orders: Vec<String>) -> Result<()> {
    block_on(async {
        let mut running = JoinSet::new();
        let share = orders.len().div_ceil(CLERKS).max(1);
        for (orders, mut worker) in orders.chunks(share).zip(workers(server, CLERKS).await?) {
            let orders = orders.to_vec();
            running.spawn(async move {
                for order in orders {
                    let path = format!("/v1/orders/{order}/mark_paid");
                    worker.post(&path, &json!({"reference": order}).to_string()).await?;
                }
                anyhow::Ok(())
            });
        }
        all(running).await
    })
}

/// Every item of a list. `path` carries a query.
fn list(server: &Server, path: &str) -> Result<Vec<Value>> {
    block_on(async {
        let mut worker = Worker::connect(server.address(), server.key()).await?;
        let (mut items, mut next) = (Vec::new(), path.to_owned());
        loop {
            let mut page: Value = from_slice(worker.get(&next).await?)?;
            items.append(page["data"].as_array_mut().context("no list")?);
            let Some(cursor) = page["next_cursor"].as_str() else { return Ok(items) };
            next = format!("{path}&cursor={cursor}");
        }
    })
}

async fn all(mut running: JoinSet<Result<()>>) -> Result<()> {
    while let Some(done) = running.join_next().await {
        done.context("a worker stopped")??;
    }
    Ok(())
}
