//! Events.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::TenantId;

use super::Memory;
use super::paging::page;
use super::state::Shelf;
use crate::{Event, EventFilter, Events, Page, PageAsk, StoreError};

impl Shelf {
    /// Whether these can be written: asked before anything is.
    pub(super) fn check_untold(&self, events: &[Event]) -> Result<(), StoreError> {
        let ids: BTreeSet<_> = events.iter().map(|event| event.id).collect();
        let told = ids.len() < events.len() || ids.iter().any(|id| self.events.contains_key(id));
        if told { Err(StoreError::Conflict) } else { Ok(()) }
    }

    pub(super) fn tell(&mut self, events: Vec<Event>) {
        self.events.extend(events.into_iter().map(|event| (event.id, event)));
    }
}

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
