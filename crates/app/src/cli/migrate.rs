//! `folio migrate`.

use clap::Args;
use serde_json::json;

use super::database::Database;
use super::exit::Exit;
use super::output::{self, Format};
use crate::wire::without_password;

/// Bring a database's schema up to date.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    database: Database,
}

impl Migrate {
    /// Opening a database is what migrates it.
    pub(crate) async fn run(self, format: Format) -> anyhow::Result<Exit> {
        self.database.open().await?.store.close().await;
        let shown = without_password(&self.database.database);
        match format {
            Format::Json => output::json(&json!({"database": shown, "current": true}))?,
            Format::Table => output::data(format_args!("The schema of {shown} is up to date."))?,
        }
        Ok(Exit::Done)
    }
}
