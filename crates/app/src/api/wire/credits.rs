//! Amounts of credits: a string wherever exactness counts, a number in the two seed-shaped answers (R1).

use std::borrow::Cow;

use domain::{Credits, ParseCreditsError};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::{Value, json};

use super::{FieldCode, Flaw, WireText, wire_text};

/// An amount of credits as a decimal string: `"101.6"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CreditsText(pub Credits);

impl WireText for CreditsText {
    fn read(text: &str) -> Result<Self, Flaw> {
        text.parse().map(Self).map_err(|error: ParseCreditsError| {
            let code = match error {
                ParseCreditsError::TooLarge => FieldCode::OutOfRange,
                ParseCreditsError::Malformed | ParseCreditsError::TooPrecise => FieldCode::Malformed,
            };
            Flaw::new(code, format!("{error}."))
        })
    }

    fn write(&self) -> String {
        self.0.to_string()
    }

    fn schema() -> MetaSchema {
        MetaSchema {
            format: Some("decimal"),
            pattern: Some(r"^[0-9]+(\.[0-9]{1,6})?$".to_owned()),
            example: Some(json!("101.6")),
            ..MetaSchema::new("string")
        }
    }

    fn hint() -> String {
        "credits are written as a decimal string such as \"101.6\"".to_owned()
    }
}
wire_text!(CreditsText);

impl From<Credits> for CreditsText {
    fn from(amount: Credits) -> Self {
        Self(amount)
    }
}

/// An amount of credits as a JSON number, whole when it is whole. Only for answers.
///
/// A JSON number is a double to most who read it. The shortest text of the nearest double is the amount
/// itself up to fifteen digits: for every amount that one request can name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CreditsNumber(pub Credits);

impl From<Credits> for CreditsNumber {
    fn from(amount: Credits) -> Self {
        Self(amount)
    }
}

impl Type for CreditsNumber {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "number".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        let schema = MetaSchema { minimum: Some(0.0), example: Some(json!(101.6)), ..MetaSchema::new("number") };
        MetaSchemaRef::Inline(Box::new(schema))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ToJSON for CreditsNumber {
    fn to_json(&self) -> Option<Value> {
        serde_json::from_str(&self.0.to_string()).ok()
    }
}

impl ParseFromJSON for CreditsNumber {
    fn parse_from_json(_: Option<Value>) -> ParseResult<Self> {
        Err(ParseError::custom("credits as a number are only for answers"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r1_a_number_of_credits_is_written_exactly() {
        for text in ["0", "5", "0.1", "101.6", "898.4", "0.00001", "999999999.999999", "1000000000"] {
            let amount: Credits = text.parse().unwrap();
            assert_eq!(CreditsNumber(amount).to_json_string(), text);
            assert_eq!(CreditsText(amount).to_json_string(), format!("\"{text}\""));
        }
    }

    #[test]
    fn r1_every_tenth_is_written_exactly() {
        for tenths in 0..100_000_i64 {
            let amount = Credits::from_micros(tenths * 100_000).unwrap();
            assert_eq!(CreditsNumber(amount).to_json_string(), amount.to_string());
        }
    }
}
