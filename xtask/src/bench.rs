//! What the ledger does in a second over HTTP, next to a naive design in the same Postgres and to the HTTP server
//! alone. All figures come from one run, so that their ratios mean something.

use anyhow::Result;
use cluster::Cluster;

use crate::cargo;
use options::Options;
use report::Report;

mod cpu;
mod goals;
mod http;
mod load;
mod machine;
mod naive;
mod options;
mod report;
mod seed;
mod server;
mod store;
mod work;

pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let options = Options::read(arguments)?;
    if cfg!(debug_assertions) {
        return again_for_speed(arguments);
    }
    cargo::run(&["build", "--release", "--package", "folio", "--bin", "folio"])?;
    let cluster = Cluster::start()?;
    let machine = machine::facts(&cluster)?;
    let naive = naive::measure(&cluster, &options)?;
    let sqlite = store::measure(&store::Database::sqlite()?, &options)?;
    let postgres = store::measure(&store::Database::postgres(&cluster)?, &options)?;
    let report = Report { machine, naive, sqlite, postgres }.to_string();
    println!("\n{report}");
    if options.quick { Ok(()) } else { report::keep(&report) }
}

/// The load shares the server's cores: built for debugging, it would be much of what is measured.
fn again_for_speed(arguments: &[&str]) -> Result<()> {
    let run = ["run", "--quiet", "--release", "--package", "xtask", "--", "bench"];
    cargo::run(&[&run[..], arguments].concat())
}
