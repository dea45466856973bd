//! Bodies with one flaw each, made from the schema of a good one.

use serde_json::{Map, Value, json};

/// A body that must be refused.
pub(super) struct Flawed {
    /// Where its flaw is.
    pub(super) pointer: String,
    /// As it is sent.
    pub(super) body: String,
    /// The flaw, for messages.
    pub(super) what: String,
}

/// What stands for a number that no JSON value of the tests can hold.
const MARK: &str = "@@";

/// Every flaw of every field that the schema names, in a body that is good otherwise.
pub(super) fn flawed(document: &Value, schema: &Value, good: &Value) -> Vec<Flawed> {
    let mut flaws = Vec::new();
    object(document, schema, "", good, &mut |pointer, changed, what| {
        let body = put(good.clone(), &pointer, changed);
        let body = body.to_string();
        let body = if what.starts_with('1') { body.replace(&format!("\"{MARK}\""), &what) } else { body };
        flaws.push(Flawed { pointer, body, what });
    });
    flaws
}

/// Is told of each flaw: where, what stands there instead (`None`: nothing), and what it is.
type Told<'a> = dyn FnMut(String, Option<Value>, String) + 'a;

fn object(document: &Value, schema: &Value, at: &str, good: &Value, tell: &mut Told<'_>) {
    let schema = resolved(document, schema);
    tell(format!("{at}/no_such_field"), Some(json!(1)), "unknown field".to_owned());
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for name in &required {
        tell(format!("{at}/{name}"), None, "missing".to_owned());
        tell(format!("{at}/{name}"), Some(Value::Null), "null".to_owned());
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let pointer = format!("{at}/{name}");
        let property = resolved(document, property);
        for flaw in flaws_of(property, good.get(name)) {
            let what =
                if flaw.is_number() || flaw.to_string().len() < 60 { flaw.to_string() } else { "too much".to_owned() };
            tell(pointer.clone(), Some(flaw), what);
        }
        if property["type"] == "integer" {
            for number in ["1e30", "1e400", "18446744073709551616"] {
                tell(pointer.clone(), Some(json!(MARK)), number.to_owned());
            }
        }
        if let Some(value) = good.get(name) {
            below(document, property, &pointer, value, tell);
        }
    }
}

/// The flaws inside of a member that the good body has.
fn below(document: &Value, property: &Value, at: &str, good: &Value, tell: &mut Told<'_>) {
    match good {
        Value::Object(_) if property.get("properties").is_some() => object(document, property, at, good, tell),
        Value::Array(items) if items.first().is_some_and(Value::is_object) => {
            object(document, &property["items"], &format!("{at}/0"), &items[0], tell);
        }
        _ => {}
    }
}

/// Values that a member with this schema must not have; `good` is one that it may have.
fn flaws_of(schema: &Value, good: Option<&Value>) -> Vec<Value> {
    let others = |own: &str| -> Vec<Value> {
        let all = [
            ("string", json!("text")),
            ("integer", json!(7)),
            ("boolean", json!(true)),
            ("array", json!([])),
            ("object", json!({})),
        ];
        all.into_iter().filter(|(kind, _)| *kind != own).map(|(_, value)| value).collect()
    };
    let kind = schema["type"].as_str().expect("a type");
    let mut flaws = others(kind);
    match kind {
        "string" => flaws.extend(texts(schema)),
        "integer" => {
            flaws.extend([json!(-1), json!(1.5), json!("1")]);
            flaws.extend(schema["minimum"].as_f64().filter(|least| *least >= 1.0).map(|_| json!(0)));
            flaws.extend(schema["maximum"].as_u64().map(|most| json!(most + 1)));
        }
        "boolean" => flaws.extend([json!("true"), json!(0)]),
        "array" => {
            flaws.push(json!([1]));
            flaws.extend(schema["minItems"].as_u64().filter(|least| *least > 0).map(|_| json!([])));
            flaws.extend(schema["maxItems"].as_u64().map(|most| too_many(most, good)));
        }
        "object" if schema.get("additionalProperties").is_some_and(Value::is_object) => flaws.extend(notes()),
        _ => {}
    }
    flaws
}

fn texts(schema: &Value) -> Vec<Value> {
    let odd: &[&str] = match schema["format"].as_str() {
        Some("decimal") => {
            &["", "-1", "NaN", "1e30", "1.1234567", "1,5", " 1", "+1", "0x10", "1.", ".5", "٣", "99999999999999999999"]
        }
        Some("date-time") => {
            &["", "yesterday", "2026-02-30T00:00:00Z", "2026-01-01", "1969-12-31T23:59:59Z", "10000-01-01T00:00:00Z"]
        }
        Some("duration") => &["", "1h", "P", "PT", "-P1D", "P1.5D", "P99999999999999999999Y"],
        _ if schema.get("enum").is_some() => &["", "nonsense", "COMPLETED"],
        _ if schema.get("minLength").is_some() => &["", " ", "a\u{0}b", "a\nb", "\u{7f}"],
        _ => &[],
    };
    let mut texts: Vec<_> = odd.iter().map(|text| json!(text)).collect();
    let longest = schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok());
    texts.extend(longest.map(|most| json!("é".repeat(most + 1))));
    texts
}

/// One item more than there may be, each of them as good as can be.
fn too_many(most: u64, good: Option<&Value>) -> Value {
    let item = good.map_or_else(|| json!("read"), |items| items[0].clone());
    Value::Array(vec![item; usize::try_from(most).expect("small") + 1])
}

fn notes() -> Vec<Value> {
    let many: Map<_, _> = (0..51).map(|number| (number.to_string(), json!("x"))).collect();
    vec![
        Value::Object(many),
        json!({"k": 1}),
        json!({"k": null}),
        json!({"": "x"}),
        json!({"k\u{0}": "x"}),
        json!({"k".repeat(41): "x"}),
        json!({"k": "x".repeat(501)}),
        json!({"k": "a\u{0}b"}),
    ]
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema["$ref"].as_str().or_else(|| schema["allOf"][0]["$ref"].as_str());
    match reference {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).expect("a schema"),
        None => schema,
    }
}

/// The body with another value, or none, at the pointer.
fn put(mut body: Value, pointer: &str, value: Option<Value>) -> Value {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let members = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    body
}
