//! Schemathesis against a live server: what it sends, and what is a failure, is told in `tests/schemathesis`.

use anyhow::Result;

use crate::cargo;
use crate::python::Python;

pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    cargo::run(&cargo::BUILD)?;
    judge(arguments)
}

/// `run` for a workspace that is built already. The arguments go to `schemathesis run`.
pub(crate) fn judge(arguments: &[&str]) -> Result<()> {
    let mut command = Python::ready()?.command();
    cargo::finish(command.arg("tests/schemathesis").arg(cargo::folio()?).args(arguments))
}
