//! Usage: credits consumed by an operation, with the evidence for it (R20).

use crate::{Credits, Document, HoldId, Instant};

/// How a unit of work ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Done: charged.
    #[default]
    Completed,
    /// Not done: free.
    Failed,
    /// Called off: free.
    Cancelled,
    /// Not done through the customer's own fault: free, unless the catalog charges it (R16).
    CustomerFault,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Completed, Self::Failed, Self::Cancelled, Self::CustomerFault];

    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::CustomerFault => "customer_fault",
        }
    }

    /// The outcome with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// What credits were consumed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// An operation of the catalog.
    pub operation: String,
    /// Units charged.
    pub quantity: u64,
    /// Credits per unit.
    pub rate: Credits,
    /// Credits charged: `rate × quantity − uncollected`.
    pub cost: Credits,
    /// What the balance could not pay of work beyond the hold, or after it lapsed (R17, R18).
    pub uncollected: Credits,
    /// How the work ended.
    pub outcome: Outcome,
    /// The hold it was captured from.
    pub hold: Option<HoldId>,
    /// Which line of that hold, from 0.
    pub item: Option<u32>,
    /// What the caller calls the document or the job.
    pub name: Option<String>,
    /// The document behind it.
    pub document: Option<Document>,
    /// Units of the line that cost nothing because they were called off or free of charge.
    pub free: u64,
    /// Units of the line that failed.
    pub failed: u64,
    /// Captured after the hold lapsed (R18).
    pub late: bool,
    /// Beyond what was held (R17).
    pub above_hold: bool,
    /// The host's own object: a job, a parser, a schema.
    pub reference: Option<String>,
    /// When the caller says it happened: information only (R7).
    pub occurred_at: Option<Instant>,
    /// The catalog that priced it.
    pub catalog_version: u32,
    /// The caller's own notes.
    pub metadata: Vec<(String, String)>,
}

/// How much of a usage has been given back so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reversed {
    /// Units.
    pub quantity: u64,
    /// Credits.
    pub amount: Credits,
}
