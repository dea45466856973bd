//! `folio serve`.

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::database::Database;
use super::exit::Exit;
use super::output;
use crate::wire::Wired;
use crate::{server, worker};

/// Serve the API.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    listen: Listen,
    #[command(flatten)]
    database: Database,
}

/// Where to listen.
#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// The address to serve at; port 0 is any free one.
    #[arg(long, env = "FOLIO_LISTEN", default_value = "127.0.0.1:8080", value_name = "HOST:PORT")]
    listen: String,
}

impl Listen {
    /// Takes the address.
    pub(crate) async fn bind(&self) -> anyhow::Result<TcpListener> {
        TcpListener::bind(&self.listen).await.with_context(|| format!("cannot listen on {}", self.listen))
    }
}

impl Serve {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        let listener = self.listen.bind().await?;
        let wired = self.database.open().await?;
        output::data(format_args!("listening on {}", url(&listener)?))?;
        until_told(wired, listener).await
    }
}

/// The address of what listens there.
pub(crate) fn url(listener: &TcpListener) -> anyhow::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}

/// Serves until Ctrl-C or SIGTERM, and finishes what it has accepted.
pub(crate) async fn until_told(wired: Wired, listener: TcpListener) -> anyhow::Result<Exit> {
    let told = told_to_stop()?;
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(worker::run(wired.ctx.clone(), stopped));
    let served = server::run(&wired, listener, told).await;
    let _ = stop.send(true);
    let _ = worker.await;
    wired.store.close().await;
    served.map(|()| Exit::Done)
}

/// Ends at the first Ctrl-C or SIGTERM. A second one does not wait for what is being finished.
fn told_to_stop() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        tracing::info!("finishing what was accepted");
        tokio::spawn(async move {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            std::process::exit(Exit::Failed as i32);
        });
    })
}
