//! Whoever calls: a key, and the server that it opens.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::{Answer, Server};

/// A holder of a key. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Caller {
    http: Client,
    server: String,
    key: String,
}

impl Caller {
    pub(crate) fn new(server: &str, key: &str) -> Self {
        // Plain HTTP needs none, and yet the client wants to know which TLS it would use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { http: Client::new(), server: server.to_owned(), key: key.to_owned() }
    }

    /// Someone else at the same server.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    /// The same at another server.
    #[must_use]
    pub fn at(&self, server: &Server) -> Self {
        Self::new(server.url(), &self.key)
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// A request without a key.
    pub fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.server))
    }

    /// A request to be filled and [sent](Self::send).
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path).bearer_auth(&self.key)
    }

    /// Sends a request and reads its answer to the end.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let (client, request) = request.build_split();
        let request = request.expect("a request that can be written");
        let asked = format!("{} {}", request.method(), request.url());
        Answer::of(asked, client.execute(request).await).await
    }

    /// Fills in a page of the payment provider's, whom the server plays itself.
    pub async fn press(&self, url: &str, card: &str) -> Answer {
        let path = url.strip_prefix(&self.server).expect("a page of this server");
        let form = [("card", card), ("expiry", "12/34"), ("action", "pay")];
        self.send(self.anonymous(Method::POST, path).form(&form)).await
    }

    /// Where payers come back to: a page of the server.
    #[must_use]
    pub fn back(&self) -> String {
        format!("{}/healthz", self.server)
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST of an intent of its own: with a fresh idempotency key.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(&fresh_key(), path, body).await
    }

    /// POST with this idempotency key.
    pub async fn post_with(&self, key: &str, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).header("Idempotency-Key", key).json(body)).await
    }

    /// POST with this idempotency key; `None` where nobody answers.
    pub async fn try_post_with(&self, key: &str, path: &str, body: &Value) -> Option<Answer> {
        let request = self.request(Method::POST, path).header("Idempotency-Key", key).json(body);
        match request.send().await {
            Ok(response) => Answer::read(format!("POST {path}"), response).await.ok(),
            Err(_) => None,
        }
    }

    /// PUT.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    /// PATCH.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// POST of named texts and files.
    pub async fn upload(&self, path: &str, texts: &[(&str, &str)], files: &[(&str, Vec<u8>)]) -> Answer {
        let mut form = Form::new();
        for (name, text) in texts {
            form = form.text((*name).to_owned(), (*text).to_owned());
        }
        for (name, bytes) in files {
            form = form.part("files", Part::bytes(bytes.clone()).file_name((*name).to_owned()));
        }
        self.send(self.request(Method::POST, path).multipart(form)).await
    }

    /// Every item of a list, page by page. `path` carries the query, if it has one.
    pub async fn walk(&self, path: &str) -> Vec<Value> {
        assert!(!path.contains("cursor="), "a walk begins at the beginning");
        let join = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        let mut next = path.to_owned();
        loop {
            let page = self.get(&next).await.is(200);
            items.extend(page["data"].as_array().expect("a list").iter().cloned());
            match page["next_cursor"].as_str() {
                Some(cursor) => next = format!("{path}{join}cursor={cursor}"),
                None => return items,
            }
        }
    }
}

/// A key that nobody has used.
pub(crate) fn fresh_key() -> String {
    format!("test-{}", number())
}

/// A number that nobody in this process has used.
pub(crate) fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
