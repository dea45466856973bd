//! A book being written: rules append entries, and nothing counts until storage commits them.

use crate::book::Due;
use crate::usage::Reversed;
use crate::{
    Balance, Book, Bucket, Credits, Detail, Entry, EntryId, Grant, GrantId, Hold, Instant, Kind, OpenGrant, Posting,
    Refusal, Source, Usage, instant,
};

/// A usage that a command names, with what giving it back needs (R19).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastUsage {
    /// The entry that recorded it.
    pub id: EntryId,
    /// When.
    pub at: Instant,
    /// What it was for.
    pub usage: Usage,
    /// The recorded draw-down, in burn order.
    pub draws: Vec<Posting>,
    /// The terms of the grants it drew on, as they are now.
    pub grants: Vec<Grant>,
    /// What has been given back before.
    pub reversed: Reversed,
}

/// A grant that a command names, with what putting revoked credits back into it needs (R35).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Its terms, as they are now.
    pub grant: Grant,
    /// How many of its credits are revoked.
    pub amount: Credits,
}

/// What a decision came to: the next state of the book, and the entries that lead there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The book after.
    pub book: Book,
    /// What the clock had done: entries that are nobody's command.
    pub settled: Vec<Entry>,
    /// What the command did.
    pub entries: Vec<Entry>,
    /// The hold that the command named or placed, after it.
    pub hold: Option<Hold>,
}

/// A customer's book with the entries that a decision is appending to it.
#[derive(Clone, Debug)]
pub struct Draft {
    now: Instant,
    book: Book,
    entries: Vec<Entry>,
    /// How many of the entries the clock wrote.
    settled: usize,
    /// The hold that the command names, or that it placed.
    pub hold: Option<Hold>,
    /// The usage that the command names.
    pub past: Option<PastUsage>,
    /// The grants that the command names.
    pub revoked: Vec<Revoked>,
}

impl Draft {
    /// Opens `book` at `now`, and first writes what the clock has done to it since (R10): grants that
    /// expired or became effective, free tiers that renewed. Ledger time never runs backwards (R7).
    #[must_use]
    pub fn open(book: Book, now: Instant) -> Self {
        let now = instant(now).max(book.last_at);
        let mut draft =
            Self { now, book, entries: Vec::new(), settled: 0, hold: None, past: None, revoked: Vec::new() };
        while let Some((at, due)) = draft.book.next_due().filter(|(at, _)| *at <= now) {
            draft.settle(at, due);
        }
        draft.settled = draft.entries.len();
        draft
    }

    /// Ledger time of this draft.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// The book, with everything written so far in it.
    #[must_use]
    pub const fn book(&self) -> &Book {
        &self.book
    }

    /// The balance, with everything written so far in it.
    #[must_use]
    pub fn balance(&self) -> Balance {
        self.book.balance()
    }

    /// What was written.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What is to be committed.
    #[must_use]
    pub fn finish(self) -> Written {
        let Self { book, entries: mut settled, settled: by_clock, hold, .. } = self;
        let entries = settled.split_off(by_clock);
        Written { book, settled, entries, hold }
    }

    fn settle(&mut self, at: Instant, due: Due) {
        match due {
            Due::Expire(number) => {
                let amount = self.book.grant(number).map_or(Credits::ZERO, |grant| grant.available);
                let posting = Posting { grant: self.book.grant_id(number), amount };
                self.write_as_of(at, Kind::Expire, vec![posting], Detail::None);
            }
            Due::Activate(number) => {
                if let Some(grant) = self.book.grant_mut(number) {
                    grant.active = true;
                }
                let grant = self.book.grant_id(number);
                self.write_as_of(at, Kind::Activate, Vec::new(), Detail::Activate(grant));
            }
            Due::RenewFreeTier => self.renew_free_tier(at),
        }
    }

    /// Grants the free tier's next period (R26).
    pub(crate) fn renew_free_tier(&mut self, at: Instant) {
        let Some(tier) = self.book.free_tier.clone() else { return };
        let grant = Grant {
            id: self.next_grant_id(),
            source: Source::FreeTier,
            label: Source::FreeTier.word().to_owned(),
            amount: tier.credits,
            cost: None,
            priority: Grant::DEFAULT_PRIORITY,
            effective_at: at,
            expires_at: tier.ends_at(),
            granted_at: at,
            reason: None,
        };
        self.book.free_tier = Some(crate::FreeTier { next: tier.next.saturating_add(1), ..tier });
        self.write_grant(at, grant);
    }

    /// The id that the next grant will have.
    pub(crate) fn next_grant_id(&self) -> GrantId {
        self.book.grant_id(self.book.grants_made.saturating_add(1))
    }

    pub(crate) fn book_mut(&mut self) -> &mut Book {
        &mut self.book
    }

    /// Whether the book can take so many more credits, and one more grant.
    pub(crate) fn check_room(&self, amount: Credits) -> Result<(), Refusal> {
        if self.book.grants().len() >= Book::MAX_GRANTS {
            return Err(Refusal::TooManyGrants(Book::MAX_GRANTS));
        }
        let total = self.book.total().checked_add(amount).ok_or(Refusal::AmountTooLarge)?;
        if total > Credits::MAX_BALANCE { Err(Refusal::AmountTooLarge) } else { Ok(()) }
    }

    pub(crate) fn write_grant(&mut self, effective_at: Instant, grant: Grant) {
        let posting = Posting { grant: grant.id, amount: grant.amount };
        self.book.grants_made = grant.id.number;
        self.book.put(OpenGrant::enter(&grant, self.now));
        self.write_as_of(effective_at, Kind::Grant, vec![posting], Detail::Grant(Box::new(grant)));
    }

    /// A grant that was used up has left the book, and comes back into it: active, once its beginning is over.
    pub(crate) fn reopen(&mut self, grant: &Grant) -> Result<(), Refusal> {
        if self.book.grant(grant.id.number).is_none() {
            self.check_room(grant.amount)?;
            self.book.put(OpenGrant::enter(grant, self.now));
        }
        Ok(())
    }

    /// Appends an entry of now.
    pub(crate) fn write(&mut self, kind: Kind, postings: Vec<Posting>, detail: Detail) {
        self.write_as_of(self.now, kind, postings, detail);
    }

    /// Appends an entry, and moves its postings along the kind's flow.
    fn write_as_of(&mut self, effective_at: Instant, kind: Kind, postings: Vec<Posting>, detail: Detail) {
        if let Some((from, to)) = kind.flow() {
            for posting in &postings {
                let grant = self.book.grant_mut(posting.grant.number).expect("a posting's grant is in the book");
                shift(grant, from, to, posting.amount);
            }
        }
        self.book.drop_empty();
        self.book.sequence = self.book.sequence.saturating_add(1);
        self.book.last_at = self.now;
        let balance = self.book.balance();
        let (sequence, at) = (self.book.sequence, self.now);
        self.entries.push(Entry { sequence, kind, at, effective_at, postings, balance, detail });
    }
}

/// Moves credits of one grant. Only what is available or held is kept in the book; the other buckets
/// are sums of the journal.
fn shift(grant: &mut OpenGrant, from: Bucket, to: Bucket, amount: Credits) {
    match from {
        Bucket::Available => grant.available = grant.available - amount,
        Bucket::Held => grant.held = grant.held - amount,
        _ => {}
    }
    match to {
        Bucket::Available => grant.available = grant.available + amount,
        Bucket::Held => grant.held = grant.held + amount,
        _ => {}
    }
}

impl Book {
    /// The book as it is at `now`: with what the clock has done to it and nobody has written down yet (R10).
    #[must_use]
    pub fn settled(&self, now: Instant) -> Self {
        Draft::open(self.clone(), now).finish().book
    }
}
