//! Who sells and who buys, as an invoice names them.

use crate::{Country, Locale};

/// A person or a company on an invoice (R36).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its legal name.
    pub name: String,
    /// Street and number, and what else stands above the city; at most [`Party::MAX_ADDRESS`] lines.
    pub address: Vec<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// State or province.
    pub region: Option<String>,
    /// The country.
    pub country: Country,
    /// The VAT id, or the tax number where there is none.
    pub tax_id: Option<String>,
    /// Its number in a register of companies.
    pub registration: Option<String>,
    /// Where it is written to.
    pub email: Option<String>,
}

impl Party {
    /// Most address lines: what EN 16931 has room for.
    pub const MAX_ADDRESS: usize = 3;

    /// Whether it has a name, and no more address than an invoice has room for.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.name.trim().is_empty() && self.address.len() <= Self::MAX_ADDRESS
    }
}

/// The size of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    /// 210 × 297 mm.
    #[default]
    A4,
    /// 8.5 × 11 inches.
    Letter,
}

impl Paper {
    /// Its word in catalogs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::Letter => "letter",
        }
    }

    /// The size with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::A4, Self::Letter].into_iter().find(|paper| paper.word() == word)
    }
}

/// Who issues a product's invoices, and how they look (R36).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    /// The seller.
    pub party: Party,
    /// What invoice numbers begin with.
    pub invoice_series: String,
    /// What numbers of credit notes begin with.
    pub credit_note_series: String,
    /// The language of invoices whose buyer has none.
    pub locale: Locale,
    /// The size of their pages.
    pub paper: Paper,
    /// A sentence below the totals of each.
    pub note: Option<String>,
}
