//! Customers and their books.

use async_trait::async_trait;
use domain::{Customer, CustomerId, CustomerRef, TenantId};

use super::Memory;
use super::paging::page;
use super::records::Records;
use super::state::Shelf;
use crate::{CustomerBook, CustomerChange, Customers, Page, PageAsk, StoreError};

impl Shelf {
    pub(super) fn by_external_id(&self, external_id: &str) -> Option<&Records> {
        self.customers.values().find(|records| records.customer.external_id.as_deref() == Some(external_id))
    }
}

#[async_trait]
impl Customers for Memory {
    async fn resolve(&self, tenant: TenantId, customer: &CustomerRef) -> Result<Option<CustomerId>, StoreError> {
        let state = self.lock();
        let records = state.shelf(tenant).and_then(|shelf| match customer {
            CustomerRef::Id(id) => shelf.customers.get(id),
            CustomerRef::External(external_id) => shelf.by_external_id(external_id),
        });
        Ok(records.map(|records| records.customer.id))
    }

    async fn get(&self, tenant: TenantId, customer: CustomerId) -> Result<Option<CustomerBook>, StoreError> {
        let state = self.lock();
        Ok(state.shelf(tenant).and_then(|shelf| {
            let Records { customer, book, .. } = shelf.customers.get(&customer)?;
            let clock = customer.clock.and_then(|clock| shelf.clocks.get(&clock));
            Some(CustomerBook {
                customer: customer.clone(),
                book: book.clone(),
                frozen_at: clock.map(|clock| clock.frozen_at),
            })
        }))
    }

    async fn list(&self, tenant: TenantId, email: Option<&str>, ask: &PageAsk) -> Result<Page<Customer>, StoreError> {
        let state = self.lock();
        let customers = state.shelf(tenant).into_iter().flat_map(|shelf| shelf.customers.values());
        let wanted = customers
            .map(|records| &records.customer)
            .filter(|customer| email.is_none() || customer.email.as_deref() == email);
        page(wanted.map(|customer| (customer.id, customer.clone())), ask)
    }

    async fn change(
        &self,
        tenant: TenantId,
        customer: CustomerId,
        change: CustomerChange,
    ) -> Result<Option<Customer>, StoreError> {
        let mut state = self.lock();
        Ok(state.shelf_mut(tenant).customers.get_mut(&customer).map(|records| {
            apply(&mut records.customer, change);
            records.customer.clone()
        }))
    }
}

fn apply(customer: &mut Customer, change: CustomerChange) {
    let CustomerChange { name, email, zone, metadata, billing } = change;
    if let Some(name) = name {
        customer.name = name;
    }
    if let Some(email) = email {
        customer.email = email;
    }
    if let Some(zone) = zone {
        customer.zone = zone;
    }
    if let Some(metadata) = metadata {
        customer.metadata = metadata;
    }
    if let Some(billing) = billing {
        customer.billing = billing;
    }
}
