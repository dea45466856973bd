//! Where credits are, and what sorts of changes move them (R4).

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
    /// Credits of a grant were taken back.
    Revoke,
    /// Credits that had been taken back were put into their grant again.
    Reinstate,
    /// The customer may start no more work (R35).
    Freeze,
    /// The customer may start work again.
    Unfreeze,
    /// The free tier gives nothing more while the customer is on a plan (R31).
    PauseFreeTier,
    /// The free tier gives credits again (R31).
    ResumeFreeTier,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
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
        Self::Reinstate,
        Self::Freeze,
        Self::Unfreeze,
        Self::PauseFreeTier,
        Self::ResumeFreeTier,
    ];

    /// Where each kind takes credits from and to; `None` where it moves none (R4).
    #[must_use]
    pub const fn flow(self) -> Option<(Bucket, Bucket)> {
        match self {
            Self::Open
            | Self::Activate
            | Self::Extend
            | Self::ExtendHold
            | Self::Freeze
            | Self::Unfreeze
            | Self::PauseFreeTier
            | Self::ResumeFreeTier => None,
            Self::Grant => Some((Bucket::Issued, Bucket::Available)),
            Self::Hold => Some((Bucket::Available, Bucket::Held)),
            Self::Capture => Some((Bucket::Held, Bucket::Consumed)),
            Self::Release => Some((Bucket::Held, Bucket::Available)),
            Self::Usage => Some((Bucket::Available, Bucket::Consumed)),
            Self::Reverse => Some((Bucket::Consumed, Bucket::Available)),
            Self::Expire => Some((Bucket::Available, Bucket::Expired)),
            Self::Revoke => Some((Bucket::Available, Bucket::Revoked)),
            Self::Reinstate => Some((Bucket::Revoked, Bucket::Available)),
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
            Self::Reinstate => "reinstate",
            Self::Freeze => "freeze",
            Self::Unfreeze => "unfreeze",
            Self::PauseFreeTier => "pause_free_tier",
            Self::ResumeFreeTier => "resume_free_tier",
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
