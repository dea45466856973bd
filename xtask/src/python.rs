//! Python for judges from outside: an environment below `target`, with what `tests/requirements.txt` pins.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Result;
use cargo_metadata::MetadataCommand;

use crate::cargo;

const REQUIREMENTS: &str = "tests/requirements.txt";

/// The environment's directory.
pub(crate) struct Python(PathBuf);

impl Python {
    /// The environment, made anew where the requirements are not those that it was made from.
    pub(crate) fn ready() -> Result<Self> {
        let target = MetadataCommand::new().no_deps().exec()?.target_directory;
        let python = Self(target.join("python").into_std_path_buf());
        let (wanted, made_from) = (fs::read_to_string(REQUIREMENTS)?, python.0.join("requirements.txt"));
        if fs::read_to_string(&made_from).is_ok_and(|made| made == wanted) && python.starts() {
            return Ok(python);
        }
        python.make()?;
        println!("installing {REQUIREMENTS}");
        let install = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--requirement"];
        cargo::finish(python.command().args(install).arg(REQUIREMENTS))?;
        // Last: an environment without it is not complete.
        fs::write(made_from, wanted)?;
        Ok(python)
    }

    /// Python, in this environment. It leaves nothing beside the sources.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(self.0.join("bin").join("python"));
        command.arg("-B");
        command
    }

    fn starts(&self) -> bool {
        self.command().arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    /// Debian's own Python cannot make environments before a package of its own is there.
    fn make(&self) -> Result<()> {
        if environment(&self.0).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|made| made.success()) {
            return Ok(());
        }
        // It brings Python itself with it.
        cluster::install("python3-venv")?;
        cargo::finish(&mut environment(&self.0))
    }
}

fn environment(directory: &Path) -> Command {
    let mut command = Command::new("python3");
    command.args(["-m", "venv", "--clear"]).arg(directory);
    command
}
