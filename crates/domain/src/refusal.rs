//! Refusals: the ways in which the rules say no. Nothing is written when they do.

use thiserror::Error;

use crate::{Balance, Credits, Span};

/// Why a rule would not write.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// R6: more is needed than is available.
    #[error("{required} credits are required, {available} available", available = balance.available)]
    InsufficientCredits {
        /// What was asked for.
        required: Credits,
        /// What there is.
        balance: Balance,
    },
    /// There is nothing to do: no lines, or a line of no units.
    #[error("there is nothing to charge: the quantity is 0")]
    NothingToDo,
    /// The book would hold, or the request would name, more than the ledger counts.
    #[error("more than the ledger can count")]
    AmountTooLarge,
    /// Too many open grants for one customer.
    #[error("a customer can have at most {0} open grants")]
    TooManyGrants(usize),
    /// The estimate's prices are no longer guaranteed (R13).
    #[error("the estimate has expired: make a new one")]
    EstimateExpired,
    /// The hold was closed before.
    #[error("the hold is closed")]
    HoldClosed,
    /// The hold lapsed, longer ago than a late capture may be (R18).
    #[error("the hold has expired")]
    HoldExpired,
    /// The hold has no such line.
    #[error("the hold has no such item")]
    NoSuchItem,
    /// The capture names no line, and the hold has several.
    #[error("the hold has several items: say which")]
    AmbiguousItem,
    /// `overage: reject`, and the capture asks for more than is held (R17).
    #[error("the capture is above the hold")]
    AboveHold,
    /// A hold may not live so long (R15).
    #[error("a hold may live {0} at most")]
    TtlTooLong(Span),
    /// All of the usage has been given back (R19).
    #[error("the usage has been reversed already")]
    AlreadyReversed,
    /// More units than the usage has left (R19).
    #[error("only {left} of the usage's units are left to reverse")]
    ReverseTooMuch {
        /// How many are left.
        left: u64,
    },
    /// The grant has nothing left, or has expired.
    #[error("the grant is used up, revoked or expired")]
    GrantClosed,
    /// More credits than were revoked of the grant (R3).
    #[error("only {left} of the grant's credits are revoked")]
    ReinstateTooMuch {
        /// How many are.
        left: Credits,
    },
    /// The customer may start no work (R35).
    #[error("the customer is frozen")]
    Frozen,
    /// The customer was frozen before.
    #[error("the customer is frozen already")]
    AlreadyFrozen,
    /// There is nothing to unfreeze.
    #[error("the customer is not frozen")]
    NotFrozen,
    /// The instant does not lie where it must.
    #[error("{0}")]
    BadInstant(&'static str),
}
