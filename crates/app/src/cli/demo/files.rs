//! The files of the demo: those given, or a few that it makes.

use std::path::{Path, PathBuf};

use documents::samples;
use ports::{Claim, PageCounter};
use service::File;

use crate::cli::exit::told;
use crate::cli::output::note;

/// What is to be counted: of the files given, those that can be.
pub(crate) async fn read(counter: &dyn PageCounter, given: &[PathBuf]) -> anyhow::Result<Vec<File>> {
    if given.is_empty() {
        return Ok(made());
    }
    let mut files = Vec::with_capacity(given.len());
    for path in given {
        match countable(counter, path).await {
            Ok(file) => files.push(file),
            Err(error) => note(format_args!("{} is left out: {}", path.display(), told(&error))),
        }
    }
    anyhow::ensure!(!files.is_empty(), "none of the files can be counted");
    Ok(files)
}

async fn countable(counter: &dyn PageCounter, path: &Path) -> anyhow::Result<File> {
    let bytes = tokio::fs::read(path).await?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let file = file(&name, bytes);
    counter.count(file.bytes.clone(), file.claim.clone()).await?;
    Ok(file)
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
