//! The characters of a text: Unicode scalar values as they stand in the file, line ends included, a byte order
//! mark not.

use std::char::decode_utf16;

/// Characters on a page of text.
pub(crate) const PAGE: u64 = 3_000;
/// Characters on a page of a table.
pub(crate) const SHEET: u64 = 10_000;

/// ASCII that a program turns into pages; what stands in the file is not what is on them.
const PROGRAMS: [&[u8]; 2] = [b"{\\rtf", b"%!PS"];

/// The pages of so many characters; none for none.
pub(crate) const fn pages(characters: u64, on_a_page: u64) -> u64 {
    characters.div_ceil(on_a_page)
}

/// Whether this is text for people: not empty, and none of its characters is a control character but white space.
pub(crate) fn is_one(bytes: &[u8]) -> bool {
    !PROGRAMS.iter().any(|program| bytes.starts_with(program)) && characters(bytes).is_some_and(|count| count > 0)
}

/// The characters of a text in UTF-8, or in UTF-16 with a byte order mark.
pub(crate) fn characters(bytes: &[u8]) -> Option<u64> {
    match bytes {
        [0xff, 0xfe, text @ ..] => utf_16(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => utf_16(text, u16::from_be_bytes),
        text => utf_8(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)),
    }
}

fn utf_8(text: &[u8]) -> Option<u64> {
    count(str::from_utf8(text).ok()?.chars().map(Some))
}

fn utf_16(text: &[u8], unit: fn([u8; 2]) -> u16) -> Option<u64> {
    let (units, rest) = text.as_chunks();
    if !rest.is_empty() {
        return None;
    }
    count(decode_utf16(units.iter().copied().map(unit)).map(Result::ok))
}

/// Counts characters; `None` if one is none, or is no text.
fn count(characters: impl Iterator<Item = Option<char>>) -> Option<u64> {
    let mut count = 0;
    for character in characters {
        if !is_text(character?) {
            return None;
        }
        count += 1;
    }
    Some(count)
}

fn is_text(character: char) -> bool {
    // Line and page ends are control characters: U+0085 is the next line of old mainframes.
    !character.is_control() || matches!(character, '\t' | '\n' | '\r' | '\x0c' | '\u{85}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16_of(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        ['\u{feff}'].into_iter().chain(text.chars()).collect::<String>().encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        for (text, count) in [("", 0), ("hello", 5), ("Größe\r\n", 7), ("漢字", 2), ("😀\t\x0c\u{85}", 4)] {
            assert_eq!(characters(text.as_bytes()), Some(count), "{text:?}");
            assert_eq!(characters(format!("\u{feff}{text}").as_bytes()), Some(count), "{text:?}");
            assert_eq!(characters(&utf_16_of(text, u16::to_le_bytes)), Some(count), "{text:?}");
            assert_eq!(characters(&utf_16_of(text, u16::to_be_bytes)), Some(count), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_text_has_no_characters() {
        for bytes in
            [&b"a\0b"[..], b"\x1b[31m", b"Gr\xfc\xdfe", b"\xff\xfea", b"\xff\xfe\0\xd8", b"\xff\xfe\0\0", b"\x7f"]
        {
            assert_eq!(characters(bytes), None, "{bytes:?}");
        }
        assert_eq!(characters("\u{9f}".as_bytes()), None);
    }

    #[test]
    fn nothing_and_programs_for_pages_are_no_text() {
        assert!(is_one(b"hello") && is_one(b"<html></html>") && is_one(br#"{"a":1}"#));
        assert!(!is_one(b"") && !is_one(b"\xef\xbb\xbf") && !is_one(b"{\\rtf1\\ansi hello}") && !is_one(b"%!PS\n"));
    }

    #[test]
    fn a_page_begun_is_a_page() {
        for (characters, pages) in [(0, 0), (1, 1), (3_000, 1), (3_001, 2), (6_000, 2)] {
            assert_eq!(super::pages(characters, PAGE), pages);
        }
    }
}
