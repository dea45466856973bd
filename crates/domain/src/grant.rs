//! Grants: parcels of credits, each with one source and one expiry (R2).

use crate::{Book, Bucket, Credits, GrantId, Instant, Kind, Money};

/// Where a grant's credits came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Once per customer, at its creation (R25).
    Trial,
    /// Renewed monthly on the signup's anniversary (R26).
    FreeTier,
    /// A pack of the catalog.
    Pack,
    /// A period of a subscription.
    Plan,
    /// Given to win or keep a customer.
    Promotion,
    /// The operator's correction.
    Adjustment,
    /// Credits given in place of money back.
    Refund,
    /// What came back after its own grant had expired (R12, R19), or an apology.
    Goodwill,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 8] = [
        Self::Trial,
        Self::FreeTier,
        Self::Pack,
        Self::Plan,
        Self::Promotion,
        Self::Adjustment,
        Self::Refund,
        Self::Goodwill,
    ];

    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::FreeTier => "free_tier",
            Self::Pack => "pack",
            Self::Plan => "plan",
            Self::Promotion => "promotion",
            Self::Adjustment => "adjustment",
            Self::Refund => "refund",
            Self::Goodwill => "goodwill",
        }
    }

    /// The source with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.word() == word)
    }
}

/// A grant's terms, fixed at its birth (only an extension moves its end).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its number within the customer.
    pub id: GrantId,
    /// Where its credits came from.
    pub source: Source,
    /// What the customer knows it by: a pack's or plan's name, "trial", …
    pub label: String,
    /// How many credits it brought.
    pub amount: Credits,
    /// What was paid for it; `None` for free ones.
    pub cost: Option<Money>,
    /// Lower burns first (R5); 100 by default.
    pub priority: u16,
    /// When its credits become spendable.
    pub effective_at: Instant,
    /// When they stop being spendable: exclusive (R8). `None`: never.
    pub expires_at: Option<Instant>,
    /// When it was made.
    pub granted_at: Instant,
    /// Why, in the operator's words.
    pub reason: Option<String>,
}

impl Grant {
    /// The priority of a grant that names none (R5).
    pub const DEFAULT_PRIORITY: u16 = 100;

    /// Whether its credits can no longer be spent at `now` (R8).
    #[must_use]
    pub fn has_expired(&self, now: Instant) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// A grant with where its credits are: `amount = available + held + consumed + expired + revoked` (R3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantState {
    /// Its terms.
    pub grant: Grant,
    /// To spend (once it is effective).
    pub available: Credits,
    /// Promised to jobs.
    pub held: Credits,
    /// Used up.
    pub consumed: Credits,
    /// Past its end.
    pub expired: Credits,
    /// Taken back.
    pub revoked: Credits,
}

impl GrantState {
    /// Where a grant's credits are at `now`, from what the book has of it and what has expired or been revoked so far.
    /// What has expired counts so, whether or not it has been written down (R10).
    #[must_use]
    pub fn of(grant: Grant, book: &Book, expired: Credits, revoked: Credits, now: Instant) -> Self {
        Self::written(grant, book, expired, revoked).at(now)
    }

    /// The same as far as it has been written down. Amounts that do not fit the grant, which only someone else can have
    /// written, leave nothing consumed: whoever looks for such rows must be able to read them.
    #[must_use]
    pub fn written(grant: Grant, book: &Book, expired: Credits, revoked: Credits) -> Self {
        let open = book.grant(grant.id.number);
        let available = open.map_or(Credits::ZERO, |open| open.available);
        let held = open.map_or(Credits::ZERO, |open| open.held);
        let elsewhere = [available, held, expired, revoked];
        let consumed = elsewhere.into_iter().fold(grant.amount, Credits::saturating_sub);
        Self { grant, available, held, consumed, expired, revoked }
    }

    /// The same at `now`, up to which the journal has been written: what has expired counts so (R10).
    #[must_use]
    pub fn at(mut self, now: Instant) -> Self {
        if self.grant.has_expired(now) {
            self.expired = self.expired + self.available;
            self.available = Credits::ZERO;
        }
        self
    }

    /// Takes back a movement of the grant's credits, as if it had not been written.
    pub(crate) fn undo(&mut self, kind: Kind, amount: Credits) {
        let Some((from, to)) = kind.flow() else { return };
        if let Some(to) = self.bucket(to) {
            *to = to.saturating_sub(amount);
        }
        if let Some(from) = self.bucket(from) {
            *from = *from + amount;
        }
    }

    fn bucket(&mut self, bucket: Bucket) -> Option<&mut Credits> {
        match bucket {
            Bucket::Issued => None,
            Bucket::Available => Some(&mut self.available),
            Bucket::Held => Some(&mut self.held),
            Bucket::Consumed => Some(&mut self.consumed),
            Bucket::Expired => Some(&mut self.expired),
            Bucket::Revoked => Some(&mut self.revoked),
        }
    }
}
