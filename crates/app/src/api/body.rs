//! Request bodies in JSON, read strictly, with a pointer to what is wrong (R43).

mod reader;

use std::ops::Deref;

use poem::http::Method;
use poem::{Request, RequestBody, Result};
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use self::reader::{Reader, Unambiguous};
use super::codes::Code;
use super::flaw::{FieldCode, from_serde};
use super::idempotency::fingerprint;
use super::problem::Problem;

/// A body in JSON: unknown fields, duplicate keys and values that cannot be are refused by name.
///
/// The schema is the one that `T` derives with `Object`; reading goes through serde, so `T` derives
/// `Deserialize` with `deny_unknown_fields` as well.
#[derive(Debug)]
pub(crate) struct StrictJson<T> {
    value: T,
    method: Method,
    path: String,
    json: Value,
}

impl<T> StrictJson<T> {
    /// What was asked.
    pub(crate) fn into_inner(self) -> T {
        self.value
    }

    /// Tells this request from another one under the same idempotency key (R40): method, path and body,
    /// whatever the order of keys and the spaces between them.
    pub(crate) fn fingerprint(&self) -> u64 {
        fingerprint([self.method.as_str().as_bytes(), self.path.as_bytes(), self.json.to_string().as_bytes()])
    }
}

impl<T> Deref for StrictJson<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: DeserializeOwned> StrictJson<T> {
    fn read(method: &Method, path: &str, bytes: &[u8]) -> Result<Self, Problem> {
        let json = parse(bytes)?;
        Ok(Self { value: read(&json)?, method: method.clone(), path: path.to_owned(), json })
    }
}

/// Parses `bytes` as one JSON value, to the end.
fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    if bytes.is_empty() {
        return Err(Problem::new(Code::MalformedJson, "The body is empty: send one JSON object."));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Problem::new(Code::MalformedJson, format!("The body is not UTF-8 after byte {}.", error.valid_up_to()))
    })?;
    if let Ok(Unambiguous(value)) = serde_json::from_str(text) {
        return Ok(value);
    }
    // Once more for the place of what is wrong: to follow it costs a text for each key on the way.
    let mut json = serde_json::Deserializer::from_str(text);
    let Unambiguous(value) = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, error) = (error.path().clone(), error.into_inner());
        // A number that no double holds is valid JSON: its value is what is wrong.
        let valid = error.is_data() || error.to_string().starts_with("number out of range");
        if valid { invalid(&path, &error) } else { malformed(&error) }
    })?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// Reads a `T` from a JSON value.
fn read<T: DeserializeOwned>(json: &Value) -> Result<T, Problem> {
    let followed = |_| serde_path_to_error::deserialize(Reader(json));
    T::deserialize(Reader(json)).or_else(followed).map_err(|error| invalid(error.path(), error.inner()))
}

fn malformed(error: &serde_json::Error) -> Problem {
    let (text, line, column) = (error.to_string(), error.line(), error.column());
    let what = text.rfind(" at line ").map_or(text.as_str(), |end| &text[..end]);
    Problem::new(Code::MalformedJson, format!("The body is not JSON: {what} at line {line}, column {column}."))
}

fn invalid(path: &Path, error: &serde_json::Error) -> Problem {
    let (flaw, field) = from_serde(&error.to_string());
    let mut pointer = pointer(path);
    // A missing field has no path of its own: the message names it.
    if let Some(field) = field {
        let last = format!("/{}", escaped(&field));
        if flaw.code == FieldCode::Missing || !pointer.ends_with(&last) {
            pointer.push_str(&last);
        }
    }
    let detail = if pointer.is_empty() {
        format!("The body is not valid: {}", flaw.detail)
    } else {
        format!("{pointer} is not valid: {}", flaw.detail)
    };
    Problem::new(Code::ValidationFailed, detail).at(pointer, flaw.code.word(), flaw.detail)
}

/// The path as RFC 6901 writes it.
fn pointer(path: &Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escaped(key)),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

impl<T: Type> Payload for StrictJson<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case(Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Type + DeserializeOwned> ParsePayload for StrictJson<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        let bytes = body.take()?.into_bytes().await?;
        Ok(Self::read(request.method(), request.original_uri().path(), &bytes)?)
    }
}

impl<'a, T: Type + DeserializeOwned> ApiExtractor<'a> for StrictJson<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <Self as Payload>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content = vec![MetaMediaType { content_type: Self::CONTENT_TYPE, schema: Self::schema_ref() }];
        Some(MetaRequest { description: None, content, required: Self::IS_REQUIRED })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> Result<Self> {
        let content_type = request.content_type().unwrap_or_default();
        if !Self::check_content_type(content_type) {
            let detail = "The body must come with `Content-Type: application/json`.";
            return Err(Problem::new(Code::UnsupportedMediaType, detail).into());
        }
        <Self as ParsePayload>::from_request(request, body).await
    }
}

#[cfg(test)]
mod tests;
