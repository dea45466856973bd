//! Catalogs.

use async_trait::async_trait;
use domain::{Instant, TenantId};

use super::Memory;
use super::paging::page;
use super::state::Shelf;
use crate::{Applied, Catalogs, Page, PageAsk, Published, Reply, StoreError};

impl Shelf {
    /// The version in force.
    fn version(&self) -> Option<u32> {
        self.catalogs.last().map(|published| published.version)
    }
}

#[async_trait]
impl Catalogs for Memory {
    async fn version(&self, tenant: TenantId) -> Result<Option<u32>, StoreError> {
        Ok(self.lock().shelf(tenant).and_then(Shelf::version))
    }

    async fn get(&self, tenant: TenantId, version: u32) -> Result<Option<Published>, StoreError> {
        let state = self.lock();
        let mut all = state.shelf(tenant).into_iter().flat_map(|shelf| &shelf.catalogs);
        Ok(all.find(|published| published.version == version).cloned())
    }

    async fn versions(&self, tenant: TenantId, ask: &PageAsk) -> Result<Page<Published>, StoreError> {
        let state = self.lock();
        let all = state.shelf(tenant).into_iter().flat_map(|shelf| &shelf.catalogs);
        let newest_first = PageAsk { oldest_first: false, ..ask.clone() };
        page(all.map(|published| (published.version, published.clone())), &newest_first)
    }

    async fn apply(
        &self,
        tenant: TenantId,
        base: u32,
        text: &str,
        at: Instant,
        reply: Option<&Reply>,
    ) -> Result<Applied, StoreError> {
        let mut state = self.lock();
        let shelf = state.shelf_mut(tenant);
        let in_force = shelf.version().unwrap_or(0);
        if in_force != base {
            return Ok(Applied::Stale(in_force));
        }
        shelf.check_free(reply)?;
        let version = in_force.saturating_add(1);
        shelf.catalogs.push(Published { version, text: text.to_owned(), applied_at: at });
        shelf.keep(reply);
        Ok(Applied::Version(version))
    }
}
