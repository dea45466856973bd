//! All figures of one store.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use cluster::Cluster;
use tempfile::TempDir;

use super::load::{self, Measured};
use super::options::Options;
use super::seed;
use super::server::{Folio, Server};
use super::work::Work;

/// Keep-alive connections of single calls.
pub(super) const CONNECTIONS: usize = 64;
/// Many of them.
pub(super) const CROWD: usize = 256;
/// Keep-alive connections of batches: there is enough in each.
pub(super) const BATCHES: usize = 8;

/// An empty database, gone when it is dropped.
pub(super) struct Database<'a> {
    pub(super) name: &'static str,
    url: String,
    /// For the file, and the catalog beside it.
    directory: TempDir,
    cluster: Option<&'a Cluster>,
}

impl<'a> Database<'a> {
    pub(super) fn sqlite() -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let url = format!("sqlite://{}", directory.path().join("folio.db").display());
        Ok(Self { name: "SQLite", url, directory, cluster: None })
    }

    pub(super) fn postgres(cluster: &'a Cluster) -> Result<Self> {
        let url = cluster.database()?;
        Ok(Self { name: "Postgres", url, directory: tempfile::tempdir()?, cluster: Some(cluster) })
    }

    /// Makes a tenant in this mode with a catalog; the key of its operator.
    pub(super) fn tenant(&self, catalog: &str, mode: &str) -> Result<(Folio, String)> {
        let file = self.directory.path().join("catalog.toml");
        fs::write(&file, catalog)?;
        let folio = Folio::on(&self.url)?;
        let key = folio.tenant(&file, mode)?;
        Ok((folio, key))
    }

    /// Bytes on disk, once nobody serves it; the log that Postgres writes ahead is not counted.
    pub(super) fn size(&self) -> Result<u64> {
        match self.cluster {
            None => Ok(fs::metadata(self.directory.path().join("folio.db"))?.len()),
            Some(cluster) => Ok(cluster.psql(&self.url, "SELECT pg_database_size(current_database());")?.parse()?),
        }
    }
}

/// What was measured on one store.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) name: &'static str,
    pub(super) floor: Measured,
    /// On one connection: what one caller waits for a durable answer.
    pub(super) alone: Measured,
    pub(super) uniform: Measured,
    /// On 256 connections.
    pub(super) crowd: Measured,
    pub(super) hot: Measured,
    pub(super) pairs: Measured,
    pub(super) batches: Measured,
    /// What the database grew by for each usage, its share of everything included.
    pub(super) bytes_per_entry: u64,
    /// Entries a second of `folio ledger verify` over the whole journal.
    pub(super) verified: f64,
    /// The most memory that the server had resident.
    pub(super) peak_memory: u64,
}

/// Seeds, loads and verifies; stops the server in between, to see what is on the disk.
pub(super) fn measure(database: &Database, options: &Options) -> Result<Figures> {
    println!("== {}: {} customers, {} s a figure", database.name, options.customers, options.seconds);
    let bench = Bench::prepare(database, options.customers, options.seconds)?;
    let everyone = Work::Usage(options.customers);
    let server = bench.serve()?;
    // Every book has been read once, as in a server that has run for a while.
    bench.load(&server, Work::Batch(options.customers), BATCHES)?;
    let before = (database.size()?, bench.folio.verify()?);
    let floor = bench.load(&server, Work::Floor, CONNECTIONS)?;
    let alone = bench.load(&server, everyone, 1)?;
    let uniform = bench.load(&server, everyone, CONNECTIONS)?;
    let crowd = bench.load(&server, everyone, CROWD)?;
    let hot = bench.load(&server, Work::Usage(1), CONNECTIONS)?;
    let single_calls = server.peak_memory()?;
    drop(server);
    let after = (database.size()?, bench.folio.verify()?);
    let server = bench.serve()?;
    let pairs = bench.load(&server, Work::Pair(options.customers), CONNECTIONS)?;
    let batches = bench.load(&server, Work::Batch(options.customers), BATCHES)?;
    let peak_memory = server.peak_memory()?.max(single_calls);
    drop(server);
    let verified = bench.verify_timed()?;
    let bytes_per_entry = after.0.saturating_sub(before.0) / (after.1 - before.1).max(1);
    Ok(Figures {
        name: database.name,
        floor,
        alone,
        uniform,
        crowd,
        hot,
        pairs,
        batches,
        bytes_per_entry,
        verified,
        peak_memory,
    })
}

/// A database with a tenant in it.
pub(super) struct Bench {
    pub(super) folio: Folio,
    key: String,
    seconds: u64,
}

impl Bench {
    /// With a tenant, and nobody in it.
    pub(super) fn empty(database: &Database, seconds: u64) -> Result<Self> {
        let (folio, key) = database.tenant(include_str!("catalog.toml"), "live")?;
        Ok(Self { folio, key, seconds })
    }

    /// With customers.
    pub(super) fn prepare(database: &Database, customers: u64, seconds: u64) -> Result<Self> {
        let bench = Self::empty(database, seconds)?;
        seed::customers(&bench.serve()?, 0..customers, &seed::THREE_ENDS)?;
        Ok(bench)
    }

    pub(super) fn serve(&self) -> Result<Server> {
        self.folio.serve(&self.key)
    }

    /// Loads the server. Afterwards the ledger adds up, and has the entries that were answered for, no more and no
    /// fewer.
    fn load(&self, server: &Server, work: Work, connections: usize) -> Result<Measured> {
        let before = self.folio.verify()?;
        let measured = load::measure(server, work, connections, self.seconds)?;
        let written = self.folio.verify()?.checked_sub(before).context("entries are gone")?;
        let expected = measured.done * work.entries();
        ensure!(written == expected, "{work:?}: {written} entries for {expected} that were acknowledged");
        println!("   {work:?}: {:.0} a second", measured.rate());
        Ok(measured)
    }

    fn verify_timed(&self) -> Result<f64> {
        let begun = Instant::now();
        let entries = self.folio.verify()?;
        Ok(rate(entries, begun.elapsed()))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure of a bench")]
fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}
