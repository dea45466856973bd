//! Recounting a journal: balances follow from the entries alone (R4).

use std::collections::BTreeMap;

use thiserror::Error;

use crate::{Balance, Book, Bucket, Credits, Detail, Entry, Grant, GrantState, Instant, Kind, OpenGrant};

/// What a recount found wrong with a journal, at which entry.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("entry {sequence}: {what}")]
pub struct Discrepancy {
    /// The place in the customer's journal.
    pub sequence: u64,
    /// What is wrong.
    pub what: String,
}

/// One grant by the journal: as the book should have it, and the buckets that the book does not keep.
#[derive(Clone, Debug)]
struct Recounted {
    terms: Grant,
    open: OpenGrant,
    issued: Credits,
    consumed: Credits,
    expired: Credits,
    revoked: Credits,
}

impl Recounted {
    fn born(grant: &Grant, at: Instant) -> Self {
        let [consumed, expired, revoked] = [Credits::ZERO; 3];
        Self {
            terms: grant.clone(),
            open: OpenGrant::enter(grant, at),
            issued: grant.amount,
            consumed,
            expired,
            revoked,
        }
    }

    fn of(&mut self, bucket: Bucket) -> &mut Credits {
        match bucket {
            Bucket::Issued => &mut self.issued,
            Bucket::Available => &mut self.open.available,
            Bucket::Held => &mut self.open.held,
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
    grants: BTreeMap<u32, Recounted>,
    total: Balance,
    frozen_since: Option<Instant>,
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
        if entry.effective_at > entry.at {
            return Err(wrong("speaks of an instant after it was written".to_owned()));
        }
        self.sequence = entry.sequence;
        self.last = Some((entry.at, entry.effective_at));
        self.take_detail(entry).and_then(|()| self.move_postings(entry)).map_err(wrong)?;
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

    fn take_detail(&mut self, entry: &Entry) -> Result<(), String> {
        let moved = entry.amount();
        match &entry.detail {
            Detail::Grant(grant) => {
                let number = grant.id.number;
                if moved != grant.amount {
                    return Err(format!("brings {moved} credits of grant {number}, whose terms say {}", grant.amount));
                }
                if self.grants.insert(number, Recounted::born(grant, entry.at)).is_some() {
                    return Err(format!("makes grant {number} a second time"));
                }
            }
            Detail::Activate(grant) => {
                if let Some(grant) = self.grants.get_mut(&grant.number).filter(|grant| !grant.open.active) {
                    grant.open.active = true;
                    self.total.available = self.total.available + grant.open.available;
                }
            }
            Detail::Extend { grant, expires_at } => {
                if let Some(grant) = self.grants.get_mut(&grant.number) {
                    grant.open.expires_at = Some(*expires_at);
                    grant.terms.expires_at = Some(*expires_at);
                }
            }
            Detail::Freeze { .. } | Detail::Unfreeze { .. } => self.take_freeze(entry)?,
            Detail::Usage(usage) if usage.cost != moved => {
                return Err(format!("moves {moved} credits for a usage that cost {}", usage.cost));
            }
            _ => {}
        }
        Ok(())
    }

    fn take_freeze(&mut self, entry: &Entry) -> Result<(), String> {
        let since = (entry.kind == Kind::Freeze).then_some(entry.at);
        match (std::mem::replace(&mut self.frozen_since, since), since) {
            (Some(_), Some(_)) => Err("freezes a customer who is frozen".to_owned()),
            (None, None) => Err("unfreezes a customer who is not frozen".to_owned()),
            _ => Ok(()),
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
            let grant =
                self.grants.get_mut(&number).ok_or_else(|| format!("moves credits of unknown grant {number}"))?;
            let short =
                || format!("takes {} from {} of grant {number}, more than is there", posting.amount, from.word());
            // A grant that was revoked before it began has no activation: it comes back as one that has begun.
            grant.open.active |= entry.kind == Kind::Reinstate && grant.open.effective_at <= entry.at;
            let before = (grant.open.available, grant.open.held);
            let left = grant.of(from).checked_sub(posting.amount).ok_or_else(short)?;
            *grant.of(from) = left;
            let grown = grant.of(to).checked_add(posting.amount).ok_or_else(|| "overflows".to_owned())?;
            *grant.of(to) = grown;
            if grant.open.active {
                self.total.available = (self.total.available + grant.open.available).saturating_sub(before.0);
            }
            self.total.held = (self.total.held + grant.open.held).saturating_sub(before.1);
        }
        Ok(())
    }

    /// Where a grant's credits are by the entries added so far, and what was paid for it; `None` where none made it.
    #[must_use]
    pub fn grant(&self, number: u32) -> Option<GrantState> {
        let Recounted { terms, open, consumed, expired, revoked, .. } = self.grants.get(&number)?.clone();
        let OpenGrant { available, held, .. } = open;
        Some(GrantState { grant: terms, available, held, consumed, expired, revoked })
    }

    /// Compares what the entries add up to with the book that decisions read.
    pub fn compare(&self, book: &Book) -> Result<(), Discrepancy> {
        let wrong = |what: String| Discrepancy { sequence: self.sequence, what };
        if book.sequence != self.sequence {
            return Err(wrong(format!("is the journal's last, the book is at {}", book.sequence)));
        }
        if book.frozen_since != self.frozen_since {
            return Err(wrong("the book and the journal differ in whether the customer is frozen".to_owned()));
        }
        for (number, Recounted { open, .. }) in &self.grants {
            if book.grant(*number) != Some(open).filter(|open| !open.is_empty()) {
                let OpenGrant { available, held, .. } = open;
                return Err(wrong(format!(
                    "grant {number} has {available} available and {held} held by the journal, the book tells otherwise"
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
