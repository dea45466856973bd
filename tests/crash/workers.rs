//! Workers that renew by the machine's clock, on two servers at once, which are killed in between: what a dead one had
//! claimed is anybody's once its lease is over.

use chrono::{DateTime, TimeDelta, Utc};
use folio_tests::{Server, Store, on_both, until};

use crate::dice::{Dice, seed};
use crate::renewals::runs;
use crate::skewed::Skewed;
use crate::subscribers::{Subscribers, start};

on_both! {
    r28_workers_renew_every_subscription_once_whichever_of_them_is_killed,
}

/// Kills in a month.
const KILLS: u32 = 3;
/// Months after which a kill has come amid the work, whatever chance says.
const MOST: u32 = 30;
/// Longer than a claim lasts.
const LEASE: TimeDelta = TimeDelta::minutes(3);

async fn r28_workers_renew_every_subscription_once_whichever_of_them_is_killed(store: Store) {
    let (runs, seed) = (runs(), seed());
    println!("{store:?}: {runs} runs with seed {seed}");
    let mut dice = Dice::new(seed);
    let place = Skewed::new(store);
    let beside = place.beside();
    place.show(at(0));
    let mut servers = vec![(place.place(), Server::on(place.place())), (&beside, Server::on(&beside))];
    let subscribers = Subscribers::sign_up_now(&servers[0].1, store, place.place().directory()).await;
    let (mut month, mut at_work) = (0, 0);
    while month < runs || at_work == 0 {
        month += 1;
        assert!(month <= MOST.max(runs), "no kill came in between");
        let mut shown = at(month) + TimeDelta::hours(1);
        place.show(shown);
        for _ in 0..KILLS {
            let some = 1 + dice.index(subscribers.far_enough() / 2);
            let reached = reaches(&subscribers, &servers[0].1, month, some).await;
            at_work += u32::from(reached < subscribers.far_enough());
            let (home, server) = servers.swap_remove(dice.index(2));
            server.kill();
            servers.push((home, Server::on(home)));
            shown += LEASE;
            place.show(shown);
        }
        reaches(&subscribers, &servers[0].1, month, subscribers.far_enough()).await;
        subscribers.stand(&servers[0].1, month, false).await;
        let open = subscribers.open(&servers[1].1).await;
        assert!(subscribers.mark_paid(&servers[1].1, &open).await.expect("answers that make sense"));
        subscribers.stand(&servers[0].1, month, true).await;
    }
    println!("{store:?}: {} kills, {at_work} of them amid the work", month * KILLS);
}

/// Waits until the workers have come so far; how far they are then.
async fn reaches(subscribers: &Subscribers, server: &Server, month: u32, far: usize) -> usize {
    until(async || {
        let now = subscribers.how_far(server, month).await;
        if now >= far { Ok(now) } else { Err(format!("{now} of {far} in month {month}")) }
    })
    .await
}

fn at(month: u32) -> DateTime<Utc> {
    start(month).parse().expect("an instant")
}
