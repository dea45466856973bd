//! Auto top-up: buying credits when they run low, only as far as the customer agreed to (R34).

use chrono::Datelike as _;
use chrono_tz::Tz;
use thiserror::Error;

use crate::{Book, Credits, Instant, Money, OrderId, Span};

/// What a customer agreed to. Nothing else is ever charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The pack to buy.
    pub pack: String,
    /// What one purchase costs, tax included: exactly this.
    pub amount: Money,
    /// Bought when fewer credits than this are available.
    pub below: Credits,
    /// The most that is charged in a calendar month.
    pub monthly_cap: Money,
    /// Where months begin and end. The first one stays: moving house begins no new month.
    pub zone: Tz,
    /// When the customer agreed.
    pub agreed_at: Instant,
}

/// Why auto top-up is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Off {
    /// The customer said so.
    Withdrawn,
    /// Payments failed [`TopUp::MAX_FAILURES`] times in a row.
    Failures,
}

/// A customer's auto top-up. There is none before the customer has agreed to one (R34).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopUp {
    /// What was agreed to.
    pub consent: Consent,
    /// Why it is off, if it is.
    pub off: Option<Off>,
    /// The purchase under way: one at a time.
    pub paying: Option<OrderId>,
    /// Payments that failed in a row.
    pub failures: u8,
    /// When the last purchase was begun.
    pub last_at: Option<Instant>,
    /// Charged in the calendar month of `last_at`, in minor units; a purchase under way counts.
    pub charged: i64,
}

/// Why nothing is bought now.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NoTopUp {
    /// It is switched off.
    #[error("auto top-up is off")]
    Off,
    /// The customer is frozen, and starts nothing new (R35).
    #[error("the customer is frozen")]
    Frozen,
    /// There are credits enough.
    #[error("there are credits enough")]
    NotLow,
    /// A purchase is under way.
    #[error("a purchase is under way")]
    UnderWay,
    /// The last purchase was a moment ago.
    #[error("the last purchase was less than {} ago", TopUp::COOL_DOWN)]
    CoolDown,
    /// The pack costs something else than was agreed to.
    #[error("the pack no longer costs what was agreed to")]
    OtherPrice,
    /// The purchase would go above the monthly cap.
    #[error("the monthly cap is reached")]
    CapReached,
}

/// The terms are none that could be agreed to.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BadConsent {
    /// Nothing, or less, would be charged.
    #[error("the amount must be more than zero")]
    NoAmount,
    /// Not even one purchase fits, or it is in another currency.
    #[error("the monthly cap must be in the same currency, and cover one purchase")]
    CapTooLow,
}

impl TopUp {
    /// Failed payments in a row that switch it off.
    pub const MAX_FAILURES: u8 = 3;
    /// The least time between the beginnings of two purchases.
    pub const COOL_DOWN: Span = Span { months: 0, days: 0, seconds: 600 };

    /// Switched on. What `before` has charged this month still counts, its months stay, and what it is paying is still
    /// under way.
    pub fn agree(before: Option<Self>, consent: Consent) -> Result<Self, BadConsent> {
        if consent.amount.minor <= 0 {
            return Err(BadConsent::NoAmount);
        }
        if consent.monthly_cap.currency != consent.amount.currency || consent.monthly_cap.minor < consent.amount.minor {
            return Err(BadConsent::CapTooLow);
        }
        let Some(before) = before else {
            return Ok(Self { consent, off: None, paying: None, failures: 0, last_at: None, charged: 0 });
        };
        let same_currency = before.consent.amount.currency == consent.amount.currency;
        let charged = if same_currency { before.charged } else { 0 };
        let consent = Consent { zone: before.consent.zone, ..consent };
        Ok(Self { consent, off: None, failures: 0, charged, ..before })
    }

    /// Switched off by the customer; what is under way goes on.
    #[must_use]
    pub fn withdraw(self) -> Self {
        Self { off: Some(Off::Withdrawn), ..self }
    }

    /// Whether to buy now, by a customer's [`settled`](Book::settled) book: who is frozen buys nothing by themselves,
    /// least of all after a chargeback (R35). Else as [`begin`](Self::begin) says.
    pub fn begin_by(&self, book: &Book, price: Option<Money>, order: OrderId, now: Instant) -> Result<Self, NoTopUp> {
        if self.off.is_none() && book.frozen_since.is_some() {
            return Err(NoTopUp::Frozen);
        }
        self.begin(book.balance().available, price, order, now)
    }

    /// Whether to buy now: the same top-up with `order` under way, to be charged for exactly the agreed amount.
    /// `price` is what the agreed pack costs today, tax included; `None` where it is no longer sold.
    pub fn begin(
        &self,
        available: Credits,
        price: Option<Money>,
        order: OrderId,
        now: Instant,
    ) -> Result<Self, NoTopUp> {
        if self.off.is_some() {
            return Err(NoTopUp::Off);
        }
        if available >= self.consent.below {
            return Err(NoTopUp::NotLow);
        }
        if self.paying.is_some() {
            return Err(NoTopUp::UnderWay);
        }
        if self.last_at.and_then(|last| Self::COOL_DOWN.after(last)).is_some_and(|end| now < end) {
            return Err(NoTopUp::CoolDown);
        }
        if price != Some(self.consent.amount) {
            return Err(NoTopUp::OtherPrice);
        }
        let charged = self.charged_by(now).saturating_add(self.consent.amount.minor);
        if charged > self.consent.monthly_cap.minor {
            return Err(NoTopUp::CapReached);
        }
        Ok(Self { paying: Some(order), last_at: Some(now), charged, ..self.clone() })
    }

    /// The payment of `order` has settled. Told of another order, or twice, nothing changes.
    #[must_use]
    pub fn succeed(self, order: OrderId) -> Self {
        if self.paying == Some(order) { Self { paying: None, failures: 0, ..self } } else { self }
    }

    /// The payment of `order` of so many minor units has failed for good, so nothing was charged.
    /// Told of another order, or twice, nothing changes.
    #[must_use]
    pub fn fail(self, order: OrderId, amount: Money) -> Self {
        if self.paying != Some(order) {
            return self;
        }
        let failures = self.failures.saturating_add(1);
        let off = if failures >= Self::MAX_FAILURES { self.off.or(Some(Off::Failures)) } else { self.off };
        let charged = self.charged.saturating_sub(amount.minor).max(0);
        Self { paying: None, failures, off, charged, ..self }
    }

    /// When it can be looked at again, having bought nothing at `now`: after the cool-down, and as long after anything
    /// else, which may pass without a movement of credits.
    #[must_use]
    pub fn look_again_at(&self, now: Instant) -> Option<Instant> {
        let cooled = self.last_at.and_then(|last| Self::COOL_DOWN.after(last));
        cooled.filter(|end| now < *end).or_else(|| Self::COOL_DOWN.after(now))
    }

    /// Charged in the month of `now`, in minor units. An instant before the last purchase belongs to that purchase's
    /// month.
    #[must_use]
    pub fn charged_by(&self, now: Instant) -> i64 {
        let month = |at: Instant| {
            let local = at.with_timezone(&self.consent.zone);
            (local.year(), local.month())
        };
        match self.last_at {
            Some(last) if month(last) >= month(now) => self.charged,
            _ => 0,
        }
    }
}
