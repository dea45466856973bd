//! Servers: the one that the tests of a process share, and those that a test starts and stops by itself.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use sea_orm::{ConnectionTrait as _, Database};
use tempfile::TempDir;

use crate::binary::{self, Ran, folio};

/// The databases that Folio runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// A new database, and a directory beside it.
#[derive(Debug)]
pub struct Place {
    directory: TempDir,
    database: String,
    environment: Vec<(&'static str, String)>,
}

impl Place {
    /// An empty one.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let directory = tempfile::Builder::new().prefix("folio-test-").tempdir().expect("a directory");
        let database = match store {
            Store::Sqlite => format!("sqlite://{}", directory.path().join("folio.db").display()),
            Store::Postgres => cluster::shared().database().expect("a database"),
        };
        Self { directory, database, environment: Vec::new() }
    }

    /// One on a database of someone else's.
    #[must_use]
    pub fn with(database: String) -> Self {
        Self { database, ..Self::new(Store::Sqlite) }
    }

    /// The same, for servers that find this variable in their environment.
    #[must_use]
    pub fn under(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    /// The database's URL.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Changes the database behind the ledger's back, at one row.
    pub async fn change(&self, sql: &str) {
        assert_eq!(self.run(sql).await, 1, "{sql}");
    }

    /// Does something else to the database; how many rows it changed.
    pub async fn run(&self, sql: &str) -> u64 {
        let connection = Database::connect(&self.database).await.expect("a connection");
        let changed = connection.execute_unprepared(sql).await.expect("a statement").rows_affected();
        connection.close().await.expect("closed");
        changed
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }
}

/// A running `folio serve`. It ends when it is dropped, and at the latest with this process.
#[derive(Debug)]
pub struct Server {
    keeper: Child,
    directory: PathBuf,
    database: String,
    url: String,
}

impl Server {
    /// The server that the tests of this process share, one for each sort of database.
    #[must_use]
    pub fn shared(store: Store) -> &'static Self {
        static SQLITE: LazyLock<Server> = LazyLock::new(|| Server::with_its_place(Place::new(Store::Sqlite)));
        static POSTGRES: LazyLock<Server> = LazyLock::new(|| Server::with_its_place(Place::new(Store::Postgres)));
        match store {
            Store::Sqlite => &SQLITE,
            Store::Postgres => &POSTGRES,
        }
    }

    /// A server on a place that outlives it.
    #[must_use]
    pub fn on(place: &Place) -> Self {
        Self::start(place.directory().to_owned(), &place.environment, place.database.clone(), None)
    }

    /// The place goes with the server, whose owner may have no time to clean up.
    fn with_its_place(place: Place) -> Self {
        let directory = place.directory.keep();
        Self::start(directory.clone(), &place.environment, place.database, Some(directory.as_path()))
    }

    fn start(
        directory: PathBuf,
        environment: &[(&'static str, String)],
        database: String,
        remove: Option<&Path>,
    ) -> Self {
        let mut keeper = binary::settled(Command::new("sh"), &directory);
        keeper.envs(environment.iter().cloned());
        keeper.args(["-c", include_str!("keep.sh"), "keep"]).arg(remove.unwrap_or_else(|| Path::new("")));
        keeper.arg(directory.join("log")).arg(binary::path());
        keeper.args(["serve", "--listen", "127.0.0.1:0", "--database", &database]);
        // Ctrl-C on a terminal is for the owner; the server follows it.
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let mut keeper = keeper.spawn().expect("sh starts");
        let mut first = String::new();
        BufReader::new(keeper.stdout.take().expect("a pipe")).read_line(&mut first).expect("its first line");
        let url = first.trim_end().strip_prefix("listening on ").map(ToOwned::to_owned);
        let url = url.unwrap_or_else(|| panic!("the server says {first:?} and {}", log(&directory)));
        Self { keeper, directory, database, url }
    }

    /// Where it listens: `http://127.0.0.1:…`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        log(&self.directory)
    }

    /// How many bytes of memory it has at hand.
    #[must_use]
    pub fn resident(&self) -> u64 {
        let keeper = self.keeper.id();
        let children = fs::read_to_string(format!("/proc/{keeper}/task/{keeper}/children")).expect("its children");
        let server = children.split_whitespace().next().expect("a server");
        let status = fs::read_to_string(format!("/proc/{server}/status")).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        let kilobytes = line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number");
        kilobytes * 1_024
    }

    /// Runs a command of the same program on the same database, beside the server.
    #[must_use]
    pub fn folio(&self, arguments: &[&str]) -> Ran {
        Ran::of(folio(&self.directory).args(arguments).args(["--database", &self.database, "--format", "json"]))
    }

    /// Kills it at once, as the loss of its machine would, and waits until it is gone.
    pub fn kill(mut self) {
        let keeper = self.keeper.stdin.as_mut().expect("a keeper who listens");
        keeper.write_all(b"KILL\n").expect("told");
        assert_eq!(self.end(), Some(128 + 9), "it was gone before");
    }

    /// Asks it to stop, waits until it has, and returns its exit code.
    #[must_use]
    pub fn stop(mut self) -> Option<i32> {
        self.end()
    }

    fn end(&mut self) -> Option<i32> {
        drop(self.keeper.stdin.take());
        self.keeper.wait().ok().and_then(|status| status.code())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn log(directory: &Path) -> String {
    fs::read_to_string(directory.join("log")).unwrap_or_default()
}
