//! A Postgres that is there and says nothing: a machine that hangs, a route that drops what it should carry.

use cluster::Cluster;
use folio_tests::{Place, Server, Store};
use tokio::task::spawn_blocking;

use crate::dice::{Dice, seed};
use crate::trial::{Trial, status};

/// A Postgres of its own, and a server on it.
async fn started() -> (Cluster, Place, Server) {
    let cluster = spawn_blocking(|| Cluster::start().expect("a Postgres")).await.expect("started");
    let place = Place::with(cluster.database().expect("a database"));
    let server = Server::on(&place);
    (cluster, place, server)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r45_a_postgres_that_says_nothing_is_told_of_and_waited_for() {
    let (mut cluster, place, server) = started().await;
    let seed = seed();
    println!("seed {seed}");
    let mut trial = Trial::begin(&server, Store::Postgres, &Dice::new(seed)).await;
    let load = trial.load(&[&server], true);
    load.until_done(200).await;
    cluster.pause().expect("it pauses");
    load.until_not_done(20).await;
    assert_eq!(status(&server, "/healthz").await, 200);
    assert_eq!(status(&server, "/readyz").await, 503);
    cluster.resume().expect("it goes on");
    load.until_done(300).await;
    assert_eq!(status(&server, "/readyz").await, 200);
    let hosts = load.stop().await;
    trial.reconcile(hosts, &server).await;
    trial.close(&server).await;
    assert_eq!(server.stop(), Some(0));
    drop(place);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r45_a_server_ends_though_its_postgres_says_nothing() {
    let (mut cluster, place, server) = started().await;
    cluster.pause().expect("it pauses");
    assert_eq!(spawn_blocking(move || server.stop()).await.expect("it stops"), Some(0));
    cluster.resume().expect("it goes on");
    drop(place);
}
