//! Small corrections, wherever in the document they are needed.

use serde_json::{Map, Value, json};

/// Members whose values are data, not descriptions of data.
const DATA: [&str; 4] = ["example", "examples", "default", "enum"];
/// Bounds that the framework writes as floats.
const BOUNDS: [&str; 3] = ["minimum", "maximum", "multipleOf"];

/// Tidies `value` and everything in it.
pub(super) fn tidy(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(tidy),
        Value::Object(object) => {
            tidy_object(object);
            object.iter_mut().filter(|(name, _)| !DATA.contains(&name.as_str())).for_each(|(_, value)| tidy(value));
        }
        _ => {}
    }
}

fn tidy_object(object: &mut Map<String, Value>) {
    object.retain(|name, value| match name.as_str() {
        "description" => value != "",
        "deprecated" => *value != json!(false),
        "explode" => *value != json!(true),
        _ => true,
    });
    for bound in BOUNDS {
        if let Some(whole) = object.get(bound).and_then(whole) {
            object.insert(bound.to_owned(), json!(whole));
        }
    }
    unsigned(object);
    documented_reference(object);
    if let Some(content) = object.get_mut("content").and_then(Value::as_object_mut) {
        bare_media_types(content);
    }
}

/// The whole number that a float is, if it is one.
fn whole(value: &Value) -> Option<i64> {
    let float = value.as_f64().filter(|_| value.is_f64())?;
    // Below 2^53 a double says exactly which whole number it is.
    format!("{float:.0}").parse().ok().filter(|whole: &i64| whole.unsigned_abs() < 1 << 53 && float.fract() == 0.0)
}

/// The format knows no unsigned numbers.
fn unsigned(object: &mut Map<String, Value>) {
    let (format, most) = match object.get("format").and_then(Value::as_str) {
        Some("uint8") => ("int32", Some(u32::from(u8::MAX))),
        Some("uint16") => ("int32", Some(u32::from(u16::MAX))),
        Some("uint32") => ("int64", Some(u32::MAX)),
        Some("uint64") => ("int64", None),
        _ => return,
    };
    object.insert("format".to_owned(), json!(format));
    object.entry("minimum").or_insert(json!(0));
    if let Some(most) = most {
        object.entry("maximum").or_insert(json!(most));
    }
}

/// `allOf: [reference, {what its siblings say already}]` is `allOf: [reference]` with siblings.
fn documented_reference(object: &mut Map<String, Value>) {
    let Some(parts) = object.get_mut("allOf").and_then(Value::as_array_mut) else { return };
    let references = parts.iter().filter(|part| part.get("$ref").is_some()).count();
    if references == 1 && parts.len() == 2 {
        parts.retain(|part| part.get("$ref").is_some());
    }
    if object.len() == 1
        && let Some(Value::Array(parts)) = object.get("allOf").cloned()
        && let [Value::Object(only)] = parts.as_slice()
    {
        object.clone_from(only);
    }
}

fn bare_media_types(content: &mut Map<String, Value>) {
    let parts = std::mem::take(content).into_iter();
    *content =
        parts.map(|(media, value)| (media.split(';').next().unwrap_or_default().trim().to_owned(), value)).collect();
}

/// A header's name as people write it. The framework shouts.
pub(super) fn header_case(name: &str) -> String {
    if name.chars().any(char::is_lowercase) {
        return name.to_owned();
    }
    let part = |part: &str| match part {
        "ETAG" => "ETag".to_owned(),
        "WWW" | "API" => part.to_owned(),
        _ => part.chars().take(1).chain(part.to_lowercase().chars().skip(1)).collect(),
    };
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}
