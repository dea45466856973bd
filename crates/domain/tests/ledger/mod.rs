//! One customer's ledger in memory. It drives the rules as storage does, and recounts the journal as it grows (R4).

use std::collections::BTreeMap;

use folio_domain::{
    Book, Credits, CustomerId, Detail, Draft, Entry, EntryId, Grant, GrantState, Hold, Instant, Kind, PastUsage,
    Recount, Refusal, Reversed, Revoked, Written,
};

/// A book with all that was ever written in it.
pub(crate) struct Ledger {
    pub(crate) now: Instant,
    pub(crate) book: Book,
    pub(crate) journal: Vec<Entry>,
    pub(crate) holds: BTreeMap<u32, Hold>,
    terms: BTreeMap<u32, Grant>,
    recount: Recount,
}

/// What a command names: a hold or a grant that was revoked by its number, a usage by its sequence.
#[derive(Clone, Copy, Default)]
pub(crate) struct Names {
    pub(crate) hold: Option<u32>,
    pub(crate) usage: Option<u64>,
    pub(crate) revoked: Option<u32>,
}

impl Ledger {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            now,
            book: Book::new(CustomerId(uuid::Uuid::from_u128(7)), now),
            journal: Vec::new(),
            holds: BTreeMap::new(),
            terms: BTreeMap::new(),
            recount: Recount::default(),
        }
    }

    /// Asks a decision, and commits what it wrote; a refused draft is thrown away.
    pub(crate) fn post<T>(
        &mut self,
        names: Names,
        decide: impl FnOnce(&mut Draft) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut draft = Draft::open(self.book.clone(), self.now);
        draft.hold = names.hold.map(|number| self.holds[&number].clone());
        draft.past = names.usage.map(|sequence| self.past(sequence));
        draft.revoked = names.revoked.map(|number| self.revoked(number)).into_iter().collect();
        let answer = decide(&mut draft)?;
        self.commit(draft.finish());
        Ok(answer)
    }

    fn commit(&mut self, written: Written) {
        for entry in written.settled.into_iter().chain(written.entries) {
            self.recount.add(&entry).expect("every entry is sound");
            match &entry.detail {
                Detail::Grant(grant) => drop(self.terms.insert(grant.id.number, (**grant).clone())),
                Detail::Extend { grant, expires_at } => {
                    self.terms.get_mut(&grant.number).expect("a grant").expires_at = Some(*expires_at);
                }
                _ => {}
            }
            self.journal.push(entry);
        }
        self.book = written.book;
        self.recount.compare(&self.book).expect("the book is what the journal adds up to");
        if let Some(hold) = written.hold {
            self.holds.insert(hold.id.number, hold);
        }
    }

    fn past(&self, sequence: u64) -> PastUsage {
        let entry = self.entry(sequence);
        let mut reversed = Reversed::default();
        for back in &self.journal {
            if let Detail::Reverse { usage, quantity, .. } = &back.detail
                && usage.sequence == sequence
            {
                reversed.quantity += quantity;
                reversed.amount = reversed.amount + back.amount();
            }
        }
        PastUsage {
            id: EntryId { customer: self.book.customer, sequence },
            at: entry.at,
            usage: entry.usage().expect("the entry is a usage").clone(),
            draws: entry.postings.clone(),
            grants: entry.postings.iter().map(|posting| self.terms[&posting.grant.number].clone()).collect(),
            reversed,
        }
    }

    pub(crate) fn entry(&self, sequence: u64) -> &Entry {
        &self.journal[usize::try_from(sequence).expect("a place") - 1]
    }

    /// Where a grant's credits are now, from the book and the journal.
    pub(crate) fn state(&self, grant: u32) -> GrantState {
        let now = self.now.max(self.book.last_at);
        let Revoked { grant: terms, amount: revoked } = self.revoked(grant);
        GrantState::of(terms, &self.book, self.moved(grant, Kind::Expire), revoked, now)
    }

    fn revoked(&self, grant: u32) -> Revoked {
        let amount = self.moved(grant, Kind::Revoke) - self.moved(grant, Kind::Reinstate);
        Revoked { grant: self.terms[&grant].clone(), amount }
    }

    fn moved(&self, grant: u32, kind: Kind) -> Credits {
        let entries = self.journal.iter().filter(|entry| entry.kind == kind);
        entries.flat_map(|entry| &entry.postings).filter(|p| p.grant.number == grant).map(|p| p.amount).sum()
    }
}
