//! VAT ids: their form and check digits, for the EU, Great Britain, Norway and Switzerland.
//!
//! That an id is well-formed does not say that it was given to anyone: only the state that gives it can.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::Country;

mod digits;
mod states;

use digits::{digits, is_mod_11_10, luhn_sum, number, weighted};
use states::{
    britain, bulgaria, cyprus, czechia, france, ireland, latvia, lithuania, netherlands, norway, portugal, romania,
    slovakia, slovenia, spain, switzerland,
};

/// A well-formed VAT id, without spaces and points: `DE136695976`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VatId {
    country: Country,
    text: String,
}

/// The text is not a VAT id.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not a VAT id with the prefix of its country and a right check digit, such as DE136695976")]
pub struct ParseVatIdError;

/// The longest text that is looked at, in bytes.
const MAX_TEXT: usize = 32;

impl VatId {
    /// Whose it is. Greece writes `EL`, Northern Ireland `XI`.
    #[must_use]
    pub const fn country(&self) -> Country {
        self.country
    }

    /// The id, prefix included.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for VatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl FromStr for VatId {
    type Err = ParseVatIdError;

    fn from_str(text: &str) -> Result<Self, ParseVatIdError> {
        if text.len() > MAX_TEXT || !text.is_ascii() {
            return Err(ParseVatIdError);
        }
        let joint = |c: &char| !matches!(c, ' ' | '.' | '-' | '/');
        let text: String = text.chars().filter(joint).map(|c| c.to_ascii_uppercase()).collect();
        let (prefix, rest) = text.split_at_checked(2).ok_or(ParseVatIdError)?;
        let code = match prefix {
            "EL" => "GR",
            "XI" => "GB",
            "GR" => return Err(ParseVatIdError),
            own => own,
        };
        let country = Country::from_code(code).ok_or(ParseVatIdError)?;
        if is_right(prefix, rest) { Ok(Self { country, text }) } else { Err(ParseVatIdError) }
    }
}

/// Whether what follows the prefix has the country's form and check digits.
fn is_right(prefix: &str, rest: &str) -> bool {
    match prefix {
        "AT" => rest
            .strip_prefix('U')
            .and_then(digits::<8>)
            .is_some_and(|d| luhn_sum(&d[..7]).saturating_add(d[7]) % 10 == 6),
        "BE" => digits::<10>(rest)
            .is_some_and(|d| d[0] <= 1 && number(&d[..8]).saturating_add(number(&d[8..])).is_multiple_of(97)),
        "BG" => bulgaria(rest),
        "CH" => switzerland(rest),
        "CY" => cyprus(rest),
        "CZ" => czechia(rest),
        "DE" => digits::<9>(rest).is_some_and(|d| d[0] != 0 && is_mod_11_10(&d)),
        "DK" => {
            digits::<8>(rest).is_some_and(|d| d[0] != 0 && weighted(&d, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
        }
        "EE" => digits::<9>(rest).is_some_and(|d| weighted(&d, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)),
        "EL" => digits::<9>(rest).is_some_and(|d| weighted(&d, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == d[8]),
        "ES" => spain(rest),
        "FI" => digits::<8>(rest).is_some_and(|d| weighted(&d, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11)),
        "FR" => france(rest),
        "GB" | "XI" => britain(rest),
        "HR" => digits::<11>(rest).is_some_and(|d| is_mod_11_10(&d)),
        "HU" => digits::<8>(rest).is_some_and(|d| weighted(&d, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10)),
        "IE" => ireland(rest),
        "IT" => {
            digits::<11>(rest).is_some_and(|d| luhn_sum(&d).is_multiple_of(10) && is_italian_office(number(&d[7..10])))
        }
        "LT" => lithuania(rest),
        "LU" => digits::<8>(rest).is_some_and(|d| number(&d[..6]) % 89 == number(&d[6..])),
        "LV" => latvia(rest),
        "MT" => {
            digits::<8>(rest).is_some_and(|d| d[0] != 0 && weighted(&d, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37))
        }
        "NL" => netherlands(rest),
        "NO" => norway(rest),
        "PL" => digits::<10>(rest).is_some_and(|d| weighted(&d, &[6, 5, 7, 2, 3, 4, 5, 6, 7, 10]).is_multiple_of(11)),
        "PT" => portugal(rest),
        "RO" => romania(rest),
        "SE" => digits::<12>(rest).is_some_and(|d| luhn_sum(&d[..10]).is_multiple_of(10) && number(&d[10..]) > 0),
        "SI" => slovenia(rest),
        "SK" => slovakia(rest),
        _ => false,
    }
}

/// The office that gave an Italian number; 0 is none, and beyond the provinces there are four.
fn is_italian_office(code: u64) -> bool {
    (1..=100).contains(&code) || [120, 121, 888, 999].contains(&code)
}
