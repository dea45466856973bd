//! The corpus of documents: where other programs agree on a number of pages, Folio must have the same.

use anyhow::Result;

use crate::cargo;
use crate::python::Python;

/// The programs that count as well, and their packages.
const JUDGES: [(&str, &str); 3] = [("qpdf", "qpdf"), ("pdfinfo", "poppler-utils"), ("mutool", "mupdf-tools")];

pub(crate) fn run() -> Result<()> {
    cargo::run(&cargo::BUILD)?;
    judge()
}

/// `run` for a workspace that is built already.
pub(crate) fn judge() -> Result<()> {
    for (program, package) in JUDGES {
        cluster::need(program, package)?;
    }
    cargo::finish(Python::ready()?.command().arg("tests/corpus").arg(cargo::folio()?))
}
