//! What was sold, for reports and for those who check it: what was paid for at any instant, and orders and documents as they
//! are kept, readable or not (R36, R37).

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::{CustomerId, GrantId, GrantState, Instant, InvoiceNumber, Money, OrderId, SubscriptionId, TenantId};

use crate::{Issued, Page, PageAsk, PlacedOrder, StoreError};

/// A grant that was paid for, at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidGrant {
    /// Where its credits were.
    pub state: GrantState,
    /// What had been given back of its price, net of tax, in minor units.
    pub refunded: i64,
}

/// Money of a subscription's charges that no grant stands for, at an instant: it was paid for grants that were still to
/// come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ungranted {
    /// Whose charges.
    pub subscription: SubscriptionId,
    /// How much, net of tax; zero or more.
    pub price: Money,
    /// What had been given back of the charges and not of one of their grants, net of tax, in minor units.
    pub refunded: i64,
    /// The charges' grants.
    pub grants: Vec<GrantId>,
    /// Whether no grant came for it any more: the period that was paid for, or the subscription, had ended.
    pub is_over: bool,
}

/// What a customer had paid for, at an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaidAt {
    /// The grants made by then, by number.
    pub grants: Vec<PaidGrant>,
    /// What had been charged by then beside them.
    pub ungranted: Vec<Ungranted>,
}

/// What a customer has paid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidGrants {
    /// Whose.
    pub customer: CustomerId,
    /// The last entry of the journal that was read.
    pub sequence: u64,
    /// For each instant that was asked for, in that order.
    pub at: Vec<PaidAt>,
}

/// Which paid grants are wanted, and as of when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidFilter {
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// After all that was effective at or before each of these. For an instant that a customer has not reached yet, as
    /// of their own time.
    pub at: Vec<Instant>,
    /// The real time: that of customers without a test clock.
    pub now: Instant,
}

/// An order as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptOrder {
    /// Its id.
    pub id: OrderId,
    /// The order; `None` where its row cannot be read.
    pub placed: Option<PlacedOrder>,
}

/// A document as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDocument {
    /// Its number.
    pub number: InvoiceNumber,
    /// Of which order.
    pub order: OrderId,
    /// The document; `None` where its row cannot be read, or breaks what a document owes (R36).
    pub issued: Option<Issued>,
}

/// What was sold.
#[async_trait]
pub trait Books: Send + Sync {
    /// Customers with grants that have a cost, or with paid charges, by id, newest first unless asked otherwise; a page is of
    /// one snapshot.
    ///
    /// A past instant costs what was written since, entry by entry; the present reads no journal.
    async fn paid(&self, tenant: TenantId, filter: &PaidFilter, page: &PageAsk)
    -> Result<Page<PaidGrants>, StoreError>;

    /// How many orders, documents and customers with paid grants there are.
    async fn size(&self, tenant: TenantId) -> Result<u64, StoreError>;

    /// The next orders after this one, by id.
    async fn kept_orders(
        &self,
        tenant: TenantId,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<KeptOrder>, StoreError>;

    /// The next documents after this one, by series, year and number: one that is issued meanwhile comes after all of
    /// its year, so a gap is a gap.
    async fn kept_documents(
        &self,
        tenant: TenantId,
        after: Option<&InvoiceNumber>,
        limit: u32,
    ) -> Result<Vec<KeptDocument>, StoreError>;

    /// The last number of each year of each series, in their order.
    async fn series(&self, tenant: TenantId) -> Result<Vec<InvoiceNumber>, StoreError>;

    /// Which of these mails are in the outbox, sent or not.
    async fn mailed(&self, tenant: TenantId, ids: &[String]) -> Result<BTreeSet<String>, StoreError>;
}
