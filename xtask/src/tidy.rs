//! The hard edges of style. All findings are printed before it fails.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::findings;

mod links;
mod manifest;
mod text;

/// A text file of the repository.
struct File {
    path: String,
    text: String,
}

/// What is wrong at a place, as `path:line: what`.
struct Finding {
    line: usize,
    what: String,
}

pub(crate) fn run() -> Result<()> {
    let files = files()?;
    let mut found: Vec<String> = files.iter().flat_map(inspect).collect();
    if !files.iter().any(|file| file.path == "CHANGELOG.md") {
        found.push("CHANGELOG.md: is missing".to_owned());
    }
    findings::settle(&found, "untidy places")
}

/// What git keeps or would keep. Bytes that are not text, and links to files that are gone, are nobody's style.
fn files() -> Result<Vec<File>> {
    let listed = Command::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).output();
    let listed = String::from_utf8(listed.context("git does not start")?.stdout)?;
    let paths = listed.split_terminator('\0');
    Ok(paths.filter_map(|path| Some(File { path: path.to_owned(), text: fs::read_to_string(path).ok()? })).collect())
}

fn inspect(file: &File) -> Vec<String> {
    let extension = file.path.rsplit('.').next().unwrap_or_default();
    let mut found = text::inspect(&file.text, extension);
    match extension {
        "toml" if file.path.ends_with("Cargo.toml") => found.extend(manifest::inspect(&file.text)),
        "md" => found.extend(links::inspect(&file.path, &file.text)),
        _ => {}
    }
    found.iter().map(|Finding { line, what }| format!("{}:{line}: {what}", file.path)).collect()
}
