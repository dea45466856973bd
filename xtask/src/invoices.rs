//! Sample invoices, judged by others: schemas, the rules of EN 16931, and PDF readers.

use std::process::Command;

use anyhow::{Result, bail};
use cargo_metadata::MetadataCommand;

use crate::cargo;
use crate::python::Python;

/// The judges' programs, and their packages.
const JUDGES: [(&str, &str); 2] = [("qpdf", "qpdf"), ("pdftotext", "poppler-utils")];
/// Invoices that are rendered for the figures, where nobody says how many.
const MEASURED: &str = "1000";

pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        [] => {
            cargo::run(&cargo::BUILD)?;
            judge()
        }
        ["--measure"] => measure(MEASURED),
        ["--measure", count] => measure(count),
        _ => bail!("usage: cargo xtask invoices [--measure [N]]"),
    }
}

/// `run` for a workspace that is built already.
pub(crate) fn judge() -> Result<()> {
    for (program, package) in JUDGES {
        cluster::need(program, package)?;
    }
    let target = MetadataCommand::new().no_deps().exec()?.target_directory;
    let directory = target.join("invoices");
    cargo::finish(Command::new(target.join("debug/examples/samples")).arg(&directory))?;
    cargo::finish(Python::ready()?.command().arg("tests/invoices").arg(&directory))
}

/// Times of the release build, on one core.
fn measure(count: &str) -> Result<()> {
    let package = ["--package", "folio-invoices", "--example", "samples"];
    cargo::run(&[&["run", "--release", "--quiet"], &package[..], &["--", "--measure", count]].concat())
}
