//! Check digits.

/// The digits of a text of exactly `N` digits.
pub(super) fn digits<const N: usize>(text: &str) -> Option<[u64; N]> {
    let digits: Option<Vec<u64>> = text.chars().map(|c| c.to_digit(10).map(u64::from)).collect();
    digits?.try_into().ok()
}

/// What the digits say as a number.
pub(super) fn number(digits: &[u64]) -> u64 {
    digits.iter().fold(0, |sum: u64, digit| sum.saturating_mul(10).saturating_add(*digit))
}

/// Each digit times its weight; digits without one are left out.
pub(super) fn weighted(digits: &[u64], weights: &[u64]) -> u64 {
    digits.iter().zip(weights).fold(0, |sum: u64, (digit, weight)| sum.saturating_add(digit.saturating_mul(*weight)))
}

/// The sum of Luhn: from the right, every second digit is doubled, and doubles of two digits are added up.
pub(super) fn luhn_sum(digits: &[u64]) -> u64 {
    let doubled =
        |digit: u64| if digit > 4 { digit.saturating_mul(2).saturating_sub(9) } else { digit.saturating_mul(2) };
    let places = digits.iter().rev().enumerate();
    places.fold(0, |sum: u64, (place, digit)| sum.saturating_add(if place % 2 == 1 { doubled(*digit) } else { *digit }))
}

/// ISO 7064, MOD 11,10.
pub(super) fn is_mod_11_10(digits: &[u64]) -> bool {
    let Some((check, front)) = digits.split_last() else { return false };
    let product = front.iter().fold(10_u64, |product, digit| {
        let sum = product.saturating_add(*digit) % 10;
        (if sum == 0 { 10 } else { sum }).saturating_mul(2) % 11
    });
    product.saturating_add(*check) % 10 == 1
}

/// The letter at a place of an alphabet.
pub(super) fn letter(alphabet: &'static str, place: u64) -> Option<u8> {
    alphabet.as_bytes().get(usize::try_from(place).ok()?).copied()
}
