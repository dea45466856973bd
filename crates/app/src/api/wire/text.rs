//! Short texts.

use std::ops::Deref;

use poem_openapi::registry::MetaSchema;

use super::{FieldCode, Flaw, WireText, wire_text};

/// Something besides spaces, and no control characters.
const PATTERN: &str = r"^ *[^\x00-\x20\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$";

/// At most `MAX` characters, at least one, none of them a control character; spaces around it do not count.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// As it is.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is.
    #[must_use]
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl<const MAX: usize> Deref for Text<MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> AsRef<str> for Text<MAX> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> WireText for Text<MAX> {
    fn read(text: &str) -> Result<Self, Flaw> {
        let text = text.trim_matches(' ');
        if text.is_empty() {
            return Err(Flaw::new(FieldCode::Empty, "This text says nothing."));
        }
        if text.chars().count() > MAX {
            return Err(Flaw::new(FieldCode::TooLong, format!("This text has more than {MAX} characters.")));
        }
        if text.chars().any(char::is_control) {
            return Err(Flaw::new(FieldCode::Malformed, "This text has control characters in it."));
        }
        Ok(Self(text.to_owned()))
    }

    fn write(&self) -> String {
        self.0.clone()
    }

    fn schema() -> MetaSchema {
        let pattern = Some(PATTERN.to_owned());
        MetaSchema { min_length: Some(1), max_length: Some(MAX), pattern, ..MetaSchema::new("string") }
    }
}
wire_text!([const MAX: usize] Text<MAX>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r43_a_text_says_something_within_its_length() {
        assert_eq!(Text::<5>::read("  abcde ").unwrap().as_str(), "abcde");
        for (wrong, code) in [
            ("", FieldCode::Empty),
            ("   ", FieldCode::Empty),
            ("abcdef", FieldCode::TooLong),
            ("a\0b", FieldCode::Malformed),
            ("\u{85}", FieldCode::Malformed),
        ] {
            assert_eq!(Text::<5>::read(wrong).unwrap_err().code, code, "{wrong:?}");
        }
    }
}
