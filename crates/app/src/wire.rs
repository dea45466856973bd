//! Wiring: a context of real adapters on one database.

use std::sync::Arc;

use anyhow::Context as _;
use delivery::Templates;
use documents::{Counter, Reader};
use invoices::PdfInvoices;
use payments::stub::Stub;
use ports::Mailbox;
use service::{Context, Providers};
use storage::Store;

use crate::world::World;

/// An opened database with the context on it.
pub(crate) struct Wired {
    /// What use cases ask.
    pub(crate) ctx: Context,
    /// The database, for what only its owner does: ping, close.
    pub(crate) store: Store,
    /// What stands in for Stripe, where this process serves it.
    pub(crate) stub: Option<Stub>,
}

/// Opens `database` and puts every port in place, but for those that only a server has: payments and mail.
pub(crate) async fn wire(database: &str) -> anyhow::Result<Wired> {
    let store = Store::open(database, Arc::new(World)).await;
    let store = store.with_context(|| format!("cannot open {}", without_password(database)))?;
    let ctx = Context {
        audit: Arc::new(store.clone()),
        books: Arc::new(store.clone()),
        catalogs: Arc::new(store.clone()),
        clock: Arc::new(World),
        clocks: Arc::new(store.clone()),
        customers: Arc::new(store.clone()),
        documents: Arc::new(store.clone()),
        due: Arc::new(store.clone()),
        estimates: Arc::new(store.clone()),
        events: Arc::new(store.clone()),
        ids: Arc::new(World),
        in_force: service::InForce::default(),
        journal: Arc::new(store.clone()),
        keys: Arc::new(store.clone()),
        ledger: Arc::new(store.clone()),
        orders: Arc::new(store.clone()),
        outbox: Arc::new(store.clone()),
        payers: Arc::new(store.clone()),
        letters: Arc::new(Templates),
        mailer: None,
        pages: Arc::new(counter()?),
        providers: Providers::default(),
        renderer: Arc::new(PdfInvoices::new([])?),
        sender: Mailbox { name: Some("Folio".to_owned()), address: "billing@localhost".to_owned() },
        subscriptions: Arc::new(store.clone()),
        tenants: Arc::new(store.clone()),
    };
    Ok(Wired { ctx, store, stub: None })
}

/// The word that makes this program read documents and nothing else: a parser may be made to fail, and fails apart.
pub(crate) const READ_DOCUMENTS: &str = "read-documents";

/// Counts pages; documents are read in processes apart, with limits.
pub(crate) fn counter() -> anyhow::Result<Counter> {
    let program = std::env::current_exe().context("cannot find this program")?;
    Ok(Counter::apart(Reader::new(program, READ_DOCUMENTS)))
}

/// A database URL that may be shown.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((login, place)) => {
            let user = login.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:…@{place}")
        }
        None => url.to_owned(),
    }
}
