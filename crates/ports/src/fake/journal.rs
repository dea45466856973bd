//! The journal, for reading.

use async_trait::async_trait;
use domain::{Balance, Book, CustomerId, Entry, EntryId, Grant, GrantId, GrantState, Hold, HoldId, Instant, TenantId};

use super::Memory;
use super::paging::page;
use super::records::Records;
use super::state::State;
use crate::{EntryFilter, HoldFilter, Journal, Page, PageAsk, Recorded, StoreError};

impl State {
    fn customer(&self, tenant: TenantId, customer: CustomerId) -> Option<&Records> {
        self.shelf(tenant)?.customers.get(&customer)
    }

    /// The records of a tenant's customers, or of the one that is wanted.
    fn customers(&self, tenant: TenantId, wanted: Option<CustomerId>) -> impl DoubleEndedIterator<Item = &Records> {
        let all = self.shelf(tenant).into_iter().flat_map(|shelf| shelf.customers.values());
        all.filter(move |records| wanted.is_none_or(|id| id == records.customer.id))
    }
}

impl EntryFilter {
    fn lets_through(&self, entry: &Entry) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&entry.kind))
            && self.from.is_none_or(|from| from <= entry.effective_at)
            && self.until.is_none_or(|until| entry.effective_at < until)
    }
}

#[async_trait]
impl Journal for Memory {
    async fn entries(
        &self,
        tenant: TenantId,
        filter: &EntryFilter,
        ask: &PageAsk,
    ) -> Result<Page<Recorded>, StoreError> {
        let state = self.lock();
        let entries = state.customers(tenant, filter.customer).flat_map(|records| &records.journal);
        let wanted = entries.filter(|recorded| filter.lets_through(&recorded.entry));
        page(wanted.map(|recorded| (recorded.id, recorded.clone())), ask)
    }

    async fn entry(&self, tenant: TenantId, id: EntryId) -> Result<Option<Recorded>, StoreError> {
        Ok(self.lock().customer(tenant, id.customer).and_then(|records| records.entry(id).cloned()))
    }

    async fn balance_at(
        &self,
        tenant: TenantId,
        customer: CustomerId,
        at: Instant,
    ) -> Result<Option<Balance>, StoreError> {
        Ok(self.lock().customer(tenant, customer).and_then(|records| records.balance_at(at)))
    }

    async fn grants(
        &self,
        tenant: TenantId,
        customer: CustomerId,
        now: Instant,
        ask: &PageAsk,
    ) -> Result<Option<(Page<GrantState>, Book)>, StoreError> {
        let state = self.lock();
        let Some(records) = state.customer(tenant, customer) else { return Ok(None) };
        // A grant's place is written as an entry's: whoever knows its number can begin after any.
        let place = |grant: &Grant| EntryId { customer, sequence: grant.id.number.into() };
        let states = records.grants.values().map(|grant| (place(grant), records.state(grant, now)));
        Ok(Some((page(states, ask)?, records.book.clone())))
    }

    async fn grant(&self, tenant: TenantId, id: GrantId) -> Result<Option<Grant>, StoreError> {
        Ok(self.lock().customer(tenant, id.customer).and_then(|records| records.grants.get(&id.number).cloned()))
    }

    async fn holds(&self, tenant: TenantId, filter: &HoldFilter, ask: &PageAsk) -> Result<Page<Hold>, StoreError> {
        let state = self.lock();
        let holds = state.customers(tenant, filter.customer).flat_map(|records| records.holds.values());
        let wanted = holds.filter(|hold| filter.status.is_none_or(|status| status == hold.progress.status));
        page(wanted.map(|hold| (hold.id, hold.clone())), ask)
    }

    async fn hold(&self, tenant: TenantId, id: HoldId) -> Result<Option<Hold>, StoreError> {
        Ok(self.lock().customer(tenant, id.customer).and_then(|records| records.hold(id).cloned()))
    }
}
