//! The journal: immutable entries whose postings move credits from bucket to bucket (R4).

use crate::{Balance, Credits, Grant, GrantId, HoldId, Instant, Usage, UsageId};

/// Where credits of a grant are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// Outside the book: the grant has not brought them yet.
    Issued,
    /// Spendable, once the grant is effective.
    Available,
    /// Promised to a job.
    Held,
    /// Used up by an operation.
    Consumed,
    /// Past their grant's end.
    Expired,
    /// Taken back.
    Revoked,
}

impl Bucket {
    /// Its word in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Available => "available",
            Self::Held => "held",
            Self::Consumed => "consumed",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// What sort of change an entry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The book was opened.
    Open,
    /// A grant was made.
    Grant,
    /// A grant made earlier became spendable.
    Activate,
    /// A grant's end was moved.
    Extend,
    /// Credits were promised to a job.
    Hold,
    /// A hold's end was moved.
    ExtendHold,
    /// Held credits were used up.
    Capture,
    /// Held credits were given back.
    Release,
    /// Available credits were used up.
    Usage,
    /// Consumed credits were given back.
    Reverse,
    /// Credits reached their grant's end.
    Expire,
    /// A grant's rest was taken back.
    Revoke,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Open,
        Self::Grant,
        Self::Activate,
        Self::Extend,
        Self::Hold,
        Self::ExtendHold,
        Self::Capture,
        Self::Release,
        Self::Usage,
        Self::Reverse,
        Self::Expire,
        Self::Revoke,
    ];

    /// Where each kind takes credits from and to; `None` where it moves none (R4).
    #[must_use]
    pub const fn flow(self) -> Option<(Bucket, Bucket)> {
        match self {
            Self::Open | Self::Activate | Self::Extend | Self::ExtendHold => None,
            Self::Grant => Some((Bucket::Issued, Bucket::Available)),
            Self::Hold => Some((Bucket::Available, Bucket::Held)),
            Self::Capture => Some((Bucket::Held, Bucket::Consumed)),
            Self::Release => Some((Bucket::Held, Bucket::Available)),
            Self::Usage => Some((Bucket::Available, Bucket::Consumed)),
            Self::Reverse => Some((Bucket::Consumed, Bucket::Available)),
            Self::Expire => Some((Bucket::Available, Bucket::Expired)),
            Self::Revoke => Some((Bucket::Available, Bucket::Revoked)),
        }
    }

    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Grant => "grant",
            Self::Activate => "activate",
            Self::Extend => "extend",
            Self::Hold => "hold",
            Self::ExtendHold => "extend_hold",
            Self::Capture => "capture",
            Self::Release => "release",
            Self::Usage => "usage",
            Self::Reverse => "reverse",
            Self::Expire => "expire",
            Self::Revoke => "revoke",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether entries of this kind are usages: credits consumed by an operation.
    #[must_use]
    pub const fn is_usage(self) -> bool {
        matches!(self, Self::Capture | Self::Usage)
    }
}

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
    /// A grant's rest was taken back.
    Revoke {
        /// Why.
        reason: Option<String>,
    },
}
