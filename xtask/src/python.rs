//! Python for judges from outside: an environment below `target`, with what `tests/requirements.txt` pins.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use cargo_metadata::MetadataCommand;

const REQUIREMENTS: &str = "tests/requirements.txt";

/// The environment's interpreter.
pub(crate) struct Python(PathBuf);

impl Python {
    /// The environment, made anew where the requirements are not those that it was made from.
    pub(crate) fn ready() -> Result<Self> {
        let target = MetadataCommand::new().no_deps().exec()?.target_directory;
        cluster::python(target.join("python").as_std_path(), Path::new(REQUIREMENTS)).map(Self)
    }

    /// Python, in this environment. It leaves nothing beside the sources.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.0);
        command.arg("-B");
        command
    }
}
