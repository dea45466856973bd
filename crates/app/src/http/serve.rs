//! The server proper: connections are accepted, kept within bounds, and finished in good order (ADR 0011).
//!
//! HTTP/1.1 alone: what is in front of it, for TLS, speaks that to it.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::endpoint::BoxEndpoint;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint as _, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::limits::Limits;
use super::patient::Patient;
use super::seats::{Seat, Seats};

/// How long accepted requests may take once the server was told to stop.
const GRACE: Duration = Duration::from_secs(30);
/// Told, as far as it gets, to who finds no place.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";

/// Serves until told to stop, and finishes what it has accepted.
pub(crate) async fn serve(
    listener: TcpListener,
    app: BoxEndpoint<'static, Response>,
    limits: Limits,
    told: impl Future<Output = ()>,
) {
    let (app, seats) = (Arc::new(app), Seats::new(limits.connections));
    let (stop, _) = watch::channel(false);
    let mut told = pin!(told);
    loop {
        let accepted = tokio::select! { () = &mut told => break, accepted = listener.accept() => accepted };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(_) => {
                // Out of files, most likely: somebody has to go, and asking again at once would only keep us busy.
                seats.evict();
                sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        match seats.take().await {
            Some(seat) => {
                drop(tokio::spawn(connection(stream, peer, seat, Arc::clone(&app), limits, stop.subscribe())));
            }
            None => drop(stream.try_write(FULL)),
        }
    }
    drop(listener);
    stop.send_replace(true);
    stop.closed().await;
}

/// Serves one connection to its end: its own, or that of the server's patience.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    seat: Seat,
    app: Arc<BoxEndpoint<'static, Response>>,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    let Ok(here) = prepare(&stream) else { return };
    let seat = Arc::new(seat);
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let (app, seat) = (Arc::clone(&app), Arc::clone(&seat));
        async move {
            seat.serves();
            let from = (LocalAddr(Addr::SocketAddr(here)), RemoteAddr(Addr::SocketAddr(peer)), Scheme::HTTP);
            let answer = app.get_response((request, from.0, from.1, from.2).into()).await;
            seat.waits();
            Ok::<hyper::Response<_>, Infallible>(answer.into())
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle)
        .max_header_size(limits.head)
        .max_buf_size(limits.head.max(64 << 10))
        // Who has nothing more to ask may still want the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(Patient::new(stream, limits.stall)), service);
    let mut served = pin!(served);
    tokio::select! {
        _ = served.as_mut() => return,
        () = seat.lost() => return,
        _ = stop.wait_for(|stop| *stop) => {}
    }
    if seat.was_asked() {
        served.as_mut().graceful_shutdown();
        let _ = timeout(GRACE, served).await;
    }
}

/// Small answers go out at once.
fn prepare(stream: &TcpStream) -> io::Result<SocketAddr> {
    stream.set_nodelay(true)?;
    stream.local_addr()
}
