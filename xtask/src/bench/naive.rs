//! The design to beat: one transaction a request in the same Postgres, driven by `pgbench`, without HTTP.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use cluster::Cluster;

use super::options::Options;
use crate::cargo;

/// Client counts to try; the best one counts.
const UNIFORM: [u32; 4] = [8, 16, 32, 64];
const HOT: [u32; 4] = [1, 4, 16, 64];

/// Transactions a second, at the best client count.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Best {
    pub(super) rate: f64,
    pub(super) clients: u32,
}

#[derive(Debug)]
pub(super) struct Naive {
    pub(super) uniform: Best,
    pub(super) hot: Best,
}

/// The same customers with three grants each, then the same two loads.
pub(super) fn measure(cluster: &Cluster, options: &Options) -> Result<Naive> {
    let url = cluster.database()?;
    cluster.psql(&url, &schema(options.customers))?;
    let bench = Pgbench::on(cluster, url, options.seconds.div_ceil(2))?;
    Ok(Naive { uniform: bench.best(&UNIFORM, options.customers - 1)?, hot: bench.best(&HOT, 0)? })
}

fn schema(customers: u64) -> String {
    format!(
        "CREATE TABLE grants (customer int, number int, available bigint NOT NULL, expires_at timestamptz NOT NULL,
             PRIMARY KEY (customer, number));
         CREATE TABLE entries (id bigserial PRIMARY KEY, customer int NOT NULL, grant_number int NOT NULL,
             amount bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
         INSERT INTO grants SELECT c, n, 100000000, now() + n * interval '3 months'
             FROM generate_series(0, {customers} - 1) c, generate_series(1, 3) n;
         VACUUM ANALYZE;"
    )
}

struct Pgbench {
    program: PathBuf,
    url: String,
    seconds: u64,
}

impl Pgbench {
    /// The one that came with the server.
    fn on(cluster: &Cluster, url: String, seconds: u64) -> Result<Self> {
        let binaries = cluster.psql(&url, "SELECT setting FROM pg_config WHERE name = 'BINDIR';")?;
        Ok(Self { program: PathBuf::from(binaries).join("pgbench"), url, seconds })
    }

    fn best(&self, clients: &[u32], last: u64) -> Result<Best> {
        clients.iter().try_fold(Best::default(), |best, clients| {
            let rate = self.rate(*clients, last)?;
            Ok(if rate > best.rate { Best { rate, clients: *clients } } else { best })
        })
    }

    /// Transactions a second of `naive.sql` by so many clients on customers 0 to `last`.
    fn rate(&self, clients: u32, last: u64) -> Result<f64> {
        let mut pgbench = Command::new(&self.program);
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--file=xtask/src/bench/naive.sql"]);
        pgbench.arg(format!("--client={clients}")).arg(format!("--jobs={}", clients.min(2)));
        pgbench.arg(format!("--time={}", self.seconds)).arg(format!("--define=last={last}")).arg(&self.url);
        let printed = cargo::output(&mut pgbench)?;
        let rate = printed.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        rate.with_context(|| format!("pgbench does not say how fast it was: {printed}"))
    }
}
