//! What can be told of an operation from what it takes.

use serde_json::{Map, Value};

use super::super::codes::{Code, On};

/// What an operation takes.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Facts {
    keyed: bool,
    input: bool,
    json: bool,
    body: bool,
    listing: bool,
    command: bool,
    /// It takes an `Idempotency-Key`.
    pub(super) idempotent: bool,
    /// It can answer that nothing has changed.
    pub(super) conditional: bool,
    /// Keys with a rate limit can call it.
    pub(super) limited: bool,
}

impl Facts {
    /// Reads them off an operation.
    pub(super) fn of(operation: &Map<String, Value>) -> Self {
        let body = operation.get("requestBody");
        let parameters = || operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let is = |it: &Value, name: &str| it["name"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(name));
        let takes = |name: &str| parameters().any(|it| is(it, name));
        let security = operation.get("security").and_then(Value::as_array);
        Self {
            keyed: security.is_some_and(|schemes| !schemes.is_empty()),
            limited: security.into_iter().flatten().any(|scheme| scheme.get("CustomerKey").is_some()),
            // What cannot be a path's parameter is not found.
            input: body.is_some() || parameters().any(|parameter| parameter["in"] != "path"),
            json: body.is_some_and(|body| body["content"].get("application/json").is_some()),
            body: body.is_some(),
            listing: takes("cursor"),
            command: parameters().any(|it| is(it, "Idempotency-Key") && it["required"] == true),
            idempotent: takes("Idempotency-Key"),
            conditional: takes("If-None-Match"),
        }
    }

    /// The codes that the foundation answers with around such an operation.
    pub(super) fn codes(&self) -> impl Iterator<Item = Code> {
        Code::ALL.iter().copied().filter(|code| match code.on() {
            On::Every => true,
            On::Keyed => self.keyed,
            On::Input => self.input,
            On::Json => self.json,
            On::Body => self.body,
            On::Idempotent => self.idempotent,
            On::Listing => self.listing,
            On::Command => self.command,
            On::Declared | On::Unrouted => false,
        })
    }
}
