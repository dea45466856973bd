//! `folio invoices`.

mod export;
mod files;
mod tally;

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;

use super::database::{self, Database};
use super::exit::{Exit, usage};
use super::output::{self, Format};
use super::progress::Progress;
use super::value;
use export::{Days, export};
use files::Directory;

/// Take invoices and credit notes out as files.
#[derive(Debug, Subcommand)]
pub(crate) enum Invoices {
    /// Write every invoice and credit note into a directory: NUMBER.pdf as it was mailed, and NUMBER.xml, the e-invoice
    /// by itself. What is there already stays; another file of such a name is never replaced.
    Export {
        /// Whose, by name or id.
        #[arg(long, env = "FOLIO_TENANT", value_name = "TENANT")]
        tenant: String,
        /// Where to; a directory that is not there is made.
        #[arg(long, env = "FOLIO_EXPORT_TO", value_name = "DIR")]
        to: PathBuf,
        /// Only those issued on this day or later.
        #[arg(long, env = "FOLIO_EXPORT_FROM", value_name = "DAY", value_parser = value::day)]
        from: Option<NaiveDate>,
        /// Only those issued before this day.
        #[arg(long, env = "FOLIO_EXPORT_UNTIL", value_name = "DAY", value_parser = value::day)]
        until: Option<NaiveDate>,
        #[command(flatten)]
        database: Database,
    },
}

impl Invoices {
    pub(crate) async fn run(self, format: Format) -> anyhow::Result<Exit> {
        let Self::Export { tenant, to, from, until, database } = self;
        if let (Some(from), Some(until)) = (from, until)
            && from >= until
        {
            return Err(usage(format_args!("--until {until} is not after --from {from}")));
        }
        let mut progress = Progress::new("documents");
        let exported = database
            .with(async |ctx| {
                let tenant = database::tenant(ctx, &tenant).await?.id;
                let directory = Directory::open(&to)?;
                export(ctx, tenant, Days { from, until }, &directory, |size, done| progress.reach(size, done)).await
            })
            .await;
        progress.end();
        let tally = exported?;
        match format {
            Format::Json => output::json(&tally.as_json(&to))?,
            Format::Table => output::data(tally.as_text(&to))?,
        }
        Ok(Exit::Done)
    }
}
