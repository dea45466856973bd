//! Where this machine keeps Postgres, and how to get it where it has none.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

const NEEDED: [&str; 4] = ["initdb", "pg_ctl", "postgres", "psql"];

/// The directory of the Postgres binaries. On a machine without them, root installs Debian's package.
pub(crate) fn find_or_install() -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    install("postgresql")?;
    find().context("the package `postgresql` is installed, yet its binaries are in none of the usual places")
}

/// On the `PATH` first, then where Debian keeps them, the newest version first.
fn find() -> Option<PathBuf> {
    on_path().chain(debian()).find(|directory| NEEDED.iter().all(|name| directory.join(name).is_file()))
}

/// Behind each `initdb` on the `PATH`: links are followed, because distributions link only some of the binaries.
fn on_path() -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let directories: Vec<_> = env::split_paths(&path).collect();
    directories.into_iter().filter_map(|directory| {
        let initdb = directory.join("initdb").canonicalize().ok()?;
        initdb.parent().map(Path::to_owned)
    })
}

fn debian() -> impl Iterator<Item = PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, directory)| directory)
}

/// Installs the Debian package of a program that is not there.
pub fn need(program: &str, package: &str) -> Result<()> {
    if runs(program) { Ok(()) } else { install(package) }
}

/// Installs a Debian package that is missing, where this machine's tests run as root.
pub fn install(package: &str) -> Result<()> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if !is_root || !runs("apt-get") {
        bail!("the tests need Debian's package `{package}`, or the same from elsewhere on PATH: install it");
    }
    eprintln!("installing the package `{package}`, which the tests need");
    apt_get(&["update", "--quiet"])?;
    apt_get(&["install", "--quiet", "--yes", "--no-install-recommends", package])
}

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let output = Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").output()?;
    let messages = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "apt-get {} failed: {}", arguments.join(" "), messages.trim());
    Ok(())
}
