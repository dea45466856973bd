//! Everything the stub has, in memory.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::charge::Charge;
use super::customer::Customer;
use super::dispute::Dispute;
use super::event::Event;
use super::idempotency::Kept;
use super::intent::Intent;
use super::method::Method;
use super::refund::Refund;
use super::script::Script;
use super::session::Session;
use super::setup::Setup;
use super::table::Table;

/// What a request reads and writes, one at a time.
pub(super) struct State {
    seed: u64,
    made: u64,
    /// Unix seconds, set as each request begins.
    pub(super) now: i64,
    /// Where the hosted pages are.
    pub(super) public_url: String,
    pub(super) customers: Table<Customer>,
    pub(super) methods: Table<Method>,
    pub(super) intents: Table<Intent>,
    pub(super) setups: Table<Setup>,
    pub(super) sessions: Table<Session>,
    pub(super) charges: Table<Charge>,
    pub(super) refunds: Table<Refund>,
    pub(super) disputes: Table<Dispute>,
    pub(super) events: Table<Event>,
    /// Events that are not on their way yet.
    pub(super) outbox: Vec<Event>,
    pub(super) kept: BTreeMap<String, Kept>,
    pub(super) script: Script,
}

impl State {
    pub(super) fn new(seed: u64, public_url: String, script: Script) -> Self {
        Self {
            seed,
            made: 0,
            now: 0,
            public_url,
            customers: Table::default(),
            methods: Table::default(),
            intents: Table::default(),
            setups: Table::default(),
            sessions: Table::default(),
            charges: Table::default(),
            refunds: Table::default(),
            disputes: Table::default(),
            events: Table::default(),
            outbox: Vec::new(),
            kept: BTreeMap::new(),
            script,
        }
    }

    /// The next id: the same in every run with the same seed and the same requests.
    pub(super) fn id(&mut self, prefix: &str) -> String {
        const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        self.made = self.made.wrapping_add(1);
        let hash = Sha256::digest([self.seed.to_be_bytes(), self.made.to_be_bytes()].concat());
        let letters = hash.iter().take(24).filter_map(|byte| ALPHABET.get(usize::from(*byte) % ALPHABET.len()));
        letters.fold(prefix.to_owned(), |id, &letter| id + char::from(letter).encode_utf8(&mut [0; 4]))
    }

    /// Writes down that something happened to an object, and sends it on its way.
    pub(super) fn tell(&mut self, kind: &str, object: Value) {
        let id = self.id("evt_");
        let event = Event { id, kind: kind.to_owned(), created: self.now, object };
        self.outbox.push(event.clone());
        self.events.add(event);
    }
}
