//! What was sold, in memory.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::{CustomerId, GrantState, Instant, InvoiceNumber, OrderId, Rewind, TenantId};

use super::Memory;
use super::paging::page;
use super::records::Records;
use super::state::Shelf;
use crate::{
    Books, KeptDocument, KeptOrder, Page, PageAsk, PaidAt, PaidFilter, PaidGrants, PlacedOrder, Sales, StoreError,
};

impl Records {
    fn has_paid(&self) -> bool {
        self.grants.values().any(|grant| grant.cost.is_some())
    }

    /// What was paid for after what was effective at or before `at`.
    fn paid(&self, sales: &Sales, at: Instant) -> PaidAt {
        let paid = self.grants.values().filter(|grant| grant.cost.is_some());
        let state = |grant: &domain::Grant| {
            let (expired, revoked) = self.gone(grant);
            GrantState::written(grant.clone(), &self.book, expired, revoked)
        };
        let mut rewind = Rewind::new(paid.map(state).collect());
        for recorded in self.journal.iter().rev().take_while(|recorded| recorded.entry.effective_at > at) {
            rewind.undo(recorded.entry.kind, &recorded.entry.postings);
        }
        sales.at(&rewind, at)
    }
}

impl Shelf {
    /// A customer's orders that reports read.
    fn reported(&self, customer: CustomerId) -> impl Iterator<Item = &PlacedOrder> {
        self.orders.values().filter(move |placed| placed.order.customer == customer && placed.is_in_reports())
    }

    fn paid_grants(&self, records: &Records, filter: &PaidFilter) -> PaidGrants {
        let customer = records.customer.id;
        let when = |key: &str| {
            let entry = records.journal.iter().find(|recorded| recorded.key.as_deref() == Some(key))?;
            Some(entry.entry.effective_at)
        };
        let ended = |id| self.subscriptions.get(&id)?.subscription.ended_at;
        let sales = Sales::of(self.reported(customer), when, ended);
        let present = self.now(&records.customer, filter.now).max(records.book.last_at);
        let at = filter.at.iter().map(|at| records.paid(&sales, (*at).min(present))).collect();
        PaidGrants { customer, sequence: records.book.sequence, at }
    }
}

#[async_trait]
impl Books for Memory {
    async fn paid(&self, tenant: TenantId, filter: &PaidFilter, ask: &PageAsk) -> Result<Page<PaidGrants>, StoreError> {
        let state = self.lock();
        let Some(shelf) = state.shelf(tenant) else { return page(std::iter::empty::<(OrderId, _)>(), ask) };
        let wanted = shelf.customers.values().filter(|records| {
            let id = records.customer.id;
            filter.customer.is_none_or(|customer| customer == id)
                && (records.has_paid() || shelf.reported(id).next().is_some())
        });
        page(wanted.map(|records| (records.customer.id, shelf.paid_grants(records, filter))), ask)
    }

    async fn size(&self, tenant: TenantId) -> Result<u64, StoreError> {
        let state = self.lock();
        let Some(shelf) = state.shelf(tenant) else { return Ok(0) };
        let paying = shelf.customers.values().filter(|records| records.has_paid()).count();
        Ok((shelf.orders.len() + shelf.documents.len() + paying) as u64)
    }

    async fn kept_orders(
        &self,
        tenant: TenantId,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<KeptOrder>, StoreError> {
        let state = self.lock();
        let orders = state.shelf(tenant).into_iter().flat_map(|shelf| &shelf.orders);
        let rest = orders.filter(|(id, _)| after.is_none_or(|after| **id > after));
        let kept = rest.map(|(id, placed)| KeptOrder { id: *id, placed: Some(placed.clone()) });
        Ok(kept.take(limit as usize).collect())
    }

    async fn kept_documents(
        &self,
        tenant: TenantId,
        after: Option<&InvoiceNumber>,
        limit: u32,
    ) -> Result<Vec<KeptDocument>, StoreError> {
        let state = self.lock();
        let documents = state.shelf(tenant).into_iter().flat_map(|shelf| &shelf.documents);
        let rest = documents.filter(|(number, _)| after.is_none_or(|after| *number > after));
        let kept = rest.map(|(number, issued)| KeptDocument {
            number: number.clone(),
            order: issued.order,
            issued: Some(issued.clone()),
        });
        Ok(kept.take(limit as usize).collect())
    }

    async fn series(&self, tenant: TenantId) -> Result<Vec<InvoiceNumber>, StoreError> {
        let state = self.lock();
        let series = state.shelf(tenant).into_iter().flat_map(|shelf| &shelf.series);
        let number = |((series, year), last): (&(String, i32), &u64)| InvoiceNumber {
            series: series.clone(),
            year: *year,
            sequence: *last,
        };
        Ok(series.map(number).collect())
    }

    async fn mailed(&self, tenant: TenantId, ids: &[String]) -> Result<BTreeSet<String>, StoreError> {
        let state = self.lock();
        let Some(shelf) = state.shelf(tenant) else { return Ok(BTreeSet::new()) };
        Ok(ids.iter().filter(|id| shelf.outbox.contains_key(*id)).cloned().collect())
    }
}
