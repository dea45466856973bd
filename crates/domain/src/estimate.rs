//! Estimates: what a job would need, told before it starts (R13).

use crate::{Credits, CustomerId, EstimateId, Instant};

/// How results are laid out; it changes the records expected, never the cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ResultMode {
    /// One record a file.
    #[default]
    OnePerFile,
    /// One record a page.
    OnePerPage,
}

impl ResultMode {
    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnePerFile => "one_per_file",
            Self::OnePerPage => "one_per_page",
        }
    }

    /// The mode with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::OnePerFile, Self::OnePerPage].into_iter().find(|mode| mode.word() == word)
    }

    /// The records to expect of a document with so many pages.
    #[must_use]
    pub const fn records(self, pages: u64) -> u64 {
        match self {
            Self::OnePerFile => 1,
            Self::OnePerPage => pages,
        }
    }
}

/// The version of the rule that counted a document's pages; kept with every usage (R20).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageRule(pub u16);

impl PageRule {
    /// The rule in force: a PDF has the pages of its page tree, a TIFF its frames, any other picture one.
    pub const CURRENT: Self = Self(1);
}

impl std::fmt::Display for PageRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "page-rule/{}", self.0)
    }
}

/// A document whose pages were counted, as evidence (R20).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: Option<String>,
    /// Its type, read from its content.
    pub media_type: Option<String>,
    /// Its pages.
    pub pages: u64,
    /// The rule that counted them; `None` where the caller counted.
    pub rule: Option<PageRule>,
}

/// One priced line of a job: a document, or so many units of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What the caller calls it: a file's name.
    pub name: Option<String>,
    /// An operation of the catalog.
    pub operation: String,
    /// Units: pages, or changes × pages.
    pub quantity: u64,
    /// Credits per unit.
    pub rate: Credits,
    /// `rate × quantity`, exact (R1).
    pub cost: Credits,
    /// Results to expect.
    pub records: u64,
    /// The document behind it, where there is one.
    pub document: Option<Document>,
}

/// A priced job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Names it, so that a start need not count again.
    pub id: EstimateId,
    /// Whose job.
    pub customer: CustomerId,
    /// Its lines, in the caller's order.
    pub lines: Vec<Line>,
    /// How results are laid out.
    pub mode: ResultMode,
    /// When it was made.
    pub created_at: Instant,
    /// Until when its prices are guaranteed: exclusive.
    pub valid_until: Instant,
    /// The catalog that priced it.
    pub catalog_version: u32,
}

impl Estimate {
    /// What the whole job needs.
    #[must_use]
    pub fn total(&self) -> Credits {
        self.lines.iter().map(|line| line.cost).sum()
    }

    /// Results to expect of the whole job.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.lines.iter().map(|line| line.records).sum()
    }
}
