//! `kill -9` while renewals are made, and while the operator books what was paid for them.

use std::time::{Duration, Instant};

use folio_tests::{Place, Server, Store, on_both};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::dice::{Dice, seed};
use crate::kill::kills;
use crate::subscribers::Subscribers;

on_both! {
    r28_every_subscription_renews_exactly_once_whenever_the_server_is_killed,
}

async fn r28_every_subscription_renews_exactly_once_whenever_the_server_is_killed(store: Store) {
    let (runs, seed) = (runs(), seed());
    println!("{store:?}: {runs} runs with seed {seed}");
    let place = Place::new(store);
    let server = Server::on(&place);
    let subscribers = Subscribers::sign_up(&server, store, place.directory()).await;
    // The first month is left in peace: it tells how long one takes.
    let mut peace = Victim { place: &place, server, dice: Dice::new(seed), kills: 0, at_work: 0 };
    let renewing = time(async || done(subscribers.advance(&peace.server, 1)).await).await;
    subscribers.stand(&peace.server, 1, false).await;
    let open = subscribers.open(&peace.server).await;
    let booking = time(async || done(subscribers.mark_paid(&peace.server, &open)).await).await;
    subscribers.stand(&peace.server, 1, true).await;

    for month in 2..2 + runs {
        let how_far = async |server: &Server| subscribers.how_far(server, month).await;
        peace = peace.survive(renewing, |server| subscribers.advance(server, month), how_far).await;
        subscribers.stand(&peace.server, month, false).await;
        let open = subscribers.open(&peace.server).await;
        peace = peace.survive(booking, |server| subscribers.mark_paid(server, &open), how_far).await;
        subscribers.stand(&peace.server, month, true).await;
    }
    let Victim { kills, at_work, .. } = peace;
    println!(
        "{store:?}: {kills} kills, {at_work} of them at work that was begun; in peace {renewing:?} and {booking:?}"
    );
    assert!(at_work >= runs, "too few kills came in between: {at_work} of {kills}");
}

/// One for every ten kills of the other load.
pub(crate) fn runs() -> u32 {
    kills().div_ceil(10)
}

/// A server that is killed again and again.
struct Victim<'a> {
    place: &'a Place,
    server: Server,
    dice: Dice,
    kills: u32,
    /// Of these, how many came after something was done, and before all was.
    at_work: u32,
}

impl Victim<'_> {
    /// Asks for some work until it is done; until then the server dies at a random moment within `span`.
    async fn survive(
        mut self,
        span: Duration,
        ask: impl Fn(&Server) -> JoinHandle<bool>,
        how_far: impl AsyncFn(&Server) -> usize,
    ) -> Self {
        let span = u64::try_from(span.as_micros()).expect("a short span").max(1);
        let mut before = how_far(&self.server).await;
        loop {
            let mut work = ask(&self.server);
            let moment = Duration::from_micros(self.dice.below(span));
            if let Ok(answered) = timeout(moment, &mut work).await {
                assert!(answered.expect("answers that make sense"), "a server at peace does not answer");
                return self;
            }
            self.server.kill();
            work.await.expect("answers that make sense");
            self.server = Server::on(self.place);
            self.kills += 1;
            let now = how_far(&self.server).await;
            self.at_work += u32::from(now != before);
            before = now;
        }
    }
}

async fn done(work: JoinHandle<bool>) {
    assert!(work.await.expect("answers that make sense"), "a server at peace does not answer");
}

async fn time(work: impl AsyncFn()) -> Duration {
    let begun = Instant::now();
    work().await;
    begun.elapsed()
}
