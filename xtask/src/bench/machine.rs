//! What the figures were measured on.

use std::fs::{self, File};
use std::io::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use cluster::Cluster;

/// Cores, processor, memory, kernel, database and disk, in one sentence.
pub(super) fn facts(cluster: &Cluster) -> Result<String> {
    let (host, fsync) = (host()?, fsync()?.as_micros());
    let postgres = cluster.psql(&cluster.url("postgres"), "SHOW server_version;")?;
    Ok(format!(
        "{host}, PostgreSQL {postgres}; one fsync takes {fsync} µs. \
         The load generator and the databases share these cores with the server."
    ))
}

/// Cores, processor, memory and kernel.
pub(super) fn host() -> Result<String> {
    let cores = thread::available_parallelism()?;
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
    let kilobytes: u64 =
        field("/proc/meminfo", "MemTotal").and_then(|memory| memory.split(' ').next()?.parse().ok()).unwrap_or(0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let gigabytes = kilobytes.div_ceil(1 << 20);
    Ok(format!("{cores} cores ({processor}), {gigabytes} GB of memory, Linux {}", kernel.trim()))
}

/// The first `name: value` of a file.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':').map(str::trim));
    value.map(str::to_owned)
}

/// How long a small durable write takes here, at the median.
fn fsync() -> Result<Duration> {
    let directory = tempfile::tempdir()?;
    let mut file = File::create(directory.path().join("file"))?;
    let mut took = Vec::new();
    for _ in 0..201 {
        file.write_all(&[1; 4096])?;
        let begun = Instant::now();
        file.sync_data()?;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    Ok(took[took.len() / 2])
}
