//! The program under test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

/// Where the program is: `FOLIO_BIN`, or beside the tests, where cargo builds it.
static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let binary = std::env::var_os("FOLIO_BIN").map_or_else(beside_the_tests, PathBuf::from);
    let binary = std::path::absolute(binary).expect("a current directory");
    assert!(binary.is_file(), "{} is not there: `cargo build -p folio`, or set FOLIO_BIN", binary.display());
    binary
});

/// Tests are in `target/<profile>/deps`.
fn beside_the_tests() -> PathBuf {
    let test = std::env::current_exe().expect("this program's path");
    test.ancestors().nth(2).unwrap_or_else(|| Path::new(".")).join("folio")
}

/// `folio` in a directory, with no settings from outside.
#[must_use]
pub fn folio(directory: &Path) -> Command {
    settled(Command::new(&*BINARY), directory)
}

/// The program's path.
pub(crate) fn path() -> &'static Path {
    &BINARY
}

/// A command that sees none of the settings of whoever runs the tests.
pub(crate) fn settled(mut command: Command, directory: &Path) -> Command {
    let settings = std::env::vars_os().map(|(name, _)| name);
    for setting in settings.filter(|name| name.to_string_lossy().starts_with("FOLIO_")) {
        command.env_remove(setting);
    }
    command.current_dir(directory).stdin(Stdio::null());
    command
}

/// What a run came to.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code.
    pub code: i32,
    /// What it wrote to standard output.
    pub out: String,
    /// What it wrote to standard error.
    pub err: String,
}

impl Ran {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().expect("it starts");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let code = output.status.code().expect("it ends by itself");
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// Its data, if it ended with this code.
    #[must_use]
    pub fn json(&self, code: i32) -> Value {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("not JSON: {error}: {:?}", self.out))
    }
}
