//! The one who writes: takes all that waits, decides it, commits it once, answers everyone.

use std::sync::Arc;

use ports::{Clock, PostError};
use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::batch::{After, Batch, Outcome};
use super::cache::{Cache, Owner};
use super::load::{Asked, Loader};
use super::write::Writer;
use super::{Answer, Task, Work};
use crate::connect::{PATIENCE, silence};

/// Commands in one transaction, at most.
const BATCH: usize = 1_000;
/// How often a batch is decided anew because another process was quicker.
const ATTEMPTS: u32 = 20;

/// Why a batch was not committed.
pub(super) enum Failed {
    /// Another process has written meanwhile, or a key was spent long ago: read again, decide again.
    Conflict,
    /// The store failed before the commit: nothing was written.
    Before(DbErr),
    /// The store failed in the commit: written or not, the keys will tell.
    During(DbErr),
}

impl From<DbErr> for Failed {
    fn from(error: DbErr) -> Self {
        if is_conflict(&error) { Self::Conflict } else { Self::Before(error) }
    }
}

/// A key or an external id that someone else wrote first, a serialization failure, a deadlock, a lock not had in time.
fn is_conflict(error: &DbErr) -> bool {
    let text = error.to_string();
    crate::connect::is_unique_violation(error)
        || ["40001", "40P01", "database is locked", "deadlock detected", "could not serialize"]
            .iter()
            .any(|sign| text.contains(sign))
}

pub(super) struct Committer {
    clock: Arc<dyn Clock>,
    loader: Loader,
    writer: Writer,
    cache: Cache,
}

impl Committer {
    pub(super) fn new(read: DatabaseConnection, writer: Writer, clock: Arc<dyn Clock>) -> Self {
        Self { clock, loader: Loader::new(read), writer, cache: Cache::new() }
    }

    pub(super) async fn run(mut self, mut queue: UnboundedReceiver<Vec<Task>>) {
        while let Some(mut waiting) = queue.recv().await {
            while waiting.len() < BATCH
                && let Ok(more) = queue.try_recv()
            {
                waiting.extend(more);
            }
            while !waiting.is_empty() {
                let rest = waiting.split_off(whole_batch(&waiting));
                self.commit(waiting, false).await;
                waiting = rest;
            }
        }
    }

    /// Commits a batch, or finds the task that spoils it: each then fails, or not, alone. A store that cannot be
    /// reached is no task's fault: all of them hear so at once. `uncertain` says that a commit of these tasks has
    /// failed before, so that nobody knows whether it happened.
    async fn commit(&mut self, tasks: Vec<Task>, uncertain: bool) {
        match self.attempt(&tasks, uncertain).await {
            Ok(outcomes) => answer(tasks, outcomes),
            Err(given) if tasks.len() > 1 && !crate::connect::is_unreachable(&given.error) => {
                tracing::warn!(commands = tasks.len(), "a batch failed and is committed one by one");
                for task in tasks {
                    Box::pin(self.commit(vec![task], given.uncertain)).await;
                }
            }
            Err(given) => {
                tracing::error!(commands = tasks.len(), error = %given.error, "commands could not be committed");
                let outcomes = tasks.iter().map(|_| Err(given.told())).collect();
                answer(tasks, outcomes);
            }
        }
    }

    async fn attempt(&mut self, tasks: &[Task], mut uncertain: bool) -> Result<Vec<Outcome>, Given> {
        let mut failures = 0;
        let mut asked = if uncertain { Asked::All } else { Asked::Likely };
        for _ in 0..ATTEMPTS {
            let failed = match self.try_once(tasks, asked).await {
                Ok(outcomes) => return Ok(outcomes),
                Err(failed) => failed,
            };
            // Once more, with everything read anew: if the commit did happen, the keys tell, and it is a replay.
            asked = Asked::All;
            let error = match failed {
                Failed::Conflict => continue,
                Failed::Before(error) => error,
                Failed::During(error) => {
                    uncertain = true;
                    error
                }
            };
            failures += 1;
            if failures > 1 {
                return Err(Given { error, uncertain, beaten: false });
            }
        }
        let error = DbErr::Custom("other processes kept writing the same books".to_owned());
        Err(Given { error, uncertain, beaten: true })
    }

    async fn try_once(&mut self, tasks: &[Task], asked: Asked) -> Result<Vec<Outcome>, Failed> {
        let owners: Vec<Owner> = tasks.iter().filter_map(|task| task.work.owner()).collect();
        let is_remote = matches!(self.writer, Writer::Postgres(_));
        let decided = self.decide_and_write(tasks, &owners, asked);
        let result = if is_remote {
            // Silent in the middle: written or not, the keys will tell.
            timeout(PATIENCE, decided).await.unwrap_or_else(|_| Err(Failed::During(silence())))
        } else {
            decided.await
        };
        if result.is_err() {
            self.cache.forget(owners.iter());
        }
        result
    }

    async fn decide_and_write(
        &mut self,
        tasks: &[Task],
        owners: &[Owner],
        mut asked: Asked,
    ) -> Result<Vec<Outcome>, Failed> {
        let (outcomes, batch) = loop {
            let loaded = self.loader.load(tasks, owners, asked, &mut self.cache).await?;
            let mut batch = Batch::new(loaded, self.clock.now());
            let outcomes: Vec<Outcome> = tasks.iter().map(|task| batch.decide(&task.work)).collect();
            if asked == Asked::All || !self.rests_on_a_key(tasks, &outcomes) {
                break (outcomes, batch);
            }
            asked = Asked::All;
        };
        let (changes, after) = batch.finish();
        self.writer.write(changes?).await?;
        self.remember(tasks, &outcomes, after);
        Ok(outcomes)
    }

    /// Whether an answer that writes nothing, and so is stopped by no key, was given without asking for its key.
    fn rests_on_a_key(&self, tasks: &[Task], outcomes: &[Outcome]) -> bool {
        tasks.iter().zip(outcomes).any(|(task, outcome)| {
            let wrote = matches!(outcome, Ok(Answer::Posted(posted)) if !posted.entries.is_empty());
            !wrote && task.work.key().is_some() && !task.work.is_likely_done(&self.cache)
        })
    }

    fn remember(&mut self, tasks: &[Task], outcomes: &[Outcome], after: After) {
        for (owner, book) in after.books {
            self.cache.put_book(owner, book);
        }
        for ((tenant, _), hold) in after.holds {
            self.cache.put_hold(tenant, hold);
        }
        for (task, _) in tasks.iter().zip(outcomes).filter(|(_, outcome)| outcome.is_ok()) {
            if let Some((tenant, key)) = task.work.key() {
                self.cache.put_key(tenant, key);
            }
        }
    }
}

/// A batch that was given up.
struct Given {
    error: DbErr,
    uncertain: bool,
    /// Nothing failed: others were quicker each time.
    beaten: bool,
}

impl Given {
    /// What each of its callers hears.
    fn told(&self) -> PostError {
        let error = self.error.clone();
        match self.uncertain {
            true => PostError::OutcomeUnknown(error.into()),
            false if self.beaten => PostError::Busy,
            false if crate::connect::is_unreachable(&error) => PostError::Unavailable(error.into()),
            false => PostError::Fault(error.into()),
        }
    }
}

fn answer(tasks: Vec<Task>, outcomes: Vec<Outcome>) {
    for (task, outcome) in tasks.into_iter().zip(outcomes) {
        // Nobody waiting any more is nobody's fault: the commit stands.
        let _ = task.answer.send(outcome);
    }
}

/// How many tasks from the front make one batch: a reversal or reinstatement reads what its customer's earlier
/// commands wrote, so it never shares a batch with them.
fn whole_batch(tasks: &[Task]) -> usize {
    let mut touched = std::collections::HashSet::new();
    for (place, task) in tasks.iter().enumerate().take(BATCH) {
        let owner = task.work.owner();
        if task.work.reads_journal() && owner.is_some_and(|owner| touched.contains(&owner)) {
            return place;
        }
        touched.extend(owner);
    }
    tasks.len().min(BATCH)
}

impl Work {
    /// Whose book it is about; an opening's is made by it.
    pub(super) fn owner(&self) -> Option<Owner> {
        match self {
            Self::Post(command) => Some((command.tenant, command.customer)),
            Self::Open(_) => None,
        }
    }

    /// Whether it rests on more than the book: on a usage, or on grants that were revoked.
    fn reads_journal(&self) -> bool {
        matches!(self, Self::Post(command) if command.usage.is_some() || !command.revoked.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r45_who_was_beaten_to_it_may_try_again_unless_a_commit_is_in_doubt() {
        let given = |uncertain| Given { error: DbErr::Custom("beaten".to_owned()), uncertain, beaten: true };
        assert!(matches!(given(false).told(), PostError::Busy));
        assert!(matches!(given(true).told(), PostError::OutcomeUnknown(_)));
    }
}
