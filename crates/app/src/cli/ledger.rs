//! `folio ledger`.

use clap::Subcommand;
use serde_json::json;
use service::verify::{Verdict, Wrong, verify};

use super::database::Database;
use super::exit::Exit;
use super::output::{self, Format};
use super::progress::Progress;

/// Check the ledger.
#[derive(Debug, Subcommand)]
pub(crate) enum Ledger {
    /// Add up the whole journal and compare it with every balance; names the first bad entry, with exit code 4.
    Verify {
        #[command(flatten)]
        database: Database,
    },
}

impl Ledger {
    pub(crate) async fn run(self, format: Format) -> anyhow::Result<Exit> {
        let Self::Verify { database } = self;
        let mut progress = Progress::new("entries");
        let verdict = database.with(async |ctx| Ok(verify(ctx, |size, read| progress.reach(size, read)).await?)).await;
        progress.end();
        let verdict = verdict?;
        match format {
            Format::Json => output::json(&as_json(&verdict))?,
            Format::Table => output::data(as_text(&verdict))?,
        }
        Ok(if verdict.wrong.is_some() { Exit::Unverified } else { Exit::Done })
    }
}

fn as_json(verdict: &Verdict) -> serde_json::Value {
    let first_bad = verdict.wrong.as_ref().map(|Wrong { tenant, entry, what }| {
        json!({
            "tenant": tenant.to_string(), "customer": entry.customer.to_string(), "entry": entry.to_string(),
            "sequence": entry.sequence, "what": what.what,
        })
    });
    json!({
        "verified": first_bad.is_none(), "entries": verdict.entries, "customers": verdict.customers,
        "first_bad": first_bad,
    })
}

fn as_text(verdict: &Verdict) -> String {
    match &verdict.wrong {
        None => format!("Verified: {} entries of {} customers add up.", verdict.entries, verdict.customers),
        Some(Wrong { tenant, entry, what }) => {
            format!("Not verified. The first bad entry is {entry}, of tenant {tenant}: it {}.", what.what)
        }
    }
}
