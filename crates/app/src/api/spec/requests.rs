//! Bodies are read strictly: the document says so.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{each_operation, operations};

/// Closes the schemas that only JSON requests use: no other members, and `null` for what may be left out.
pub(super) fn close(document: &mut Value) {
    let (mut asked, mut told) = (BTreeSet::new(), BTreeSet::new());
    for (_, _, operation) in operations(document) {
        for (media, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            let into = if media == "application/json" { &mut asked } else { &mut told };
            reach(content, document, into);
        }
        reach(&operation["responses"], document, &mut told);
    }
    for name in asked.difference(&told) {
        close_schema(&mut document["components"]["schemas"][name]);
    }
    each_operation(document, |operation| {
        if let Some(form) = operation.get_mut("requestBody").and_then(|body| body.pointer_mut(FORM)) {
            form["additionalProperties"] = json!(false);
        }
    });
}

/// The schema of a form, within a request's body.
const FORM: &str = "/content/multipart~1form-data/schema";

/// Collects the names of the schemas that `value` refers to, and those that they refer to.
fn reach(value: &Value, document: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| reach(value, document, names)),
        Value::Object(object) => {
            let name = object.get("$ref").and_then(Value::as_str).and_then(|it| it.rsplit('/').next());
            if let Some(name) = name.filter(|name| names.insert((*name).to_owned())) {
                reach(&document["components"]["schemas"][name], document, names);
            }
            object.values().for_each(|value| reach(value, document, names));
        }
        _ => {}
    }
}

fn close_schema(schema: &mut Value) {
    if schema["type"] != "object" || schema.get("properties").is_none() {
        return;
    }
    if schema.get("additionalProperties").is_none() {
        schema["additionalProperties"] = json!(false);
    }
    let required = schema["required"].clone();
    let required = |name: &str| required.as_array().is_some_and(|names| names.iter().any(|it| it == name));
    let properties = schema["properties"].as_object_mut().into_iter().flatten();
    for (_, property) in properties.filter(|(name, _)| !required(name)) {
        if property.get("$ref").is_some() {
            *property = json!({ "allOf": [property] });
        }
        property["nullable"] = json!(true);
    }
}
