//! Everything that was written, in order, for those who check it.

use async_trait::async_trait;
use domain::{Book, Credits, Entry, EntryId, TenantId};

use crate::StoreError;

/// A book with what its open holds hold, by their own rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditedBook {
    /// Whose customer.
    pub tenant: TenantId,
    /// As decisions read it.
    pub book: Book,
    /// The sum over the customer's open holds.
    pub held_by_holds: Credits,
}

/// Opens snapshots.
#[async_trait]
pub trait Audit: Send + Sync {
    /// The whole ledger as it is now; what is written meanwhile does not show in it.
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError>;
}

/// The whole ledger at one instant. Both lists are ordered by tenant, then customer, then number.
#[async_trait]
pub trait Snapshot: Send {
    /// How many entries there are.
    async fn size(&mut self) -> Result<u64, StoreError>;

    /// The next entries, at most `limit`; none at the end. One that cannot be read is [`StoreError::Damaged`],
    /// told after all that come before it.
    async fn entries(&mut self, limit: u32) -> Result<Vec<(TenantId, EntryId, Entry)>, StoreError>;

    /// The next books, at most `limit`; none at the end.
    async fn books(&mut self, limit: u32) -> Result<Vec<AuditedBook>, StoreError>;
}
