//! `folio demo`: the product's main job, on real files, for every catalog that comes with it.

mod example;
mod files;
mod job;
mod secrets;
mod shop;
mod show;
mod top_up;

use std::path::PathBuf;

use clap::Args;
use service::catalog::SHIPPED;
use service::{Context, Job, Work, verify};

use super::database::Database;
use super::exit::Exit;
use super::output::{bold, count, data};
use super::selling::Selling;
use super::serve::{self, Listen};
use job::Work as Todo;
use secrets::Secrets;
use shop::Shop;

use crate::wire::{counter, without_password};

/// Show it at work.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Files to count, at most 50; a few that it makes where none are given.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    listen: Listen,
    /// The demo's own database.
    #[arg(
        long,
        env = "FOLIO_DEMO_DATABASE",
        hide_env_values = true,
        default_value = "sqlite://demo.db",
        value_name = "URL"
    )]
    database: String,
    /// Exit after showing, instead of serving.
    #[arg(long, env = "FOLIO_DEMO_ONCE")]
    once: bool,
    #[command(flatten)]
    selling: Selling,
}

impl Demo {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        let listener = if self.once { None } else { Some(self.listen.bind().await?) };
        let url = listener.as_ref().map(serve::url).transpose()?;
        let files = files::read(&counter()?, &self.files).await?;
        let database = Database { database: self.database };
        let mut wired = database.open().await?;
        let shown = without_password(&database.database);
        let known = !wired.ctx.tenants.all().await?.is_empty();
        data(heading(&shown, known))?;
        let mut secrets = Secrets::new(url.as_deref());
        for (name, text) in SHIPPED {
            let shop = show_shop(&wired.ctx, name, text, &files).await?;
            secrets.add(name, &shop.secret);
        }
        data(proof(&wired.ctx).await?)?;
        secrets.save()?;
        data(show::ending(&shown, url.as_deref(), &secrets))?;
        let Some(listener) = listener else {
            wired.store.close().await;
            return Ok(Exit::Done);
        };
        self.selling.wire(&mut wired, listener.local_addr()?)?;
        serve::serve(wired, listener, self.listen.limits(), serve::told_to_stop()?).await
    }
}

fn heading(database: &str, known: bool) -> String {
    let state = if known { "was there already, and goes on" } else { "new" };
    format!("{} {} · demo · {database} ({state}) · test mode", bold("folio"), env!("CARGO_PKG_VERSION"))
}

/// One product: its customer has the files processed, and the worked example where its catalog can do that.
async fn show_shop(ctx: &Context, name: &str, catalog: &str, files: &[service::File]) -> anyhow::Result<Shop> {
    let shop = Shop::open(ctx, name, catalog).await?;
    data(show::shop(&shop))?;
    let work = Work::Files(files.to_vec());
    let job = Job { operation: Some("extract".to_owned()), mode: None, result_mode: None, work };
    let what = format!("{} to extract data from", count(files.len(), "file"));
    job::run(ctx, &shop, Todo { what, unit: "Pages", job }).await?;
    if let Some(job) = example::job(&shop.catalog) {
        job::run(ctx, &shop, Todo { what: "The worked example".to_owned(), unit: "Units", job }).await?;
    }
    data(show::grants(ctx, &shop).await?)?;
    data(show::statement(ctx, &shop).await?)?;
    Ok(shop)
}

/// The last line of the show: it adds up.
async fn proof(ctx: &Context) -> anyhow::Result<String> {
    let verdict = verify::verify(ctx, |_, _| {}).await?;
    if let Some(wrong) = verdict.wrong {
        anyhow::bail!("the ledger does not add up: {} {}", wrong.entry, wrong.what.what);
    }
    let (entries, customers) = (verdict.entries, verdict.customers);
    Ok(format!("\nLedger verified: {entries} entries of {customers} customers add up.\n"))
}
