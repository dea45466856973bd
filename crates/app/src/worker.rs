//! The workers: each does what has become due, once a second, until it is told to stop. None waits for another: a mail
//! server that takes its time keeps no credits from expiring.

use std::time::Duration;

use service::{Context, Failure, mail, order, subscription, sweep};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

const PERIOD: Duration = Duration::from_secs(1);

/// Works until `stop` says so. What fails is tried again a period later.
pub(crate) async fn run(ctx: Context, stop: watch::Receiver<bool>) {
    tokio::join!(
        every_period(stop.clone(), || tell("nudges", sweep::sweep(&ctx))),
        every_period(stop.clone(), || tell("orders asked about", order::attend_due(&ctx))),
        every_period(stop.clone(), || tell("orders ended", order::end_due(&ctx))),
        every_period(stop.clone(), || tell("top-ups", order::top_up_due(&ctx))),
        every_period(stop.clone(), || tell("subscriptions", subscription::turn_due(&ctx))),
        every_period(stop, || tell("mails", mail::send_due(&ctx))),
    );
}

async fn every_period<W: Future<Output = ()>>(mut stop: watch::Receiver<bool>, work: impl Fn() -> W) {
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            // Told to stop, or the one who could tell is gone.
            _ = stop.changed() => return,
            _ = period.tick() => work().await,
        }
    }
}

async fn tell(what: &str, work: impl Future<Output = Result<u64, Failure>>) {
    match work.await {
        Ok(0) => {}
        Ok(done) => tracing::debug!(done, "did what was due: {what}"),
        Err(failure) => tracing::error!("could not do what is due ({what}): {:#}", anyhow::Error::new(failure)),
    }
}
