//! The process that runs a server for as long as its owner lives.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

/// Holds the write end of the pipe that `keep.sh` reads. The kernel closes it when this process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Keeper {
    shell: Child,
    says: BufReader<ChildStdout>,
    log: File,
    port: u16,
}

impl Keeper {
    /// Returns when the server answers. Its files live below the machine's temporary directory.
    pub(crate) fn start(binaries: &Path) -> Result<Self> {
        let port = free_port()?;
        let directory = tempfile::Builder::new().prefix("folio-postgres-").tempdir()?;
        let log = tempfile::tempfile()?;
        let mut shell = Command::new("sh")
            .args(["-c", include_str!("keep.sh"), "keep"])
            .args([binaries, directory.path()])
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log.try_clone()?)
            // Ctrl-C on a terminal is for the owner; the server follows it.
            .process_group(0)
            .spawn()
            .context("sh does not start")?;
        // From here on the script removes the directory.
        let _ = directory.keep();
        let says = BufReader::new(shell.stdout.take().context("sh has no stdout")?);
        let mut keeper = Self { shell, says, log, port };
        keeper.wait_until_ready().context("Postgres does not start")?;
        Ok(keeper)
    }

    /// Stops the server or starts it again: a line that `keep.sh` knows. Returns when it is done.
    pub(crate) fn tell(&mut self, line: &str) -> Result<()> {
        writeln!(self.shell.stdin.as_mut().context("sh has no stdin")?, "{line}")?;
        self.wait_until_ready().with_context(|| format!("Postgres does not {line}"))
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let mut ready = String::new();
        self.says.read_line(&mut ready)?;
        if ready.trim() != "ready" {
            self.shell.wait()?;
            bail!("{}", text(&mut self.log)?);
        }
        Ok(())
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // Nothing useful is left to do where this fails.
        let _ = self.shell.wait();
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn text(log: &mut File) -> Result<String> {
    let mut text = String::new();
    log.rewind()?;
    log.read_to_string(&mut text)?;
    Ok(text.trim().to_owned())
}
