use serde::Deserialize;

use super::*;
use crate::api::wire::{CreditsText, Metadata, SpanText, Text, Time};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read, never used")]
struct Order {
    customer: Text<10>,
    items: Vec<Item>,
    amount: Option<CreditsText>,
    at: Option<Time>,
    ttl: Option<SpanText>,
    metadata: Option<Metadata>,
    #[serde(rename = "a/b~c")]
    odd: Option<bool>,
    colour: Option<Colour>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read, never used")]
struct Item {
    quantity: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Colour {
    Red,
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    super::read(&parse(bytes)?)
}

/// The pointer and code that a body is refused with.
fn refusal(body: &str) -> (u16, String, String) {
    let problem = read::<Order>(body.as_bytes()).expect_err(body);
    let body = problem.body();
    let error = body.errors.as_ref().map(|errors| errors[0].clone());
    let (pointer, code) = error.map_or((String::new(), body.code.clone()), |error| (error.pointer, error.code));
    (body.status, pointer, code)
}

#[track_caller]
fn invalid_at(body: &str, pointer: &str, code: &str) {
    assert_eq!(refusal(body), (422, pointer.to_owned(), code.to_owned()), "{body}");
}

/// An order with these members besides the customer.
fn order(members: &str) -> String {
    format!(r#"{{"customer": "c", "items": [], {members}}}"#)
}

#[test]
fn r43_whole_numbers_are_those_of_the_document() {
    assert!(parse(br#"{"quantity": 9223372036854775807}"#).is_ok());
    invalid_at(
        r#"{"customer": "c", "items": [{"quantity": 9223372036854775808}]}"#,
        "/items/0/quantity",
        "out_of_range",
    );
    invalid_at(&order(r#""extra": 18446744073709551615"#), "/extra", "out_of_range");
}

#[test]
fn r43_a_field_at_fault_is_pointed_at() {
    invalid_at(r#"{"customer": "c"}"#, "/items", "missing");
    invalid_at(r#"{"customer": "c", "items": [{}]}"#, "/items/0/quantity", "missing");
    invalid_at(
        r#"{"customer": "c", "items": [{"quantity": 1}, {"quantity": 1, "x": 1}]}"#,
        "/items/1/x",
        "unknown_field",
    );
    invalid_at(&order(r#""extra": 1"#), "/extra", "unknown_field");
    invalid_at(&order(r#""a/b~c": 1"#), "/a~1b~0c", "wrong_type");
    invalid_at(&order(r#""colour": "blue""#), "/colour", "unknown");
    invalid_at(r#"{"customer": null, "items": []}"#, "/customer", "wrong_type");
    invalid_at(r#"{"customer": "c", "items": [null]}"#, "/items/0", "wrong_type");
    invalid_at(r#"{"customer": "c", "items": {}}"#, "/items", "wrong_type");
    invalid_at(r#"{"customer": "c", "items": [[1]]}"#, "/items/0", "wrong_type");
    for other in ["[]", r#"["c", []]"#, "1", "null", "\"x\"", "true"] {
        let (status, pointer, code) = refusal(other);
        assert_eq!((status, pointer.as_str()), (422, ""), "{other}");
        assert_eq!(code, "wrong_type", "{other}");
    }
}

#[test]
fn r43_a_whole_number_is_neither_negative_nor_broken_nor_huge() {
    let quantity = |value: &str| format!(r#"{{"customer": "c", "items": [{{"quantity": {value}}}]}}"#);
    for value in ["-1", "4294967296"] {
        invalid_at(&quantity(value), "/items/0/quantity", "out_of_range");
    }
    for value in ["1.5", "1e30", "\"1\"", "18446744073709551616", "[1]"] {
        invalid_at(&quantity(value), "/items/0/quantity", "wrong_type");
    }
    invalid_at(&quantity("1e999"), "/items/0/quantity", "out_of_range");
    for value in ["NaN", "Infinity", "01", "+1", "0x1"] {
        assert_eq!(refusal(&quantity(value)).2, "malformed_json", "{value}");
    }
}

#[test]
fn r43_a_key_that_is_there_twice_is_refused() {
    invalid_at(&order(r#""items": []"#), "/items", "duplicate");
    invalid_at(r#"{"customer": "c", "items": [{"quantity": 1, "quantity": 2}]}"#, "/items/0/quantity", "duplicate");
    invalid_at(&order(r#""metadata": {"a": "1", "a": "2"}"#), "/metadata/a", "duplicate");
}

#[test]
fn r1_credits_are_a_string_of_plain_decimals() {
    let amount = |value: &str| order(&format!(r#""amount": {value}"#));
    assert!(read::<Order>(amount(r#""101.6""#).as_bytes()).is_ok());
    for number in ["101.6", "5", "-1", "1e30"] {
        invalid_at(&amount(number), "/amount", "wrong_type");
    }
    for text in ["NaN", "-1", "+1", "1e3", "", " 1", "1\\u0000", "1,5", "\u{661}"] {
        invalid_at(&amount(&format!("\"{text}\"")), "/amount", "malformed");
    }
    invalid_at(&amount(r#""0.0000001""#), "/amount", "malformed");
    invalid_at(&amount(r#""1000000000.1""#), "/amount", "out_of_range");
    let problem = read::<Order>(amount("101.6").as_bytes()).unwrap_err();
    assert!(problem.body().detail.contains("\"101.6\""), "{}", problem.body().detail);
}

#[test]
fn texts_are_bounded_and_say_something() {
    let customer = |text: &str| format!(r#"{{"items": [], "customer": "{text}"}}"#);
    invalid_at(&customer(""), "/customer", "empty");
    invalid_at(&customer("   "), "/customer", "empty");
    invalid_at(&customer("12345678901"), "/customer", "too_long");
    invalid_at(&customer("a\\u0000b"), "/customer", "malformed");
    invalid_at(&customer("a\\nb"), "/customer", "malformed");
    assert_eq!(read::<Order>(customer("  äöüäöüäöüä ").as_bytes()).unwrap().customer.as_str(), "äöüäöüäöüä");
}

#[test]
fn times_and_spans_are_read_as_they_are_documented() {
    for good in ["2026-06-01T12:00:00Z", "2026-06-01T14:00:00.123456+02:00", "2026-06-01T12:00:00.5-00:30"] {
        assert!(read::<Order>(order(&format!(r#""at": "{good}""#)).as_bytes()).is_ok(), "{good}");
    }
    for wrong in ["2026-06-01", "2026-06-01T12:00:00", "2026-02-30T00:00:00Z", "yesterday", ""] {
        invalid_at(&order(&format!(r#""at": "{wrong}""#)), "/at", "malformed");
    }
    invalid_at(&order(r#""at": "0001-01-01T00:00:00Z""#), "/at", "out_of_range");
    invalid_at(&order(r#""at": 1780315200"#), "/at", "wrong_type");
    assert!(read::<Order>(order(r#""ttl": "PT90M""#).as_bytes()).is_ok());
    invalid_at(&order(r#""ttl": "90 minutes""#), "/ttl", "malformed");
    invalid_at(&order(r#""ttl": 3600"#), "/ttl", "wrong_type");
}

#[test]
fn metadata_is_a_small_object_of_strings() {
    let metadata = |members: &str| order(&format!(r#""metadata": {{{members}}}"#));
    assert!(read::<Order>(metadata(r#""job": "a\nb", "empty": """#).as_bytes()).is_ok());
    invalid_at(&metadata(r#""n": 1"#), "/metadata/n", "wrong_type");
    invalid_at(&metadata(r#""o": {}"#), "/metadata/o", "wrong_type");
    invalid_at(
        &metadata(&format!(r#""{}": "v""#, "k".repeat(41))),
        &format!("/metadata/{}", "k".repeat(41)),
        "too_long",
    );
    invalid_at(&metadata(&format!(r#""k": "{}""#, "v".repeat(501))), "/metadata/k", "too_long");
    invalid_at(&metadata(r#""k": "a\u0000b""#), "/metadata/k", "malformed");
    let many: Vec<_> = (0..51).map(|n| format!(r#""k{n}": "v""#)).collect();
    invalid_at(&metadata(&many.join(",")), "/metadata", "too_long");
    invalid_at(&order(r#""metadata": []"#), "/metadata", "wrong_type");
}

#[test]
fn r43_what_is_not_json_is_malformed() {
    for body in
        ["", " ", "{", r#"{"customer": "c",}"#, "{'customer': 1}", r#"{"customer": "c", "items": []} x"#, "\u{feff}{}"]
    {
        assert_eq!(refusal(body), (400, String::new(), "malformed_json".to_owned()), "{body:?}");
    }
    let problem = read::<Order>(b"{\n  \"customer\": x}").unwrap_err();
    assert!(problem.body().detail.ends_with("at line 2, column 15."), "{}", problem.body().detail);
    let problem = read::<Order>(b"{\"customer\": \"\xff\"}").unwrap_err();
    assert_eq!(problem.code(), Code::MalformedJson);
    let deep = format!(r#"{{"customer": {}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(read::<serde_json::Value>(deep.as_bytes()).unwrap_err().code(), Code::MalformedJson);
}

#[test]
fn r40_a_fingerprint_tells_requests_apart_by_what_they_ask() {
    let print =
        |path: &str, body: &str| StrictJson::<Order>::read(&Method::POST, path, body.as_bytes()).unwrap().fingerprint();
    let one = print("/v1/holds", r#"{"customer": "c", "items": [{"quantity": 1}]}"#);
    assert_eq!(one, print("/v1/holds", r#"{ "items":[{"quantity":1}],"customer":"c" }"#));
    assert_ne!(one, print("/v1/holds", r#"{"customer": "c", "items": [{"quantity": 2}]}"#));
    assert_ne!(one, print("/v1/usage", r#"{"customer": "c", "items": [{"quantity": 1}]}"#));
}

#[test]
fn only_json_is_taken_for_json() {
    for good in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        assert!(StrictJson::<String>::check_content_type(good), "{good}");
    }
    for wrong in
        ["", "text/plain", "application/x-www-form-urlencoded", "application/problem+json", "application/jsonx"]
    {
        assert!(!StrictJson::<String>::check_content_type(wrong), "{wrong}");
    }
}
