//! Mocks of the ports whose failures tests stage.

use async_trait::async_trait;
use domain::{Instant, KeyId, TenantId};

pub use crate::documents::MockPageCounter;
pub use crate::ledger::MockLedger;
pub use crate::payments::{MockPaymentEvents, MockPaymentMethods, MockPayments};
pub use crate::world::MockClock;
use crate::{ApiKey, Applied, Caller, Catalogs, Keys, Page, PageAsk, Published, Reply, StoreError};

// `automock` cannot take an `Option<&Reply>`: these two mocks expect an `Option<Reply>` instead.
mockall::mock! {
    /// Expectations on [`Keys`](crate::Keys).
    pub Keys {
        /// See [`Keys::create`](crate::Keys::create).
        pub fn create(&self, key: &ApiKey, reply: Option<Reply>) -> Result<(), StoreError>;
        /// See [`Keys::by_hash`](crate::Keys::by_hash).
        pub fn by_hash(&self, hash: &[u8; 32]) -> Result<Option<Caller>, StoreError>;
        /// See [`Keys::get`](crate::Keys::get).
        pub fn get(&self, tenant: TenantId, id: KeyId) -> Result<Option<ApiKey>, StoreError>;
        /// See [`Keys::list`](crate::Keys::list).
        pub fn list(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<ApiKey>, StoreError>;
        /// See [`Keys::revoke`](crate::Keys::revoke).
        pub fn revoke(&self, tenant: TenantId, id: KeyId, at: Instant) -> Result<Option<ApiKey>, StoreError>;
        /// See [`Keys::rotate`](crate::Keys::rotate).
        pub fn rotate(
            &self,
            tenant: TenantId,
            id: KeyId,
            until: Instant,
            new: &ApiKey,
            reply: Option<Reply>,
        ) -> Result<bool, StoreError>;
        /// See [`Keys::reply`](crate::Keys::reply).
        pub fn reply(&self, tenant: TenantId, key: &str) -> Result<Option<Reply>, StoreError>;
    }
}

mockall::mock! {
    /// Expectations on [`Catalogs`](crate::Catalogs).
    pub Catalogs {
        /// See [`Catalogs::version`](crate::Catalogs::version).
        pub fn version(&self, tenant: TenantId) -> Result<Option<u32>, StoreError>;
        /// See [`Catalogs::get`](crate::Catalogs::get).
        pub fn get(&self, tenant: TenantId, version: u32) -> Result<Option<Published>, StoreError>;
        /// See [`Catalogs::versions`](crate::Catalogs::versions).
        pub fn versions(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<Published>, StoreError>;
        /// See [`Catalogs::apply`](crate::Catalogs::apply).
        pub fn apply(
            &self,
            tenant: TenantId,
            base: u32,
            text: &str,
            at: Instant,
            reply: Option<Reply>,
        ) -> Result<Applied, StoreError>;
    }
}

#[async_trait]
impl Keys for MockKeys {
    async fn create(&self, key: &ApiKey, reply: Option<&Reply>) -> Result<(), StoreError> {
        self.create(key, reply.cloned())
    }
    async fn by_hash(&self, hash: &[u8; 32]) -> Result<Option<Caller>, StoreError> {
        self.by_hash(hash)
    }
    async fn get(&self, tenant: TenantId, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        self.get(tenant, id)
    }
    async fn list(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<ApiKey>, StoreError> {
        self.list(tenant, page)
    }
    async fn revoke(&self, tenant: TenantId, id: KeyId, at: Instant) -> Result<Option<ApiKey>, StoreError> {
        self.revoke(tenant, id, at)
    }
    async fn rotate(
        &self,
        tenant: TenantId,
        id: KeyId,
        until: Instant,
        new: &ApiKey,
        reply: Option<&Reply>,
    ) -> Result<bool, StoreError> {
        self.rotate(tenant, id, until, new, reply.cloned())
    }
    async fn reply(&self, tenant: TenantId, key: &str) -> Result<Option<Reply>, StoreError> {
        self.reply(tenant, key)
    }
}

#[async_trait]
impl Catalogs for MockCatalogs {
    async fn version(&self, tenant: TenantId) -> Result<Option<u32>, StoreError> {
        self.version(tenant)
    }
    async fn get(&self, tenant: TenantId, version: u32) -> Result<Option<Published>, StoreError> {
        self.get(tenant, version)
    }
    async fn versions(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<Published>, StoreError> {
        self.versions(tenant, page)
    }
    async fn apply(
        &self,
        tenant: TenantId,
        base: u32,
        text: &str,
        at: Instant,
        reply: Option<&Reply>,
    ) -> Result<Applied, StoreError> {
        self.apply(tenant, base, text, at, reply.cloned())
    }
}
