//! `folio`, built for release, on a database.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use cargo_metadata::MetadataCommand;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::cpu;
use crate::cargo;

/// Where cargo puts a program that is built for release.
pub(super) fn released(program: &str) -> Result<PathBuf> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    Ok(metadata.target_directory.join("release").join(program).into_std_path_buf())
}

/// The program and the database that it works on.
pub(super) struct Folio {
    program: PathBuf,
    database: String,
}

impl Folio {
    pub(super) fn on(database: &str) -> Result<Self> {
        Ok(Self { program: released("folio")?, database: database.to_owned() })
    }

    /// The same database under another build.
    pub(super) fn of(self, program: PathBuf) -> Self {
        Self { program, ..self }
    }

    /// Makes a tenant in this mode with a catalog; its operator's key.
    pub(super) fn tenant(&self, catalog: &Path, mode: &str) -> Result<String> {
        let catalog = catalog.to_str().context("a path that is no text")?;
        let made = self.data(&["tenant", "create", "bench", "--mode", mode, "--catalog", catalog])?;
        Ok(made["key"].as_str().context("a tenant without a key")?.to_owned())
    }

    /// Adds up the whole journal; how many entries it has.
    pub(super) fn verify(&self) -> Result<u64> {
        let verdict = self.data(&["ledger", "verify"])?;
        ensure!(verdict["verified"] == true, "the ledger does not add up: {verdict}");
        verdict["entries"].as_u64().context("a verdict without entries")
    }

    /// Compares all that was sold; how many orders and documents there are.
    pub(super) fn books(&self) -> Result<(u64, u64)> {
        let verdict = self.data(&["books", "verify"])?;
        ensure!(verdict["verified"] == true, "the books do not agree: {verdict}");
        let figure = |name: &str| verdict[name].as_u64().with_context(|| format!("a verdict without {name}"));
        Ok((figure("orders")?, figure("documents")?))
    }

    /// Exports the tenant's documents; the figures that it prints.
    pub(super) fn export(&self, to: &Path) -> Result<Value> {
        let to = to.to_str().context("a path that is no text")?;
        self.data(&["invoices", "export", "--tenant", "bench", "--to", to])
    }

    pub(super) fn serve(&self, key: &str) -> Result<Server> {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut process =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("folio does not start")?;
        let mut first = String::new();
        BufReader::new(process.stdout.take().context("no stdout")?).read_line(&mut first)?;
        let address = first.trim().strip_prefix("listening on http://").map(str::parse);
        let address = address.with_context(|| format!("folio says {first:?}"))??;
        Ok(Server { process, address, key: key.to_owned() })
    }

    fn data(&self, arguments: &[&str]) -> Result<Value> {
        let printed = cargo::output(self.command(arguments).args(["--format", "json"]))?;
        Ok(serde_json::from_str(&printed)?)
    }

    /// Warnings only: an access log would be measured as well.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).args(["--database", &self.database]).env("FOLIO_LOG", "warn");
        command
    }
}

/// A running server. It is told to stop when it is dropped.
pub(super) struct Server {
    process: Child,
    address: SocketAddr,
    key: String,
}

impl Server {
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn process(&self) -> u32 {
        self.process.id()
    }

    pub(super) fn peak_memory(&self) -> Result<u64> {
        cpu::peak_memory(self.process())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that is gone already needs no telling.
        if let Some(process) = i32::try_from(self.process()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(process, Signal::TERM);
        }
        let _ = self.process.wait();
    }
}
