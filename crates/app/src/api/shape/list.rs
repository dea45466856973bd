//! Lists and their pages, and members that are there even when they have no value.

use std::borrow::Cow;

use poem_openapi::Object;
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromJSON, ToJSON, Type};
use ports::{Page, PageAsk};
use serde_json::Value;

use crate::api::wire::Limit;

/// A member that is always there, `null` where it has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Nullable<T>(pub Option<T>);

impl<T: Type> Type for Nullable<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        match T::schema_ref() {
            MetaSchemaRef::Inline(mut schema) => {
                schema.nullable = true;
                MetaSchemaRef::Inline(schema)
            }
            reference @ MetaSchemaRef::Reference(_) => reference,
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<T: ToJSON> ToJSON for Nullable<T> {
    fn to_json(&self) -> Option<Value> {
        Some(self.0.as_ref().and_then(ToJSON::to_json).unwrap_or(Value::Null))
    }
}

impl<T: ParseFromJSON> ParseFromJSON for Nullable<T> {
    fn parse_from_json(value: Option<Value>) -> poem_openapi::types::ParseResult<Self> {
        match value {
            None | Some(Value::Null) => Ok(Self(None)),
            Some(value) => T::parse_from_json(Some(value))
                .map(|value| Self(Some(value)))
                .map_err(poem_openapi::types::ParseError::propagate),
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug, Object)]
pub(crate) struct List<T: ParseFromJSON + ToJSON + Send + Sync + Type> {
    /// The items.
    pub(crate) data: Vec<T>,
    /// Pass it as `cursor` for the next page; `null` at the end.
    pub(crate) next_cursor: Nullable<String>,
}

impl<T: ParseFromJSON + ToJSON + Send + Sync + Type> List<T> {
    /// A page, each item in its shape.
    pub(crate) fn of<S>(page: Page<S>, shape: impl FnMut(S) -> T) -> Self {
        Self { data: page.items.into_iter().map(shape).collect(), next_cursor: Nullable(page.next) }
    }
}

/// What every list takes.
pub(crate) type PageQuery = (Option<String>, Option<Limit<100>>);

/// The page that was asked for: 50 items where nothing is said.
pub(crate) fn page((cursor, limit): PageQuery, oldest_first: bool) -> PageAsk {
    PageAsk { cursor, limit: limit.map_or(50, Limit::get), oldest_first }
}
