//! Customers who pay.

use async_trait::async_trait;
use domain::{CustomerId, TenantId};

use super::Memory;
use crate::{PayerRecord, Payers, StoreError};

#[async_trait]
impl Payers for Memory {
    async fn payer_record(&self, tenant: TenantId, customer: CustomerId) -> Result<PayerRecord, StoreError> {
        let found = self.lock().shelf(tenant).and_then(|shelf| shelf.payers.get(&customer).cloned());
        Ok(found.unwrap_or_default())
    }

    async fn keep_payer(&self, tenant: TenantId, customer: CustomerId, record: &PayerRecord) -> Result<(), StoreError> {
        let mut state = self.lock();
        let kept = state.shelf_mut(tenant).payers.entry(customer).or_default();
        if kept.version != record.version {
            return Err(StoreError::Conflict);
        }
        *kept = PayerRecord { version: record.version.saturating_add(1), ..record.clone() };
        Ok(())
    }
}
