//! Work that the clock makes due.

use async_trait::async_trait;
use domain::{ClockId, CustomerId, HoldId, Instant, TenantId};

use super::Memory;
use super::records::Records;
use super::state::State;
use crate::{DueWork, StoreError};

impl State {
    /// Books that live by this clock and wait for it, with since when.
    fn due_books(&self, clock: Option<ClockId>) -> impl Iterator<Item = (Instant, (TenantId, CustomerId))> {
        let due = |(tenant, records): (_, &Records)| Some((records.book.due_at()?, (tenant, records.customer.id)));
        self.living_by(clock).filter_map(due)
    }

    /// Open holds that live by this clock, with when they lapse.
    fn due_holds(&self, clock: Option<ClockId>) -> impl Iterator<Item = (Instant, (TenantId, HoldId))> {
        self.living_by(clock).flat_map(|(tenant, records)| {
            records.open_holds().map(move |hold| (hold.progress.expires_at, (tenant, hold.id)))
        })
    }

    fn living_by(&self, clock: Option<ClockId>) -> impl Iterator<Item = (TenantId, &Records)> {
        self.records().filter(move |(_, records)| records.customer.clock == clock)
    }
}

/// What has been due at `at`, the longest due first.
pub(super) fn first<T: Ord>(due: impl Iterator<Item = (Instant, T)>, at: Instant, limit: u32) -> Vec<T> {
    let mut due: Vec<(Instant, T)> = due.filter(|(since, _)| *since <= at).collect();
    due.sort();
    due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    due.into_iter().map(|(_, what)| what).collect()
}

#[async_trait]
impl DueWork for Memory {
    async fn books(
        &self,
        clock: Option<ClockId>,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, CustomerId)>, StoreError> {
        Ok(first(self.lock().due_books(clock), at, limit))
    }

    async fn holds(
        &self,
        clock: Option<ClockId>,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, HoldId)>, StoreError> {
        Ok(first(self.lock().due_holds(clock), at, limit))
    }

    async fn next(&self, clock: ClockId, until: Instant) -> Result<Option<Instant>, StoreError> {
        let state = self.lock();
        let books = state.due_books(Some(clock)).map(|(at, _)| at);
        let holds = state.due_holds(Some(clock)).map(|(at, _)| at);
        let ends = state.ends(Some(clock)).map(|end| end.at);
        let turns = state.turns(Some(clock)).map(|(at, _)| at);
        Ok(books.chain(holds).chain(ends).chain(turns).min().filter(|at| *at <= until))
    }
}
