//! Python for the server: an environment below `target` with what `requirements.txt` pins.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// Its interpreter. The environment is made once, whoever comes first.
pub(crate) fn python() -> &'static Path {
    static PYTHON: LazyLock<PathBuf> = LazyLock::new(ready);
    &PYTHON
}

fn ready() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (environment, marker) = (target.join("smtp-python"), target.join("smtp-python/requirements.txt"));
    let python = environment.join("bin/python");
    // Another process may be making it. The lock goes with the file.
    let lock = File::create(target.join("smtp-python.lock")).expect("a lock");
    lock.lock().expect("the lock");
    if fs::read_to_string(&marker).is_ok_and(|made_from| made_from == REQUIREMENTS) {
        return python;
    }
    make(&environment);
    let wanted = target.join("smtp-requirements.txt");
    fs::write(&wanted, REQUIREMENTS).expect("written");
    let install = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--requirement"];
    run(Command::new(&python).args(install).arg(wanted));
    // Last: an environment without it is not complete.
    fs::write(marker, REQUIREMENTS).expect("written");
    python
}

/// Debian's own Python cannot make environments before a package of its own is there.
fn make(environment: &Path) {
    let venv = || {
        let mut command = Command::new("python3");
        command.args(["-m", "venv", "--clear"]).arg(environment);
        command
    };
    if !venv().status().is_ok_and(|made| made.success()) {
        cluster::install("python3-venv").expect("python3-venv");
        run(&mut venv());
    }
}

fn run(command: &mut Command) {
    let status = command.status().expect("python3 starts");
    assert!(status.success(), "{command:?}: {status}");
}
