//! What is told of orders.

/// What is told of an order and its payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderEvent {
    /// It was paid, and what was bought is there (R32).
    Paid,
    /// Its payment was declined for good, or other money came than was due.
    Failed,
    /// It was not paid in time.
    Expired,
    /// It was called off.
    Canceled,
    /// Money of it is on its way back (R35).
    Refunded,
    /// A refund came to nothing.
    RefundFailed,
    /// The bank has taken the payment back (R35).
    Disputed,
}

impl OrderEvent {
    /// Every event.
    pub const ALL: [Self; 7] =
        [Self::Paid, Self::Failed, Self::Expired, Self::Canceled, Self::Refunded, Self::RefundFailed, Self::Disputed];

    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Paid => "order.paid",
            Self::Failed => "order.failed",
            Self::Expired => "order.expired",
            Self::Canceled => "order.canceled",
            Self::Refunded => "order.refunded",
            Self::RefundFailed => "order.refund_failed",
            Self::Disputed => "payment.disputed",
        }
    }

    /// The event with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.word() == word)
    }
}
