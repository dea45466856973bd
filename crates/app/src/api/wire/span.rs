//! Lengths of time: ISO 8601.

use domain::Span;
use poem_openapi::registry::MetaSchema;
use serde_json::json;

use super::{FieldCode, Flaw, WireText, wire_text};

/// A length of time as ISO 8601 writes it: `P12M`, `P7D`, `PT1H`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpanText(pub Span);

impl WireText for SpanText {
    fn read(text: &str) -> Result<Self, Flaw> {
        text.parse().map(Self).map_err(|error| Flaw::new(FieldCode::Malformed, format!("{error}.")))
    }

    fn write(&self) -> String {
        self.0.to_string()
    }

    fn schema() -> MetaSchema {
        MetaSchema { example: Some(json!("PT1H")), ..MetaSchema::new_with_format("string", "duration") }
    }

    fn hint() -> String {
        "a length of time is written as a string such as \"PT1H\"".to_owned()
    }
}
wire_text!(SpanText);

impl SpanText {
    /// So many calendar months.
    #[must_use]
    pub(crate) const fn months(months: u32) -> Self {
        Self(Span { months, days: 0, seconds: 0 })
    }
}

impl From<Span> for SpanText {
    fn from(span: Span) -> Self {
        Self(span)
    }
}
