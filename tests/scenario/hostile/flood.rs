//! More than anyone needs.

use folio_tests::{House, Place, Server, Store};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::raw::{Raw, others_are_served};

/// More than a server has places for.
const CONNECTIONS: usize = 10_500;
/// For these, and for what the tests beside this one have open.
const FILES: usize = CONNECTIONS + 2_000;

#[tokio::test]
async fn ten_thousand_connections_keep_nobody_waiting() {
    let most = allow_files();
    assert!(most >= FILES, "this test opens {FILES} files, and the system lets it have {most}: see `ulimit -Hn`");
    let place = Place::new(Store::Sqlite);
    let server = Server::on(&place);
    let house = House::on(&server, Store::Sqlite, "perfectparser");
    let ada = house.customer().await;
    ada.buy("starter").await;
    let mut all = Vec::with_capacity(CONNECTIONS);
    for number in 0..CONNECTIONS {
        let mut raw = Raw::to(&server).await;
        // Half of them say nothing at all.
        if number % 2 == 0 {
            raw.send(b"GET /v1/me HTTP/1.1\r\nHost: x\r\n").await;
        }
        all.push(raw);
        if number % 500 == 0 {
            ada.charged("extract", 1).await;
        }
    }
    let megabytes = server.resident() >> 20;
    assert!(megabytes < 400, "{megabytes} MiB for {CONNECTIONS} connections");
    others_are_served(&server).await;
    drop(all);
    others_are_served(&server).await;
}

#[tokio::test]
async fn heads_without_an_end_take_no_memory() {
    let place = Place::new(Store::Sqlite);
    let server = Server::on(&place);
    let mut floods = Vec::new();
    for _ in 0..200 {
        let mut raw = Raw::to(&server).await;
        raw.send(b"GET / HTTP/1.1\r\nX-Flood: ").await;
        floods.push(raw);
    }
    let much = vec![b'a'; 256 << 10];
    for raw in &mut floods {
        raw.send(&much).await;
    }
    others_are_served(&server).await;
    let megabytes = server.resident() >> 20;
    assert!(megabytes < 200, "{megabytes} MiB");
    for raw in &mut floods {
        let answer = raw.rest().await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer:?}");
    }
}

#[tokio::test]
async fn requests_that_nobody_reads_the_answers_of_are_not_taken() {
    let place = Place::new(Store::Sqlite);
    let server = Server::on(&place);
    let raw = Raw::to(&server).await;
    let request = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(10_000);
    // What fits into the buffers of two sockets, and no more.
    let mut sent = 0;
    for _ in 0..200 {
        sent += raw.stuff(&request);
        others_are_served(&server).await;
    }
    assert!(sent < 50 << 20, "{sent} bytes");
    let megabytes = server.resident() >> 20;
    assert!(megabytes < 200, "{megabytes} MiB");
}

/// As many open files as the system lets this process have.
fn allow_files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    setrlimit(Resource::Nofile, raised).expect("as many files as the system allows");
    limit.maximum.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX)
}
