//! Kept estimates.

use async_trait::async_trait;
use domain::{Estimate, EstimateId, TenantId};

use super::Memory;
use crate::{Estimates, Reply, StoreError};

#[async_trait]
impl Estimates for Memory {
    async fn save(&self, tenant: TenantId, estimate: &Estimate, reply: Option<&Reply>) -> Result<(), StoreError> {
        let mut state = self.lock();
        let shelf = state.shelf_mut(tenant);
        shelf.check_free(reply)?;
        if shelf.estimates.contains_key(&estimate.id) {
            return Err(StoreError::Conflict);
        }
        shelf.estimates.insert(estimate.id, estimate.clone());
        shelf.keep(reply);
        Ok(())
    }

    async fn find(&self, tenant: TenantId, id: EstimateId) -> Result<Option<Estimate>, StoreError> {
        Ok(self.lock().shelf(tenant).and_then(|shelf| shelf.estimates.get(&id).cloned()))
    }
}
