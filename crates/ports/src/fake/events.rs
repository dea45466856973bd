//! Events.

use async_trait::async_trait;
use domain::TenantId;

use super::Memory;
use super::paging::page;
use crate::{Event, EventFilter, Events, Page, PageAsk, StoreError};

#[async_trait]
impl Events for Memory {
    async fn list_events(
        &self,
        tenant: TenantId,
        filter: EventFilter,
        ask: &PageAsk,
    ) -> Result<Page<Event>, StoreError> {
        let state = self.lock();
        let events = state.shelf(tenant).into_iter().flat_map(|shelf| &shelf.events);
        let wanted = events.filter(|(_, event)| filter.customer.is_none_or(|customer| customer == event.customer));
        page(wanted.map(|(id, event)| (*id, event.clone())), ask)
    }
}
