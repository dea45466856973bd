//! A Postgres to develop against: new at each start, gone at the end.

use std::io;

use anyhow::Result;
use cluster::Cluster;

pub(crate) fn run() -> Result<()> {
    let cluster = Cluster::start()?;
    println!("{}", cluster.url("postgres"));
    eprintln!("for tests: export {}={}", cluster::ENV, cluster.server());
    eprintln!("Ctrl-C stops it and removes its files");
    // Ctrl-C ends this process, and the server with it.
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
