//! Cargo as a child. Always over the whole workspace: a part of it unifies features differently and builds the dependencies twice.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use cargo_metadata::MetadataCommand;

/// Builds everything that tests and other steps run, with the very artifacts `cargo test` uses.
pub(crate) const BUILD: [&str; 3] = ["build", "--workspace", "--all-targets"];

/// The cargo that runs this task.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    // Build scripts look at what cargo says of their own package; of ours they would be built anew.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    if env::var_os("CI").is_some() {
        // Nothing is built a second time there.
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

/// The program that [`BUILD`] builds.
pub(crate) fn folio() -> Result<PathBuf> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    Ok(metadata.target_directory.join("debug").join("folio").into_std_path_buf())
}

/// Runs cargo on this terminal; its failure is ours.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    finish(&mut command(arguments))
}

/// Runs a prepared command on this terminal; its failure is ours.
pub(crate) fn finish(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{} does not start", shown(command)))?;
    ensure!(status.success(), "`{}` failed", shown(command));
    Ok(())
}

/// What a command prints on stdout; its messages go to this terminal.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("{} does not start", shown(command)))?;
    ensure!(output.status.success(), "`{}` failed", shown(command));
    Ok(String::from_utf8(output.stdout)?)
}

fn shown(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let program = program.rsplit('/').next().unwrap_or_default().to_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}
