//! `folio serve`.

use std::num::NonZeroU16;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::timeout;

use super::database::Database;
use super::exit::Exit;
use super::output;
use super::selling::Selling;
use crate::http::limits::Limits;
use crate::wire::Wired;
use crate::{server, worker};

/// Files that are no connections of callers: the database's, and those of readers of PDFs.
const OTHER_FILES: usize = 256;

/// Serve the API.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    listen: Listen,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    selling: Selling,
}

/// Where to listen, and to how many.
/// How long what is done beside the calls may take once the server was told to stop.
const GRACE: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// The address to serve at; port 0 is any free one.
    #[arg(long, env = "FOLIO_LISTEN", default_value = "127.0.0.1:8080", value_name = "HOST:PORT")]
    listen: String,
    /// How many connections are kept at once; who waits longest makes room for the next.
    #[arg(long, env = "FOLIO_CONNECTIONS", default_value = "10000", value_name = "NUMBER")]
    connections: NonZeroU16,
}

impl Listen {
    /// Takes the address.
    pub(crate) async fn bind(&self) -> anyhow::Result<TcpListener> {
        TcpListener::bind(&self.listen).await.with_context(|| format!("cannot listen on {}", self.listen))
    }

    /// As many connections as were asked for, if this process may open so many files.
    pub(crate) fn limits(&self) -> Limits {
        let asked = usize::from(self.connections.get());
        let connections = open_files().map_or(asked, |files| asked.min(files.saturating_sub(OTHER_FILES).max(1)));
        if connections < asked {
            tracing::warn!(connections, asked, "too few files may be open for so many connections");
        }
        Limits { connections, ..Limits::default() }
    }
}

impl Serve {
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        let (listener, limits) = (self.listen.bind().await?, self.listen.limits());
        let mut wired = self.database.open().await?;
        self.selling.wire(&mut wired, listener.local_addr()?)?;
        // Before anyone is told where it listens: who knows may also stop it.
        let told = told_to_stop()?;
        output::data(format_args!("listening on {}", url(&listener)?))?;
        serve(wired, listener, limits, told).await
    }
}

/// How many files may be open: from now on as many as the system lets this process have.
fn open_files() -> Option<usize> {
    let limit = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    let files = if raised.is_ok() { limit.maximum } else { limit.current };
    files.and_then(|files| usize::try_from(files).ok())
}

/// The address of what listens there.
pub(crate) fn url(listener: &TcpListener) -> anyhow::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}

/// Serves until told to stop, and finishes what it has accepted.
pub(crate) async fn serve(
    wired: Wired,
    listener: TcpListener,
    limits: Limits,
    told: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<Exit> {
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(worker::run(wired.ctx.clone(), stopped));
    let served = server::run(&wired, listener, limits, told).await;
    let _ = stop.send(true);
    // Its database may say nothing any more: what it was at is taken up at the next start.
    let _ = timeout(GRACE, worker).await;
    wired.store.close().await;
    served.map(|()| Exit::Done)
}

/// Ends at the first Ctrl-C or SIGTERM. A second one does not wait for what is being finished.
pub(crate) fn told_to_stop() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
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
