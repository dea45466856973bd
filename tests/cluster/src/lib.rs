//! What tests need of the machine: a throw-away Postgres, started from its own binaries and gone with its owner; Debian's
//! packages; Python with what others wrote.

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use anyhow::{Context, Result};

use crate::keeper::Keeper;

mod binaries;
mod keeper;
mod psql;
mod python;

pub use binaries::{install, need};
pub use python::python;

/// Names the environment variable with the URL (no database in it) of a server that already runs.
pub const ENV: &str = "FOLIO_TEST_POSTGRES";

/// A Postgres server in which every test makes its own database.
#[derive(Debug)]
pub struct Cluster {
    server: String,
    binaries: PathBuf,
    /// Dropping it stops the server and removes its files; `None` where the server is someone else's.
    keeper: Option<Keeper>,
}

impl Cluster {
    /// Starts a new server on a free port of 127.0.0.1. It syncs to disk: durability is what tests are about.
    pub fn start() -> Result<Self> {
        let binaries = binaries::find_or_install()?;
        let keeper = Keeper::start(&binaries)?;
        let server = format!("postgres://postgres@127.0.0.1:{}", keeper.port());
        Ok(Self { server, binaries, keeper: Some(keeper) })
    }

    /// The server that `FOLIO_TEST_POSTGRES` names, or a new one.
    pub fn from_env_or_start() -> Result<Self> {
        match std::env::var(ENV) {
            Ok(server) => {
                let server = server.trim_end_matches('/').to_owned();
                Ok(Self { server, binaries: binaries::find_or_install()?, keeper: None })
            }
            Err(_) => Self::start(),
        }
    }

    /// The server's URL without a database: what `FOLIO_TEST_POSTGRES` takes.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The URL of a database by name.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("{}/{database}", self.server)
    }

    /// Creates an empty database with a name of its own and returns its URL.
    pub fn database(&self) -> Result<String> {
        let name = self.psql(&self.url("postgres"), CREATE_DATABASE).context("creating a database")?;
        Ok(self.url(&name))
    }

    /// Stops the server: `fast` cuts the connections, `immediate` is a crash.
    pub fn stop(&mut self, mode: &str) -> Result<()> {
        self.own()?.tell(&format!("stop {mode}"))
    }

    /// Starts the server that was stopped, at the same address.
    pub fn start_again(&mut self) -> Result<()> {
        self.own()?.tell("start")
    }

    /// Stops every process of the server where it is: it is there, and says nothing.
    pub fn pause(&mut self) -> Result<()> {
        self.own()?.tell("pause")
    }

    /// Lets it go on.
    pub fn resume(&mut self) -> Result<()> {
        self.own()?.tell("resume")
    }

    fn own(&mut self) -> Result<&mut Keeper> {
        self.keeper.as_mut().context("the server is someone else's")
    }

    /// Runs a psql script against a database's URL and returns what it prints, unaligned and without headings.
    pub fn psql(&self, url: &str, script: &str) -> Result<String> {
        psql::run(Command::new(self.binaries.join("psql")), url, script)
    }
}

/// The name comes from the server, so that no two processes that share it can pick the same one.
const CREATE_DATABASE: &str = r#"
SELECT 'test_' || replace(gen_random_uuid()::text, '-', '') AS name \gset
CREATE DATABASE :"name";
\echo :name
"#;

/// The server that all tests of this process share; it ends with the process.
#[must_use]
pub fn shared() -> &'static Cluster {
    static SHARED: LazyLock<Cluster> =
        LazyLock::new(|| Cluster::from_env_or_start().expect("tests need a Postgres server"));
    &SHARED
}
