//! Holds: credits promised to a job (R14, R15).

use crate::{Credits, EstimateId, HoldId, Instant, Line, Posting, ResultMode};

/// Where a hold stands. Only `Open` changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HoldStatus {
    /// Credits are promised.
    Open,
    /// Closed after something was captured.
    Captured,
    /// Closed with nothing captured.
    Released,
    /// Lapsed (R18).
    Expired,
}

impl HoldStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Open, Self::Captured, Self::Released, Self::Expired];

    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Captured => "captured",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }

    /// The status with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// How far one line of a hold has got, in units of its operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ItemProgress {
    /// Charged.
    pub captured: u64,
    /// Failed, and given back.
    pub failed: u64,
    /// Called off or free of charge, and given back.
    pub free: u64,
}

impl ItemProgress {
    /// Units decided so far.
    #[must_use]
    pub fn decided(self) -> u64 {
        self.captured.saturating_add(self.failed).saturating_add(self.free)
    }
}

/// What changes about a hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub status: HoldStatus,
    /// Credits captured from it.
    pub captured: Credits,
    /// Credits given back from it.
    pub released: Credits,
    /// When it lapses: exclusive.
    pub expires_at: Instant,
    /// When it was closed or lapsed.
    pub closed_at: Option<Instant>,
    /// How far each line has got.
    pub items: Vec<ItemProgress>,
}

/// Credits promised to a job, pinned to the grants they were taken from (R15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Its number within the customer.
    pub id: HoldId,
    /// The estimate it was started from.
    pub estimate: EstimateId,
    /// What it is for, in the caller's order.
    pub lines: Vec<Line>,
    /// Names of the lines that a partial start left out (R14).
    pub left_out: Vec<String>,
    /// How results are laid out.
    pub mode: ResultMode,
    /// Credits promised at its start.
    pub amount: Credits,
    /// What is still held, per grant, in burn order.
    pub draws: Vec<Posting>,
    /// What has become of it.
    pub progress: Progress,
    /// When it was placed.
    pub created_at: Instant,
    /// The catalog that priced it.
    pub catalog_version: u32,
    /// The host's own object.
    pub reference: Option<String>,
    /// The caller's own notes.
    pub metadata: Vec<(String, String)>,
}

impl Hold {
    /// Credits still held.
    #[must_use]
    pub fn held(&self) -> Credits {
        self.draws.iter().map(|draw| draw.amount).sum()
    }

    /// Units of line `item` not decided yet; 0 where there is no such line.
    #[must_use]
    pub fn open_units(&self, item: usize) -> u64 {
        let (Some(line), Some(progress)) = (self.lines.get(item), self.progress.items.get(item)) else {
            return 0;
        };
        line.quantity.saturating_sub(progress.decided())
    }

    /// Whether every unit has been decided.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        (0..self.lines.len()).all(|item| self.open_units(item) == 0)
    }
}
