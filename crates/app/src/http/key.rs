//! The text of API keys: how it is made, recognised and hashed (R42).

use std::fmt;

use domain::Mode;
use ports::Ids;
use sha2::{Digest as _, Sha256};

/// What customers' keys begin with.
const CUSTOMER: &str = "folio_ck_";
/// Hex digits of 256 random bits.
const DIGITS: usize = 64;

/// The text of a key. It is shown once; afterwards only its hash is known.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// The text, to be shown.
    #[must_use]
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A fresh key's text, with what is kept of it.
#[derive(Debug)]
pub(crate) struct Minted {
    /// The text.
    pub secret: Secret,
    /// Its SHA-256.
    pub hash: [u8; 32],
    /// Its last four characters, to recognise it by.
    pub hint: String,
}

/// Makes the text of a new key: an operator's, or a customer's.
#[must_use]
pub(crate) fn mint(mode: Mode, for_customer: bool, ids: &dyn Ids) -> Minted {
    let prefix = if for_customer { CUSTOMER.to_owned() } else { format!("folio_sk_{}_", mode.word()) };
    let text = format!("{prefix}{}", hex::encode(ids.secret()));
    let (hash, hint) = (hash(&text), text[text.len() - 4..].to_owned());
    Minted { secret: Secret(text), hash, hint }
}

/// SHA-256: enough for 256 random bits, and quick enough for every request.
#[must_use]
pub(crate) fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The hash of what looks like a key; what does not is not worth a question to the store.
#[must_use]
pub(crate) fn recognise(text: &str) -> Option<[u8; 32]> {
    let digits = [CUSTOMER, "folio_sk_test_", "folio_sk_live_"].into_iter().find_map(|it| text.strip_prefix(it))?;
    let plausible = digits.len() == DIGITS && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    plausible.then(|| hash(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::SameIds;

    #[test]
    fn r42_a_minted_key_is_recognised_by_its_hash() {
        for (mode, for_customer, prefix) in [
            (Mode::Test, false, "folio_sk_test_"),
            (Mode::Live, false, "folio_sk_live_"),
            (Mode::Live, true, "folio_ck_"),
        ] {
            let minted = mint(mode, for_customer, &SameIds);
            let text = minted.secret.reveal();
            assert!(text.starts_with(prefix), "{text}");
            assert_eq!(recognise(text), Some(minted.hash));
            assert!(text.ends_with(&minted.hint) && minted.hint.len() == 4);
            assert!(!format!("{minted:?}").contains(&text[14..]));
        }
    }

    #[test]
    fn r42_what_does_not_look_like_a_key_is_none() {
        let digits = "0".repeat(64);
        for text in
            ["", "folio_ck_", &digits, &format!("folio_sk_{digits}"), &format!("folio_ck_{}", "A".repeat(64)), "ps_1"]
        {
            assert_eq!(recognise(text), None, "{text}");
        }
    }
}
