//! Kept estimates.

use async_trait::async_trait;
use domain::{Estimate, EstimateId, TenantId};

use crate::{Reply, StoreError};

/// Estimates that jobs can be started from (R13).
#[async_trait]
pub trait Estimates: Send + Sync {
    /// Keeps one.
    async fn save(&self, tenant: TenantId, estimate: &Estimate, reply: Option<&Reply>) -> Result<(), StoreError>;

    /// A kept one, lapsed or not.
    async fn find(&self, tenant: TenantId, id: EstimateId) -> Result<Option<Estimate>, StoreError>;
}
