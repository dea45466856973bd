//! Requests that no decent client sends, byte by byte.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends a head and the beginning of a body, and reads until the server has said all.
pub(super) async fn sent(server: &str, key: &str, line: &str, head: &str, body: &[u8]) -> String {
    let address = server.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head =
        format!("{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n{head}\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    // The server may have said no before it has read everything.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let mut chunk = [0; 4_096];
    while let Ok(read @ 1..) = stream.read(&mut chunk).await {
        answer.extend(&chunk[..read]);
    }
    String::from_utf8(answer).expect("UTF-8")
}

/// Goes on if the answer is this problem.
pub(super) fn refused(answer: &str, status: u16, code: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    let problem: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("not JSON: {answer}"));
    assert_eq!(problem["code"], code, "{answer}");
    assert!(problem["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{answer}");
}
