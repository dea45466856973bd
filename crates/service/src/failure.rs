//! Why a use case did not do what was asked.

use std::error::Error as StdError;

use domain::{
    Advice, Balance, CatalogFlaw, Credits, Line, Links, OrderRefusal, RefundRefusal, Refusal, SubscriptionRefusal,
};
use ports::{CountError, Fault, PaymentError, PostError, StoreError};
use thiserror::Error;

/// An error and everything behind it, in one line: what may be written into a log. What a store says of it beyond that
/// may quote a row, and so somebody's name.
#[must_use]
pub fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        text = format!("{text}: {error}");
        behind = error.source();
    }
    text
}

/// What is wrong with a request, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// JSON pointer to the field.
    pub pointer: String,
    /// One word for it.
    pub code: &'static str,
    /// A sentence for people.
    pub detail: String,
}

/// Not enough credits, with all that a caller needs to act on it (B22).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insufficient {
    /// What the job needs.
    pub required: Credits,
    /// What there is.
    pub balance: Balance,
    /// The job, line by line.
    pub lines: Vec<Line>,
    /// What to buy.
    pub advice: Advice,
    /// Where to buy it.
    pub links: Links,
}

impl Insufficient {
    /// What is missing.
    #[must_use]
    pub fn shortfall(&self) -> Credits {
        self.required.saturating_sub(self.balance.available)
    }
}

/// Why a use case did not do what was asked. Whatever the reason, nothing was changed, except where the
/// outcome is unknown.
#[derive(Debug, Error)]
pub enum Failure {
    /// The rules said no.
    #[error(transparent)]
    Refused(Refusal),
    /// R6, with what helps.
    #[error("{} credits are required, {} available", .0.required, .0.balance.available)]
    Insufficient(Box<Insufficient>),
    /// No such thing for this caller: missing and foreign look the same (R42).
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The request asks for something that does not exist or makes no sense: 400.
    #[error("{}", .0.detail)]
    BadRequest(Invalid),
    /// A field's value cannot be: 422.
    #[error("{}", .0.detail)]
    Invalid(Invalid),
    /// The files were not counted.
    #[error("{error}")]
    Uncountable {
        /// Which file, from 0.
        place: usize,
        /// What it is called.
        name: Option<String>,
        /// Why.
        error: CountError,
    },
    /// More files than one call takes.
    #[error("at most {0} files in one call")]
    TooManyFiles(usize),
    /// R40: the key was used for something else.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The external id belongs to another customer.
    #[error("the external id is taken")]
    ExternalIdTaken,
    /// Someone else changed it first.
    #[error("version {0} is in force")]
    Stale(u32),
    /// The catalog has flaws.
    #[error("the catalog has {} flaws", .0.len())]
    CatalogInvalid(Vec<CatalogFlaw>),
    /// The order is not placed, or does not move.
    #[error(transparent)]
    Order(OrderRefusal),
    /// The subscription is not begun, or does not move.
    #[error(transparent)]
    Subscription(SubscriptionRefusal),
    /// Money is not given back (R35).
    #[error(transparent)]
    Refund(RefundRefusal),
    /// A refund of the order is under way.
    #[error("a refund of the order is under way")]
    RefundUnderWay,
    /// The catalog names no seller: nothing can be invoiced, so nothing is sold.
    #[error("the catalog has no [seller]: nothing is sold")]
    NothingSold,
    /// The sale cannot be taxed, or its invoice cannot be written.
    #[error("{0}")]
    Untaxable(String),
    /// There is no payment provider for this tenant's mode.
    #[error("no payment provider is configured")]
    NoProvider,
    /// The payment provider has no answer.
    #[error(transparent)]
    Payment(PaymentError),
    /// It has changed meanwhile, again and again.
    #[error("it is changed by others at the same time")]
    Changed,
    /// Only tenants in test mode can do this.
    #[error("only in test mode")]
    TestModeOnly,
    /// The cursor is not one of this list's.
    #[error("not a cursor of this list")]
    BadCursor,
    /// Too many requests wait already.
    #[error("the ledger is busy")]
    Busy,
    /// The store cannot be reached.
    #[error("the store cannot be reached")]
    Unavailable(#[source] Fault),
    /// Written or not, nobody knows yet; the same key finds out (R45).
    #[error("the outcome is not known")]
    OutcomeUnknown(#[source] Fault),
    /// Our own failure.
    #[error("the store failed")]
    Fault(#[source] Fault),
}

impl Failure {
    /// A value that cannot be.
    pub(crate) fn invalid(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid(Invalid { pointer: pointer.into(), code, detail: detail.into() })
    }

    /// A request that makes no sense.
    pub(crate) fn bad_request(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::BadRequest(Invalid { pointer: pointer.into(), code, detail: detail.into() })
    }
}

impl From<PostError> for Failure {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Refused(refusal) => Self::Refused(refusal),
            PostError::KeyReused => Self::KeyReused,
            PostError::CustomerNotFound => Self::NotFound("customer"),
            PostError::HoldNotFound => Self::NotFound("hold"),
            PostError::UsageNotFound => Self::NotFound("usage"),
            PostError::GrantNotFound => Self::NotFound("grant"),
            PostError::Busy => Self::Busy,
            PostError::Unavailable(fault) => Self::Unavailable(fault),
            PostError::OutcomeUnknown(fault) => Self::OutcomeUnknown(fault),
            PostError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::BadCursor => Self::BadCursor,
            StoreError::Conflict => Self::KeyReused,
            damaged @ StoreError::Damaged { .. } => Self::Fault(damaged.into()),
            StoreError::Unavailable(fault) => Self::Unavailable(fault),
            StoreError::Fault(fault) => Self::Fault(fault),
        }
    }
}
