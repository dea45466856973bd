//! Callers who take their time.

use folio_tests::{House, Place, Server, Store};

use super::raw::{Raw, others_are_served, statuses};

/// A request that is never finished.
const HEAD: &[u8] = b"GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: ";

#[tokio::test]
async fn who_waits_longest_makes_room_when_the_server_is_full() {
    let place = Place::new(Store::Sqlite).under("FOLIO_CONNECTIONS", "50");
    let server = Server::on(&place);
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut raw = Raw::to(&server).await;
        raw.send(HEAD).await;
        slow.push(raw);
        for raw in &slow {
            raw.stuff(b"a");
        }
    }
    others_are_served(&server).await;
    // The first have been hung up on, without a word; of the others there are as many as fit.
    for raw in &mut slow[..150] {
        assert_eq!(raw.rest().await, "");
    }
    assert!(slow[150..].iter().filter(|raw| !raw.is_over()).count() <= 50);
    assert_eq!(stopped(server).await, Some(0));
}

#[tokio::test]
async fn who_is_being_served_keeps_the_place() {
    let place = Place::new(Store::Sqlite).under("FOLIO_CONNECTIONS", "20");
    let server = Server::on(&place);
    let house = House::on(&server, Store::Sqlite, "perfectparser");
    let ada = house.customer().await;
    let body = format!("{{\"customer\":\"{}\",\"operation\":\"extract\"}}", ada.id);
    let head = format!(
        "POST /v1/usage HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\nIdempotency-Key: slow\r\n\
         Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        house.operator.key(),
        body.len()
    );
    let mut patient = Raw::to(&server).await;
    patient.send(head.as_bytes()).await;
    // The server asks for the body: from here on the request is at hand.
    assert_eq!(patient.head().await, "HTTP/1.1 100 Continue\r\n\r\n");
    let mut idle = Vec::new();
    for _ in 0..60 {
        idle.push(Raw::to(&server).await);
        others_are_served(&server).await;
    }
    for byte in body.bytes() {
        patient.send(&[byte]).await;
    }
    let answer = patient.rest().await;
    assert_eq!(statuses(&answer), [201], "{answer:?}");
}

#[tokio::test]
async fn slow_bodies_keep_nobody_waiting() {
    let house = House::open(Store::Sqlite, "perfectparser");
    let ada = house.customer().await;
    let before = ada.entries().await;
    let mut slow = Vec::new();
    for number in 0..200 {
        let mut raw = Raw::to(house.server()).await;
        let head = format!(
            "POST /v1/usage HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nIdempotency-Key: slow-{number}\r\n\
             Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{",
            house.operator.key()
        );
        raw.send(head.as_bytes()).await;
        slow.push(raw);
    }
    ada.charged("extract", 1).await;
    for raw in &mut slow {
        raw.send(b" ").await;
    }
    ada.charged("extract", 1).await;
    drop(slow);
    assert_eq!(ada.entries().await.len(), before.len() + 2);
}

/// Nobody needs a key to begin telling of a payment.
#[tokio::test]
async fn slow_bodies_of_strangers_take_no_place_for_good() {
    let place = Place::new(Store::Sqlite).under("FOLIO_CONNECTIONS", "100");
    let server = Server::on(&place);
    let mut slow = Vec::new();
    for _ in 0..150 {
        let mut raw = Raw::to(&server).await;
        raw.send(b"POST /v1/payments/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{").await;
        slow.push(raw);
        others_are_served(&server).await;
    }
}

#[tokio::test]
async fn who_does_not_listen_keeps_nobody_waiting() {
    let place = Place::new(Store::Sqlite);
    let server = Server::on(&place);
    let request = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1_000);
    let mut deaf = Vec::new();
    for _ in 0..100 {
        let raw = Raw::to(&server).await;
        raw.stuff(&request);
        deaf.push(raw);
    }
    others_are_served(&server).await;
    let megabytes = server.resident() >> 20;
    assert!(megabytes < 300, "{megabytes} MiB");
}

async fn stopped(server: Server) -> Option<i32> {
    tokio::task::spawn_blocking(move || server.stop()).await.expect("it stops")
}
