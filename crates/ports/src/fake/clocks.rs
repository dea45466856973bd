//! Test clocks.

use async_trait::async_trait;
use domain::{ClockId, Instant, TenantId};

use super::Memory;
use crate::{Clocks, Reply, StoreError, TestClock};

#[async_trait]
impl Clocks for Memory {
    async fn create(&self, tenant: TenantId, clock: &TestClock, reply: Option<&Reply>) -> Result<(), StoreError> {
        let mut state = self.lock();
        let shelf = state.shelf_mut(tenant);
        shelf.check_free(reply)?;
        if shelf.clocks.contains_key(&clock.id) {
            return Err(StoreError::Conflict);
        }
        shelf.clocks.insert(clock.id, *clock);
        shelf.keep(reply);
        Ok(())
    }

    async fn get(&self, tenant: TenantId, id: ClockId) -> Result<Option<TestClock>, StoreError> {
        Ok(self.lock().shelf(tenant).and_then(|shelf| shelf.clocks.get(&id).copied()))
    }

    async fn list(&self, tenant: TenantId) -> Result<Vec<TestClock>, StoreError> {
        let state = self.lock();
        Ok(state.shelf(tenant).into_iter().flat_map(|shelf| shelf.clocks.values().rev()).copied().collect())
    }

    async fn set(&self, tenant: TenantId, id: ClockId, to: Instant) -> Result<(), StoreError> {
        if let Some(clock) = self.lock().shelf_mut(tenant).clocks.get_mut(&id) {
            clock.frozen_at = clock.frozen_at.max(to);
        }
        Ok(())
    }
}
