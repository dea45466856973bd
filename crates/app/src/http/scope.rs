//! What a key may do.

use std::fmt;

/// What a key may do (R42).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Read what the key sees.
    Read,
    /// Estimate, hold, capture, record.
    Meter,
    /// Make and change customers.
    Customers,
    /// Give credits and take them back.
    Grants,
    /// Change the catalog.
    Catalog,
    /// Make and revoke keys.
    Keys,
    /// Move test clocks.
    Test,
    /// Buy credits, and have money given back.
    Orders,
}

impl Scope {
    /// Every scope: what an operator's key may do unless it says less.
    pub(crate) const ALL: [Self; 8] =
        [Self::Read, Self::Meter, Self::Customers, Self::Grants, Self::Catalog, Self::Keys, Self::Test, Self::Orders];

    /// Its word in the API and in storage.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Meter => "meter",
            Self::Customers => "customers",
            Self::Grants => "grants",
            Self::Catalog => "catalog",
            Self::Keys => "keys",
            Self::Test => "test",
            Self::Orders => "orders",
        }
    }

    /// The scope with this word.
    #[must_use]
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }

    /// What a key may do that does not say: an operator's everything, a customer's only read.
    #[must_use]
    pub(crate) fn defaults(of_customer: bool) -> &'static [Self] {
        if of_customer { &[Self::Read] } else { &Self::ALL }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scopes(u8);

impl Scopes {
    /// The scopes of these words; words that nobody knows allow nothing. No words: the defaults.
    #[must_use]
    pub(crate) fn of(words: &[String], of_customer: bool) -> Self {
        if words.is_empty() {
            return Self::from(Scope::defaults(of_customer));
        }
        let known: Vec<_> = words.iter().filter_map(|word| Scope::from_word(word)).collect();
        Self::from(known.as_slice())
    }

    /// The first of them that is not among `others`.
    pub(crate) fn beyond(self, others: Self) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| self.has(*scope) && !others.has(*scope))
    }

    /// Whether this scope is among them.
    #[must_use]
    pub(crate) const fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }
}

impl From<&[Scope]> for Scopes {
    fn from(scopes: &[Scope]) -> Self {
        Self(scopes.iter().fold(0, |set, scope| set | 1 << *scope as u8))
    }
}
