//! Work that the clock makes due, found by index.

use async_trait::async_trait;
use domain::{ClockId, CustomerId, HoldId, Instant, TenantId};

use crate::StoreError;

/// Finds what workers have to nudge. Nudging twice does nothing twice, so no claim is needed.
#[async_trait]
pub trait DueWork: Send + Sync {
    /// Books to which the clock has done something that is not written yet, the longest due first:
    /// those that live by this test clock, or by the real one where `None`.
    async fn books(
        &self,
        clock: Option<ClockId>,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, CustomerId)>, StoreError>;

    /// Open holds that have lapsed, the longest due first.
    async fn holds(
        &self,
        clock: Option<ClockId>,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, HoldId)>, StoreError>;

    /// The next instant, at or before `until`, at which something becomes due by this test clock.
    async fn next(&self, clock: ClockId, until: Instant) -> Result<Option<Instant>, StoreError>;
}
