//! The journal and what is projected from it, for reading.

use async_trait::async_trait;
use domain::{
    Balance, Book, CustomerId, Entry, EntryId, Grant, GrantId, GrantState, Hold, HoldId, HoldStatus, Instant, Kind,
    TenantId,
};

use crate::{Page, PageAsk, StoreError};

/// An entry with its id and the key that its command came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its id.
    pub id: EntryId,
    /// The idempotency key; `None` for what the clock did.
    pub key: Option<String>,
    /// The entry.
    pub entry: Entry,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// Only these kinds; all where empty.
    pub kinds: Vec<Kind>,
    /// Only effective at or after this instant.
    pub from: Option<Instant>,
    /// Only effective before this instant.
    pub until: Option<Instant>,
}

/// Which holds are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoldFilter {
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// Only with this status.
    pub status: Option<HoldStatus>,
}

/// The read side of the ledger. Lists of one customer are in the order of their numbers; lists of a
/// whole tenant are by customer, then by number.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Entries.
    async fn entries(
        &self,
        tenant: TenantId,
        filter: &EntryFilter,
        page: &PageAsk,
    ) -> Result<Page<Recorded>, StoreError>;

    /// One entry.
    async fn entry(&self, tenant: TenantId, id: EntryId) -> Result<Option<Recorded>, StoreError>;

    /// The balance after the last entry that is effective at or before `at`: found without scanning
    /// history. `None` before the book was opened.
    async fn balance_at(
        &self,
        tenant: TenantId,
        customer: CustomerId,
        at: Instant,
    ) -> Result<Option<Balance>, StoreError>;

    /// A customer's grants with where their credits are at `now`, and the book of the same snapshot.
    /// `None` where there is no such customer.
    async fn grants(
        &self,
        tenant: TenantId,
        customer: CustomerId,
        now: Instant,
        page: &PageAsk,
    ) -> Result<Option<(Page<GrantState>, Book)>, StoreError>;

    /// One grant's terms.
    async fn grant(&self, tenant: TenantId, id: GrantId) -> Result<Option<Grant>, StoreError>;

    /// Holds.
    async fn holds(&self, tenant: TenantId, filter: &HoldFilter, page: &PageAsk) -> Result<Page<Hold>, StoreError>;

    /// One hold.
    async fn hold(&self, tenant: TenantId, id: HoldId) -> Result<Option<Hold>, StoreError>;
}
