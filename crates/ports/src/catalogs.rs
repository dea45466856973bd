//! Published catalogs, as the text that was applied.

use async_trait::async_trait;
use domain::{Instant, TenantId};

use crate::{Page, PageAsk, Reply, StoreError};

/// A version of a tenant's catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// 1, 2, 3, …
    pub version: u32,
    /// The catalog file, to the letter.
    pub text: String,
    /// When it was applied.
    pub applied_at: Instant,
}

/// Whether a catalog was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It is in force, as this version.
    Version(u32),
    /// Another was applied meanwhile: this version is in force, and nothing was changed.
    Stale(u32),
}

/// Catalogs of tenants; each has one in force.
#[async_trait]
pub trait Catalogs: Send + Sync {
    /// The version in force, alone: cheap, asked often.
    async fn version(&self, tenant: TenantId) -> Result<Option<u32>, StoreError>;

    /// One version.
    async fn get(&self, tenant: TenantId, version: u32) -> Result<Option<Published>, StoreError>;

    /// All versions, newest first.
    async fn versions(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<Published>, StoreError>;

    /// Puts the next version in force, if `base` still is (R21).
    async fn apply(
        &self,
        tenant: TenantId,
        base: u32,
        text: &str,
        at: Instant,
        reply: Option<&Reply>,
    ) -> Result<Applied, StoreError>;
}
