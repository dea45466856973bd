//! The stub alone, on a free port of this machine, until the end of stdin. The first argument is its key.

use std::error::Error;
use std::io::Read as _;
use std::time::SystemTime;

use domain::Instant;
use folio_payments::stub::{Script, Settings, Stub};
use poem::Server;
use poem::listener::TcpAcceptor;

/// The machine's clock.
struct Wall;

impl ports::Clock for Wall {
    #[expect(clippy::disallowed_methods, reason = "this is where the example asks the machine")]
    fn now(&self) -> Instant {
        domain::instant(SystemTime::now().into())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret_key = std::env::args().nth(1).ok_or("the key is missing")?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let public_url = format!("http://{}", listener.local_addr()?);
    let settings =
        Settings { public_url: public_url.clone(), secret_key, seed: 1, script: Script::default(), retries: None };
    let stub = Stub::new(settings, std::sync::Arc::new(Wall));
    println!("listening on {public_url}");
    let end = async {
        // However stdin ends, it has ended.
        let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await;
    };
    Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?)
        .run_with_graceful_shutdown(stub.routes(), end, None)
        .await?;
    Ok(())
}
