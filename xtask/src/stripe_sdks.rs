//! Stripe's own clients against the payment stub, and our client for Stripe against a stub of other people's: what they
//! do is told in `tests/stripe_sdks`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use cargo_metadata::MetadataCommand;

use crate::cargo;
use crate::python::Python;

const JUDGES: &str = "tests/stripe_sdks";

pub(crate) fn run() -> Result<()> {
    cargo::run(&cargo::BUILD)?;
    judge()
}

/// `run` for a workspace that is built already.
pub(crate) fn judge() -> Result<()> {
    let target = MetadataCommand::new().no_deps().exec()?.target_directory.into_std_path_buf();
    let examples = target.join("debug").join("examples");
    let mut command = Python::ready()?.command();
    command.arg(JUDGES).arg(examples.join("stub")).arg(examples.join("purchase")).arg(node(&target.join("node"))?);
    cargo::finish(&mut command)
}

/// The directory with what `package.json` pins, made anew where it is not made from that.
fn node(directory: &Path) -> Result<PathBuf> {
    let judges = Path::new(JUDGES);
    let (wanted, made_from) = (fs::read_to_string(judges.join("package.json"))?, directory.join("made-from.json"));
    if fs::read_to_string(&made_from).is_ok_and(|made| made == wanted) {
        return Ok(directory.to_owned());
    }
    cluster::need("npm", "npm")?;
    fs::create_dir_all(directory)?;
    fs::write(directory.join("package.json"), &wanted)?;
    let install = ["install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"];
    cargo::finish(Command::new("npm").args(install).arg("--prefix").arg(directory))?;
    // Last: a directory without it is not complete.
    fs::write(made_from, wanted)?;
    Ok(directory.to_owned())
}
