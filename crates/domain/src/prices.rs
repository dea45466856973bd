//! What the prices of a catalog say about tax, and where that is rounded (R36).

/// What the prices of a catalog say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prices {
    /// Tax is added to them.
    #[default]
    Exclusive,
    /// Tax is in them: a buyer pays what the price list says, whichever tax that holds.
    Inclusive,
}

impl Prices {
    /// Its word in catalogs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Exclusive => "exclusive",
            Self::Inclusive => "inclusive",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Exclusive, Self::Inclusive].into_iter().find(|prices| prices.word() == word)
    }
}

/// Where tax is rounded, half up to the minor unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TaxRounding {
    /// Once per rate and invoice.
    #[default]
    Invoice,
    /// On each line.
    Line,
}

impl TaxRounding {
    /// Its word in catalogs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Line => "line",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Invoice, Self::Line].into_iter().find(|rounding| rounding.word() == word)
    }
}
