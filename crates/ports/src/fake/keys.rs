//! API keys and kept replies.

use async_trait::async_trait;
use domain::{Instant, KeyId, TenantId};

use super::Memory;
use super::paging::page;
use super::state::State;
use crate::{ApiKey, Caller, Keys, Page, PageAsk, Reply, StoreError};

impl State {
    /// An id and a hash belong to one key, whoever's it is.
    pub(super) fn check_new(&self, key: &ApiKey) -> Result<(), StoreError> {
        let mut all = self.tenants.values().flat_map(|shelf| shelf.api_keys.values());
        let taken = all.any(|other| other.id == key.id || other.hash == key.hash);
        if taken { Err(StoreError::Conflict) } else { Ok(()) }
    }
}

#[async_trait]
impl Keys for Memory {
    async fn create(&self, key: &ApiKey, reply: Option<&Reply>) -> Result<(), StoreError> {
        let mut state = self.lock();
        state.check_new(key)?;
        let shelf = state.shelf_mut(key.tenant);
        shelf.check_free(reply)?;
        shelf.api_keys.insert(key.id, key.clone());
        shelf.keep(reply);
        Ok(())
    }

    async fn by_hash(&self, hash: &[u8; 32]) -> Result<Option<Caller>, StoreError> {
        let state = self.lock();
        Ok(state.tenants.values().find_map(|shelf| {
            let key = shelf.api_keys.values().find(|key| key.hash == *hash)?;
            Some(Caller { key: key.clone(), tenant: shelf.tenant.clone()? })
        }))
    }

    async fn get(&self, tenant: TenantId, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        Ok(self.lock().shelf(tenant).and_then(|shelf| shelf.api_keys.get(&id).cloned()))
    }

    async fn list(&self, tenant: TenantId, ask: &PageAsk) -> Result<Page<ApiKey>, StoreError> {
        let state = self.lock();
        let keys = state.shelf(tenant).into_iter().flat_map(|shelf| shelf.api_keys.values());
        page(keys.map(|key| (key.id, key.clone())), &PageAsk { oldest_first: false, ..ask.clone() })
    }

    async fn revoke(&self, tenant: TenantId, id: KeyId, at: Instant) -> Result<Option<ApiKey>, StoreError> {
        let mut state = self.lock();
        Ok(state.shelf_mut(tenant).api_keys.get_mut(&id).map(|key| {
            key.revoked_at.get_or_insert(at);
            key.clone()
        }))
    }

    async fn rotate(
        &self,
        tenant: TenantId,
        id: KeyId,
        until: Instant,
        new: &ApiKey,
        reply: Option<&Reply>,
    ) -> Result<bool, StoreError> {
        let mut state = self.lock();
        if state.shelf(tenant).is_none_or(|shelf| !shelf.api_keys.contains_key(&id)) {
            return Ok(false);
        }
        state.check_new(new)?;
        let shelf = state.shelf_mut(tenant);
        shelf.check_free(reply)?;
        if let Some(old) = shelf.api_keys.get_mut(&id) {
            // A rotation ends a key; it never gives it a longer life.
            old.expires_at = Some(old.expires_at.map_or(until, |end| end.min(until)));
        }
        shelf.api_keys.insert(new.id, new.clone());
        shelf.keep(reply);
        Ok(true)
    }

    async fn reply(&self, tenant: TenantId, key: &str) -> Result<Option<Reply>, StoreError> {
        Ok(self.lock().shelf(tenant).and_then(|shelf| shelf.replies.get(key).cloned()))
    }
}
