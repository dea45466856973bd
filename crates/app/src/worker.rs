//! The worker: does what the clock makes due, once a second, until it is told to stop.

use std::time::Duration;

use service::{Context, sweep};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

const PERIOD: Duration = Duration::from_secs(1);

/// Works until `stop` says so. What fails is tried again a period later.
pub(crate) async fn run(ctx: Context, mut stop: watch::Receiver<bool>) {
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            // Told to stop, or the one who could tell is gone.
            _ = stop.changed() => return,
            _ = period.tick() => work(&ctx).await,
        }
    }
}

async fn work(ctx: &Context) {
    match sweep::sweep(ctx).await {
        Ok(0) => {}
        Ok(nudges) => tracing::debug!(nudges, "did what was due"),
        Err(failure) => tracing::error!("could not do what is due: {:#}", anyhow::Error::new(failure)),
    }
}
