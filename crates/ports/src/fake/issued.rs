//! Documents that were issued.

use async_trait::async_trait;
use domain::{InvoiceNumber, TenantId};

use super::Memory;
use super::paging::{Dated, page};
use crate::{Issued, IssuedDocuments, IssuedFilter, Page, PageAsk, StoreError};

#[async_trait]
impl IssuedDocuments for Memory {
    async fn issued(&self, tenant: TenantId, number: &InvoiceNumber) -> Result<Option<Issued>, StoreError> {
        Ok(self.lock().shelf(tenant).and_then(|shelf| shelf.documents.get(number).cloned()))
    }

    async fn list_issued(
        &self,
        tenant: TenantId,
        filter: IssuedFilter,
        ask: &PageAsk,
    ) -> Result<Page<Issued>, StoreError> {
        let state = self.lock();
        let documents = state.shelf(tenant).into_iter().flat_map(|shelf| &shelf.documents);
        let wanted = documents.filter(|(_, issued)| {
            filter.customer.is_none_or(|customer| customer == issued.customer)
                && filter.credit_notes == issued.is_credit_note()
        });
        let place = |(number, issued): (&InvoiceNumber, &Issued)| {
            (Dated { at: issued.issued_at, what: number.clone() }, issued.clone())
        };
        let mut placed: Vec<_> = wanted.map(place).collect();
        placed.sort_by(|(one, _), (other, _)| one.cmp(other));
        page(placed.into_iter(), ask)
    }
}
