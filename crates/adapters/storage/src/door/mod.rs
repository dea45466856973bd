//! The write door: a bounded queue, and one committer behind it.
//!
//! While one batch commits, the next one gathers; an idle server commits single commands at once.

mod batch;
mod cache;
mod committer;
mod load;
mod write;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ports::{Clock, Command, Ledger, Opened, Opening, PostError, Posted};
use sea_orm::DatabaseConnection;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::Store;
use committer::Committer;
pub(crate) use write::{PostgresWriter, SqliteWriter, Writer};

/// Commands that may wait; more are refused as busy.
const QUEUE: usize = 20_000;

/// What waits to be decided.
pub(crate) enum Work {
    Post(Command),
    Open(Box<Opening>),
}

/// What it came to.
pub(crate) enum Answer {
    Posted(Posted),
    Opened(Opened),
}

/// Work with the one who waits for it.
pub(crate) struct Task {
    pub(crate) work: Work,
    pub(crate) answer: oneshot::Sender<Result<Answer, PostError>>,
    _place: OwnedSemaphorePermit,
}

pub(crate) struct Door {
    queue: Mutex<Option<mpsc::UnboundedSender<Vec<Task>>>>,
    places: Arc<Semaphore>,
    committer: Mutex<Option<JoinHandle<()>>>,
}

impl Door {
    /// Starts the committer of a database, which reads by `read`.
    pub(crate) fn start(read: DatabaseConnection, writer: Writer, clock: Arc<dyn Clock>) -> Self {
        let (queue, waiting) = mpsc::unbounded_channel();
        let blocks = matches!(writer, Writer::Sqlite(_));
        let committer = Committer::new(read, writer, clock).run(waiting);
        let committer = if blocks {
            tokio::task::spawn_blocking(|| Handle::current().block_on(committer))
        } else {
            tokio::spawn(committer)
        };
        Self {
            queue: Mutex::new(Some(queue)),
            // The places bound the queue: a channel bound would count messages, which may carry a thousand commands.
            places: Arc::new(Semaphore::new(QUEUE)),
            committer: Mutex::new(Some(committer)),
        }
    }

    /// Takes no more, and waits until what was taken is answered.
    pub(crate) async fn finish(&self) {
        drop(self.queue.lock().ok().and_then(|mut queue| queue.take()));
        let committer = self.committer.lock().ok().and_then(|mut committer| committer.take());
        if let Some(committer) = committer {
            let _ = committer.await;
        }
    }

    async fn ask(&self, work: Vec<Work>) -> Vec<Result<Answer, PostError>> {
        let mut tasks = Vec::with_capacity(work.len());
        let mut answers = Vec::with_capacity(work.len());
        for work in work {
            let (answer, waiting) = oneshot::channel();
            // A place taken and never used comes back with the sender that is dropped here.
            match self.places.clone().try_acquire_owned() {
                Ok(place) => tasks.push(Task { work, answer, _place: place }),
                Err(_) => drop(answer.send(Err(PostError::Busy))),
            }
            answers.push(waiting);
        }
        self.send(tasks);
        let mut outcomes = Vec::with_capacity(answers.len());
        // Whoever waits for the last answer first is woken once.
        for waiting in answers.into_iter().rev() {
            // Dropped without an answer: by a ledger that closes, or whose committer died over it.
            let dropped = |_| Err(PostError::OutcomeUnknown("the ledger is closing".into()));
            outcomes.push(waiting.await.unwrap_or_else(dropped));
        }
        outcomes.reverse();
        outcomes
    }

    fn send(&self, tasks: Vec<Task>) {
        if let Some(queue) = self.queue.lock().ok().as_deref().and_then(Option::as_ref) {
            // A closed queue drops the tasks, and their callers hear that.
            let _ = queue.send(tasks);
        }
    }
}

fn wrong_answer() -> PostError {
    PostError::Fault("the committer answered another question".into())
}

#[async_trait]
impl Ledger for Store {
    async fn post(&self, command: Command) -> Result<Posted, PostError> {
        self.post_all(vec![command]).await.pop().unwrap_or_else(|| Err(wrong_answer()))
    }

    async fn post_all(&self, commands: Vec<Command>) -> Vec<Result<Posted, PostError>> {
        let answers = self.door.ask(commands.into_iter().map(Work::Post).collect()).await;
        let posted = |answer| match answer {
            Answer::Posted(posted) => Ok(posted),
            Answer::Opened(_) => Err(wrong_answer()),
        };
        answers.into_iter().map(|outcome| outcome.and_then(posted)).collect()
    }

    async fn open(&self, opening: Opening) -> Result<Opened, PostError> {
        match self.door.ask(vec![Work::Open(Box::new(opening))]).await.pop() {
            Some(Ok(Answer::Opened(opened))) => Ok(opened),
            Some(Err(error)) => Err(error),
            Some(Ok(Answer::Posted(_))) | None => Err(wrong_answer()),
        }
    }
}
