//! The journal: immutable entries whose postings move credits from bucket to bucket (R4).

use crate::{Balance, Credits, Grant, GrantId, HoldId, Instant, Kind, Usage, UsageId};

/// One leg of an entry: so many of a grant's credits, along the kind's [`Kind::flow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Whose credits.
    pub grant: GrantId,
    /// How many; never zero.
    pub amount: Credits,
}

/// One immutable record of a customer's journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the customer's journal, from 1 without gaps.
    pub sequence: u64,
    /// What sort of change.
    pub kind: Kind,
    /// When it was committed (R7).
    pub at: Instant,
    /// The instant it speaks of: earlier than `at` only for what the clock did by itself (R10).
    pub effective_at: Instant,
    /// One per grant it touches (R5).
    pub postings: Vec<Posting>,
    /// The customer's balance after it.
    pub balance: Balance,
    /// What only this kind has to tell.
    pub detail: Detail,
}

impl Entry {
    /// How many credits it moved.
    #[must_use]
    pub fn amount(&self) -> Credits {
        self.postings.iter().map(|posting| posting.amount).sum()
    }

    /// The usage it records, if it is one.
    #[must_use]
    pub fn usage(&self) -> Option<&Usage> {
        match &self.detail {
            Detail::Usage(usage) => Some(usage),
            _ => None,
        }
    }
}

/// What one kind of entry tells beyond its postings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing more.
    None,
    /// A grant was born with these terms (boxed: most entries carry none).
    Grant(Box<Grant>),
    /// This grant became spendable.
    Activate(GrantId),
    /// This grant ends at another instant now.
    Extend {
        /// Which grant.
        grant: GrantId,
        /// Its new end.
        expires_at: Instant,
    },
    /// A hold was placed.
    Hold {
        /// Which hold.
        hold: HoldId,
        /// When it lapses.
        expires_at: Instant,
    },
    /// A hold lapses at another instant now.
    ExtendHold {
        /// Which hold.
        hold: HoldId,
        /// Its new end.
        expires_at: Instant,
    },
    /// Credits of a hold were given back.
    Release {
        /// Which hold.
        hold: HoldId,
        /// Why: `failed`, `cancelled`, `closed`, `expired`, or the caller's word.
        reason: String,
    },
    /// Credits were consumed, for this.
    Usage(Box<Usage>),
    /// Consumed credits were given back.
    Reverse {
        /// Which usage.
        usage: UsageId,
        /// How many of its units.
        quantity: u64,
        /// Why.
        reason: Option<String>,
    },
    /// Credits of a grant were taken back.
    Revoke {
        /// Why.
        reason: Option<String>,
    },
    /// Credits that had been taken back were put into their grant again.
    Reinstate {
        /// Why.
        reason: Option<String>,
    },
    /// The customer was frozen.
    Freeze {
        /// Why.
        reason: Option<String>,
    },
    /// The customer was unfrozen.
    Unfreeze {
        /// Why.
        reason: Option<String>,
    },
}
