//! Who the customers are, and what is in their books now.

use async_trait::async_trait;
use domain::{Billing, Book, Customer, CustomerId, CustomerRef, Instant, TenantId};

use crate::{Page, PageAsk, StoreError};

/// A customer with their book, read by one statement (R41).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerBook {
    /// Who.
    pub customer: Customer,
    /// As it was last written. Settle it to `now` before you tell anyone (R10).
    pub book: Book,
    /// What their test clock shows, if they live by one.
    pub frozen_at: Option<Instant>,
}

impl CustomerBook {
    /// The customer's time: their test clock's, or else the `real` one; never before their last entry (R7).
    #[must_use]
    pub fn now(&self, real: Instant) -> Instant {
        self.frozen_at.unwrap_or(real).max(self.book.last_at)
    }
}

/// A change of what is known about a customer. `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerChange {
    /// New name; `Some(None)` forgets it.
    pub name: Option<Option<String>>,
    /// New address; `Some(None)` forgets it.
    pub email: Option<Option<String>>,
    /// New time zone. It moves no expiry that was fixed before (R9).
    pub zone: Option<chrono_tz::Tz>,
    /// New notes.
    pub metadata: Option<Vec<(String, String)>>,
    /// New billing details, all of them.
    pub billing: Option<Billing>,
}

/// The customers of a tenant.
#[async_trait]
pub trait Customers: Send + Sync {
    /// The id behind a reference, if the tenant has such a customer. Cheap: asked on every call.
    async fn resolve(&self, tenant: TenantId, customer: &CustomerRef) -> Result<Option<CustomerId>, StoreError>;

    /// A customer and their book.
    async fn get(&self, tenant: TenantId, customer: CustomerId) -> Result<Option<CustomerBook>, StoreError>;

    /// The customers, newest first unless asked otherwise; only those with this email, where one is given.
    async fn list(&self, tenant: TenantId, email: Option<&str>, page: &PageAsk) -> Result<Page<Customer>, StoreError>;

    /// Changes what is known about a customer; `None` where there is no such one.
    async fn change(
        &self,
        tenant: TenantId,
        customer: CustomerId,
        change: CustomerChange,
    ) -> Result<Option<Customer>, StoreError>;
}
