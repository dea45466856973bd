//! Why a subscription is not begun, or not moved.

use thiserror::Error;

use super::SubscriptionStatus;
use crate::{Credits, Currency, Instant, SubscriptionId};

/// Why a subscription is not begun, or not moved. Nothing has changed then.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SubscriptionRefusal {
    /// No seats.
    #[error("there is nothing to buy")]
    NothingToBuy,
    /// More than one subscription may be of.
    #[error("a subscription is of at most {} credits, and 10^12 minor units a period", Credits::MAX)]
    TooLarge,
    /// A private plan that this customer was not offered.
    #[error("the plan {0:?} was not offered to this customer")]
    NotOffered(String),
    /// More than one of a plan that costs nothing, or nothing at first, which only the operator gives.
    #[error("{0:?} costs nothing at first: customers get one of it")]
    OnlyOne(String),
    /// What the customer had for nothing would last until then: before, there is no more of it.
    #[error("what costs nothing was given until {0}")]
    GivenUntil(Instant),
    /// The customer has one that has not ended.
    #[error("the customer has the subscription {0}")]
    AlreadySubscribed(SubscriptionId),
    /// The plan and the number of seats are those it has.
    #[error("that is the plan it has")]
    SamePlan,
    /// A subscription stays in its currency.
    #[error("the subscription is paid in {}, the plan in {}", .paid.code(), .asked.code())]
    OtherCurrency {
        /// The subscription's.
        paid: Currency,
        /// The plan's.
        asked: Currency,
    },
    /// The change cannot be had at once: it lowers the price or the credits but not both, it shortens the period, or
    /// credits come at other intervals.
    #[error("this change can only be had at the period's end")]
    OnlyAtPeriodEnd,
    /// The payment of another change is under way.
    #[error("another change is being paid")]
    ChangePending,
    /// Another change, or a pause, has been arranged for the period's end.
    #[error("something else has been arranged for the period's end: take it back first")]
    Arranged,
    /// It ends with its period.
    #[error("the subscription ends with its period: resume it first")]
    Ending,
    /// A payment is under way, or its outcome is not known (R33).
    #[error("a payment is under way")]
    PaymentUnderWay,
    /// Not in this status.
    #[error("the subscription is {}", .0.word())]
    WrongStatus(SubscriptionStatus),
    /// The period is over: what is due comes first.
    #[error("the period ended at {0}: the subscription is being renewed")]
    RenewalDue(Instant),
    /// There is nothing to do before this instant; `None`: ever.
    #[error("nothing is due")]
    NotDue(Option<Instant>),
    /// No charge waits for a payment.
    #[error("nothing is to be paid")]
    NothingToPay,
    /// It never asked for this charge.
    #[error("the subscription has no charge {0}")]
    UnknownCharge(u32),
    /// Money came for a charge that is not due any more: its period has passed, or a later charge took its place.
    #[error("payment {payment:?} came for charge {number}, which was no longer due")]
    PaidTooLate {
        /// The charge.
        number: u32,
        /// The provider's id of the payment.
        payment: String,
    },
    /// A second payment came for a charge.
    #[error("payment {second:?} came for a charge that {first:?} had paid")]
    PaidTwice {
        /// The payment that settled it.
        first: String,
        /// The other one.
        second: String,
    },
}

impl SubscriptionRefusal {
    /// Whether money lies with us that no charge explains: it has to be sent back.
    #[must_use]
    pub const fn leaves_money(&self) -> bool {
        matches!(self, Self::PaidTooLate { .. } | Self::PaidTwice { .. })
    }
}
