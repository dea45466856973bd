//! Many connections at once, each asking again as soon as it is answered.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::runtime;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::cpu::Spent;
use super::server::Server;
use super::work::{Work, Worker};

/// Before counting begins: connections, caches and plans are there, as in a server that has run for a while.
const WARM_UP: Duration = Duration::from_secs(1);
/// A server that answers no more does not hold the run up for ever.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a load came to.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// Pieces done, those before and after the counted time with them.
    pub(super) done: u64,
    /// How long each piece took that ended in the counted time, the quickest first.
    pub(super) took: Vec<Duration>,
    /// How long was counted.
    pub(super) seconds: u64,
    /// Where the time went meanwhile.
    pub(super) spent: Spent,
}

impl Measured {
    /// Pieces done a second.
    #[expect(clippy::cast_precision_loss, reason = "a figure of a bench")]
    pub(super) fn rate(&self) -> f64 {
        self.took.len() as f64 / self.seconds as f64
    }

    /// How long so many of a hundred pieces took at most.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        self.took.get(self.took.len() * percent / 100).copied().unwrap_or_default()
    }
}

/// Runs `work` on so many connections for so long.
pub(super) fn measure(server: &Server, work: Work, connections: usize, seconds: u64) -> Result<Measured> {
    block_on(async {
        let workers = workers(server, connections).await?;
        let measured = async { tokio::try_join!(all(workers, work, seconds), spent(server, seconds)) };
        let measured = timeout(WARM_UP + Duration::from_secs(seconds) + PATIENCE, measured).await;
        let (mut measured, spent) = measured.context("the server answers no more")??;
        measured.took.sort_unstable();
        Ok(Measured { seconds, spent, ..measured })
    })
}

/// On this one thread: the load must not take more of the machine than it needs.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// So many workers, each with a connection.
pub(super) async fn workers(server: &Server, connections: usize) -> Result<Vec<Worker>> {
    let mut workers = Vec::with_capacity(connections);
    for _ in 0..connections {
        workers.push(Worker::connect(server.address(), server.key()).await?);
    }
    Ok(workers)
}

async fn all(workers: Vec<Worker>, work: Work, seconds: u64) -> Result<Measured> {
    let from = Instant::now() + WARM_UP;
    let until = from + Duration::from_secs(seconds);
    let mut running = JoinSet::new();
    for worker in workers {
        running.spawn(one(worker, work, from, until));
    }
    let mut all = Measured::default();
    while let Some(one) = running.join_next().await {
        let one = one.context("a worker stopped")?.with_context(|| format!("{work:?}"))?;
        all.done += one.done;
        all.took.extend(one.took);
    }
    Ok(all)
}

/// Works until it is late. What was begun is finished, so that all that was asked for is known to be done.
async fn one(mut worker: Worker, work: Work, from: Instant, until: Instant) -> Result<Measured> {
    let mut measured = Measured::default();
    let mut begun = Instant::now();
    while begun < until {
        worker.piece(work).await?;
        measured.done += 1;
        let ended = Instant::now();
        if from <= ended && ended < until {
            measured.took.push(ended - begun);
        }
        begun = ended;
    }
    Ok(measured)
}

/// Where the time goes while it counts.
async fn spent(server: &Server, seconds: u64) -> Result<Spent> {
    sleep(WARM_UP).await;
    let before = Spent::now(server.process())?;
    sleep(Duration::from_secs(seconds)).await;
    Ok(Spent::now(server.process())?.since(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_read_off_the_sorted_times() {
        let took = (1..=200).map(Duration::from_millis).collect();
        let measured = Measured { took, seconds: 2, ..Measured::default() };
        assert!((measured.rate() - 100.0).abs() < f64::EPSILON);
        assert_eq!(measured.percentile(50), Duration::from_millis(101));
        assert_eq!(measured.percentile(99), Duration::from_millis(199));
        assert_eq!(Measured::default().percentile(99), Duration::ZERO);
    }
}
