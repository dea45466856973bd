//! Connections, byte by byte.

use std::time::Duration;

use folio_tests::Server;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than anything here takes, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection of one's own.
pub(super) struct Raw(TcpStream);

impl Raw {
    pub(super) async fn to(server: &Server) -> Self {
        let address = server.url().strip_prefix("http://").expect("an address");
        Self(in_time("a connection", TcpStream::connect(address)).await.expect("a connection"))
    }

    /// Sends what it can: the server may have had enough.
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        let _ = in_time("sending", self.0.write_all(bytes)).await;
    }

    /// Has nothing more to say.
    pub(super) async fn end(&mut self) {
        let _ = self.0.shutdown().await;
    }

    /// All that the server says until it hangs up.
    pub(super) async fn rest(&mut self) -> String {
        let mut answer = Vec::new();
        let mut chunk = vec![0; 16 << 10];
        while let Ok(read @ 1..) = in_time("the server's last word", self.0.read(&mut chunk)).await {
            answer.extend(&chunk[..read]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// What the server says up to the next empty line.
    pub(super) async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(in_time("an answer", self.0.read_u8()).await.expect("an answer"));
        }
        String::from_utf8(head).expect("UTF-8")
    }

    /// Whether the server has hung up already.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.0.try_read(&mut [0; 1_024]), Ok(0)) || self.0.try_write(b"x").is_err()
    }

    /// Sends as much as the server takes; how much that was.
    pub(super) fn stuff(&self, bytes: &[u8]) -> usize {
        self.0.try_write(bytes).unwrap_or(0)
    }
}

/// Sends this, and reads until the server hangs up.
pub(super) async fn told(server: &Server, bytes: &[u8]) -> String {
    let mut raw = Raw::to(server).await;
    raw.send(bytes).await;
    raw.rest().await
}

/// The statuses of the answers in a text.
pub(super) fn statuses(text: &str) -> Vec<u16> {
    let lines = text.split("HTTP/1.1 ").skip(1);
    lines.map(|line| line[..3].parse().expect("a status")).collect()
}

/// Someone with manners is answered, and soon.
pub(super) async fn others_are_served(server: &Server) {
    let request = "GET /readyz HTTP/1.1\r\nHost: folio\r\nConnection: close\r\n\r\n";
    let answer = told(server, request.as_bytes()).await;
    assert_eq!(statuses(&answer), [200], "{answer:?}");
}

async fn in_time<T>(what: &str, done: impl Future<Output = T>) -> T {
    timeout(PATIENCE, done).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}
