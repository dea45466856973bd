//! What we keep about customers who pay: who they are at the provider, and what they agreed to.

use async_trait::async_trait;
use domain::{CustomerId, TenantId, TopUp};

use crate::{PayerId, StoreError};

/// A customer as one who pays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayerRecord {
    /// Their id at the provider, once they are known there.
    pub payer: Option<PayerId>,
    /// Their auto top-up (R34).
    pub top_up: Option<TopUp>,
    /// The version that it was read at; 0: not kept yet.
    pub version: u64,
}

/// Customers who pay.
#[async_trait]
pub trait Payers: Send + Sync {
    /// What is kept about a customer; the default where nothing is.
    async fn payer_record(&self, tenant: TenantId, customer: CustomerId) -> Result<PayerRecord, StoreError>;

    /// Keeps it, with the version that it was read at. [`StoreError::Conflict`] where it has changed since.
    async fn keep_payer(&self, tenant: TenantId, customer: CustomerId, record: &PayerRecord) -> Result<(), StoreError>;
}
