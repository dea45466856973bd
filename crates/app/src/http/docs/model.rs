//! The document as the reference shows it: groups of operations, tables of fields.

use std::fmt::Write as _;

use serde_json::Value;

use crate::api::spec::operations;

/// Fields nested deeper are not listed.
const DEEPEST: usize = 4;

/// All that the reference shows.
pub(super) struct Reference {
    pub(super) title: String,
    pub(super) version: String,
    pub(super) about: String,
    /// Security schemes: name, text.
    pub(super) schemes: Vec<(String, String)>,
    pub(super) groups: Vec<Group>,
}

/// The operations of a tag.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) anchor: String,
    pub(super) about: String,
    pub(super) operations: Vec<Operation>,
}

/// One operation.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
    pub(super) about: String,
    /// Security schemes that it takes.
    pub(super) keys: Vec<String>,
    pub(super) parameters: Vec<Field>,
    pub(super) bodies: Vec<Body>,
    pub(super) curl: String,
    pub(super) answers: Vec<Answer>,
    /// Status, codes.
    pub(super) problems: Vec<(String, Vec<String>)>,
}

/// A body that an operation takes.
pub(super) struct Body {
    pub(super) media: String,
    pub(super) fields: Vec<Field>,
}

/// An answer that is not a problem.
pub(super) struct Answer {
    pub(super) status: String,
    pub(super) media: String,
    pub(super) about: String,
    pub(super) fields: Vec<Field>,
    pub(super) example: String,
}

/// A row of a table.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) required: bool,
    pub(super) about: String,
}

impl Reference {
    /// Reads a normalised document.
    pub(super) fn of(document: &Value) -> Self {
        let tags = document["tags"].as_array().into_iter().flatten();
        let groups = tags.map(|tag| Group::of(tag, document)).filter(|group| !group.operations.is_empty());
        let schemes = document["components"]["securitySchemes"].as_object().into_iter().flatten();
        Self {
            title: text(&document["info"]["title"]),
            version: text(&document["info"]["version"]),
            about: prose(&text(&document["info"]["description"])),
            groups: groups.collect(),
            schemes: schemes.map(|(name, scheme)| (name.clone(), inline(&text(&scheme["description"])))).collect(),
        }
    }
}

impl Group {
    fn of(tag: &Value, document: &Value) -> Self {
        let name = text(&tag["name"]);
        let operations = operations(document)
            .filter(|(_, _, operation)| operation["tags"][0] == tag["name"])
            .map(|(path, method, operation)| Operation::of(path, method, operation, document))
            .collect();
        let anchor = format!("tag-{}", name.to_lowercase().replace(' ', "-"));
        Self { anchor, about: prose(&text(&tag["description"])), operations, name }
    }
}

impl Operation {
    fn of(path: &str, method: &str, operation: &Value, document: &Value) -> Self {
        let method = method.to_uppercase();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let bodies = operation["requestBody"]["content"].as_object().into_iter().flatten();
        let (problems, answers): (Vec<_>, Vec<_>) = operation["responses"]
            .as_object()
            .into_iter()
            .flatten()
            .partition(|(_, answer)| answer.get("x-codes").is_some());
        let codes = |answer: &Value| answer["x-codes"].as_array().into_iter().flatten().map(text).collect();
        let schemes = operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
        Self {
            id: text(&operation["operationId"]),
            summary: text(&operation["summary"]),
            about: prose(&text(&operation["description"])),
            keys: schemes.flat_map(|scheme| scheme.keys().cloned()).collect(),
            parameters: parameters.map(|parameter| Field::of_parameter(parameter, document)).collect(),
            bodies: bodies.map(|(media, body)| Body { media: media.clone(), fields: fields(body, document) }).collect(),
            curl: curl(path, &method, operation),
            answers: answers.into_iter().map(|(status, answer)| Answer::of(status, answer, document)).collect(),
            problems: problems.into_iter().map(|(status, answer)| (status.clone(), codes(answer))).collect(),
            path: path.to_owned(),
            method,
        }
    }
}

impl Answer {
    fn of(status: &str, answer: &Value, document: &Value) -> Self {
        let content = answer["content"].as_object().and_then(|content| content.iter().next());
        let example = content.and_then(|(_, content)| content.get("example"));
        Self {
            status: status.to_owned(),
            media: content.map(|(media, _)| media.clone()).unwrap_or_default(),
            about: prose(&text(&answer["description"])),
            fields: content.map(|(_, content)| fields(content, document)).unwrap_or_default(),
            example: example.map(|example| format!("{example:#}")).unwrap_or_default(),
        }
    }
}

impl Field {
    fn of_parameter(parameter: &Value, document: &Value) -> Self {
        let schema = resolved(&parameter["schema"], document);
        Self {
            name: text(&parameter["name"]),
            kind: format!("{}, in {}", kind(schema, document), text(&parameter["in"])),
            required: parameter["required"] == true,
            about: prose(&text(&parameter["description"])),
        }
    }
}

/// The fields of a content's schema, nested ones by their path.
fn fields(content: &Value, document: &Value) -> Vec<Field> {
    let mut rows = Vec::new();
    list("", &content["schema"], document, 0, &mut rows);
    rows
}

fn list(prefix: &str, schema: &Value, document: &Value, depth: usize, rows: &mut Vec<Field>) {
    let schema = resolved(schema, document);
    if depth > DEEPEST {
        return;
    }
    if schema.get("items").is_some() {
        return list(&format!("{prefix}[]"), &schema["items"], document, depth, rows);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let target = resolved(property, document);
        let about = property.get("description").or_else(|| target.get("description"));
        let required = schema["required"].as_array().is_some_and(|it| it.iter().any(|it| name.ends_with(&text(it))));
        rows.push(Field {
            kind: kind(target, document),
            required,
            about: prose(&about.map(text).unwrap_or_default()),
            name: name.clone(),
        });
        list(&name, property, document, depth + 1, rows);
    }
}

/// The schema itself, behind a reference.
fn resolved<'a>(schema: &'a Value, document: &'a Value) -> &'a Value {
    let target = if schema.get("allOf").is_some() { &schema["allOf"][0] } else { schema };
    match target["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        Some(name) => &document["components"]["schemas"][name],
        None => schema,
    }
}

/// A schema's type in a few words.
fn kind(schema: &Value, document: &Value) -> String {
    let base = match schema["type"].as_str().unwrap_or("any") {
        "array" => return format!("array of {}", kind(resolved(&schema["items"], document), document)),
        "string" if schema.get("format").is_some() => text(&schema["format"]),
        other => other.to_owned(),
    };
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(text).collect::<Vec<_>>().join(" | ");
    }
    match schema["maxLength"].as_u64() {
        Some(longest) => format!("{base}, at most {longest}"),
        None => base,
    }
}

/// A command line that calls the operation.
fn curl(path: &str, method: &str, operation: &Value) -> String {
    let mut line = format!("curl -X {method} \"$FOLIO_URL{path}\"");
    if operation.get("security").is_some() {
        line.push_str(" \\\n  -H \"Authorization: Bearer $FOLIO_KEY\"");
    }
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    if parameters.into_iter().any(|parameter| parameter["name"] == "Idempotency-Key") {
        line.push_str(" \\\n  -H \"Idempotency-Key: $(uuidgen)\"");
    }
    let content = &operation["requestBody"]["content"];
    if let Some(body) = content.get("application/json") {
        let body = body["example"].to_string().replace('\'', r"'\''");
        let _ = write!(line, " \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'");
    } else if content.get("multipart/form-data").is_some() {
        line.push_str(" \\\n  -F file=@invoice.pdf");
    }
    line
}

/// Plain text as HTML: paragraphs, and `code` where there are backticks.
pub(super) fn prose(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    paragraphs.fold(String::new(), |html, paragraph| format!("{html}<p>{}</p>", inline(paragraph)))
}

/// One line of plain text as HTML.
fn inline(text: &str) -> String {
    let escaped = text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;");
    let parts: Vec<&str> = escaped.split('`').collect();
    // An odd number of backticks quotes nothing.
    if parts.len().is_multiple_of(2) {
        return escaped;
    }
    let quoted =
        |(place, part): (usize, &str)| if place % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() };
    parts.into_iter().enumerate().map(quoted).collect()
}

/// A string's text; nothing for anything else.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
