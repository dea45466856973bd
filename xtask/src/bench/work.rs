//! What a connection does over and over.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, ensure};

use super::http::Connection;

/// Lines in a `usage/batch`.
pub(super) const LINES: u64 = 500;

/// One piece of work.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// A call with a key and a JSON answer that asks nothing of the ledger: what HTTP alone costs.
    Floor,
    /// A usage, of any of so many customers.
    Usage(u64),
    /// A hold, and its capture.
    Pair(u64),
    /// A `usage/batch`.
    Batch(u64),
    /// The balance of any of so many customers.
    Balance(u64),
    /// `GET /v1/me` with one of these keys.
    Me(&'static [String]),
}

impl Work {
    /// Entries that one piece writes.
    pub(super) const fn entries(self) -> u64 {
        match self {
            Self::Floor | Self::Balance(_) | Self::Me(_) => 0,
            Self::Usage(_) => 1,
            Self::Pair(_) => 2,
            Self::Batch(_) => LINES,
        }
    }
}

/// Someone who works on a connection of their own.
pub(super) struct Worker {
    connection: Connection,
    key: String,
    request: Vec<u8>,
}

impl Worker {
    pub(super) async fn connect(address: SocketAddr, key: &str) -> Result<Self> {
        Ok(Self { connection: Connection::open(address).await?, key: key.to_owned(), request: Vec::new() })
    }

    /// Does one piece of work.
    pub(super) async fn piece(&mut self, work: Work) -> Result<()> {
        match work {
            Work::Floor => self.get("/v1/operations").await.map(drop),
            Work::Usage(customers) => self.post("/v1/usage", &usage(chance(), customers)).await.map(drop),
            Work::Pair(customers) => self.pair(customers).await,
            Work::Batch(customers) => self.batch(customers).await,
            Work::Balance(customers) => {
                self.get(&format!("/v1/customers/c{}/balance", chance() % customers)).await.map(drop)
            }
            Work::Me(keys) => {
                self.key.clone_from(&keys[place(keys.len())]);
                self.get("/v1/me").await.map(drop)
            }
        }
    }

    async fn pair(&mut self, customers: u64) -> Result<()> {
        let customer = chance() % customers;
        let job = format!(r#"{{"customer":"c{customer}","operation":"extract","items":[{{"quantity":1}}]}}"#);
        let held = self.post("/v1/holds", &job).await?;
        let held = std::str::from_utf8(held)?;
        let start = held.find("hold_").context("no hold")?;
        let hold = held[start..].split('"').next().unwrap_or_default();
        let capture = format!("/v1/holds/{hold}/capture");
        self.post(&capture, "{}").await.map(drop)
    }

    async fn batch(&mut self, customers: u64) -> Result<()> {
        let line = |_| {
            let number = chance();
            format!(r#"{{"key":"{number:016x}","usage":{}}}"#, usage(number, customers))
        };
        let lines: Vec<String> = (0..LINES).map(line).collect();
        let body = format!(r#"{{"lines":[{}]}}"#, lines.join(","));
        let outcome = self.post("/v1/usage/batch", &body).await?;
        let all = format!(r#""recorded":{LINES}"#);
        ensure!(outcome.windows(all.len()).any(|part| part == all.as_bytes()), "not every line was recorded");
        Ok(())
    }

    pub(super) async fn get(&mut self, path: &str) -> Result<&[u8]> {
        let Self { connection, key, request } = self;
        request.clear();
        write!(request, "GET {path} HTTP/1.1\r\nHost: folio\r\nAuthorization: Bearer {key}\r\n\r\n")?;
        connection.ask(request).await
    }

    pub(super) async fn post(&mut self, path: &str, body: &str) -> Result<&[u8]> {
        self.send(path, "application/json", body.as_bytes()).await
    }

    /// Sends a form of texts and of files.
    pub(super) async fn upload(&mut self, path: &str, texts: &[(&str, &str)], files: &[Vec<u8>]) -> Result<&[u8]> {
        const BORDER: &str = "border-of-a-form-that-no-file-has-in-it";
        let mut form = Vec::new();
        for (name, text) in texts {
            write!(form, "--{BORDER}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")?;
        }
        for (number, file) in files.iter().enumerate() {
            let says = format!("name=\"files\"; filename=\"{number}.pdf\"\r\nContent-Type: application/pdf");
            write!(form, "--{BORDER}\r\nContent-Disposition: form-data; {says}\r\n\r\n")?;
            form.extend_from_slice(file);
            form.extend_from_slice(b"\r\n");
        }
        write!(form, "--{BORDER}--\r\n")?;
        self.send(path, &format!("multipart/form-data; boundary={BORDER}"), &form).await
    }

    async fn send(&mut self, path: &str, kind: &str, body: &[u8]) -> Result<&[u8]> {
        let Self { connection, key, request } = self;
        request.clear();
        write!(
            request,
            "POST {path} HTTP/1.1\r\nHost: folio\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: {:016x}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            chance(),
            body.len(),
        )?;
        request.extend_from_slice(body);
        connection.ask(request).await
    }
}

fn usage(number: u64, customers: u64) -> String {
    format!(r#"{{"customer":"c{}","operation":"extract","quantity":1}}"#, number % customers)
}

/// Any place in a list that is so long.
#[expect(clippy::cast_possible_truncation, reason = "less than the length, which is a usize")]
fn place(length: usize) -> usize {
    (chance() % length as u64) as usize
}

/// A number that never comes twice in a run, in no order: keys spread over their index as real ones do.
fn chance() -> u64 {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    // SplitMix64: one to one, so distinct calls have distinct numbers.
    let mixed = CALLS.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn chance_never_repeats_and_reaches_every_customer() {
        let numbers: HashSet<u64> = (0..10_000).map(|_| chance()).collect();
        assert_eq!(numbers.len(), 10_000);
        let customers: HashSet<u64> = numbers.iter().map(|number| number % 100).collect();
        assert_eq!(customers.len(), 100);
    }
}
