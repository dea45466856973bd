//! The caller's own notes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Value, json};

use super::{FieldCode, Flaw};

const MOST_PAIRS: usize = 50;
const LONGEST_KEY: usize = 40;
const LONGEST_VALUE: usize = 500;

/// At most 50 pairs of texts: keys of at most 40 characters, values of at most 500. In the order of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata(BTreeMap<String, String>);

impl Metadata {
    /// The pairs.
    #[must_use]
    pub(crate) fn into_pairs(self) -> Vec<(String, String)> {
        self.0.into_iter().collect()
    }
}

impl From<Vec<(String, String)>> for Metadata {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// A value of a pair. A type of its own, so that a flaw is pointed at by its key.
struct Note(String);

impl<'de> Deserialize<'de> for Note {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.chars().count() > LONGEST_VALUE {
            let detail = format!("This value has more than {LONGEST_VALUE} characters.");
            return Err(de::Error::custom(Flaw::new(FieldCode::TooLong, detail)));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            let detail = "This value has control characters in it.";
            return Err(de::Error::custom(Flaw::new(FieldCode::Malformed, detail)));
        }
        Ok(Self(text))
    }
}

struct Pairs;

impl Pairs {
    /// What is wrong with this key.
    fn flaw(key: &str) -> Option<Flaw> {
        if key.is_empty() || key.chars().any(char::is_control) {
            return Some(Flaw::new(FieldCode::Malformed, "A key is a text without control characters."));
        }
        (key.chars().count() > LONGEST_KEY)
            .then(|| Flaw::new(FieldCode::TooLong, format!("This key has more than {LONGEST_KEY} characters.")))
    }
}

/// A value that is not wanted, because of its key.
struct Unwanted(Flaw);

impl<'de> de::DeserializeSeed<'de> for Unwanted {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        de::IgnoredAny::deserialize(deserializer)?;
        Err(de::Error::custom(self.0))
    }
}

impl<'de> Visitor<'de> for Pairs {
    type Value = Metadata;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metadata, A::Error> {
        let mut pairs = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if let Some(flaw) = Self::flaw(&key) {
                // Refused while reading the value, where the path still names the key.
                map.next_value_seed(Unwanted(flaw))?;
            } else {
                pairs.insert(key, map.next_value::<Note>()?.0);
            }
        }
        if pairs.len() > MOST_PAIRS {
            return Err(de::Error::custom(Flaw::new(FieldCode::TooLong, format!("More than {MOST_PAIRS} pairs."))));
        }
        Ok(Metadata(pairs))
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Pairs)
    }
}

impl Type for Metadata {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "object".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        let pattern = Some(r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$".to_owned());
        let value = MetaSchema { max_length: Some(LONGEST_VALUE), pattern, ..MetaSchema::new("string") };
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            additional_properties: Some(Box::new(MetaSchemaRef::Inline(Box::new(value)))),
            max_properties: Some(MOST_PAIRS),
            example: Some(json!({ "job": "4711" })),
            ..MetaSchema::new("object")
        }))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromJSON for Metadata {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        serde_json::from_value(value.unwrap_or_default()).map_err(ParseError::custom)
    }
}

impl ToJSON for Metadata {
    fn to_json(&self) -> Option<Value> {
        serde_json::to_value(&self.0).ok()
    }
}
