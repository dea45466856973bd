//! An operation's answers: its own codes and the foundation's, with headers and an example each.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::super::codes::Code;
use super::super::problem::PROBLEM_JSON;
use super::facts::Facts;
use super::tidy::header_case;

/// Headers of answers: name, what it tells, its type.
const HEADERS: [(&str, &str, &str); 8] = [
    ("X-Request-Id", "The request's id: quote it when you report a problem.", "string"),
    ("X-RateLimit-Limit", "Calls that a limited key has in a minute.", "integer"),
    ("X-RateLimit-Remaining", "Calls that it has left.", "integer"),
    ("X-RateLimit-Reset", "When it has all of them again, in Unix seconds.", "integer"),
    ("Idempotent-Replayed", "`true` where this is the answer to an earlier request with the same key.", "string"),
    ("ETag", "This version: send it as `If-None-Match`.", "string"),
    ("WWW-Authenticate", "How to present a key.", "string"),
    ("Retry-After", "Seconds to wait before the next try.", "integer"),
];

/// Describes the headers that operations share, once.
pub(super) fn describe_headers(document: &mut Value) {
    for (name, description, kind) in HEADERS {
        let header = json!({ "description": description, "schema": { "type": kind } });
        document["components"]["headers"][name] = header;
    }
}

/// Completes the answers of an operation.
pub(super) fn complete(operation: &mut Map<String, Value>) {
    name_headers(operation);
    let facts = Facts::of(operation);
    let answers = operation.entry("responses").or_insert_with(|| json!({}));
    let Some(answers) = answers.as_object_mut() else { return };

    let mut problems: BTreeMap<u16, BTreeSet<Code>> = BTreeMap::new();
    let declared: Vec<Code> = answers.values().flat_map(declared_codes).collect();
    for code in facts.codes().chain(declared) {
        problems.entry(code.status()).or_default().insert(code);
    }
    answers.retain(|_, answer| answer["content"].get(PROBLEM_JSON).is_none());
    if facts.conditional {
        answers.entry("304").or_insert_with(|| json!({}));
    }
    for (status, answer) in answers.iter_mut() {
        succeed(status, answer, &facts);
    }
    for (status, codes) in problems {
        answers.insert(status.to_string(), problem(status, &codes, &facts));
    }
}

/// The codes that an endpoint's type declares: the framework carries them as the answer's description.
fn declared_codes(answer: &Value) -> impl Iterator<Item = Code> {
    let declares = answer["content"].get(PROBLEM_JSON).is_some();
    let words = answer["description"].as_str().filter(|_| declares).unwrap_or_default();
    words.split(' ').filter_map(Code::from_word)
}

/// Gives parameters and answers' headers their usual spelling.
fn name_headers(operation: &mut Map<String, Value>) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten().filter(|parameter| parameter["in"] == "header") {
        parameter["name"] = json!(header_case(parameter["name"].as_str().unwrap_or_default()));
    }
    let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
    for answer in answers.into_iter().flat_map(|answers| answers.values_mut()) {
        if let Some(headers) = answer.get_mut("headers").and_then(Value::as_object_mut) {
            *headers = std::mem::take(headers).into_iter().map(|(name, it)| (header_case(&name), it)).collect();
        }
    }
}

/// Completes an answer that is not a problem.
fn succeed(status: &str, answer: &mut Value, facts: &Facts) {
    if answer.get("description").is_none() {
        answer["description"] = json!(match status {
            "201" => "Made.",
            "202" => "Taken on.",
            "204" => "Done: there is nothing to tell.",
            "304" => "You have this version already.",
            _ => "Done.",
        });
    }
    let replay = facts.idempotent && status.starts_with('2');
    let own = [("Idempotent-Replayed", replay), ("ETag", facts.conditional)];
    own.into_iter().filter(|(_, sent)| *sent).for_each(|(name, _)| header(answer, name));
    common_headers(answer, facts);
}

/// An answer that says no.
fn problem(status: u16, codes: &BTreeSet<Code>, facts: &Facts) -> Value {
    let told: Vec<String> = codes.iter().map(|code| format!("`{}`: {}", code.word(), code.means())).collect();
    let words: Vec<&str> = codes.iter().map(|code| code.word()).collect();
    let example = codes.first().map(|code| {
        json!({
            "type": format!("/errors/{}", code.word()), "title": code.title(), "status": status,
            "detail": code.means(), "code": code.word(), "request_id": "req_0192f3a1b2c37d4e8f9012ab34cd56ef",
        })
    });
    let mut answer = json!({
        "description": told.join("\n\n"),
        "x-codes": words,
        "content": { PROBLEM_JSON: { "schema": { "$ref": "#/components/schemas/Problem" }, "example": example } },
    });
    match status {
        401 => header(&mut answer, "WWW-Authenticate"),
        429 | 503 => header(&mut answer, "Retry-After"),
        _ => {}
    }
    common_headers(&mut answer, facts);
    answer
}

fn common_headers(answer: &mut Value, facts: &Facts) {
    header(answer, "X-Request-Id");
    if facts.limited {
        for name in ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"] {
            header(answer, name);
        }
    }
}

/// Refers to a header that all operations share.
fn header(answer: &mut Value, name: &str) {
    if answer["headers"].get(name).is_none() {
        answer["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
    }
}
