//! Reading a PDF in a process of its own. A PDF of a few kilobytes can make its parser take gigabytes or overflow
//! the stack, and no process survives that: here only the reader dies.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use ports::CountError;

use crate::pdf;

/// How to start a program that calls [`read_pdf`]: this one, with an argument that tells it to.
#[derive(Clone, Debug)]
pub struct Reader {
    program: PathBuf,
    argument: OsString,
}

impl Reader {
    /// Starts the program with this one argument.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>, argument: impl Into<OsString>) -> Self {
        Self { program: program.into(), argument: argument.into() }
    }

    /// Has a new process count the pages of a PDF.
    pub(crate) fn pages(&self, pdf: &[u8]) -> Result<u64, CountError> {
        let failed = |what: &str| CountError::Failed(what.to_owned());
        let Output { status, stdout, .. } = self.ask(pdf).map_err(|_| failed("the reader of PDFs did not start"))?;
        let answer = String::from_utf8_lossy(&stdout);
        match answer.split_once(' ') {
            Some(("pages", pages)) if status.success() => {
                pages.parse().map_err(|_| failed("the reader of PDFs did not answer"))
            }
            Some(("failed", why)) if status.success() => Err(failed(why)),
            _ => Err(failed("the PDF takes more time or memory to read than is allowed")),
        }
    }

    fn ask(&self, pdf: &[u8]) -> io::Result<Output> {
        let mut reader = Command::new(&self.program)
            .arg(&self.argument)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        // A reader that has died takes no more bytes; its status tells.
        let _ = reader.stdin.take().expect("stdin is piped").write_all(pdf);
        reader.wait_with_output()
    }
}

/// What a process does that was started to read a PDF: limits itself, reads one from its standard input, answers.
/// To be called before anything else.
pub fn read_pdf() -> io::Result<()> {
    #[cfg(unix)]
    limit()?;
    let mut pdf = Vec::new();
    io::stdin().lock().read_to_end(&mut pdf)?;
    let mut answer = io::stdout().lock();
    match pdf::pages(&pdf) {
        Ok(pages) => write!(answer, "pages {pages}"),
        Err(CountError::Failed(why) | CountError::Unsupported(why)) => write!(answer, "failed {why}"),
    }
}

/// A GiB of memory, 20 seconds of a core, and no core dump of a customer's document.
#[cfg(unix)]
fn limit() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    for (resource, most) in [(Resource::As, 1 << 30), (Resource::Cpu, 20), (Resource::Core, 0)] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}
