//! Python for what others wrote, judges and servers: an environment of its own, with what a file of requirements pins.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};

use crate::install;

/// The interpreter of the environment at `directory`, made anew where that was not made from these `requirements`.
pub fn python(directory: &Path, requirements: &Path) -> Result<PathBuf> {
    let (interpreter, made_from) = (directory.join("bin/python"), directory.join("requirements.txt"));
    let wanted = fs::read_to_string(requirements)?;
    if let Some(parent) = directory.parent() {
        fs::create_dir_all(parent)?;
    }
    // Another process may be making it. The lock goes with the file.
    let lock = File::create(directory.with_extension("lock"))?;
    lock.lock()?;
    if fs::read_to_string(&made_from).is_ok_and(|made| made == wanted) && starts(&interpreter) {
        return Ok(interpreter);
    }
    make(directory)?;
    eprintln!("installing {}", requirements.display());
    let install = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--requirement"];
    finish(Command::new(&interpreter).args(install).arg(requirements))?;
    // Last: an environment without it is not complete.
    fs::write(made_from, wanted)?;
    Ok(interpreter)
}

fn starts(interpreter: &Path) -> bool {
    Command::new(interpreter).arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Debian's own Python cannot make environments before a package of its own is there.
fn make(directory: &Path) -> Result<()> {
    if environment(directory).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|made| made.success()) {
        return Ok(());
    }
    // It brings Python itself with it.
    install("python3-venv")?;
    finish(&mut environment(directory))
}

fn environment(directory: &Path) -> Command {
    let mut command = Command::new("python3");
    command.args(["-m", "venv", "--clear"]).arg(directory);
    command
}

fn finish(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}
