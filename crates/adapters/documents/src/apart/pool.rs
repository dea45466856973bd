//! The server's side: workers that wait for files, as many as there are cores.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::Duration;

use ports::{Claim, CountError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::frame::{Answer, head};
use crate::count::Counted;

/// How long a worker may take by the wall. Its limit is two seconds of a core, which on a busy machine may take
/// longer; this one ends a worker that waits instead of working.
const PATIENCE: Duration = Duration::from_secs(10);

/// How to start a program that calls [`read_documents`](crate::read_documents): this one, with an argument that
/// tells it to.
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

    fn start(&self) -> io::Result<Worker> {
        let mut child = Command::new(&self.program)
            .arg(&self.argument)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        Ok(Worker { child, input: input.expect("stdin is piped"), output: output.expect("stdout is piped") })
    }
}

/// A process that reads one file after another. Dropped, it is killed.
#[derive(Debug)]
struct Worker {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Worker {
    async fn ask(&mut self, file: &[u8], claim: &Claim) -> io::Result<Answer> {
        self.input.write_all(&head(file, claim)).await?;
        self.input.write_all(file).await?;
        let mut length = [0; 8];
        self.output.read_exact(&mut length).await?;
        let mut said = vec![0; Answer::length(length).ok_or(io::ErrorKind::InvalidData)?];
        self.output.read_exact(&mut said).await?;
        Answer::read(&said).ok_or(io::ErrorKind::InvalidData.into())
    }
}

/// The workers.
#[derive(Debug)]
pub(crate) struct Workers {
    reader: Reader,
    places: Semaphore,
    idle: Mutex<Vec<Worker>>,
}

impl Workers {
    pub(crate) fn new(reader: Reader) -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self { reader, places: Semaphore::new(cores), idle: Mutex::default() }
    }

    /// Has a worker count a file. One that does not answer, or answers nonsense, is not asked again.
    pub(crate) async fn count(&self, file: &[u8], claim: &Claim) -> Result<Counted, CountError> {
        let failed = |what: &str| CountError::Failed(what.to_owned());
        let _place = self.places.acquire().await.expect("the semaphore is never closed");
        let mut worker = self.worker().map_err(|_| failed("the reader of documents did not start"))?;
        let Ok(Ok(answer)) = timeout(PATIENCE, worker.ask(file, claim)).await else {
            return Err(failed("the file takes more time or memory to read than is allowed"));
        };
        if answer.takes_more {
            self.idle().push(worker);
        }
        answer.outcome
    }

    /// A worker that is alive.
    fn worker(&self) -> io::Result<Worker> {
        while let Some(mut worker) = self.idle().pop() {
            if matches!(worker.child.try_wait(), Ok(None)) {
                return Ok(worker);
            }
        }
        self.reader.start()
    }

    fn idle(&self) -> impl std::ops::DerefMut<Target = Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
