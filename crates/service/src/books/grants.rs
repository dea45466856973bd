//! Paid grants: what reports tell of them is what the journal adds up to, and no more than was paid (R37).

use domain::{Credits, GrantState, Instant, Recount, Revenue};
use ports::{EntryFilter, PageAsk, PaidFilter, PaidGrant, PaidGrants};

use super::{BATCH, Check};
use crate::Failure;

/// Entries that are read at once.
const ENTRIES: u32 = 5_000;

impl Check<'_> {
    /// Every paid grant, by customer, once all orders can be read: they tell what was given back.
    pub(super) async fn grants(&mut self) -> Result<(), Failure> {
        if !self.unreadable.is_empty() {
            return Ok(());
        }
        let filter = PaidFilter { customer: None, at: vec![Instant::MAX_UTC], now: self.ctx.clock.now() };
        let mut ask = PageAsk { cursor: None, limit: BATCH, oldest_first: true };
        loop {
            let page = self.ctx.books.paid(self.tenant, &filter, &ask).await?;
            for paid in &page.items {
                self.customer(paid).await?;
                (self.progress)(1);
            }
            let Some(next) = page.next else { return Ok(()) };
            ask.cursor = Some(next);
        }
    }

    async fn customer(&mut self, paid: &PaidGrants) -> Result<(), Failure> {
        let Some(recount) = self.recount(paid).await? else { return Ok(()) };
        for PaidGrant { state, refunded } in paid.at.iter().flat_map(|at| &at.grants) {
            let id = state.grant.id;
            self.verdict.grants = self.verdict.grants.saturating_add(1);
            let counted = recount.grant(id.number);
            if counted.as_ref().map(places) != Some(places(state)) {
                self.found(&id, "is not told as its journal adds up");
            }
            if !Revenue::fits(state, *refunded) {
                self.found(
                    &id,
                    format!("gave {refunded} minor units back, which its price and its credits do not bear"),
                );
            }
        }
        Ok(())
    }

    /// The customer's journal as far as the grants were read; `None` where it does not add up.
    async fn recount(&mut self, paid: &PaidGrants) -> Result<Option<Recount>, Failure> {
        let filter = EntryFilter { customer: Some(paid.customer), ..EntryFilter::default() };
        let mut ask = PageAsk { cursor: None, limit: ENTRIES, oldest_first: true };
        let mut recount = Recount::default();
        loop {
            let page = self.ctx.journal.entries(self.tenant, &filter, &ask).await?;
            for recorded in page.items.iter().filter(|recorded| recorded.id.sequence <= paid.sequence) {
                if let Err(wrong) = recount.add(&recorded.entry) {
                    self.found(&recorded.id, format!("{}: `folio ledger verify` goes on from here", wrong.what));
                    return Ok(None);
                }
            }
            let Some(next) = page.next else { return Ok(Some(recount)) };
            ask.cursor = Some(next);
        }
    }
}

/// What was paid and where the credits are. What has expired may not have been written down yet (R10).
fn places(state: &GrantState) -> (Option<domain::Money>, [Credits; 5]) {
    let GrantState { grant, available, held, consumed, expired, revoked } = state;
    let left = available.checked_add(*expired).unwrap_or(Credits::MAX);
    (grant.cost, [grant.amount, left, *held, *consumed, *revoked])
}
