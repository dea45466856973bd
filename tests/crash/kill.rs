//! `kill -9` at random moments, again and again.

use std::time::Duration;

use folio_tests::{Place, Server, Store, on_both};

use crate::ask::Means;
use crate::audit::Tally;
use crate::dice::{Dice, seed};
use crate::trial::{Trial, verify};

on_both! {
    r45_what_was_acknowledged_outlives_every_kill,
}

/// Kills between two runs of `folio ledger verify`.
const VERIFY_EVERY: u32 = 20;

async fn r45_what_was_acknowledged_outlives_every_kill(store: Store) {
    let (kills, seed) = (kills(), seed());
    println!("{store:?}: {kills} kills with seed {seed}");
    let mut dice = Dice::new(seed);
    let place = Place::new(store);
    let mut server = Server::on(&place);
    let mut trial = Trial::begin(&server, store, &dice).await;
    for kill in 1..=kills {
        let load = trial.load(&[&server], false);
        load.until_done(u32::try_from(dice.below(80)).expect("small")).await;
        tokio::time::sleep(Duration::from_micros(dice.below(6_000))).await;
        server.kill();
        let hosts = load.end().await;
        server = Server::on(&place);
        trial.reconcile(hosts, &server).await;
        if kill % VERIFY_EVERY == 0 {
            verify(&server);
        }
    }
    trial.close(&server).await;
    println!("{store:?}: {:?}", trial.tally);
    came_to_something(&trial.tally, kills);
}

/// Whether there was something to lose and to do twice. A few kills need not have come across all of it.
fn came_to_something(tally: &Tally, kills: u32) {
    let [tens, hundreds] = [10, 100].map(|many| usize::try_from(kills / many).expect("small"));
    assert!(tally.replayed >= tens, "too few replays: {tally:?}");
    if hundreds == 0 {
        return;
    }
    assert!(tally.done.keys().eq(&Means::KINDS), "of some kind nothing was done: {tally:?}");
    let unknown = [&tally.unknown_but_there, &tally.unknown_and_absent];
    let is_much = tally.done.values().chain(unknown).all(|count| *count >= hundreds);
    assert!(is_much, "of something there was too little: {tally:?}");
}

/// `FOLIO_CRASH_KILLS`, or a few.
pub(crate) fn kills() -> u32 {
    std::env::var("FOLIO_CRASH_KILLS").map_or(10, |kills| kills.parse().expect("FOLIO_CRASH_KILLS is a number"))
}
