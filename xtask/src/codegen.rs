//! Files that the binary writes and the repository keeps, so that a change of theirs is seen in review.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::cargo;

const OPENAPI: &str = "docs/api/openapi.json";

/// Writes the files anew.
pub(crate) fn write() -> Result<()> {
    cargo::run(&cargo::BUILD)?;
    let document = openapi()?;
    let path = Path::new(OPENAPI);
    fs::create_dir_all(path.parent().context("no directory")?)?;
    fs::write(path, document)?;
    println!("{OPENAPI} written");
    Ok(())
}

/// Fails where a file is not what the sources say.
pub(crate) fn check() -> Result<()> {
    cargo::run(&cargo::BUILD)?;
    compare()
}

/// `check` for a workspace that is built already.
pub(crate) fn compare() -> Result<()> {
    let kept = fs::read_to_string(OPENAPI).unwrap_or_default();
    ensure!(kept == openapi()?, "{OPENAPI} is stale: run `cargo xtask codegen` and commit it");
    Ok(())
}

/// The document as the built binary prints it.
fn openapi() -> Result<String> {
    cargo::output(Command::new(cargo::folio()?).arg("openapi"))
}
