//! Two servers on one database: both work, also when one of them is killed.

use folio_tests::{Place, Server, Store, on_both};

use crate::dice::{Dice, seed};
use crate::trial::Trial;

on_both! {
    r45_two_servers_on_one_database_lose_nothing_and_do_nothing_twice,
}

async fn r45_two_servers_on_one_database_lose_nothing_and_do_nothing_twice(store: Store) {
    let seed = seed();
    println!("{store:?}: seed {seed}");
    let place = Place::new(store);
    let beside = Place::with(place.database().to_owned());
    let (mut one, mut other) = (Server::on(&place), Server::on(&beside));
    let mut trial = Trial::begin(&one, store, &Dice::new(seed)).await;
    for _ in 0..2 {
        let load = trial.load(&[&one, &other], true);
        load.until_done(300).await;
        let hosts = load.stop().await;
        trial.reconcile(hosts, &one).await;

        let load = trial.load(&[&one, &other], false);
        load.until_done(100).await;
        other.kill();
        load.until_done(100).await;
        let hosts = load.stop().await;
        other = Server::on(&beside);
        trial.reconcile(hosts, &other).await;
        (one, other) = (other, one);
    }
    trial.close(&one).await;
    trial.close(&other).await;
}
