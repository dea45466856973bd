//! A process that is stopped at a chosen write: it dies before that is on disk, or after it with nobody told, or others
//! come before it or overtake it. Or it goes at its own pace, beside others.

mod mortal;

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use folio_service::Context;

use mortal::Mortal;

/// What happens to a process at a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It dies, and nothing is on disk.
    Before,
    /// It dies, and the write is on disk.
    After,
    /// Others do what there is to do, and then it writes what it had decided before.
    Preceded,
    /// The write is done, and before the process goes on, others do what there is to do.
    Overtaken,
}

/// Lives a life anew for each write in which it can be stopped, after so many others; it tells whether it was stopped.
pub(crate) async fn at_every_write(life: impl AsyncFn(u32, Stop) -> bool) {
    /// More writes than any life here makes.
    const MOST: u32 = 60;
    for stop in [Stop::Before, Stop::After, Stop::Preceded, Stop::Overtaken] {
        let mut writes = 0;
        while life(writes, stop).await {
            writes += 1;
            assert!(writes < MOST, "{stop:?}");
        }
        assert!(writes > 0, "{stop:?}: it was never stopped");
    }
}

/// When a process is stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Life {
    /// Not at all.
    #[default]
    Long,
    /// At the write after so many.
    Until { writes: u32, stop: Stop },
    /// Others were there at a write, and it lives.
    Late,
    /// It is dead.
    Over,
}

/// Whether a write comes to pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    DoneAfterOthers,
    DoneLate,
    DoneUntold,
    Nothing,
}

/// What others do meanwhile.
type Others = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// A process that may be stopped. Clones are the same process.
#[derive(Clone)]
pub(crate) struct Process {
    life: Arc<Mutex<Life>>,
    others: Others,
    pace: Arc<Mutex<VecDeque<u8>>>,
}

impl Process {
    /// The same world, in which every write is this process's.
    pub(crate) fn of<O: Future<Output = ()> + Send + 'static>(
        ctx: &Context,
        others: impl Fn() -> O + Send + Sync + 'static,
    ) -> (Self, Context) {
        let process = Self { life: Arc::default(), others: Arc::new(move || Box::pin(others())), pace: Arc::default() };
        (process.clone(), process.at(ctx))
    }

    /// The same world, seen by a process that lets others go first so often before each thing that it reads or writes.
    pub(crate) fn paced(ctx: &Context, pace: &[u8]) -> Context {
        let (process, ctx) = Self::of(ctx, async || {});
        process.pace.lock().expect("nobody panics with it").extend(pace);
        ctx
    }

    fn at(self, ctx: &Context) -> Context {
        let (orders, subscriptions, ledger) = (ctx.orders.clone(), ctx.subscriptions.clone(), ctx.ledger.clone());
        Context {
            orders: Arc::new(Mortal { it: orders, process: self.clone() }),
            subscriptions: Arc::new(Mortal { it: subscriptions, process: self.clone() }),
            ledger: Arc::new(Mortal { it: ledger, process: self }),
            ..ctx.clone()
        }
    }

    pub(crate) fn stops_after(&self, writes: u32, stop: Stop) {
        *self.life() = Life::Until { writes, stop };
    }

    /// Starts it again if it was stopped; whether it was.
    pub(crate) fn restart(&self) -> bool {
        let mut life = self.life();
        let stopped = matches!(*life, Life::Over | Life::Late);
        if stopped {
            *life = Life::Long;
        }
        stopped
    }

    fn life(&self) -> std::sync::MutexGuard<'_, Life> {
        self.life.lock().expect("nobody panics with it")
    }

    fn fate(&self) -> Fate {
        let mut life = self.life();
        match *life {
            Life::Long | Life::Late => Fate::Done,
            Life::Over => Fate::Nothing,
            Life::Until { writes: 0, stop } => {
                let (then, fate) = match stop {
                    Stop::Before => (Life::Over, Fate::Nothing),
                    Stop::After => (Life::Over, Fate::DoneUntold),
                    Stop::Preceded => (Life::Late, Fate::DoneAfterOthers),
                    Stop::Overtaken => (Life::Late, Fate::DoneLate),
                };
                *life = then;
                fate
            }
            Life::Until { writes, stop } => {
                *life = Life::Until { writes: writes - 1, stop };
                Fate::Done
            }
        }
    }

    /// Waits until it is this process's turn.
    async fn turn(&self) {
        let first = self.pace.lock().expect("nobody panics with it").pop_front();
        for _ in 0..first.unwrap_or_default() {
            tokio::task::yield_now().await;
        }
    }

    /// Writes, unless the process dies of it: then the caller is told what is said `of_the_dead`.
    async fn write<T, E>(&self, write: impl Future<Output = Result<T, E>>, of_the_dead: fn() -> E) -> Result<T, E> {
        self.turn().await;
        match self.fate() {
            Fate::Done => write.await,
            Fate::DoneAfterOthers => {
                (self.others)().await;
                write.await
            }
            Fate::DoneLate => {
                let done = write.await;
                (self.others)().await;
                done
            }
            Fate::DoneUntold => write.await.and_then(|_| Err(of_the_dead())),
            Fate::Nothing => Err(of_the_dead()),
        }
    }
}
