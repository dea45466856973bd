//! The files of the demo: those given, or a few that it makes.

use std::path::PathBuf;

use anyhow::Context as _;
use documents::samples;
use ports::Claim;
use service::File;

/// What is to be counted.
pub(crate) async fn read(given: &[PathBuf]) -> anyhow::Result<Vec<File>> {
    if given.is_empty() {
        return Ok(made());
    }
    let mut files = Vec::with_capacity(given.len());
    for path in given {
        let bytes = tokio::fs::read(path).await.with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        files.push(file(&name, bytes));
    }
    Ok(files)
}

fn made() -> Vec<File> {
    vec![
        file("invoice.pdf", samples::pdf(1, "Invoice")),
        file("contract.pdf", samples::pdf(10, "Contract")),
        file("fax.tiff", samples::tiff(3)),
        file("photo.png", samples::png()),
    ]
}

fn file(name: &str, bytes: Vec<u8>) -> File {
    File { claim: Claim { name: Some(name.to_owned()), media_type: None }, bytes: bytes.into() }
}
