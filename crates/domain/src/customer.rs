//! Who: tenants and their customers.

use std::fmt;

use chrono_tz::Tz;

use crate::{Billing, ClockId, CustomerId, Instant, TenantId};

/// Whether a tenant's books are for trying or for real.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// For trying: it may own test clocks.
    Test,
    /// For real.
    Live,
}

impl Mode {
    /// Its word in the API, in keys and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    /// The mode with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Test, Self::Live].into_iter().find(|mode| mode.word() == word)
    }
}

/// One product's isolated books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// What its operator calls it.
    pub name: String,
    /// For trying or for real.
    pub mode: Mode,
    /// When it was made.
    pub created_at: Instant,
}

/// Who holds credits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Our id.
    pub id: CustomerId,
    /// The operator's own id; never changes once given.
    pub external_id: Option<String>,
    /// What they are called.
    pub name: Option<String>,
    /// Where mail goes.
    pub email: Option<String>,
    /// Where their days end (R9).
    pub zone: Tz,
    /// The test clock they live by, if any.
    pub clock: Option<ClockId>,
    /// When they signed up.
    pub created_at: Instant,
    /// The operator's own notes.
    pub metadata: Vec<(String, String)>,
    /// Who they are on an invoice.
    pub billing: Billing,
}

/// How a caller names a customer: by our id or by their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CustomerRef {
    /// `cus_…`
    Id(CustomerId),
    /// The operator's id.
    External(String),
}

impl CustomerRef {
    /// Reads either form: what looks like our id is one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::External(text.to_owned()), Self::Id)
    }
}

impl fmt::Display for CustomerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::External(id) => f.write_str(id),
        }
    }
}
