//! Statements through the machine's own client: a test database needs no driver.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Feeds `script` to `psql`, connected to `url`, and returns its trimmed output. The first failing statement ends it.
pub(crate) fn run(mut psql: Command, url: &str, script: &str) -> Result<String> {
    let mut child = psql
        .args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set", "ON_ERROR_STOP=1", "--dbname", url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("psql does not start")?;
    // psql closes its input early when it cannot connect; its own message is the better one.
    let fed = child.stdin.take().context("psql has no stdin")?.write_all(script.as_bytes());
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "psql {url}: {}", String::from_utf8_lossy(&output.stderr).trim());
    fed.context("psql did not read its script")?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
