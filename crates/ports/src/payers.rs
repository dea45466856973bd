//! What we keep about customers who pay: who they are at the provider, and what they agreed to.

use async_trait::async_trait;
use domain::{ClockId, CustomerId, Instant, TenantId, TopUp};

use crate::{PayerId, StoreError};

/// A customer as one who pays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayerRecord {
    /// Their id at the provider, once they are known there.
    pub payer: Option<PayerId>,
    /// Their auto top-up (R34).
    pub top_up: Option<TopUp>,
    /// Before this instant of the customer's time nothing can be bought, however low their credits run.
    pub look_at: Option<Instant>,
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

    /// Customers whom auto top-up may have to buy for (R34): it is on, no purchase is under way, their `look_at` has
    /// come, the customer is not frozen, and fewer credits are available than agreed as of the last entry. `now` is
    /// the time of those who live by no test clock; only those of `clock` where one is given.
    async fn running_low(
        &self,
        clock: Option<ClockId>,
        now: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, CustomerId)>, StoreError>;

    /// Customers whose purchase under way waits for no payment any more, however it ended.
    async fn purchases_ended(&self, limit: u32) -> Result<Vec<(TenantId, CustomerId)>, StoreError>;
}
