//! SIGTERM under load: what was accepted is answered.

use folio_tests::{Place, Server, Store, on_both};

use crate::dice::{Dice, seed};
use crate::trial::Trial;

on_both! {
    r45_who_stops_answers_all_that_was_accepted,
}

async fn r45_who_stops_answers_all_that_was_accepted(store: Store) {
    let seed = seed();
    println!("{store:?}: seed {seed}");
    let mut dice = Dice::new(seed);
    let place = Place::new(store);
    let mut server = Server::on(&place);
    let mut trial = Trial::begin(&server, store, &dice).await;
    for _ in 0..6 {
        let load = trial.load(&[&server], false);
        load.until_done(u32::try_from(100 + dice.below(100)).expect("small")).await;
        let stopped = tokio::task::spawn_blocking(|| server.stop());
        let hosts = load.end().await;
        assert_eq!(stopped.await.expect("it stops"), Some(0));
        server = Server::on(&place);
        let tally = trial.reconcile(hosts, &server).await;
        assert_eq!(tally.unknown_but_there, 0, "accepted, and never answered");
    }
    trial.close(&server).await;
}
