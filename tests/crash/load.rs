//! Many hosts at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::ask::Told;
use crate::host::{Host, Town};

/// Longer than anything here takes.
const DEADLINE: Duration = Duration::from_mins(2);

/// What the hosts of one run share.
#[derive(Debug)]
pub(crate) struct Run {
    /// Whether hosts ask again, with the same key, until they know.
    pub(crate) is_patient: bool,
    over: AtomicBool,
    done: Semaphore,
    not_done: Semaphore,
}

impl Run {
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    pub(crate) fn count(&self, told: &[Told]) {
        self.done.add_permits(told.iter().filter(|told| matches!(told, Told::Done { .. })).count());
    }

    /// Before asking again, after such an answer or none: a host that hammers is no help.
    pub(crate) async fn pause(&self, told: &[Told]) {
        self.not_done.add_permits(usize::from(told.iter().any(Told::is_503)));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A run of many hosts.
pub(crate) struct Load {
    run: Arc<Run>,
    hosts: JoinSet<Host>,
}

impl Load {
    pub(crate) fn start(hosts: Vec<Host>, town: &Arc<Town>, is_patient: bool) -> Self {
        let (done, not_done) = (Semaphore::new(0), Semaphore::new(0));
        let run = Arc::new(Run { is_patient, over: AtomicBool::new(false), done, not_done });
        let hosts = hosts.into_iter().map(|host| host.work(Arc::clone(town), Arc::clone(&run))).collect();
        Self { run, hosts }
    }

    /// Waits until so many more effects are done.
    pub(crate) async fn until_done(&self, effects: u32) {
        wait_for(&self.run.done, effects).await;
    }

    /// Waits until patient hosts have had so many answers of 503 from now on: a server that says nothing gives none.
    pub(crate) async fn until_not_done(&self, answers: u32) {
        self.run.not_done.forget_permits(usize::MAX);
        wait_for(&self.run.not_done, answers).await;
    }

    /// Lets everyone finish what they have asked.
    pub(crate) async fn stop(self) -> Vec<Host> {
        self.run.over.store(true, Ordering::Relaxed);
        self.end().await
    }

    /// Waits until everyone has given up.
    pub(crate) async fn end(self) -> Vec<Host> {
        tokio::time::timeout(DEADLINE, self.hosts.join_all()).await.expect("the hosts come to an end")
    }
}

async fn wait_for(answers: &Semaphore, count: u32) {
    let enough = tokio::time::timeout(DEADLINE, answers.acquire_many(count)).await;
    enough.expect("answers in time").expect("an open semaphore").forget();
}
