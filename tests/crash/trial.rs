//! A tenant under load, and everything that is known of its ledger.

use std::sync::Arc;

use folio_tests::{House, Server, Store};
use serde_json::json;

use crate::audit::{Audit, Tally};
use crate::dice::Dice;
use crate::host::{Host, Town};
use crate::load::Load;

const HOSTS: u64 = 20;

pub(crate) struct Trial {
    house: House,
    town: Arc<Town>,
    hosts: Vec<Host>,
    audit: Audit,
    /// What all effects came to so far.
    pub(crate) tally: Tally,
}

impl Trial {
    /// A new tenant with a few customers.
    pub(crate) async fn begin(server: &Server, store: Store, dice: &Dice) -> Self {
        let house = House::on(server, store, "flexocr");
        let clock = house.clock("2026-01-01T00:00:00Z").await;
        let (mut residents, mut clocked) = (Vec::new(), Vec::new());
        for number in 0..6 {
            let resident = format!("resident-{number}");
            house.sign_up(&json!({"external_id": resident})).await.grant(json!({"amount": "1000"})).await;
            residents.push(resident);
        }
        for number in 0..3 {
            let customer = format!("clocked-{number}");
            house.sign_up(&json!({"external_id": customer, "test_clock": clock.id})).await;
            clocked.push(customer);
        }
        let hosts = (0..HOSTS).map(|number| Host::new(house.operator.clone(), number, dice)).collect();
        let town = Arc::new(Town::new(residents, clocked, clock.id));
        Self { house, town, hosts, audit: Audit::default(), tally: Tally::default() }
    }

    /// Sends the hosts to these servers, one after the other.
    pub(crate) fn load(&mut self, servers: &[&Server], is_patient: bool) -> Load {
        for (host, server) in self.hosts.iter_mut().zip(servers.iter().cycle()) {
            host.go_to(server);
        }
        Load::start(std::mem::take(&mut self.hosts), &self.town, is_patient)
    }

    /// Whether a balance can be read.
    pub(crate) async fn reads(&self, server: &Server) -> bool {
        self.house.operator.at(server).get("/v1/customers/resident-1/balance").await.status == 200
    }

    /// Compares what the hosts were told with what is there, at this server. What the unknown came to.
    pub(crate) async fn reconcile(&mut self, mut hosts: Vec<Host>, server: &Server) -> Tally {
        for host in &mut hosts {
            host.go_to(server);
        }
        let (hosts, tally) = self.audit.reconcile(&self.house.operator.at(server), hosts).await;
        self.hosts = hosts;
        self.tally += &tally;
        tally
    }

    /// Compares the whole ledger with all that was read of it, and has it verified.
    pub(crate) async fn close(&mut self, server: &Server) {
        let caller = self.house.operator.at(server);
        for customer in self.town.everyone() {
            self.audit.read(&caller, &customer).await;
        }
        self.audit.close(&caller, &self.tally).await;
        verify(server);
    }
}

/// `folio ledger verify`.
pub(crate) fn verify(server: &Server) {
    assert_eq!(server.folio(&["ledger", "verify"]).json(0)["verified"], true);
}

/// What a server answers to those without a key.
pub(crate) async fn status(server: &Server, path: &str) -> u16 {
    reqwest::get(format!("{}{path}", server.url())).await.expect("an answer").status().as_u16()
}
