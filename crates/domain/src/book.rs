//! A customer's book: the open grants, and nothing that grows with history.

use crate::{Anchor, Balance, Credits, CustomerId, Expiring, Grant, GrantId, HoldId, Instant, Posting, Source};

/// A grant with credits left in it, as decisions see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenGrant {
    /// Its number within the customer.
    pub number: u32,
    /// Where its credits came from.
    pub source: Source,
    /// How many credits it brought.
    pub amount: Credits,
    /// What was paid for it, in minor units of money; 0 for free ones.
    pub cost_minor: i64,
    /// Lower burns first.
    pub priority: u16,
    /// When its credits become spendable.
    pub effective_at: Instant,
    /// When they stop being spendable: exclusive.
    pub expires_at: Option<Instant>,
    /// Whether its activation is in the journal.
    pub active: bool,
    /// Credits to spend.
    pub available: Credits,
    /// Credits promised to jobs.
    pub held: Credits,
}

impl OpenGrant {
    /// The grant as it enters the book: nothing in it yet.
    #[must_use]
    pub fn enter(grant: &Grant, now: Instant) -> Self {
        Self {
            number: grant.id.number,
            source: grant.source,
            amount: grant.amount,
            cost_minor: grant.cost.map_or(0, |cost| cost.minor),
            priority: grant.priority,
            effective_at: grant.effective_at,
            expires_at: grant.expires_at,
            active: grant.effective_at <= now,
            available: Credits::ZERO,
            held: Credits::ZERO,
        }
    }

    /// R5: priority, then earliest end (never last), then free before paid, then cheaper, then earliest start, then id.
    fn burns_before(&self, other: &Self) -> std::cmp::Ordering {
        let end = |grant: &Self| (grant.expires_at.is_none(), grant.expires_at);
        // Unit costs compared crosswise: cost/amount without a division.
        let cost = |a: &Self, b: &Self| i128::from(a.cost_minor).saturating_mul(b.amount.micros().into());
        self.priority
            .cmp(&other.priority)
            .then_with(|| end(self).cmp(&end(other)))
            .then_with(|| (self.cost_minor > 0).cmp(&(other.cost_minor > 0)))
            .then_with(|| cost(self, other).cmp(&cost(other, self)))
            .then_with(|| self.effective_at.cmp(&other.effective_at))
            .then_with(|| self.number.cmp(&other.number))
    }

    /// When its available credits expire, if they do.
    fn due_to_expire(&self) -> Option<Instant> {
        self.expires_at.filter(|_| !self.available.is_zero())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.available.is_zero() && self.held.is_zero()
    }
}

/// The customer's monthly free credits (R26), on the terms of their signup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeTier {
    /// Credits a month.
    pub credits: Credits,
    /// What the months are counted from.
    pub anchor: Anchor,
    /// The period to be granted next, counted from 0.
    pub next: u32,
    /// Further periods for which what is left stays; 0: none.
    pub rollover: u8,
    /// Whether a plan gives credits in its place (R31).
    pub paused: bool,
}

impl FreeTier {
    /// When the next period begins; `None`: not as long as it is paused.
    #[must_use]
    pub fn renews_at(&self) -> Option<Instant> {
        if self.paused { None } else { self.anchor.boundary(self.next) }
    }

    /// The same tier, going on with the period that has `now` in it; those that passed meanwhile give nothing.
    pub(crate) fn resumed(mut self, now: Instant) -> Self {
        self.next = self.next.max(self.anchor.period_at(now));
        self.paused = false;
        self
    }

    /// When credits of the next period stop being spendable.
    #[must_use]
    pub(crate) fn ends_at(&self) -> Option<Instant> {
        self.anchor.boundary(self.next.checked_add(1)?.checked_add(self.rollover.into())?)
    }
}

/// What the clock will do to a book by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    // In the order in which they happen at the same instant: what is left expires before anything new comes (R26).
    Expire(u32),
    Activate(u32),
    RenewFreeTier,
}

/// What a decision about one customer needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// Whose book.
    pub customer: CustomerId,
    /// Entries written so far.
    pub sequence: u64,
    /// When the last of them was committed.
    pub last_at: Instant,
    /// Grants made so far.
    pub grants_made: u32,
    /// Holds placed so far.
    pub holds_made: u32,
    /// Open grants, in burn order (R5).
    grants: Vec<OpenGrant>,
    /// Monthly free credits, if the customer has them.
    pub free_tier: Option<FreeTier>,
    /// Since when the customer is frozen, if they are: no work starts until they are unfrozen (R35).
    pub frozen_since: Option<Instant>,
}

impl Book {
    /// The most open grants that a customer can have.
    pub const MAX_GRANTS: usize = 10_000;

    /// An empty book.
    #[must_use]
    pub fn new(customer: CustomerId, now: Instant) -> Self {
        let last_at = crate::instant(now);
        let (free_tier, frozen_since) = (None, None);
        Self {
            customer,
            sequence: 0,
            last_at,
            grants_made: 0,
            holds_made: 0,
            grants: Vec::new(),
            free_tier,
            frozen_since,
        }
    }

    /// The same book with these open grants, brought into burn order.
    #[must_use]
    pub fn with_grants(mut self, grants: Vec<OpenGrant>) -> Self {
        self.grants = grants;
        self.grants.sort_by(OpenGrant::burns_before);
        self
    }

    /// The open grants, in burn order.
    #[must_use]
    pub fn grants(&self) -> &[OpenGrant] {
        &self.grants
    }

    /// The open grant of this number.
    #[must_use]
    pub fn grant(&self, number: u32) -> Option<&OpenGrant> {
        self.grants.iter().find(|grant| grant.number == number)
    }

    /// The id of one of this customer's grants.
    #[must_use]
    pub const fn grant_id(&self, number: u32) -> GrantId {
        GrantId { customer: self.customer, number }
    }

    /// The id of one of this customer's holds.
    #[must_use]
    pub const fn hold_id(&self, number: u32) -> HoldId {
        HoldId { customer: self.customer, number }
    }

    /// What can be spent and what is promised, as of the last entry. Ask a [`settled`](Self::settled)
    /// book for the balance of an instant (R10).
    #[must_use]
    pub fn balance(&self) -> Balance {
        Balance {
            available: self.spendable().map(|grant| grant.available).sum(),
            held: self.grants.iter().map(|grant| grant.held).sum(),
        }
    }

    /// What the grants that are spendable brought: the whole that alerts take percents of.
    #[must_use]
    pub fn granted(&self) -> Credits {
        self.spendable().map(|grant| grant.amount).sum()
    }

    /// Spendable credits that will expire, the soonest first.
    #[must_use]
    pub fn expiring(&self) -> Vec<Expiring> {
        let mut expiring: Vec<_> = self
            .spendable()
            .filter_map(|grant| {
                let expires_at = grant.due_to_expire()?;
                Some(Expiring { grant: self.grant_id(grant.number), amount: grant.available, expires_at })
            })
            .collect();
        expiring.sort_by_key(|expiring| expiring.expires_at);
        expiring
    }

    fn spendable(&self) -> impl Iterator<Item = &OpenGrant> {
        self.grants.iter().filter(|grant| grant.active)
    }

    /// Which grants an amount would be taken from, in burn order (R5); `None` where they do not hold so much (R6).
    #[must_use]
    pub fn draw(&self, amount: Credits) -> Option<Vec<Posting>> {
        let (draws, missing) = self.draw_up_to(amount);
        missing.is_zero().then_some(draws)
    }

    /// The same as far as it goes, with what is missing.
    #[must_use]
    pub fn draw_up_to(&self, amount: Credits) -> (Vec<Posting>, Credits) {
        let mut missing = amount;
        let mut draws = Vec::new();
        for grant in self.spendable().filter(|grant| !grant.available.is_zero()) {
            if missing.is_zero() {
                break;
            }
            let part = grant.available.min(missing);
            missing = missing - part;
            draws.push(Posting { grant: self.grant_id(grant.number), amount: part });
        }
        (draws, missing)
    }

    /// The first thing that the clock will do to this book, and when.
    pub(crate) fn next_due(&self) -> Option<(Instant, Due)> {
        let grants = self.grants.iter().flat_map(|grant| {
            let activate = (!grant.active).then_some((grant.effective_at, Due::Activate(grant.number)));
            let expire = grant.due_to_expire().map(|at| (at, Due::Expire(grant.number)));
            [activate, expire].into_iter().flatten()
        });
        let renewal = self.free_tier.as_ref().and_then(FreeTier::renews_at).map(|at| (at, Due::RenewFreeTier));
        grants.chain(renewal).min()
    }

    /// When the clock will next do something to this book: workers find due books by it.
    #[must_use]
    pub fn due_at(&self) -> Option<Instant> {
        self.next_due().map(|(at, _)| at)
    }

    pub(crate) fn put(&mut self, grant: OpenGrant) {
        let place = self.grants.partition_point(|other| other.burns_before(&grant).is_lt());
        self.grants.insert(place, grant);
    }

    /// Moves a grant's end, and with it the grant's place in the burn order.
    pub(crate) fn move_end(&mut self, number: u32, expires_at: Instant) {
        if let Some(grant) = self.grant_mut(number) {
            grant.expires_at = Some(expires_at);
            self.grants.sort_by(OpenGrant::burns_before);
        }
    }

    pub(crate) fn grant_mut(&mut self, number: u32) -> Option<&mut OpenGrant> {
        self.grants.iter_mut().find(|grant| grant.number == number)
    }

    /// A used-up grant leaves the book.
    pub(crate) fn drop_empty(&mut self) {
        self.grants.retain(|grant| !grant.is_empty());
    }

    /// What the open grants brought: what [`Credits::MAX_BALANCE`] bounds, since all of it may come back (R19).
    pub(crate) fn total(&self) -> Credits {
        self.grants.iter().map(|grant| grant.amount).sum()
    }
}
