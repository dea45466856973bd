//! Subscriptions.

use async_trait::async_trait;
use domain::{ClockId, Instant, SubscriptionId, SubscriptionStatus, TenantId};

use super::Memory;
use super::due::first;
use super::paging::page;
use super::state::{Shelf, State};
use crate::{KeptSubscription, Page, PageAsk, StoreError, SubscriptionChange, SubscriptionFilter, Subscriptions};

/// Where a subscription is.
type Place = (TenantId, SubscriptionId);

impl State {
    fn subscriptions(&self) -> impl Iterator<Item = (Place, &Shelf, &KeptSubscription)> {
        self.tenants
            .iter()
            .flat_map(|(tenant, shelf)| shelf.subscriptions.iter().map(move |(id, kept)| ((*tenant, *id), shelf, kept)))
    }

    /// Subscriptions that live by this clock and have something due by it, with since when.
    pub(super) fn turns(&self, clock: Option<ClockId>) -> impl Iterator<Item = (Instant, Place)> {
        let living = self.subscriptions().filter(move |(_, _, kept)| kept.clock == clock);
        living.filter_map(|(place, _, kept)| Some((kept.subscription.due_at()?, place)))
    }
}

impl Shelf {
    /// Whether a change can be written: asked before any of it is.
    fn check_change(&self, change: &SubscriptionChange) -> Result<(), StoreError> {
        let new = &change.kept.subscription;
        let goes_on = |status| status != SubscriptionStatus::Canceled;
        let mut others = self.subscriptions.values().map(|kept| &kept.subscription);
        let second = goes_on(new.status)
            && others.any(|other| other.id != new.id && other.customer == new.customer && goes_on(other.status));
        if second { Err(StoreError::Conflict) } else { self.check_untold(&change.events) }
    }

    /// Writes a subscription at its next version, with what goes with it.
    fn write(&mut self, change: SubscriptionChange) -> KeptSubscription {
        let SubscriptionChange { mut kept, events, mails, reply } = change;
        kept.version = kept.version.saturating_add(1);
        self.claims.remove(&kept.subscription.id);
        self.subscriptions.insert(kept.subscription.id, kept.clone());
        self.tell(events);
        for mail in mails {
            self.outbox.entry(mail.id.clone()).or_insert(mail);
        }
        self.keep(reply.as_ref());
        kept
    }
}

#[async_trait]
impl Subscriptions for Memory {
    async fn begin_subscription(&self, tenant: TenantId, mut change: SubscriptionChange) -> Result<(), StoreError> {
        let mut state = self.lock();
        let shelf = state.shelf_mut(tenant);
        if shelf.subscriptions.contains_key(&change.kept.subscription.id) {
            return Err(StoreError::Conflict);
        }
        shelf.check_change(&change)?;
        shelf.check_free(change.reply.as_ref())?;
        change.kept.version = 0;
        shelf.write(change);
        Ok(())
    }

    async fn save_subscription(
        &self,
        tenant: TenantId,
        change: SubscriptionChange,
    ) -> Result<KeptSubscription, StoreError> {
        let mut state = self.lock();
        let shelf = state.shelf_mut(tenant);
        let known = shelf.subscriptions.get(&change.kept.subscription.id);
        if known.is_none_or(|known| known.version != change.kept.version) {
            return Err(StoreError::Conflict);
        }
        shelf.check_change(&change)?;
        shelf.check_same(change.reply.as_ref())?;
        Ok(shelf.write(change))
    }

    async fn subscription(&self, tenant: TenantId, id: SubscriptionId) -> Result<Option<KeptSubscription>, StoreError> {
        Ok(self.lock().shelf(tenant).and_then(|shelf| shelf.subscriptions.get(&id).cloned()))
    }

    async fn list_subscriptions(
        &self,
        tenant: TenantId,
        filter: SubscriptionFilter,
        ask: &PageAsk,
    ) -> Result<Page<KeptSubscription>, StoreError> {
        let state = self.lock();
        let all = state.shelf(tenant).into_iter().flat_map(|shelf| &shelf.subscriptions);
        let wanted = all.filter(|(_, kept)| {
            filter.customer.is_none_or(|customer| customer == kept.subscription.customer)
                && filter.status.is_none_or(|status| status == kept.subscription.status)
        });
        page(wanted.map(|(id, kept)| (*id, kept.clone())), ask)
    }

    async fn claim_subscriptions(&self, now: Instant, until: Instant, limit: u32) -> Result<Vec<Place>, StoreError> {
        let mut state = self.lock();
        let free =
            state.subscriptions().filter(|((_, id), shelf, _)| shelf.claims.get(id).is_none_or(|end| *end <= now));
        let due = free.filter_map(|(place, _, kept)| {
            let turn = kept.subscription.due_at().filter(|_| kept.clock.is_none() && kept.work_at.is_none());
            Some((turn.into_iter().chain(kept.work_at).min()?, place))
        });
        let claimed = first(due, now, limit);
        for (tenant, id) in &claimed {
            state.shelf_mut(*tenant).claims.insert(*id, until);
        }
        Ok(claimed)
    }

    async fn subscriptions_due(&self, clock: ClockId, at: Instant, limit: u32) -> Result<Vec<Place>, StoreError> {
        let state = self.lock();
        let turn = |kept: &KeptSubscription| kept.subscription.due_at().unwrap_or(Instant::MAX_UTC);
        let living = state.subscriptions().filter(|(_, _, kept)| kept.clock == Some(clock));
        let due = living.filter(|(_, _, kept)| turn(kept) <= at || kept.work_at.is_some());
        // Who has only tasks comes by when their turn is, though that is still to come.
        Ok(first(due.map(|(place, _, kept)| (turn(kept), place)), Instant::MAX_UTC, limit))
    }
}
