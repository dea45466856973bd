//! Recounting a journal: balances follow from the entries alone (R4).

use std::collections::BTreeMap;

use thiserror::Error;

use crate::{Balance, Book, Bucket, Credits, Detail, Entry, Instant};

/// What a recount found wrong with a journal, at which entry.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("entry {sequence}: {what}")]
pub struct Discrepancy {
    /// The place in the customer's journal.
    pub sequence: u64,
    /// What is wrong.
    pub what: String,
}

/// Credits of one grant, by bucket.
#[derive(Clone, Copy, Debug, Default)]
struct Buckets {
    issued: Credits,
    available: Credits,
    held: Credits,
    consumed: Credits,
    expired: Credits,
    revoked: Credits,
    active: bool,
}

impl Buckets {
    fn of(&mut self, bucket: Bucket) -> &mut Credits {
        match bucket {
            Bucket::Issued => &mut self.issued,
            Bucket::Available => &mut self.available,
            Bucket::Held => &mut self.held,
            Bucket::Consumed => &mut self.consumed,
            Bucket::Expired => &mut self.expired,
            Bucket::Revoked => &mut self.revoked,
        }
    }
}

/// Adds up one customer's journal, entry by entry, without the rules that wrote it.
#[derive(Clone, Debug, Default)]
pub struct Recount {
    sequence: u64,
    last: Option<(Instant, Instant)>,
    grants: BTreeMap<u32, Buckets>,
    total: Balance,
}

impl Recount {
    /// Takes the next entry: its place, its order in time, its postings, the balance it claims.
    pub fn add(&mut self, entry: &Entry) -> Result<(), Discrepancy> {
        let wrong = |what: String| Discrepancy { sequence: entry.sequence, what };
        if entry.sequence.checked_sub(1) != Some(self.sequence) {
            return Err(wrong(format!("follows entry {}: one or more are missing", self.sequence)));
        }
        if self.last.is_some_and(|(at, effective_at)| entry.at < at || entry.effective_at < effective_at) {
            return Err(wrong("is dated before the entry that it follows".to_owned()));
        }
        self.sequence = entry.sequence;
        self.last = Some((entry.at, entry.effective_at));
        self.take_terms(entry);
        self.move_postings(entry).map_err(wrong)?;
        if self.total != entry.balance {
            let Balance { available, held } = entry.balance;
            let found = self.total;
            return Err(wrong(format!(
                "says {available} available and {held} held; the journal adds up to {} and {}",
                found.available, found.held
            )));
        }
        Ok(())
    }

    fn take_terms(&mut self, entry: &Entry) {
        match &entry.detail {
            Detail::Grant(grant) => {
                let active = grant.effective_at <= entry.at;
                self.grants.insert(grant.id.number, Buckets { issued: grant.amount, active, ..Buckets::default() });
            }
            Detail::Activate(grant) => {
                if let Some(buckets) = self.grants.get_mut(&grant.number).filter(|buckets| !buckets.active) {
                    buckets.active = true;
                    self.total.available = self.total.available + buckets.available;
                }
            }
            _ => {}
        }
    }

    fn move_postings(&mut self, entry: &Entry) -> Result<(), String> {
        let Some((from, to)) = entry.kind.flow() else {
            return if entry.postings.is_empty() {
                Ok(())
            } else {
                Err("moves credits, which its kind never does".into())
            };
        };
        for posting in &entry.postings {
            let number = posting.grant.number;
            let buckets =
                self.grants.get_mut(&number).ok_or_else(|| format!("moves credits of unknown grant {number}"))?;
            let short =
                || format!("takes {} from {} of grant {number}, more than is there", posting.amount, from.word());
            let before = (buckets.available, buckets.held);
            let left = buckets.of(from).checked_sub(posting.amount).ok_or_else(short)?;
            *buckets.of(from) = left;
            let grown = buckets.of(to).checked_add(posting.amount).ok_or_else(|| "overflows".to_owned())?;
            *buckets.of(to) = grown;
            if buckets.active {
                self.total.available = (self.total.available + buckets.available).saturating_sub(before.0);
            }
            self.total.held = (self.total.held + buckets.held).saturating_sub(before.1);
        }
        Ok(())
    }

    /// Compares what the entries add up to with the book that decisions read.
    pub fn compare(&self, book: &Book) -> Result<(), Discrepancy> {
        let wrong = |what: String| Discrepancy { sequence: self.sequence, what };
        if book.sequence != self.sequence {
            return Err(wrong(format!("is the journal's last, the book is at {}", book.sequence)));
        }
        for (number, buckets) in &self.grants {
            let open = book.grant(*number);
            let available = open.map_or(Credits::ZERO, |open| open.available);
            let held = open.map_or(Credits::ZERO, |open| open.held);
            if (available, held) != (buckets.available, buckets.held) {
                return Err(wrong(format!(
                    "grant {number} has {} available and {} held by the journal, {available} and {held} in the book",
                    buckets.available, buckets.held
                )));
            }
        }
        if let Some(stray) = book.grants().iter().find(|open| !self.grants.contains_key(&open.number)) {
            return Err(wrong(format!("the book has grant {}, the journal has not", stray.number)));
        }
        Ok(())
    }

    /// Whether nothing has been added yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sequence == 0
    }
}
