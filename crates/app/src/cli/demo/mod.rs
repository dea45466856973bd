//! `folio demo`: the product's main job, on real files, for every catalog that comes with it.

mod example;
mod files;
mod job;
mod plan;
mod sale;
mod secrets;
mod shop;
mod show;
mod top_up;

use std::path::PathBuf;

use clap::Args;
use service::catalog::SHIPPED;
use service::{Context, Job, Work, verify};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

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
        // The show needs the server as well: the checkout, and whoever sends the mail.
        let listener = if self.once { TcpListener::bind("127.0.0.1:0").await? } else { self.listen.bind().await? };
        let url = if self.once { None } else { Some(serve::url(&listener)?) };
        let files = files::read(&counter()?, &self.files).await?;
        let database = Database { database: self.database };
        let mut wired = database.open().await?;
        let shown = without_password(&database.database);
        let known = !wired.ctx.tenants.all().await?.is_empty();
        data(heading(&shown, known))?;
        self.selling.wire(&mut wired, listener.local_addr()?)?;
        let (over, told) = oneshot::channel::<()>();
        let told = async move { drop(told.await) };
        let (ctx, limits) = (wired.ctx.clone(), self.listen.limits());
        let stop = serve::told_to_stop()?;
        let stop = async move {
            tokio::select! { () = told => {}, () = stop => {} }
        };
        let server = tokio::spawn(serve::serve(wired, listener, limits, stop));
        let ended = show_all(&ctx, &files, url.as_deref(), &shown).await;
        if self.once || ended.is_err() {
            let _ = over.send(());
            let served = server.await?;
            return ended.and(served);
        }
        // Told by nobody else from now on: the sender stays.
        let served = server.await?;
        drop(over);
        served
    }
}

/// Everything that there is to see.
async fn show_all(ctx: &Context, files: &[service::File], url: Option<&str>, shown: &str) -> anyhow::Result<()> {
    let mut secrets = Secrets::new(url);
    for (name, text) in SHIPPED {
        let shop = show_shop(ctx, name, text, files).await?;
        secrets.add(name, &shop.secret);
    }
    data(proof(ctx).await?)?;
    secrets.save()?;
    data(show::ending(shown, url, &secrets))
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
    let mut sold = job::run(ctx, &shop, Todo { what, unit: "Pages", job }).await?;
    if let Some((what, job)) = example::job(&shop.catalog) {
        let what = what.to_owned();
        sold = job::run(ctx, &shop, Todo { what, unit: "Units", job }).await?.or(sold);
    }
    if let Some(sale) = sold {
        data(show::refund(&sale::refund(ctx, &shop, sale.order.id).await?))?;
    }
    if let Some((plan, quote)) = plan::upgrade(ctx, &shop).await? {
        data(show::upgrade(&plan, &quote))?;
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
