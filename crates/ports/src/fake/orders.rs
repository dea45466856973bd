//! Orders.

use async_trait::async_trait;
use domain::{ClockId, Instant, OrderId, TenantId};

use super::Memory;
use super::due::first;
use super::paging::page;
use super::state::{Shelf, State};
use crate::{
    Issued, NewDocument, OrderChange, OrderEnd, OrderFilter, Orders, OutboxMail, Page, PageAsk, PayerRecord,
    PlacedOrder, Reply, StoreError,
};

impl State {
    fn orders(&self) -> impl Iterator<Item = (TenantId, &PlacedOrder)> {
        self.tenants.iter().flat_map(|(tenant, shelf)| shelf.orders.values().map(|placed| (*tenant, placed)))
    }

    /// Orders that wait for a payment and live by this clock, with their ends.
    pub(super) fn ends(&self, clock: Option<ClockId>) -> impl Iterator<Item = OrderEnd> {
        let here = self.orders().filter(move |(_, placed)| placed.clock == clock);
        here.filter_map(|(tenant, placed)| Some(OrderEnd { at: placed.ends_at()?, order: placed.order.id, tenant }))
    }
}

impl Shelf {
    /// The document with the next number of its series.
    fn issue(
        &self,
        document: &NewDocument,
        placed: &mut PlacedOrder,
    ) -> Result<(Issued, Option<OutboxMail>), StoreError> {
        let last = self.series.get(&(document.series.clone(), document.year)).copied().unwrap_or_default();
        document.issue(last.saturating_add(1), placed)
    }

    fn record(&mut self, issued: Issued, mail: Option<OutboxMail>) {
        let number = issued.invoice.facts().number.clone();
        self.series.insert((number.series.clone(), number.year), number.sequence);
        self.documents.insert(number, issued);
        if let Some(mail) = mail {
            self.outbox.entry(mail.id.clone()).or_insert(mail);
        }
    }
}

#[async_trait]
impl Orders for Memory {
    async fn place(&self, tenant: TenantId, placed: &PlacedOrder, reply: Option<&Reply>) -> Result<(), StoreError> {
        let mut state = self.lock();
        if state.orders().any(|(_, other)| other.order.id == placed.order.id) {
            return Err(StoreError::Conflict);
        }
        let shelf = state.shelf_mut(tenant);
        shelf.check_free(reply)?;
        shelf.orders.insert(placed.order.id, PlacedOrder { version: 1, ..placed.clone() });
        shelf.keep(reply);
        Ok(())
    }

    async fn place_top_up(
        &self,
        tenant: TenantId,
        placed: &PlacedOrder,
        payer: &PayerRecord,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        if state.orders().any(|(_, other)| other.order.id == placed.order.id) {
            return Err(StoreError::Conflict);
        }
        let shelf = state.shelf_mut(tenant);
        shelf.keep_payer(placed.order.customer, payer)?;
        shelf.orders.insert(placed.order.id, PlacedOrder { version: 1, ..placed.clone() });
        Ok(())
    }

    async fn save(&self, tenant: TenantId, change: OrderChange) -> Result<PlacedOrder, StoreError> {
        let OrderChange { mut placed, document, events, reply } = change;
        let mut state = self.lock();
        let shelf = state.shelf_mut(tenant);
        let known = shelf.orders.get(&placed.order.id);
        if known.is_none_or(|known| known.version != placed.version) {
            return Err(StoreError::Conflict);
        }
        shelf.check_same(reply.as_ref())?;
        shelf.check_untold(&events)?;
        let issued = document.map(|document| shelf.issue(&document, &mut placed)).transpose()?;
        if let Some((issued, mail)) = issued {
            shelf.record(issued, mail);
        }
        placed.version = placed.version.saturating_add(1);
        shelf.orders.insert(placed.order.id, placed.clone());
        shelf.tell(events);
        shelf.keep(reply.as_ref());
        Ok(placed)
    }

    async fn get(&self, tenant: TenantId, id: OrderId) -> Result<Option<PlacedOrder>, StoreError> {
        Ok(self.lock().shelf(tenant).and_then(|shelf| shelf.orders.get(&id).cloned()))
    }

    async fn some(&self, tenant: TenantId, ids: &[OrderId]) -> Result<Vec<PlacedOrder>, StoreError> {
        let state = self.lock();
        let Some(shelf) = state.shelf(tenant) else { return Ok(Vec::new()) };
        let orders = shelf.orders.iter().filter(|(id, _)| ids.contains(id));
        Ok(orders.map(|(_, placed)| placed.clone()).collect())
    }

    async fn find(&self, id: OrderId) -> Result<Option<(TenantId, PlacedOrder)>, StoreError> {
        let state = self.lock();
        let found = state.orders().find(|(_, placed)| placed.order.id == id);
        Ok(found.map(|(tenant, placed)| (tenant, placed.clone())))
    }

    async fn list(
        &self,
        tenant: TenantId,
        filter: OrderFilter,
        ask: &PageAsk,
    ) -> Result<Page<PlacedOrder>, StoreError> {
        let state = self.lock();
        let orders = state.shelf(tenant).into_iter().flat_map(|shelf| &shelf.orders);
        let wanted = orders.filter(|(_, placed)| {
            filter.customer.is_none_or(|customer| customer == placed.order.customer)
                && filter.status.is_none_or(|status| status == placed.status())
        });
        page(wanted.map(|(id, placed)| (*id, placed.clone())), ask)
    }

    async fn to_ask(&self, at: Instant, limit: u32) -> Result<Vec<(TenantId, OrderId)>, StoreError> {
        let state = self.lock();
        let asked = state.orders().filter_map(|(tenant, placed)| Some((placed.ask_at?, (tenant, placed.order.id))));
        Ok(first(asked, at, limit))
    }

    async fn to_end(
        &self,
        clock: Option<ClockId>,
        at: Instant,
        after: Option<OrderEnd>,
        limit: u32,
    ) -> Result<Vec<OrderEnd>, StoreError> {
        let state = self.lock();
        let ends = state.ends(clock).filter(|end| after.is_none_or(|after| *end > after));
        Ok(first(ends.map(|end| (end.at, end)), at, limit))
    }
}
