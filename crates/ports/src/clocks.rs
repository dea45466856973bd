//! Test clocks: time under a test's control.

use async_trait::async_trait;
use domain::{ClockId, Instant, TenantId};

use crate::{Reply, StoreError};

/// A clock that moves only when told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestClock {
    /// Its id.
    pub id: ClockId,
    /// What it shows.
    pub frozen_at: Instant,
    /// When it was made, by the real clock.
    pub created_at: Instant,
}

/// Test clocks of tenants in test mode.
#[async_trait]
pub trait Clocks: Send + Sync {
    /// Keeps a new one.
    async fn create(&self, tenant: TenantId, clock: &TestClock, reply: Option<&Reply>) -> Result<(), StoreError>;

    /// One of them.
    async fn get(&self, tenant: TenantId, id: ClockId) -> Result<Option<TestClock>, StoreError>;

    /// All of them, newest first.
    async fn list(&self, tenant: TenantId) -> Result<Vec<TestClock>, StoreError>;

    /// Moves one forward. A clock never goes back (R7): an earlier instant changes nothing.
    async fn set(&self, tenant: TenantId, id: ClockId, to: Instant) -> Result<(), StoreError>;
}
