//! Values on the wire: one newtype for each, with its schema and with errors that say what to send.

mod contact;
mod credits;
mod id;
mod limit;
mod metadata;
mod money;
mod span;
mod text;
mod time;
mod word;

use std::fmt;
use std::marker::PhantomData;

use poem_openapi::registry::MetaSchema;
use serde::de::{self, Visitor};

use super::flaw::{FieldCode, Flaw};

pub(crate) use contact::{CountryCode, Email, Zone};
pub(crate) use credits::{CreditsNumber, CreditsText};
pub(crate) use id::Id;
pub(crate) use limit::Limit;
pub(crate) use metadata::Metadata;
pub(crate) use money::{CurrencyCode, MoneyBody};
pub(crate) use span::SpanText;
pub(crate) use text::Text;
pub(crate) use time::Time;
pub(crate) use word::Word;

/// A value that is a string on the wire. [`wire_text!`] makes the rest of it.
pub(crate) trait WireText: Sized + Send + Sync {
    /// Reads it.
    fn read(text: &str) -> Result<Self, Flaw>;

    /// Writes it.
    fn write(&self) -> String;

    /// How the document describes it.
    fn schema() -> MetaSchema;

    /// What to tell someone who sends another JSON type.
    fn hint() -> String {
        "expected a string".to_owned()
    }
}

/// Reads a [`WireText`] from a JSON string, and from nothing else.
pub(crate) struct TextVisitor<T>(pub PhantomData<T>);

impl<T: WireText> TextVisitor<T> {
    fn other<E: de::Error, R>(found: impl fmt::Display) -> Result<R, E> {
        Err(E::custom(Flaw::new(FieldCode::WrongType, format!("{}, not {found}.", T::hint()))))
    }
}

impl<T: WireText> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        T::read(text).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        Self::other(number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        Self::other(number)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        Self::other(number)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        Self::other(value)
    }
}

/// Everything that poem-openapi and serde want of a [`WireText`].
macro_rules! wire_text {
    ($name:ident) => { wire_text!([] $name); };
    ([$($generics:tt)*] $name:ty) => {
        impl<$($generics)*> poem_openapi::types::Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> std::borrow::Cow<'static, str> {
                "string".into()
            }

            fn schema_ref() -> poem_openapi::registry::MetaSchemaRef {
                poem_openapi::registry::MetaSchemaRef::Inline(Box::new(<Self as $crate::api::wire::WireText>::schema()))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl<$($generics)*> poem_openapi::types::ParseFromJSON for $name {
            fn parse_from_json(value: Option<serde_json::Value>) -> poem_openapi::types::ParseResult<Self> {
                serde_json::from_value(value.unwrap_or_default()).map_err(poem_openapi::types::ParseError::custom)
            }
        }

        impl<$($generics)*> poem_openapi::types::ParseFromParameter for $name {
            fn parse_from_parameter(value: &str) -> poem_openapi::types::ParseResult<Self> {
                <Self as $crate::api::wire::WireText>::read(value).map_err(poem_openapi::types::ParseError::custom)
            }
        }

        impl<$($generics)*> poem_openapi::types::ParseFromMultipartField for $name {
            async fn parse_from_multipart(
                field: Option<poem::web::Field>,
            ) -> poem_openapi::types::ParseResult<Self> {
                let Some(field) = field else { return Err(poem_openapi::types::ParseError::expected_input()) };
                let text = field.text().await.map_err(poem_openapi::types::ParseError::custom)?;
                <Self as $crate::api::wire::WireText>::read(&text).map_err(poem_openapi::types::ParseError::custom)
            }
        }

        impl<$($generics)*> poem_openapi::types::ToJSON for $name {
            fn to_json(&self) -> Option<serde_json::Value> {
                Some(serde_json::Value::String($crate::api::wire::WireText::write(self)))
            }
        }

        impl<'de, $($generics)*> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($crate::api::wire::TextVisitor(std::marker::PhantomData))
            }
        }

        impl<$($generics)*> serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&$crate::api::wire::WireText::write(self))
            }
        }
    };
}
pub(crate) use wire_text;
