//! How fast the invoices of a busy month become files: sold over HTTP, exported by one `folio invoices export`.

use std::fmt;
use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::load::block_on;
use super::machine;
use super::report::{keep, table};
use super::server::{Folio, Server};
use super::work::Worker;

/// What is aimed at, for the median PDF.
const GOAL_MS: f64 = 50.0;
const INVOICES: u32 = 1_000;
/// What a customer buys at once, in turn.
const CARTS: [&[&str]; 3] = [&["starter"], &["starter", "medium"], &["starter", "small", "medium"]];

/// Measures, and writes the figures into the page unless it is only a look.
pub(super) fn run(quick: bool) -> Result<()> {
    let wanted = if quick { 50 } else { INVOICES };
    let directory = tempfile::tempdir()?;
    let catalog = directory.path().join("catalog.toml");
    fs::write(&catalog, include_str!("invoices.toml"))?;
    let folio = Folio::on(&format!("sqlite://{}", directory.path().join("folio.db").display()))?;
    let key = folio.tenant(&catalog, "live")?;
    println!("== SQLite: selling {wanted} times");
    sell(&folio.serve(&key)?, wanted)?;
    println!("== exporting");
    let told = folio.export(&directory.path().join("invoices"))?;
    let figures = Figures::read(&told).with_context(|| format!("an export without figures: {told}"))?;
    let files = fs::read_dir(directory.path().join("invoices"))?.count();
    let expected = u64::from(wanted);
    ensure!(figures.documents == expected, "{} documents of {expected} invoices", figures.documents);
    ensure!(files as u64 == 2 * expected, "{files} files of {expected} invoices");
    let report = format!("{}.\n\n{figures}", machine::host()?);
    println!("\n{report}");
    if quick { Ok(()) } else { keep("invoices", &report) }
}

/// Orders that are marked as paid, each by a customer of its own; every other one pays tax.
fn sell(server: &Server, orders: u32) -> Result<()> {
    block_on(async {
        let mut worker = Worker::connect(server.address(), server.key()).await?;
        for order in 0..orders {
            let customer = format!("c{order}");
            worker.post("/v1/customers", &buyer(order, &customer).to_string()).await?;
            let cart = CARTS[order as usize % CARTS.len()];
            let packs: Vec<Value> = cart.iter().map(|pack| json!({"pack": pack})).collect();
            let asked = json!({"customer": customer, "packs": packs, "payment": "manual"});
            let placed: Value = serde_json::from_slice(worker.post("/v1/orders", &asked.to_string()).await?)?;
            let path = format!("/v1/orders/{}/mark_paid", placed["id"].as_str().context("an order without an id")?);
            worker.post(&path, &json!({"reference": customer}).to_string()).await?;
        }
        Ok(())
    })
}

fn buyer(order: u32, customer: &str) -> Value {
    let region = if order.is_multiple_of(2) { "NY" } else { "CA" };
    json!({
        "external_id": customer, "name": format!("Customer {order}"),
        "billing": {
            "name": format!("Example Customer {order} Ltd."), "address": [format!("{order} Example Street")],
            "postal_code": "10001", "city": "Example City", "region": region, "country": "US",
        },
    })
}

/// What the export says of itself.
struct Figures {
    documents: u64,
    pages: u64,
    seconds: f64,
    rate: f64,
    median: f64,
    p99: f64,
}

impl Figures {
    fn read(told: &Value) -> Option<Self> {
        Some(Self {
            documents: told["documents"].as_u64()?,
            pages: told["pages"].as_u64()?,
            seconds: told["seconds"].as_f64()?,
            rate: told["pages_per_second"].as_f64()?,
            median: told["pdf_milliseconds"]["p50"].as_f64()?,
            p99: told["pdf_milliseconds"]["p99"].as_f64()?,
        })
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.median < GOAL_MS { "met" } else { "not met" };
        let goal = format!("{verdict}: under {GOAL_MS:.0} ms at the median");
        let head = ["invoices", "pages", "seconds", "pages a second", "PDF p50 ms", "PDF p99 ms", "goal"];
        let row = [
            self.documents.to_string(),
            self.pages.to_string(),
            format!("{:.1}", self.seconds),
            format!("{:.0}", self.rate),
            format!("{:.1}", self.median),
            format!("{:.1}", self.p99),
            goal,
        ];
        write!(f, "{}", table(&[head.map(str::to_owned).to_vec(), row.to_vec()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_and_judged() {
        let told = json!({
            "documents": 2, "pages": 3, "seconds": 0.5, "pages_per_second": 6.0,
            "pdf_milliseconds": {"p50": 50.0, "p99": 60.0},
        });
        let shown = Figures::read(&told).unwrap().to_string();
        assert!(shown.contains("| not met: under 50 ms at the median |"), "{shown}");
        assert!(Figures::read(&json!({"documents": 2})).is_none());
    }
}
