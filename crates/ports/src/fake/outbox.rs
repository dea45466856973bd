//! Mails that wait.

use std::collections::btree_map::Entry;

use async_trait::async_trait;
use domain::{CustomerId, Instant, TenantId};

use super::Memory;
use super::due::first;
use super::paging::{Dated, page};
use crate::{Event, MailStatus, Outbox, OutboxMail, Page, PageAsk, Reply, StoreError};

#[async_trait]
impl Outbox for Memory {
    async fn queue(
        &self,
        tenant: TenantId,
        mail: &OutboxMail,
        event: Option<&Event>,
        reply: Option<&Reply>,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        let shelf = state.shelf_mut(tenant);
        shelf.check_free(reply)?;
        if let Entry::Vacant(place) = shelf.outbox.entry(mail.id.clone()) {
            place.insert(mail.clone());
            shelf.events.extend(event.map(|event| (event.id, event.clone())));
        }
        shelf.keep(reply);
        Ok(())
    }

    async fn take(&self, at: Instant, until: Instant, limit: u32) -> Result<Vec<(TenantId, OutboxMail)>, StoreError> {
        let mut state = self.lock();
        let all =
            state.tenants.iter().flat_map(|(tenant, shelf)| shelf.outbox.values().map(move |mail| (tenant, mail)));
        let due = all.filter_map(|(tenant, mail)| Some((mail.due_at?, (*tenant, mail.id.clone()))));
        let places = first(due, at, limit);
        let mut taken = Vec::with_capacity(places.len());
        for (tenant, id) in places {
            if let Some(mail) = state.shelf_mut(tenant).outbox.get_mut(&id) {
                mail.due_at = Some(until);
                mail.tries = mail.tries.saturating_add(1);
                taken.push((tenant, mail.clone()));
            }
        }
        Ok(taken)
    }

    async fn tried(&self, tenant: TenantId, mail: &OutboxMail) -> Result<(), StoreError> {
        let mut state = self.lock();
        let Some(kept) = state.shelf_mut(tenant).outbox.get_mut(&mail.id) else { return Ok(()) };
        let last = mail.tries == kept.tries || mail.status != MailStatus::Queued;
        if kept.status == MailStatus::Queued && last {
            (kept.status, kept.due_at, kept.error) = (mail.status, mail.due_at, mail.error.clone());
        }
        Ok(())
    }

    async fn mails(
        &self,
        tenant: TenantId,
        customer: CustomerId,
        ask: &PageAsk,
    ) -> Result<Page<OutboxMail>, StoreError> {
        let state = self.lock();
        let mails = state.shelf(tenant).into_iter().flat_map(|shelf| shelf.outbox.values());
        let wanted = mails.filter(|mail| mail.customer == customer);
        let place = |mail: &OutboxMail| (Dated { at: mail.written_at, what: mail.id.clone() }, mail.clone());
        let mut placed: Vec<_> = wanted.map(place).collect();
        placed.sort_by(|(one, _), (other, _)| one.cmp(other));
        page(placed.into_iter(), ask)
    }
}
