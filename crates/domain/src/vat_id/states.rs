//! The states whose check digits need more than a line.

use super::digits::{digits, letter, luhn_sum, number, weighted};

pub(super) fn bulgaria(rest: &str) -> bool {
    if let Some(d) = digits::<9>(rest) {
        let first = weighted(&d, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
        let second = weighted(&d, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10;
        return d[8] == if first == 10 { second } else { first };
    }
    // Ten digits: a citizen, a foreigner, or another person.
    digits::<10>(rest).is_some_and(|d| {
        let other = weighted(&d, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11);
        let citizen = weighted(&d, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == d[9];
        let foreigner = weighted(&d, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == d[9];
        citizen || foreigner || other
    })
}

/// `CHE` and nine digits; the word for VAT may follow.
pub(super) fn switzerland(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix('E') else { return false };
    let bare = ["MWST", "TVA", "IVA", "TPV"].iter().find_map(|word| rest.strip_suffix(word)).unwrap_or(rest);
    digits::<9>(bare).is_some_and(|d| weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4, 1]).is_multiple_of(11))
}

pub(super) fn cyprus(rest: &str) -> bool {
    const ODD: [u64; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let Some((front, check)) = rest.split_at_checked(8) else { return false };
    digits::<8>(front).is_some_and(|d| {
        let odd = |digit: u64| usize::try_from(digit).ok().and_then(|digit| ODD.get(digit).copied()).unwrap_or(0);
        let places = d.iter().enumerate();
        let worth = |(place, digit): (usize, &u64)| if place.is_multiple_of(2) { odd(*digit) } else { *digit };
        let sum: u64 = places.map(worth).sum();
        !front.starts_with("12") && check.bytes().eq(letter("ABCDEFGHIJKLMNOPQRSTUVWXYZ", sum % 26))
    })
}

pub(super) fn czechia(rest: &str) -> bool {
    if let Some(d) = digits::<8>(rest) {
        let sum = weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) % 11;
        let check = match sum {
            0 => 1,
            1 => 0,
            sum => 11_u64.saturating_sub(sum),
        };
        return d[0] != 9 && d[7] == check;
    }
    // A person: 9 digits, beginning with 6, with a check of their own, or the number of birth.
    if let Some(d) = digits::<9>(rest) {
        let sum = weighted(&d[1..], &[8, 7, 6, 5, 4, 3, 2]) % 11;
        let check = [8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8].get(usize::try_from(sum).unwrap_or(0));
        return d[0] != 6 || check == Some(&d[8]);
    }
    digits::<10>(rest).is_some_and(|d| number(&d[..9]) % 11 % 10 == d[9])
}

pub(super) fn spain(rest: &str) -> bool {
    const PERSON: &str = "TRWAGMYFPDXBNJZSQVHLCKE";
    let (Some((first, tail)), Some((front, last))) = (rest.split_at_checked(1), rest.split_at_checked(8)) else {
        return false;
    };
    let person = |digits_of: &str| {
        let value = digits_of.bytes().all(|b| b.is_ascii_digit()).then(|| digits_of.parse::<u64>().ok()).flatten();
        value.is_some_and(|value| last.bytes().eq(letter(PERSON, value % 23)))
    };
    let inner = tail.get(..7).unwrap_or_default();
    match first {
        "Y" => person(&format!("1{inner}")),
        "Z" => person(&format!("2{inner}")),
        "X" | "K" | "L" | "M" => person(inner),
        digit if digit.bytes().all(|b| b.is_ascii_digit()) => person(front),
        _ => digits::<7>(inner).is_some_and(|d| company(first, &d, last)),
    }
}

/// A Spanish company. Sources differ on which kinds have a digit and which a letter; either is right here.
fn company(first: &str, d: &[u64; 7], last: &str) -> bool {
    let check = 10_u64.saturating_sub(luhn_sum(&[d.as_slice(), &[0]].concat()) % 10) % 10;
    let is_check = last == check.to_string() || last.bytes().eq(letter("JABCDEFGHI", check));
    "ABCDEFGHJNPQRSUVW".contains(first) && is_check
}

pub(super) fn france(rest: &str) -> bool {
    const KEY: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let Some((key, siren)) = rest.split_at_checked(2) else { return false };
    let Some(d) = digits::<9>(siren) else { return false };
    // Monaco's numbers begin with 000 and have no check of their own.
    if d[..3] != [0, 0, 0] && !luhn_sum(&d).is_multiple_of(10) {
        return false;
    }
    let siren = number(&d);
    if let Some(key) = digits::<2>(key) {
        return siren.saturating_mul(100).saturating_add(12) % 97 == number(&key);
    }
    let mut places = key.chars().map(|c| KEY.find(c).and_then(|place| u64::try_from(place).ok()));
    let (Some(Some(high)), Some(Some(low))) = (places.next(), places.next()) else { return false };
    let (factor, offset) = if high < 10 { (24, 10) } else { (34, 100) };
    let Some(check) = high.saturating_mul(factor).saturating_add(low).checked_sub(offset) else { return false };
    siren.saturating_add(1).saturating_add(check.div_euclid(11)) % 11 == check % 11
}

/// Nine digits, with three more for a branch; or a public body.
pub(super) fn britain(rest: &str) -> bool {
    if let Some(body) = rest.strip_prefix("GD").and_then(digits::<3>) {
        return number(&body) < 500;
    }
    if let Some(body) = rest.strip_prefix("HA").and_then(digits::<3>) {
        return number(&body) >= 500;
    }
    let trader = rest.get(..9).filter(|_| rest.len() == 9 || digits::<12>(rest).is_some());
    trader.and_then(digits::<9>).is_some_and(|d| match weighted(&d, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97 {
        0 => true,
        // Since 2009 numbers are given with another check as well.
        42 | 55 => d[0] > 0,
        _ => false,
    })
}

pub(super) fn ireland(rest: &str) -> bool {
    const CHECK: &str = "WABCDEFGHIJKLMNOPQRSTUV";
    let second = rest.get(1..2).unwrap_or_default();
    let old = rest.len() == 8 && second.bytes().all(|b| b.is_ascii_uppercase() || b == b'+' || b == b'*');
    let current = if old { format!("0{}{}{}", &rest[2..7], &rest[..1], &rest[7..]) } else { rest.to_owned() };
    let (Some(front), Some(check)) = (current.get(..7), current.get(7..8)) else { return false };
    let extra = match current.get(8..) {
        Some("") => Some(0),
        Some(one) if one.len() == 1 => "WABCDEFGHI".find(one),
        _ => None,
    };
    let (Some(d), Some(extra)) = (digits::<7>(front), extra.and_then(|place| u64::try_from(place).ok())) else {
        return false;
    };
    let sum = weighted(&d, &[8, 7, 6, 5, 4, 3, 2]).saturating_add(extra.saturating_mul(9));
    check.bytes().eq(letter(CHECK, sum % 23))
}

pub(super) fn lithuania(rest: &str) -> bool {
    let is_right = |d: &[u64], first: &[u64], second: &[u64]| {
        let Some((check, front)) = d.split_last() else { return false };
        let sum = weighted(front, first) % 11;
        *check == if sum == 10 { weighted(front, second) % 11 % 10 } else { sum } && front.last() == Some(&1)
    };
    digits::<9>(rest).is_some_and(|d| is_right(&d, &[1, 2, 3, 4, 5, 6, 7, 8], &[3, 4, 5, 6, 7, 8, 9, 1]))
        || digits::<12>(rest)
            .is_some_and(|d| is_right(&d, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2], &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4]))
}

pub(super) fn latvia(rest: &str) -> bool {
    digits::<11>(rest).is_some_and(|d| {
        if d[0] > 3 {
            return weighted(&d, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3;
        }
        // People: numbers given since 2017 begin with 32 and have no check.
        let check = weighted(&d, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9]).saturating_add(1) % 11 % 10;
        d[..2] == [3, 2] || d[10] == check
    })
}

/// A company's number, or, since 2020, a sole trader's, whose check spans the whole text.
pub(super) fn netherlands(rest: &str) -> bool {
    let (Some(d), Some("B"), Some(branch)) =
        (rest.get(..9).and_then(digits::<9>), rest.get(9..10), rest.get(10..).and_then(digits::<2>))
    else {
        return false;
    };
    let company = weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2, 10]).is_multiple_of(11);
    // Letters count from A = 10: N is 23, L is 21, B is 11.
    let whole = [2, 3, 2, 1].iter().chain(&d).chain(&[1, 1]).chain(&branch);
    let trader = whole.fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(*digit) % 97) == 1;
    number(&branch) > 0 && (company || trader)
}

pub(super) fn norway(rest: &str) -> bool {
    digits::<9>(rest.strip_suffix("MVA").unwrap_or(rest))
        .is_some_and(|d| weighted(&d, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
}

pub(super) fn portugal(rest: &str) -> bool {
    digits::<9>(rest).is_some_and(|d| {
        let sum = weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        d[0] != 0 && d[8] == if sum < 2 { 0 } else { 11_u64.saturating_sub(sum) }
    })
}

pub(super) fn romania(rest: &str) -> bool {
    if !(2..=10).contains(&rest.len()) || rest.starts_with('0') {
        return false;
    }
    digits::<10>(&format!("{rest:0>10}"))
        .is_some_and(|d| weighted(&d, &[7, 5, 3, 2, 1, 7, 5, 3, 2]).saturating_mul(10) % 11 % 10 == d[9])
}

pub(super) fn slovenia(rest: &str) -> bool {
    digits::<8>(rest).is_some_and(|d| {
        let check = 11_u64.saturating_sub(weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) % 11);
        d[0] != 0 && check != 11 && d[7] == check % 10
    })
}

/// A company's number, or a person's number of birth: year, month (+ 20, + 50 and + 70 are in use), day.
pub(super) fn slovakia(rest: &str) -> bool {
    digits::<10>(rest).is_some_and(|d| {
        let company = d[0] != 0 && [2, 3, 4, 7, 8, 9].contains(&d[2]);
        let (month, day) = (number(&d[2..4]) % 50 % 20, number(&d[4..6]));
        let person = (1..=12).contains(&month) && (1..=31).contains(&day);
        (company || person) && number(&d).is_multiple_of(11)
    })
}
