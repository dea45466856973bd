//! What is kept of one customer.

use std::collections::BTreeMap;

use domain::{
    Balance, Book, Credits, Customer, Detail, Entry, EntryId, Grant, GrantId, GrantState, Hold, HoldId, HoldStatus,
    Instant, Kind, PastUsage, Posting, Reversed, Revoked, UsageId, Written,
};

use crate::{Posted, Recorded};

/// A customer, their book, their journal, and what is projected from it.
pub(super) struct Records {
    pub(super) customer: Customer,
    pub(super) book: Book,
    pub(super) journal: Vec<Recorded>,
    pub(super) grants: BTreeMap<u32, Grant>,
    pub(super) holds: BTreeMap<u32, Hold>,
}

impl Records {
    /// A customer of whom nothing is written yet.
    pub(super) fn new(customer: Customer, now: Instant) -> Self {
        let book = Book::new(customer.id, now);
        Self { customer, book, journal: Vec::new(), grants: BTreeMap::new(), holds: BTreeMap::new() }
    }

    /// Writes what a decision came to.
    pub(super) fn commit(&mut self, written: Written, key: Option<&str>) -> Posted {
        let Written { book, settled, entries, hold } = written;
        for entry in settled {
            self.record(entry, None);
        }
        for entry in &entries {
            self.record(entry.clone(), key);
        }
        if let Some(hold) = &hold {
            self.holds.insert(hold.id.number, hold.clone());
        }
        self.book = book;
        Posted { entries, hold, balance: self.book.balance(), sequence: self.book.sequence, replayed: false }
    }

    fn record(&mut self, entry: Entry, key: Option<&str>) {
        match &entry.detail {
            Detail::Grant(grant) => {
                self.grants.insert(grant.id.number, (**grant).clone());
            }
            Detail::Extend { grant, expires_at } => {
                if let Some(grant) = self.grants.get_mut(&grant.number) {
                    grant.expires_at = Some(*expires_at);
                }
            }
            _ => {}
        }
        let id = EntryId { customer: self.customer.id, sequence: entry.sequence };
        self.journal.push(Recorded { id, key: key.map(str::to_owned), entry });
    }

    pub(super) fn entry(&self, id: EntryId) -> Option<&Recorded> {
        self.journal.iter().find(|recorded| recorded.id == id)
    }

    pub(super) fn hold(&self, id: HoldId) -> Option<&Hold> {
        self.holds.get(&id.number).filter(|hold| hold.id == id)
    }

    pub(super) fn open_holds(&self) -> impl Iterator<Item = &Hold> {
        self.holds.values().filter(|hold| hold.progress.status == HoldStatus::Open)
    }

    /// A usage with what giving it back needs (R19).
    pub(super) fn past(&self, id: UsageId) -> Option<PastUsage> {
        let Recorded { id: entry_id, entry, .. } = self.entry(id.into())?;
        let mut reversed = Reversed::default();
        for recorded in &self.journal {
            if let Detail::Reverse { usage, quantity, .. } = recorded.entry.detail
                && usage == id
            {
                reversed.quantity = reversed.quantity.saturating_add(quantity);
                reversed.amount = reversed.amount + recorded.entry.amount();
            }
        }
        let terms = |posting: &Posting| self.grants.get(&posting.grant.number).cloned();
        Some(PastUsage {
            id: *entry_id,
            at: entry.at,
            usage: entry.usage()?.clone(),
            draws: entry.postings.clone(),
            grants: entry.postings.iter().filter_map(terms).collect(),
            reversed,
        })
    }

    /// A grant with what giving revoked credits back needs (R35).
    pub(super) fn revoked(&self, id: GrantId) -> Option<Revoked> {
        let grant = self.grants.get(&id.number).filter(|grant| grant.id == id)?;
        Some(Revoked { grant: grant.clone(), amount: self.revoked_of(grant) })
    }

    fn revoked_of(&self, grant: &Grant) -> Credits {
        self.moved(grant, Kind::Revoke) - self.moved(grant, Kind::Reinstate)
    }

    /// How many of a grant's credits all entries of a kind moved.
    fn moved(&self, grant: &Grant, kind: Kind) -> Credits {
        let entries = self.journal.iter().filter(|recorded| recorded.entry.kind == kind);
        let postings = entries.flat_map(|recorded| &recorded.entry.postings);
        postings.filter(|posting| posting.grant == grant.id).map(|posting| posting.amount).sum()
    }

    /// The balance after the last entry that is effective at or before `at`.
    pub(super) fn balance_at(&self, at: Instant) -> Option<Balance> {
        let count = self.journal.partition_point(|recorded| recorded.entry.effective_at <= at);
        Some(self.journal.get(count.checked_sub(1)?)?.entry.balance)
    }

    /// How many of a grant's credits have expired and are revoked.
    pub(super) fn gone(&self, grant: &Grant) -> (Credits, Credits) {
        (self.moved(grant, Kind::Expire), self.revoked_of(grant))
    }

    /// Where a grant's credits are at `now`.
    pub(super) fn state(&self, grant: &Grant, now: Instant) -> GrantState {
        let (expired, revoked) = self.gone(grant);
        GrantState::of(grant.clone(), &self.book, expired, revoked, now)
    }
}
