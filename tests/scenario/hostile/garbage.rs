//! Bytes that are no request.

use folio_tests::{House, Server, Store};

use super::raw::{Raw, others_are_served, statuses, told};

fn server() -> &'static Server {
    Server::shared(Store::Sqlite)
}

#[tokio::test]
async fn what_is_no_request_is_refused_and_the_line_is_cut() {
    let long = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(70_000));
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "a: b\r\n".repeat(10_000));
    let large = format!("GET / HTTP/1.1\r\nHost: x\r\nbig: {}\r\n\r\n", "a".repeat(100_000));
    let name = format!("GET / HTTP/1.1\r\n{}: x\r\n\r\n", "a".repeat(100_000));
    // A greeting for another door: TLS 1.2, and what the first bytes of an SSH client look like.
    let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n";
    for (bytes, status) in [
        (tls.as_slice(), 400),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", 400),
        (b"\0\0\0\0\r\n\r\n", 400),
        (b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\na: \0\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\na b: c\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"G\xc3\x84T / HTTP/1.1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400),
        (long.as_bytes(), 431),
        (many.as_bytes(), 431),
        (large.as_bytes(), 431),
        (name.as_bytes(), 431),
    ] {
        let answer = told(server(), bytes).await;
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]);
        assert_eq!(statuses(&answer), [status], "{shown:?}: {answer:?}");
    }
    // HTTP/2 is not spoken, and who speaks nothing else would not read a refusal.
    assert_eq!(told(server(), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await, "");
    others_are_served(server()).await;
}

#[tokio::test]
async fn noise_is_never_answered_with_success() {
    // The same noise each time: xorshift.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    for _ in 0..200 {
        let mut raw = Raw::to(server()).await;
        let bytes: Vec<u8> = (0..64).flat_map(|_| noise()).collect();
        raw.send(&bytes).await;
        raw.end().await;
        let answer = raw.rest().await;
        assert!(statuses(&answer).iter().all(|status| *status == 400), "{bytes:?}: {answer:?}");
    }
    others_are_served(server()).await;
}

#[tokio::test]
async fn garbage_behind_a_request_leaves_its_answer_as_it_is() {
    let good = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let answer = told(server(), format!("{good}{good}\0garbage\r\n\r\n{good}").as_bytes()).await;
    assert_eq!(statuses(&answer), [200, 200, 400], "{answer:?}");
    // A thousand at once are answered one by one.
    let last = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = told(server(), format!("{}{last}", good.repeat(999)).as_bytes()).await;
    assert_eq!(statuses(&answer), [200; 1_000]);
}

#[tokio::test]
async fn bodies_that_lie_about_their_size_change_nothing() {
    let house = House::open(Store::Sqlite, "perfectparser");
    let ada = house.customer().await;
    let before = ada.entries().await;
    let usage = format!("{{\"customer\":\"{}\",\"operation\":\"extract\"}}", ada.id);
    let post = |framing: &str, body: &str| {
        let key = house.operator.key();
        format!(
            "POST /v1/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: \
             lie\r\nContent-Type: application/json\r\n{framing}\r\n\r\n{body}"
        )
    };
    let chunked = "Transfer-Encoding: chunked";
    let short = format!("Content-Length: {}", usage.len() - 1);
    let long = format!("Content-Length: {}", usage.len() + 1);
    let half = format!("{:x}\r\n{}", usage.len(), &usage[..9]);
    for (framing, body, status) in [
        (short.as_str(), usage.as_str(), 400),
        (&long, &usage, 400),
        (chunked, "zz\r\n{}\r\n0\r\n\r\n", 400),
        (chunked, "-1\r\n{}\r\n0\r\n\r\n", 400),
        (chunked, "fffffffffffffffff\r\n{}\r\n0\r\n\r\n", 400),
        (chunked, "2\r\n{}no line\r\n0\r\n\r\n", 400),
        (chunked, "2;\0\r\n{}\r\n", 400),
        (chunked, &half, 400),
        (chunked, "0\r\n\r\n", 400),
        (chunked, &usage, 400),
    ] {
        let mut raw = Raw::to(house.server()).await;
        raw.send(post(framing, body).as_bytes()).await;
        raw.end().await;
        let answer = raw.rest().await;
        assert_eq!(statuses(&answer), [status], "{framing} {body:?}: {answer:?}");
    }
    assert_eq!(ada.entries().await, before);
}

#[tokio::test]
async fn who_has_nothing_more_to_ask_still_gets_the_answer() {
    let house = House::open(Store::Sqlite, "perfectparser");
    let mut raw = Raw::to(house.server()).await;
    let key = house.operator.key();
    raw.send(format!("GET /v1/catalog HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n").as_bytes()).await;
    raw.end().await;
    let answer = raw.rest().await;
    assert_eq!(statuses(&answer), [200], "{answer:?}");
}
