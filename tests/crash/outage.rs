//! A Postgres that goes away and comes back, under load.

use cluster::Cluster;
use folio_tests::{Place, Server, Store};
use tokio::task::spawn_blocking;

use crate::dice::{Dice, seed};
use crate::trial::{Trial, status};

/// A Postgres of its own, which may be stopped.
struct Outage {
    cluster: Cluster,
    place: Place,
    server: Server,
    trial: Trial,
}

impl Outage {
    async fn begin() -> Self {
        let seed = seed();
        println!("seed {seed}");
        let cluster = spawn_blocking(|| Cluster::start().expect("a Postgres")).await.expect("started");
        let place = Place::with(cluster.database().expect("a database"));
        let server = Server::on(&place);
        let trial = Trial::begin(&server, Store::Postgres, &Dice::new(seed)).await;
        Self { cluster, place, server, trial }
    }

    /// Stops Postgres like this under load, and starts it again.
    async fn stop_postgres(mut self, mode: &'static str) -> Self {
        let load = self.trial.load(&[&self.server], true);
        load.until_done(200).await;
        let mut cluster = self.cluster;
        let stopped = spawn_blocking(move || cluster.stop(mode).map(|()| cluster));
        let mut cluster = stopped.await.expect("it runs").expect("it stops");
        load.until_not_done(20).await;
        assert_eq!(status(&self.server, "/healthz").await, 200);
        assert_eq!(status(&self.server, "/readyz").await, 503);
        let started = spawn_blocking(move || cluster.start_again().map(|()| cluster));
        self.cluster = started.await.expect("it runs").expect("it starts");
        load.until_done(300).await;
        assert_eq!(status(&self.server, "/readyz").await, 200);
        let hosts = load.stop().await;
        self.trial.reconcile(hosts, &self.server).await;
        self
    }

    async fn close(mut self) {
        self.trial.close(&self.server).await;
        assert_eq!(self.server.stop(), Some(0));
        drop(self.place);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r45_a_postgres_that_is_stopped_or_crashes_is_waited_for() {
    let outage = Outage::begin().await;
    let outage = outage.stop_postgres("fast").await;
    let outage = outage.stop_postgres("immediate").await;
    outage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r45_connections_may_be_cut_at_any_time() {
    let mut outage = Outage::begin().await;
    let load = outage.trial.load(&[&outage.server], true);
    for _ in 0..20 {
        load.until_done(50).await;
        let all = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid();";
        let cut = outage.cluster.psql(outage.place.database(), all).expect("cut");
        assert_ne!(cut, "0", "nobody was connected");
    }
    load.until_done(50).await;
    let hosts = load.stop().await;
    outage.trial.reconcile(hosts, &outage.server).await;
    outage.close().await;
}
