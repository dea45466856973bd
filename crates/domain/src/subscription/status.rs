//! Where a subscription is.

use super::PlanTerms;
use crate::Instant;

/// Where a subscription is: `incomplete → trialing → active ⇄ past_due → canceled`, and `active ⇄ paused`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubscriptionStatus {
    /// The first payment has not come.
    Incomplete,
    /// Tried for nothing, before the first payment.
    Trialing,
    /// Running. At the boundary it stays so while the renewal is being paid.
    Active,
    /// A renewal was declined: no new credits until it is paid (R28).
    PastDue,
    /// Nothing is charged and nothing given until it is resumed.
    Paused,
    /// Over.
    Canceled,
}

impl SubscriptionStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Incomplete, Self::Trialing, Self::Active, Self::PastDue, Self::Paused, Self::Canceled];

    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Paused => "paused",
            Self::Canceled => "canceled",
        }
    }

    /// The status with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// What happens when the period ends: one thing at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AtPeriodEnd {
    /// The next one is charged.
    #[default]
    Renew,
    /// The next one is charged at these terms (R30).
    Change(Box<PlanTerms>),
    /// The subscription ends (R31).
    Cancel,
    /// Nothing is charged until it is resumed.
    Pause {
        /// When it is resumed by itself.
        until: Option<Instant>,
    },
}

/// Why a payment was declined, as far as it matters for what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decline {
    /// It may go through another time, such as for want of funds.
    Soft,
    /// It never will, with this card.
    Hard,
    /// The customer has to agree to it with the bank.
    ActionRequired,
}

impl Decline {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Soft, Self::Hard, Self::ActionRequired];

    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Soft => "soft",
            Self::Hard => "hard",
            Self::ActionRequired => "action_required",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decline| decline.word() == word)
    }
}

/// Where a renewal stands that was declined (R28).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dunning {
    /// The first failure.
    pub since: Instant,
    /// How often it has failed.
    pub failures: u32,
    /// Why, the last time.
    pub decline: Decline,
    /// When it is tried again by itself; `None`: it waits for the customer.
    pub retry_at: Option<Instant>,
    /// When the subscription ends unless it is paid before: the free tier follows.
    pub ends_at: Instant,
}
