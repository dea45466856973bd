//! All tests, on one Postgres of their own.

use anyhow::Result;
use cluster::Cluster;

use crate::cargo;

/// Builds first: the black-box tests run the binary `folio`, which `cargo test` does not build for them.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    cargo::run(&cargo::BUILD)?;
    on_postgres(arguments)
}

/// Runs `cargo test` with one server for all its processes.
pub(crate) fn on_postgres(arguments: &[&str]) -> Result<()> {
    let cluster = Cluster::start()?;
    let mut test = cargo::command(&["test", "--workspace"]);
    cargo::finish(test.args(arguments).env(cluster::ENV, cluster.server()))
}
