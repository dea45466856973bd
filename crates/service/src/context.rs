//! Everything a use case may ask of the world.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Monotonic};

use domain::{Catalog, CustomerId, EventId, Instant, TenantId};
use ports::{
    Audit, Books, Catalogs, Clock, Clocks, Customers, DueWork, Estimates, Event, Events, Happening, Ids,
    InvoiceRenderer, IssuedDocuments, Journal, Keys, Ledger, Letters, Mailbox, Mailer, Orders, Outbox, PageCounter,
    Payers, Subscriptions, Tenants,
};
use uuid::Uuid;

use crate::{Failure, Providers, catalog};

/// The ports, wired.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is named as its port")]
pub struct Context {
    pub audit: Arc<dyn Audit>,
    pub books: Arc<dyn Books>,
    pub catalogs: Arc<dyn Catalogs>,
    pub clock: Arc<dyn Clock>,
    pub clocks: Arc<dyn Clocks>,
    pub customers: Arc<dyn Customers>,
    pub documents: Arc<dyn IssuedDocuments>,
    pub due: Arc<dyn DueWork>,
    pub estimates: Arc<dyn Estimates>,
    pub events: Arc<dyn Events>,
    pub ids: Arc<dyn Ids>,
    pub journal: Arc<dyn Journal>,
    pub keys: Arc<dyn Keys>,
    pub ledger: Arc<dyn Ledger>,
    pub letters: Arc<dyn Letters>,
    /// Only where mail is sent: in a server.
    pub mailer: Option<Arc<dyn Mailer>>,
    pub orders: Arc<dyn Orders>,
    pub outbox: Arc<dyn Outbox>,
    pub pages: Arc<dyn PageCounter>,
    pub payers: Arc<dyn Payers>,
    /// None but in a server.
    pub providers: Providers,
    pub renderer: Arc<dyn InvoiceRenderer>,
    /// Who mails come from.
    pub sender: Mailbox,
    pub subscriptions: Arc<dyn Subscriptions>,
    pub tenants: Arc<dyn Tenants>,
    /// Catalogs in force, parsed.
    pub in_force: InForce,
}

/// A catalog with its version.
#[derive(Clone, Debug)]
pub struct Priced {
    /// Which version.
    pub version: u32,
    /// The catalog.
    pub catalog: Arc<Catalog>,
}

/// Parsed catalogs, looked at again after a second: another process may have applied a new one.
#[derive(Clone, Default)]
pub struct InForce(Arc<Mutex<HashMap<TenantId, (Monotonic, Priced)>>>);

const FRESH_FOR: Duration = Duration::from_secs(1);

impl InForce {
    fn get(&self, tenant: TenantId) -> Option<(bool, Priced)> {
        let cache = self.0.lock().ok()?;
        cache.get(&tenant).map(|(checked, priced)| (checked.elapsed() < FRESH_FOR, priced.clone()))
    }

    fn put(&self, tenant: TenantId, priced: Priced) {
        if let Ok(mut cache) = self.0.lock() {
            cache.insert(tenant, (Monotonic::now(), priced));
        }
    }

    /// Forgets a tenant's: the next question reads it anew.
    pub fn forget(&self, tenant: TenantId) {
        if let Ok(mut cache) = self.0.lock() {
            cache.remove(&tenant);
        }
    }
}

impl Context {
    /// The tenant's catalog in force.
    pub async fn catalog(&self, tenant: TenantId) -> Result<Priced, Failure> {
        if let Some((true, priced)) = self.in_force.get(tenant) {
            return Ok(priced);
        }
        let version = self.catalogs.version(tenant).await?.ok_or(Failure::NotFound("catalog"))?;
        let priced = self.catalog_of(tenant, version).await?;
        self.in_force.put(tenant, priced.clone());
        Ok(priced)
    }

    /// Something that has happened to a customer, at their time.
    pub(crate) fn event(&self, customer: CustomerId, at: Instant, what: Happening) -> Event {
        Event { id: EventId(Uuid::from_u128(self.ids.id())), customer, at, what }
    }

    /// A version of the tenant's catalog, such as the one that something was bought from (R21). Versions never change,
    /// so the one that is known is good however long ago it was read.
    pub(crate) async fn catalog_of(&self, tenant: TenantId, version: u32) -> Result<Priced, Failure> {
        if let Some((_, priced)) = self.in_force.get(tenant).filter(|(_, priced)| priced.version == version) {
            return Ok(priced);
        }
        let published = self.catalogs.get(tenant, version).await?.ok_or(Failure::NotFound("catalog"))?;
        // It was valid when it was applied.
        let catalog = catalog::parse(&published.text).map_err(Failure::CatalogInvalid)?;
        Ok(Priced { version, catalog: Arc::new(catalog) })
    }
}
