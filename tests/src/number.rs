//! Credits, counted by someone who has never seen Folio's own arithmetic.

/// `"101.6"` in millionths.
#[must_use]
pub fn micros(credits: &str) -> i64 {
    let (whole, part) = credits.split_once('.').unwrap_or((credits, ""));
    let digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    assert!(digits(whole) && digits(part) && !whole.is_empty() && part.len() <= 6, "{credits:?} is no amount");
    assert!(!part.ends_with('0') && (whole == "0" || !whole.starts_with('0')), "{credits:?} has idle zeros");
    let number = format!("{whole}{part:0<6}");
    number.parse().expect("an amount that fits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_to_the_millionth() {
        for (text, number) in [("0", 0), ("20", 20_000_000), ("101.6", 101_600_000), ("0.000001", 1)] {
            assert_eq!(micros(text), number);
        }
    }
}
