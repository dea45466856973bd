//! What the ledger does in a second over HTTP, next to a naive design in the same Postgres and to the HTTP server
//! alone. All figures come from one run, so that their ratios mean something.

use std::process::Command;

use anyhow::Result;
use cluster::Cluster;

use crate::cargo;
use options::Options;
use report::Report;

mod compare;
mod cpu;
mod goals;
mod growth;
mod http;
mod invoices;
mod load;
mod machine;
mod naive;
mod options;
mod pages;
mod pdf;
mod plot;
mod renewals;
mod report;
mod seed;
mod server;
mod store;
mod subscribers;
mod work;

pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let options = Options::read(arguments)?;
    if cfg!(debug_assertions) {
        return again_for_speed("bench", arguments);
    }
    let cluster = Cluster::start()?;
    let machine = machine::facts(&cluster)?;
    let naive = naive::measure(&cluster, &options)?;
    let sqlite = store::measure(&store::Database::sqlite()?, &options)?;
    let postgres = store::measure(&store::Database::postgres(&cluster)?, &options)?;
    let report = Report { machine, customers: options.customers, naive, sqlite, postgres }.to_string();
    println!("\n{report}");
    if options.quick { Ok(()) } else { report::keep("figures", &report) }
}

/// This build against another one.
pub(crate) fn compare(arguments: &[&str]) -> Result<()> {
    if cfg!(debug_assertions) {
        return again_for_speed("bench", &[&["compare"], arguments].concat());
    }
    compare::run(arguments)
}

/// What gets slower as a ledger grows, for the same page.
pub(crate) fn growth(arguments: &[&str]) -> Result<()> {
    if cfg!(debug_assertions) {
        return again_for_speed("growth", arguments);
    }
    growth::run(arguments)
}

/// How fast invoices become files, for the same page.
pub(crate) fn invoices(arguments: &[&str]) -> Result<()> {
    let quick = only_quick("bench invoices", arguments)?;
    if cfg!(debug_assertions) {
        return again_for_speed("bench", &[&["invoices"], arguments].concat());
    }
    invoices::run(quick)
}

/// How fast uploaded documents are counted, for the same page.
pub(crate) fn pages(arguments: &[&str]) -> Result<()> {
    let quick = only_quick("bench pages", arguments)?;
    if cfg!(debug_assertions) {
        return again_for_speed("bench", &[&["pages"], arguments].concat());
    }
    pages::run(quick)
}

/// How fast subscriptions renew, for the same page.
pub(crate) fn renewals(arguments: &[&str]) -> Result<()> {
    if cfg!(debug_assertions) {
        return again_for_speed("bench", &[&["renewals"], arguments].concat());
    }
    renewals::run(arguments)
}

/// Whether it is only a look; nothing else can be said.
fn only_quick(command: &str, arguments: &[&str]) -> Result<bool> {
    match arguments {
        [] => Ok(false),
        ["--quick"] => Ok(true),
        _ => anyhow::bail!("{command} takes --quick, not {}", arguments.join(" ")),
    }
}

/// The load shares the server's cores: built for debugging, it would be much of what is measured.
fn again_for_speed(command: &str, arguments: &[&str]) -> Result<()> {
    cargo::run(&["build", "--release", "--workspace", "--bins"])?;
    let mut again = Command::new(server::released("xtask")?);
    cargo::finish(again.arg(command).args(arguments))
}
