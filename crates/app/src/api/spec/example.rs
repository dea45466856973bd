//! Examples: what a schema's own examples add up to.

use serde_json::{Map, Value, json};

/// Schemas nested deeper are left out of examples.
const DEEPEST: u8 = 8;

/// Gives the operation's JSON body and JSON answers an example, where they have none.
pub(super) fn fill(operation: &mut Map<String, Value>, schemas: &Value) {
    if let Some(body) = operation.get_mut("requestBody") {
        fill_content(body, schemas, false);
    }
    let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
    answers.into_iter().flat_map(|answers| answers.values_mut()).for_each(|answer| fill_content(answer, schemas, true));
}

fn fill_content(holder: &mut Value, schemas: &Value, whole: bool) {
    let Some(media) = holder.get_mut("content").and_then(|content| content.get_mut("application/json")) else { return };
    if media.get("example").is_none() {
        media["example"] = Example { schemas, whole }.of(&media["schema"], "", 0);
    }
}

/// Members that make a request's example tell something, even if they may be left out.
const TELLING: [&str; 6] = ["customer", "items", "operation", "pack", "plan", "quantity"];

/// How examples are made.
struct Example<'a> {
    schemas: &'a Value,
    /// With the members that may be left out: in answers, not in requests.
    whole: bool,
}

impl Example<'_> {
    /// An example of the schema, which describes the member `name`.
    fn of(&self, schema: &Value, name: &str, depth: u8) -> Value {
        let referred = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next());
        if let Some(referred) = referred {
            return self.of(&self.schemas[referred], name, depth);
        }
        let own = ["example", "default"].iter().find_map(|member| schema.get(*member));
        if let Some(value) = own.or_else(|| schema["enum"].get(0)) {
            return value.clone();
        }
        let part = ["allOf", "oneOf", "anyOf"].iter().find_map(|member| schema[*member].get(0));
        if let Some(part) = part {
            return self.of(part, name, depth);
        }
        match schema["type"].as_str() {
            Some("object") if depth < DEEPEST => self.object(schema, depth),
            Some("array") if depth < DEEPEST => json!([self.of(&schema["items"], name, depth + 1)]),
            Some("array") => json!([]),
            Some("integer") => {
                schema.get("minimum").filter(|least| least.as_i64() > Some(0)).cloned().unwrap_or(json!(1))
            }
            Some("number") => json!(1),
            Some("boolean") => json!(true),
            Some("string") => json!(text(name)),
            _ => json!({}),
        }
    }

    fn object(&self, schema: &Value, depth: u8) -> Value {
        let required = schema["required"].as_array();
        let needed = |name: &str| required.is_some_and(|names| names.iter().any(|needed| needed == name));
        let properties = schema["properties"].as_object().into_iter().flatten();
        let telling = |name: &str| TELLING.contains(&name);
        let all =
            self.whole || required.is_none_or(Vec::is_empty) && !properties.clone().any(|(name, _)| telling(name));
        let chosen = properties.filter(|(name, _)| all || needed(name) || telling(name));
        chosen.map(|(name, schema)| (name.clone(), self.of(schema, name, depth + 1))).collect::<Map<_, _>>().into()
    }
}

/// A text such as a member of this name has.
fn text(name: &str) -> &str {
    match name {
        "customer" | "external_id" => "user_42",
        "operation" => "extract",
        "name" => "invoice.pdf",
        "email" => "ada@example.com",
        "pack" => "starter",
        "plan" => "basic",
        "reference" => "job_4711",
        "mode" | "result_mode" => "one_per_file",
        "outcome" => "completed",
        "status" => "open",
        "media_type" => "application/pdf",
        "page_rule" => "page-rule/1",
        "sha256" => "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        _ => "text",
    }
}
