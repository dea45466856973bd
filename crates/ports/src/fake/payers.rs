//! Customers who pay.

use async_trait::async_trait;
use domain::{ClockId, CustomerId, Instant, TenantId};

use super::Memory;
use super::state::{Shelf, State};
use crate::{PayerRecord, Payers, StoreError};

impl Shelf {
    /// Keeps a record that is still at the version it was read at.
    pub(super) fn keep_payer(&mut self, customer: CustomerId, record: &PayerRecord) -> Result<(), StoreError> {
        let kept = self.payers.entry(customer).or_default();
        if kept.version != record.version {
            return Err(StoreError::Conflict);
        }
        *kept = PayerRecord { version: record.version.saturating_add(1), ..record.clone() };
        Ok(())
    }

    fn runs_low(&self, customer: CustomerId, record: &PayerRecord, clock: Option<ClockId>, real: Instant) -> bool {
        let Some(records) = self.customers.get(&customer) else { return false };
        let Some(top_up) = record.top_up.as_ref().filter(|it| it.off.is_none() && it.paying.is_none()) else {
            return false;
        };
        let now = self.now(&records.customer, real);
        clock.is_none_or(|clock| records.customer.clock == Some(clock))
            && record.look_at.is_none_or(|at| at <= now)
            && records.book.frozen_since.is_none()
            && records.book.balance().available < top_up.consent.below
    }

    fn has_ended(&self, record: &PayerRecord) -> bool {
        let paying = record.top_up.as_ref().and_then(|top_up| top_up.paying);
        let order = paying.and_then(|order| self.orders.get(&order));
        order.is_some_and(|placed| !placed.status().awaits_payment())
    }
}

impl State {
    fn payers(
        &self,
        limit: u32,
        wanted: impl Fn(&Shelf, CustomerId, &PayerRecord) -> bool,
    ) -> Vec<(TenantId, CustomerId)> {
        let payers = self.tenants.iter().flat_map(|(tenant, shelf)| {
            shelf.payers.iter().map(move |(customer, record)| (*tenant, shelf, *customer, record))
        });
        let found = payers.filter(|(_, shelf, customer, record)| wanted(shelf, *customer, record));
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        found.map(|(tenant, _, customer, _)| (tenant, customer)).take(most).collect()
    }
}

#[async_trait]
impl Payers for Memory {
    async fn payer_record(&self, tenant: TenantId, customer: CustomerId) -> Result<PayerRecord, StoreError> {
        let found = self.lock().shelf(tenant).and_then(|shelf| shelf.payers.get(&customer).cloned());
        Ok(found.unwrap_or_default())
    }

    async fn keep_payer(&self, tenant: TenantId, customer: CustomerId, record: &PayerRecord) -> Result<(), StoreError> {
        self.lock().shelf_mut(tenant).keep_payer(customer, record)
    }

    async fn running_low(
        &self,
        clock: Option<ClockId>,
        now: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, CustomerId)>, StoreError> {
        Ok(self.lock().payers(limit, |shelf, customer, record| shelf.runs_low(customer, record, clock, now)))
    }

    async fn purchases_ended(&self, limit: u32) -> Result<Vec<(TenantId, CustomerId)>, StoreError> {
        Ok(self.lock().payers(limit, |shelf, _, record| shelf.has_ended(record)))
    }
}
