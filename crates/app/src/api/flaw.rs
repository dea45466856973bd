//! What is wrong with one field of a request, in a word and a sentence.

use std::borrow::Cow;
use std::fmt;

/// The words for what can be wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldCode {
    /// It is needed and not there.
    Missing,
    /// There is no such field.
    UnknownField,
    /// It is of another JSON type.
    WrongType,
    /// It is too small, too large, too early or too late.
    OutOfRange,
    /// It is there twice.
    Duplicate,
    /// It is not written as it must be.
    Malformed,
    /// It has more characters or members than it may have.
    TooLong,
    /// It has nothing in it.
    Empty,
    /// It is none of the words that are known.
    Unknown,
}

impl FieldCode {
    const ALL: [Self; 9] = [
        Self::Missing,
        Self::UnknownField,
        Self::WrongType,
        Self::OutOfRange,
        Self::Duplicate,
        Self::Malformed,
        Self::TooLong,
        Self::Empty,
        Self::Unknown,
    ];

    /// Its word in the API.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::UnknownField => "unknown_field",
            Self::WrongType => "wrong_type",
            Self::OutOfRange => "out_of_range",
            Self::Duplicate => "duplicate",
            Self::Malformed => "malformed",
            Self::TooLong => "too_long",
            Self::Empty => "empty",
            Self::Unknown => "unknown",
        }
    }
}

/// What is wrong with a value. It travels through serde as text: `word: detail`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// In a word.
    pub(crate) code: FieldCode,
    /// In a sentence.
    pub(crate) detail: Cow<'static, str>,
}

impl Flaw {
    /// A flaw of this sort.
    pub(crate) fn new(code: FieldCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.word(), self.detail)
    }
}

/// Details longer than this are cut: they may quote what the caller sent.
const LONGEST_DETAIL: usize = 300;

/// A flaw read from serde's message, with the field that the message names, if it names one.
pub(crate) fn from_serde(message: &str) -> (Flaw, Option<String>) {
    let message = message.rfind(" at line ").map_or(message, |end| &message[..end]);
    let message: String = message.chars().take(LONGEST_DETAIL).collect();
    if let Some(flaw) = ours(&message) {
        return (flaw, None);
    }
    let field = message.split('`').nth(1).map(str::to_owned);
    if message.starts_with("missing field") {
        return (Flaw::new(FieldCode::Missing, "This field is required."), field);
    }
    if message.starts_with("duplicate field") {
        return (Flaw::new(FieldCode::Duplicate, "This field is there twice."), field);
    }
    if let Some((_, expected)) = message.split_once("`, expected ").filter(|_| message.starts_with("unknown field")) {
        return (Flaw::new(FieldCode::UnknownField, format!("There is no such field: expected {expected}.")), field);
    }
    let code = [
        ("unknown field", FieldCode::UnknownField),
        ("unknown variant", FieldCode::Unknown),
        ("invalid type", FieldCode::WrongType),
        ("invalid value", FieldCode::OutOfRange),
        ("invalid length", FieldCode::OutOfRange),
        ("number out of range", FieldCode::OutOfRange),
    ];
    let code =
        code.iter().find(|(start, _)| message.starts_with(start)).map_or(FieldCode::Malformed, |(_, code)| *code);
    (Flaw::new(code, sentence(&message)), field.filter(|_| code == FieldCode::UnknownField))
}

/// A flaw that one of our own types raised.
fn ours(message: &str) -> Option<Flaw> {
    let (word, detail) = message.split_once(": ")?;
    let code = FieldCode::ALL.into_iter().find(|code| code.word() == word)?;
    Some(Flaw::new(code, detail.to_owned()))
}

/// Serde's message in words that do not speak of Rust.
fn sentence(message: &str) -> String {
    let (found, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let expected = match expected {
        "" => return format!("{found}."),
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not negative, that is not too large",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number that is not too large",
        "a boolean" => "true or false",
        "a sequence" => "an array",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other => other,
    };
    format!("{found}, expected {expected}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serdes_messages_become_words_and_sentences() {
        let table = [
            ("missing field `customer` at line 1 column 2", "missing", Some("customer")),
            ("unknown field `x`, expected `a` or `b` at line 1 column 5", "unknown_field", Some("x")),
            ("unknown field `x`, there are no fields", "unknown_field", Some("x")),
            ("duplicate field `a` at line 2 column 1", "duplicate", Some("a")),
            ("unknown variant `x`, expected `a` or `b`", "unknown", None),
            ("invalid type: floating point `1e30`, expected u64", "wrong_type", None),
            ("invalid value: integer `-1`, expected u32 at line 1 column 9", "out_of_range", None),
            ("too_long: at most 5 characters at line 1 column 9", "too_long", None),
            ("something else", "malformed", None),
        ];
        for (message, word, named) in table {
            let (flaw, field) = from_serde(message);
            assert_eq!((flaw.code.word(), field.as_deref()), (word, named), "{message}");
            assert!(!flaw.detail.contains("line "), "{message}");
        }
        assert_eq!(
            from_serde("invalid value: integer `-1`, expected u32").0.detail,
            "invalid value: integer `-1`, expected a whole number, not negative, that is not too large."
        );
    }
}
