//! Tenants and the keys that open them.

use async_trait::async_trait;
use domain::{CustomerId, Instant, KeyId, Tenant, TenantId};

use crate::{Page, PageAsk, Reply, StoreError};

/// An API key. Its secret is shown once and kept only as a hash (R42).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its public id.
    pub id: KeyId,
    /// Whose books it opens.
    pub tenant: TenantId,
    /// The one customer it sees; `None` for an operator's key.
    pub customer: Option<CustomerId>,
    /// What its owner calls it.
    pub name: String,
    /// What it may do, in words of the API.
    pub scopes: Vec<String>,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// The secret's last four characters, to recognise it by.
    pub hint: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it stops working.
    pub expires_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// A key with the tenant that it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The key.
    pub key: ApiKey,
    /// Its tenant.
    pub tenant: Tenant,
}

/// Keys.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Keeps a new key.
    async fn create(&self, key: &ApiKey, reply: Option<&Reply>) -> Result<(), StoreError>;

    /// Whose secret has this hash.
    async fn by_hash(&self, hash: &[u8; 32]) -> Result<Option<Caller>, StoreError>;

    /// One key of a tenant.
    async fn get(&self, tenant: TenantId, id: KeyId) -> Result<Option<ApiKey>, StoreError>;

    /// A tenant's keys, newest first.
    async fn list(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<ApiKey>, StoreError>;

    /// Stops a key, as of `at`; `None` where there is no such key. A second time changes nothing.
    async fn revoke(&self, tenant: TenantId, id: KeyId, at: Instant) -> Result<Option<ApiKey>, StoreError>;

    /// Puts `new` in the place of key `id`, which stops at `until`. False where there is no such key.
    async fn rotate(
        &self,
        tenant: TenantId,
        id: KeyId,
        until: Instant,
        new: &ApiKey,
        reply: Option<&Reply>,
    ) -> Result<bool, StoreError>;

    /// The answer kept under an idempotency key.
    async fn reply(&self, tenant: TenantId, key: &str) -> Result<Option<Reply>, StoreError>;
}

/// Tenants.
#[async_trait]
pub trait Tenants: Send + Sync {
    /// Makes a tenant with its first catalog and its first key, as one. [`StoreError::Conflict`] where the name is taken.
    async fn create(&self, tenant: &Tenant, catalog: &str, key: &ApiKey) -> Result<(), StoreError>;

    /// The tenant with this name or id.
    async fn find(&self, name_or_id: &str) -> Result<Option<Tenant>, StoreError>;

    /// All of them, oldest first.
    async fn all(&self) -> Result<Vec<Tenant>, StoreError>;
}
