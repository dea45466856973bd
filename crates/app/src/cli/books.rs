//! `folio books`.

use clap::Subcommand;
use domain::TenantId;
use serde_json::json;
use service::books::{BooksVerdict, Finding, verify};

use super::database::{self, Database};
use super::exit::Exit;
use super::output::{self, Column, Format, count};
use super::progress::Progress;

/// Check what was sold.
#[derive(Debug, Subcommand)]
pub(crate) enum Books {
    /// Compare orders, payments, invoices, credit notes, refunds, mail and revenue with each other; names what does not
    /// agree, with exit code 4.
    Verify {
        /// Only this tenant's, by name or id.
        #[arg(long, env = "FOLIO_TENANT", value_name = "TENANT")]
        tenant: Option<String>,
        #[command(flatten)]
        database: Database,
    },
}

impl Books {
    pub(crate) async fn run(self, format: Format) -> anyhow::Result<Exit> {
        let Self::Verify { tenant, database } = self;
        let mut progress = Progress::new("records");
        let verdict = database
            .with(async |ctx| {
                let tenants: Vec<TenantId> = match &tenant {
                    Some(named) => vec![database::tenant(ctx, named).await?.id],
                    None => ctx.tenants.all().await?.into_iter().map(|tenant| tenant.id).collect(),
                };
                Ok(verify(ctx, &tenants, |size, read| progress.reach(size, read)).await?)
            })
            .await;
        progress.end();
        let verdict = verdict?;
        match format {
            Format::Json => output::json(&as_json(&verdict))?,
            Format::Table => output::data(as_text(&verdict))?,
        }
        Ok(if verdict.found > 0 { Exit::Unverified } else { Exit::Done })
    }
}

fn as_json(verdict: &BooksVerdict) -> serde_json::Value {
    let finding =
        |Finding { tenant, id, what }: &Finding| json!({"tenant": tenant.to_string(), "id": id, "what": what});
    json!({
        "verified": verdict.found == 0, "orders": verdict.orders, "documents": verdict.documents,
        "grants": verdict.grants, "found": verdict.found,
        "findings": verdict.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn as_text(verdict: &BooksVerdict) -> String {
    let number = |number: u64, word| count(usize::try_from(number).unwrap_or(usize::MAX), word);
    let read = [number(verdict.orders, "order"), number(verdict.documents, "document")].join(", ");
    let grants = number(verdict.grants, "paid grant");
    if verdict.found == 0 {
        return format!("Verified: {read} and {grants} agree.");
    }
    let row = |Finding { tenant, id, what }: &Finding| [tenant.to_string(), id.clone(), what.clone()];
    let columns = [Column::Left("Tenant"), Column::Left("Id"), Column::Left("Finding")];
    let findings = output::table(&columns, verdict.findings.iter().map(row));
    let rest = verdict.found.saturating_sub(verdict.findings.len() as u64);
    let rest = if rest == 0 { String::new() } else { format!("\n… and {rest} more") };
    format!("{findings}{rest}\n\nNot verified: {} in {read} and {grants}.", number(verdict.found, "finding"))
}
