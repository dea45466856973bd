//! How much of a list is wanted at once.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromParameter, ParseResult, Type};

use super::{FieldCode, Flaw};

/// So many items, from 1 to `MOST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit<const MOST: u32>(u32);

impl<const MOST: u32> Limit<MOST> {
    /// The number.
    #[must_use]
    pub(crate) const fn get(self) -> u32 {
        self.0
    }
}

impl<const MOST: u32> Type for Limit<MOST> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "integer".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            minimum: Some(1.0),
            maximum: Some(MOST.into()),
            ..MetaSchema::new_with_format("integer", "int32")
        }))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<const MOST: u32> ParseFromParameter for Limit<MOST> {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
        let flaw = || Flaw::new(FieldCode::OutOfRange, format!("A whole number from 1 to {MOST}."));
        number.map(Self).ok_or_else(|| ParseError::custom(flaw()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_whole_number_within_its_bounds() {
        let read = |text: &str| Limit::<100>::parse_from_parameter(text).ok().map(Limit::get);
        assert_eq!((read("1"), read("100")), (Some(1), Some(100)));
        for wrong in ["0", "101", "-1", "1.0", "4294967297", "", "ten"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
