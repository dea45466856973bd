//! Idempotency keys: how they come in, and what tells one request from another (R40).

use std::borrow::Cow;

use domain::CustomerId;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromParameter, ParseResult, Type};
use serde_json::json;
use service::Once;
use sha2::{Digest as _, Sha256};

use super::codes::Code;
use super::flaw::{FieldCode, Flaw};
use super::problem::Problem;
use super::wire::{WireText, wire_text};
use crate::http::auth::Caller;

/// The longest key.
const LONGEST: usize = 255;

/// The value of an `Idempotency-Key` header: quoted, as the IETF draft says, or bare, as Stripe's clients send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key without its quotes.
    #[must_use]
    pub(crate) fn into_text(self) -> String {
        self.0
    }

    /// The key as the ledger has it. A customer's own key spends idempotency keys of its own, so that customers never
    /// meet under one (R42); no caller's key has the space that parts the two.
    #[must_use]
    pub(crate) fn of(self, customer: Option<CustomerId>) -> String {
        match customer {
            Some(own) => format!("{own} {}", self.0),
            None => self.0,
        }
    }
}

/// The key as it was sent, of the one that the ledger has (R44).
pub(crate) fn as_sent(key: &str) -> &str {
    key.split_once(' ').map_or(key, |(_, sent)| sent)
}

impl WireText for IdempotencyKey {
    fn read(text: &str) -> Result<Self, Flaw> {
        let text = text.trim();
        let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        if bare.is_empty() {
            return Err(Flaw::new(FieldCode::Empty, "an idempotency key has at least one character"));
        }
        if bare.len() > LONGEST {
            return Err(Flaw::new(FieldCode::TooLong, format!("an idempotency key has at most {LONGEST} characters")));
        }
        if !bare.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"') {
            return Err(Flaw::new(
                FieldCode::Malformed,
                "an idempotency key is printable ASCII without spaces or quotes",
            ));
        }
        Ok(Self(bare.to_owned()))
    }

    fn write(&self) -> String {
        self.0.clone()
    }

    fn schema() -> MetaSchema {
        MetaSchema {
            min_length: Some(1),
            max_length: Some(LONGEST),
            pattern: Some(r#"^([!#-~]+|"[!#-~]+")$"#.to_owned()),
            example: Some(json!("start-invoice-4711")),
            ..MetaSchema::new("string")
        }
    }
}
wire_text!(IdempotencyKey);

/// The key of a call that moves credits: the document says that it must be there, a problem of its own that it was not.
#[derive(Clone, Debug)]
pub(crate) struct NeededKey(Option<IdempotencyKey>);

impl NeededKey {
    /// The key that came.
    pub(crate) fn found(self) -> Result<IdempotencyKey, Problem> {
        let detail = "This call moves credits: send it with an `Idempotency-Key` header.";
        self.0.ok_or_else(|| Problem::new(Code::IdempotencyKeyRequired, detail))
    }
}

impl Type for NeededKey {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        IdempotencyKey::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        IdempotencyKey::schema_ref()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromParameter for NeededKey {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        Self::parse_from_parameters([text])
    }

    fn parse_from_parameters<I: IntoIterator<Item = A>, A: AsRef<str>>(values: I) -> ParseResult<Self> {
        let key = Option::<IdempotencyKey>::parse_from_parameters(values);
        key.map(Self).map_err(ParseError::propagate)
    }
}

/// The key of a caller's call, and how its answer is kept under it.
pub(crate) fn once<'a, T>(
    caller: &Caller,
    key: NeededKey,
    fingerprint: u64,
    render: &'a (dyn Fn(&T) -> (u16, String) + Sync),
) -> Result<Once<'a, T>, Problem> {
    Ok(Once { key: key.found()?.of(caller.customer()), fingerprint, render })
}

/// 64 bits that tell these parts from others.
pub(crate) fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        // The length first: ("ab", "c") is not ("a", "bc").
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r40_a_key_is_read_quoted_or_bare() {
        for text in ["\"abc-1\"", "abc-1", " abc-1 "] {
            assert_eq!(IdempotencyKey::read(text).unwrap().into_text(), "abc-1");
        }
        for wrong in ["", "\"\"", "a b", "a\"b", "ä", &"x".repeat(256)] {
            assert!(IdempotencyKey::read(wrong).is_err(), "{wrong}");
        }
        let none = NeededKey::parse_from_parameters::<_, &str>([]).unwrap();
        assert_eq!(none.found().unwrap_err().code(), Code::IdempotencyKeyRequired);
    }

    #[test]
    fn r42_customers_do_not_meet_under_one_key() {
        let key = || IdempotencyKey::read("abc-1").unwrap();
        let of = |id| key().of(Some(CustomerId(uuid::Uuid::from_u128(id))));
        assert_eq!(key().of(None), "abc-1");
        assert_ne!(of(1), of(2));
        assert!(IdempotencyKey::read(&of(1)).is_err(), "an operator cannot send it");
        assert_eq!((as_sent(&of(1)), as_sent("abc-1")), ("abc-1", "abc-1"));
    }

    #[test]
    fn r40_a_fingerprint_depends_on_every_part() {
        let print = |parts: [&str; 2]| fingerprint(parts.map(str::as_bytes));
        assert_eq!(print(["ab", "c"]), print(["ab", "c"]));
        assert_ne!(print(["ab", "c"]), print(["a", "bc"]));
    }
}
