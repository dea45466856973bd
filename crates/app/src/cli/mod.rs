//! The command line: data on standard output, everything else on standard error.

mod books;
mod catalog;
mod config;
mod database;
mod demo;
mod estimate;
mod exit;
mod invoices;
mod keys;
mod ledger;
mod log;
mod mail;
mod migrate;
mod openapi;
mod output;
mod progress;
mod secret;
mod selling;
mod serve;
mod tenant;
mod value;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use exit::Exit;
use log::Log;
use output::Format;

use crate::wire::READ_DOCUMENTS;

/// A credit ledger and billing service: count pages, estimate, hold, capture, and never a credit too many.
///
/// Every flag can also be set in the environment, under the name that its help shows, and in folio.toml, under
/// the same name in small letters without FOLIO_. A flag wins over the environment, the environment over the file.
#[derive(Debug, Parser)]
#[command(name = "folio", bin_name = "folio", version)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// How data is printed.
    #[arg(long, global = true, env = "FOLIO_FORMAT", value_enum, default_value = "table")]
    format: Format,
    /// The file with settings; folio.toml, where there is one, unless another is named.
    #[arg(long, global = true, env = config::VARIABLE, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    log: Log,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API until Ctrl-C or SIGTERM.
    Serve(serve::Serve),
    /// Show it at work: real files counted, estimated, held and captured, then served.
    Demo(demo::Demo),
    /// Make and list tenants: one product's isolated books each.
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    /// Make, list and revoke API keys.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Count the pages of files and price them, without a database.
    Estimate(estimate::Estimate),
    /// Check the ledger.
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// Check what was sold.
    #[command(subcommand)]
    Books(books::Books),
    /// Take invoices and credit notes out as files.
    #[command(subcommand)]
    Invoices(invoices::Invoices),
    /// Look at mail before it is sent.
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Check catalogs and put them in force.
    #[command(subcommand)]
    Catalog(catalog::Catalog),
    /// Print the API's OpenAPI document.
    Openapi,
    /// Bring a database's schema up to date, or make it.
    Migrate(migrate::Migrate),
}

impl Command {
    async fn run(self, format: Format) -> anyhow::Result<Exit> {
        match self {
            Self::Serve(serve) => serve.run().await,
            Self::Demo(demo) => demo.run().await,
            Self::Tenant(tenant) => tenant.run(format).await,
            Self::Keys(keys) => keys.run(format).await,
            Self::Estimate(estimate) => estimate.run(format).await,
            Self::Ledger(ledger) => ledger.run(format).await,
            Self::Books(books) => books.run(format).await,
            Self::Invoices(invoices) => invoices.run(format).await,
            Self::Mail(mail) => mail.run(format).await,
            Self::Catalog(catalog) => catalog.run(format).await,
            Self::Openapi => openapi::run(),
            Self::Migrate(migrate) => migrate.run(format).await,
        }
    }

    /// What is logged where nobody says: a server tells what it does, a single command only what goes wrong.
    fn usual_log(&self) -> &'static str {
        match self {
            Self::Serve(_) => "info,sqlx=warn,sea_orm_migration=warn",
            _ => "warn",
        }
    }
}

/// Does what the arguments say.
pub(crate) fn run() -> ExitCode {
    exit::conclude(obey(std::env::args_os().collect()))
}

fn obey(arguments: Vec<OsString>) -> anyhow::Result<Exit> {
    if arguments.get(1).is_some_and(|word| word == READ_DOCUMENTS) {
        documents::read_documents()?;
        return Ok(Exit::Done);
    }
    let Cli { global, command } = read(arguments)?;
    global.log.start(command.usual_log())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(command.run(global.format))
}

fn read(arguments: Vec<OsString>) -> anyhow::Result<Cli> {
    let command = match config::find(&arguments) {
        Some(file) => config::apply(Cli::command(), &file)?,
        None => Cli::command(),
    };
    let matches = command.try_get_matches_from(arguments)?;
    Ok(Cli::from_arg_matches(&matches)?)
}

#[cfg(test)]
mod tests;
