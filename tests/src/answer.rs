//! Answers, and what every one of them must look like.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// What a request was answered with.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked, for messages.
    asked: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn of(asked: String, response: reqwest::Result<reqwest::Response>) -> Self {
        let read = match response {
            Ok(response) => Self::read(asked.clone(), response).await,
            Err(error) => Err(error),
        };
        read.unwrap_or_else(|error| panic!("{asked}: {error:?}"))
    }

    pub(crate) async fn read(asked: String, response: reqwest::Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self { asked, status, headers, body: response.bytes().await?.to_vec() })
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, if the status is this one. A member without a value is left out, but where a list or one
    /// of the seed's shapes says `null`.
    #[expect(clippy::must_use_candidate, reason = "it asserts")]
    pub fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.told());
        assert_eq!(self.header("Content-Type"), Some("application/json"), "{}", self.told());
        let json = self.json();
        let seed = self.asked.contains("/v1/me") || self.asked.contains("/v1/credits");
        let odd = nulls(&json, seed);
        assert_eq!(odd, Vec::<String>::new(), "nulls in {}", self.told());
        json
    }

    /// The problem, if it has this status and code (R43).
    #[expect(clippy::must_use_candidate, reason = "it asserts")]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let problem = self.problem();
        assert_eq!((self.status, problem["code"].as_str()), (status, Some(code)), "{}", self.told());
        problem
    }

    /// The problem, if it is one: a refusal that says what it is about, and leaks nothing (R43).
    #[expect(clippy::must_use_candidate, reason = "it asserts")]
    pub fn problem(&self) -> Value {
        assert!((400..500).contains(&self.status), "{}", self.told());
        assert_eq!(self.header("Content-Type"), Some("application/problem+json"), "{}", self.told());
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{}", self.told());
        let code = problem["code"].as_str().unwrap_or_default();
        assert_eq!(problem["type"], format!("/errors/{code}"), "{}", self.told());
        for member in ["title", "detail", "code", "request_id"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "no {member}: {}", self.told());
        }
        assert_eq!(problem["request_id"].as_str(), self.header("X-Request-Id"), "{}", self.told());
        let leaks = ["sqlx", "sqlite", "postgres", "panicked", ".rs:", "serde", "u64", "usize", "Option<", "struct "];
        for leak in leaks {
            assert!(!self.text().contains(leak), "{leak:?} leaks: {}", self.told());
        }
        problem
    }

    /// Whether it is what an earlier call with the same key came to (R40).
    #[must_use]
    pub fn is_replay(&self) -> bool {
        self.header("Idempotent-Replayed") == Some("true")
    }

    /// The body as JSON, whatever the status.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("not JSON: {error}: {}", self.told()))
    }

    fn told(&self) -> String {
        format!("{} → {} {}", self.asked, self.status, self.text())
    }
}

/// Where `null` stands though nothing says that it may.
fn nulls(json: &Value, seed: bool) -> Vec<String> {
    const OF_SEED: [&str; 4] = ["email", "name", "key_expires_at", "expires_at"];
    match json {
        Value::Object(members) => members
            .iter()
            .filter(|(name, value)| {
                let may_be_null = *name == "next_cursor" || seed && OF_SEED.contains(&name.as_str());
                !(may_be_null && value.is_null())
            })
            .flat_map(|(name, value)| nulls(value, seed).into_iter().map(move |below| format!("/{name}{below}")))
            .collect(),
        Value::Array(items) => items.iter().flat_map(|item| nulls(item, seed)).collect(),
        Value::Null => vec![String::new()],
        _ => Vec::new(),
    }
}
