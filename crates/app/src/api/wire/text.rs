//! Short texts.

use std::ops::Deref;

use poem_openapi::registry::MetaSchema;

use super::{FieldCode, Flaw, WireText, wire_text};

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
        MetaSchema { min_length: Some(1), max_length: Some(MAX), ..MetaSchema::new("string") }
    }
}
wire_text!([const MAX: usize] Text<MAX>);
