//! The document of the API, made fit to be published.
//!
//! The framework writes down what it knows. This adds what the foundation does around every operation (its
//! problems, its headers, its strict bodies) and takes away what trips generators: a pure function.

mod answers;
mod example;
mod facts;
mod requests;
mod tidy;

use poem_openapi::registry::Registry;
use poem_openapi::types::Type as _;
use serde_json::{Map, Value, json};

use super::problem::ProblemBody;

/// The document of this API.
#[must_use]
pub(crate) fn document() -> Value {
    // What the framework writes is JSON; an empty document would fail every check of it.
    normalise(serde_json::from_str(&super::service().spec()).unwrap_or_default())
}

/// The framework's document, complete, in version 3.0.3 of its format.
#[must_use]
pub(crate) fn normalise(mut document: Value) -> Value {
    if let Some(top) = document.as_object_mut() {
        top.insert("openapi".to_owned(), json!("3.0.3"));
        top.insert("servers".to_owned(), json!([{ "url": "/", "description": "This server" }]));
        // Only version 3.1 has webhooks.
        top.remove("webhooks");
    }
    add_problem(&mut document);
    answers::describe_headers(&mut document);
    tidy::tidy(&mut document);
    requests::close(&mut document);
    let schemas = document["components"]["schemas"].clone();
    each_operation(&mut document, |operation| {
        answers::complete(operation);
        example::fill(operation, &schemas);
    });
    document
}

/// What an operation of a normalised document lacks: a summary, one tag, an operationId, a problem, an example.
#[cfg(test)]
pub(crate) fn flaws(document: &Value) -> Vec<String> {
    let mut flaws = Vec::new();
    for (path, method, operation) in operations(document) {
        let mut missing = |what: &str| flaws.push(format!("{} {path} has no {what}", method.to_uppercase()));
        let said = |member: &str| operation[member].as_str().is_some_and(|text| !text.is_empty());
        if !said("summary") {
            missing("summary");
        }
        if !said("operationId") {
            missing("operationId");
        }
        if operation["tags"].as_array().is_none_or(|tags| tags.len() != 1) {
            missing("one tag");
        }
        let answers = operation["responses"].as_object();
        if answers.is_none_or(|answers| !answers.keys().any(|status| status.starts_with('4'))) {
            missing("4xx answer");
        }
        let contents = answers.into_iter().flat_map(Map::values).chain([&operation["requestBody"]]);
        let mut json = contents.filter_map(|holder| holder["content"].get("application/json"));
        if json.any(|media| media.get("example").is_none()) {
            missing("example");
        }
    }
    flaws
}

/// Path, method and operation of every operation.
pub(crate) fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn each_operation(document: &mut Value, mut change: impl FnMut(&mut Map<String, Value>)) {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    let operations = paths.filter_map(Value::as_object_mut).flat_map(|methods| methods.values_mut());
    operations.filter_map(Value::as_object_mut).for_each(&mut change);
}

/// Every operation can answer with a problem, so its schema is there even if none declares one.
fn add_problem(document: &mut Value) {
    let mut registry = Registry::new();
    ProblemBody::register(&mut registry);
    for (name, schema) in registry.schemas {
        let known = &mut document["components"]["schemas"][name];
        if known.is_null() {
            *known = serde_json::to_value(schema).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests;
