//! Tenants.

use async_trait::async_trait;
use domain::Tenant;

use super::Memory;
use super::state::State;
use crate::{ApiKey, Published, StoreError, Tenants};

impl State {
    fn known(&self) -> impl Iterator<Item = &Tenant> {
        self.tenants.values().filter_map(|shelf| shelf.tenant.as_ref())
    }
}

#[async_trait]
impl Tenants for Memory {
    async fn create(&self, tenant: &Tenant, catalog: &str, key: &ApiKey) -> Result<(), StoreError> {
        let mut state = self.lock();
        state.check_new(key)?;
        if state.known().any(|other| other.id == tenant.id || other.name == tenant.name) {
            return Err(StoreError::Conflict);
        }
        let shelf = state.shelf_mut(tenant.id);
        shelf.tenant = Some(tenant.clone());
        shelf.api_keys.insert(key.id, key.clone());
        shelf.catalogs = vec![Published { version: 1, text: catalog.to_owned(), applied_at: tenant.created_at }];
        Ok(())
    }

    async fn find(&self, name_or_id: &str) -> Result<Option<Tenant>, StoreError> {
        let state = self.lock();
        let named = |tenant: &&Tenant| tenant.name == name_or_id || tenant.id.to_string() == name_or_id;
        Ok(state.known().find(named).cloned())
    }

    async fn all(&self) -> Result<Vec<Tenant>, StoreError> {
        let mut tenants: Vec<Tenant> = self.lock().known().cloned().collect();
        tenants.sort_by_key(|tenant| (tenant.created_at, tenant.id));
        Ok(tenants)
    }
}
