//! Orders: what a customer is buying, at the terms of the moment it was ordered.

mod charge;
mod event;
mod place;
mod transition;

use chrono_tz::Tz;
use thiserror::Error;

use crate::rules::NewGrant;
use crate::{Credits, CustomerId, Grant, Instant, Money, OrderId, Source, Span, SubscriptionId, UnitPrice, Validity};

pub use charge::NewChargeOrder;
pub use event::OrderEvent;
pub use place::{NewLine, NewOrder};
pub use transition::Paid;

/// How long orders wait for their payment, as catalog data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderTerms {
    /// For a payment at the provider.
    pub unpaid_for: Span,
    /// For one that the operator books by hand, such as a bank transfer.
    pub manual_for: Span,
}

impl Default for OrderTerms {
    fn default() -> Self {
        Self { unpaid_for: Span::days(1), manual_for: Span::days(30) }
    }
}

impl OrderTerms {
    /// Until when an order of `now` that is paid this way can be paid: exclusive.
    pub(super) fn end(&self, way: PaymentWay, now: Instant) -> Instant {
        let wait = if way == PaymentWay::Manual { self.manual_for } else { self.unpaid_for };
        wait.after(now).unwrap_or(Instant::MAX_UTC)
    }
}

/// How an order is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaymentWay {
    /// On the provider's page.
    Checkout,
    /// By the payment method on file.
    Saved,
    /// Outside, such as by bank transfer; the operator says when it has arrived.
    Manual,
}

impl PaymentWay {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Checkout, Self::Saved, Self::Manual];

    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Checkout => "checkout",
            Self::Saved => "saved",
            Self::Manual => "manual",
        }
    }

    /// The way with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }
}

/// Where an order is: `open → pending → paid | failed | canceled | expired`, then
/// `paid → partly_refunded → refunded`, or `disputed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Nobody has begun to pay.
    Open,
    /// A payment is under way, or its outcome is not known (R33).
    Pending,
    /// The payment has settled: the credits are there (R32).
    Paid,
    /// The payment was declined for good.
    Failed,
    /// Called off before it was paid.
    Canceled,
    /// Not paid in time.
    Expired,
    /// Paid, and a part of it given back.
    PartlyRefunded,
    /// Paid, and all of it given back.
    Refunded,
    /// The bank has taken the payment back (R35).
    Disputed,
}

impl OrderStatus {
    /// Every status.
    pub const ALL: [Self; 9] = [
        Self::Open,
        Self::Pending,
        Self::Paid,
        Self::Failed,
        Self::Canceled,
        Self::Expired,
        Self::PartlyRefunded,
        Self::Refunded,
        Self::Disputed,
    ];

    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::PartlyRefunded => "partly_refunded",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
        }
    }

    /// The status with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// Whether money may still come for it in the ordinary way.
    #[must_use]
    pub const fn awaits_payment(self) -> bool {
        matches!(self, Self::Open | Self::Pending)
    }
}

/// A pack of an order, with the terms it was ordered at (R21). Each becomes one grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// The pack's code.
    pub pack: String,
    /// The pack's name.
    pub label: String,
    /// How many of it.
    pub quantity: u32,
    /// What one of it costs on the price list.
    pub price: Money,
    /// Credits in one of it.
    pub credits_each: u32,
    /// How long the credits last.
    pub validity: Validity,
    /// The end that was promised with the order; `None`: never. What is paid later ends later, never earlier (R9).
    pub promised_until: Option<Instant>,
    /// What the line costs without tax.
    pub net: Money,
    /// The tax on it.
    pub tax: Money,
}

impl OrderLine {
    /// All credits of the line.
    #[must_use]
    pub fn credits(&self) -> Credits {
        // Bounded when the order was placed.
        Credits::whole(self.credits_each).times(self.quantity.into()).unwrap_or(Credits::MAX)
    }

    /// What one credit costs, for showing (R22).
    #[must_use]
    pub fn unit_price(&self) -> Option<UnitPrice> {
        UnitPrice::of(self.price, self.credits_each)
    }

    /// When its credits end if paid at `paid_at` by a customer in `zone`: a pack's full validity from then, and never
    /// before what was promised (R9).
    #[must_use]
    pub fn expires_at(&self, paid_at: Instant, zone: Tz) -> Option<Instant> {
        let end = self.validity.end(paid_at, zone)?;
        self.promised_until.map(|promised| promised.max(end))
    }

    /// The grant that the settled line makes. Its cost is net of tax (R37).
    #[must_use]
    pub fn grant(&self, paid_at: Instant, zone: Tz) -> NewGrant {
        NewGrant {
            source: Source::Pack,
            label: self.label.clone(),
            amount: self.credits(),
            cost: Some(self.net),
            priority: Grant::DEFAULT_PRIORITY,
            effective_at: None,
            expires_at: self.expires_at(paid_at, zone),
            reason: None,
        }
    }
}

/// Money that has arrived, as the provider or the operator tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The provider's own id, or the operator's reference.
    pub id: String,
    /// How much.
    pub amount: Money,
    /// When it was made, which may be long before we hear of it.
    pub at: Instant,
}

/// A try at a subscription's charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChargeTry {
    /// Whose charge.
    pub subscription: SubscriptionId,
    /// Its number within the subscription, from 1.
    pub number: u32,
    /// Which try, from 1.
    pub attempt: u32,
}

/// What a customer is buying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id; the provider's idempotency key is made from it (R33).
    pub id: OrderId,
    /// Whose.
    pub customer: CustomerId,
    /// Which packs; none where it is a subscription's charge.
    pub lines: Vec<OrderLine>,
    /// The charge that it asks for.
    pub charge: Option<ChargeTry>,
    /// Without tax.
    pub net: Money,
    /// Tax.
    pub tax: Money,
    /// What is to be paid: `net + tax`.
    pub gross: Money,
    /// How.
    pub way: PaymentWay,
    /// The catalog it was ordered from.
    pub catalog_version: u32,
    /// Where it is.
    pub status: OrderStatus,
    /// The payment that settled it.
    pub payment: Option<Payment>,
    /// Given back so far, tax included.
    pub refunded: Money,
    /// When it was placed.
    pub created_at: Instant,
    /// Until when it can be paid: exclusive.
    pub expires_at: Instant,
}

impl Order {
    /// All credits of it.
    #[must_use]
    pub fn credits(&self) -> Credits {
        self.lines.iter().map(OrderLine::credits).sum()
    }
}

/// Why an order is not placed, or not moved.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OrderRefusal {
    /// No lines, or a line of no packs.
    #[error("there is nothing to buy")]
    NothingToBuy,
    /// More than one order may be of.
    #[error("an order is of at most {} lines and {} credits", Order::MAX_LINES, Credits::MAX)]
    TooLarge,
    /// A private pack that this customer was not offered (R24).
    #[error("the pack {0:?} was not offered to this customer")]
    NotOffered(String),
    /// The customer saw another price.
    #[error("the price is {now} now, not {seen}")]
    PriceChanged {
        /// What the customer agreed to.
        seen: Money,
        /// What it is.
        now: Money,
    },
    /// Neither net nor gross of a line is its packs' price, or amounts are of different currencies.
    #[error("the amounts of the line {0:?} are not those of its price")]
    WrongTax(String),
    /// The order does not wait for a payment any more.
    #[error("the order is {}", .0.word())]
    NotOpen(OrderStatus),
    /// The order has not been paid.
    #[error("the order is {}, not paid", .0.word())]
    NotPaid(OrderStatus),
    /// It can still be paid.
    #[error("the order can be paid until {0}")]
    NotDue(Instant),
    /// Money of another currency came for it.
    #[error("{got} ({}) came for an order of {due} ({})", got.currency.code(), due.currency.code())]
    WrongCurrency {
        /// What is due.
        due: Money,
        /// What came.
        got: Money,
    },
    /// More or less money than is due came for it.
    #[error("{got} came for an order of {due}")]
    WrongAmount {
        /// What is due.
        due: Money,
        /// What came.
        got: Money,
    },
    /// Money came for an order that was called off, or too late.
    #[error("payment {payment:?} came for an order that is {}", status.word())]
    PaidAfterEnd {
        /// The provider's id of it.
        payment: String,
        /// Where the order is.
        status: OrderStatus,
    },
    /// A second payment came for it.
    #[error("payment {second:?} came for an order that {first:?} had paid")]
    PaidTwice {
        /// The payment that settled it.
        first: String,
        /// The other one.
        second: String,
    },
    /// More would be given back than was paid.
    #[error("only {0} of the order is left to be refunded")]
    RefundTooMuch(Money),
}

impl OrderRefusal {
    /// Whether money lies with us that no order explains: the operator has to be told, and to send it back.
    #[must_use]
    pub const fn leaves_money(&self) -> bool {
        matches!(
            self,
            Self::WrongCurrency { .. } | Self::WrongAmount { .. } | Self::PaidAfterEnd { .. } | Self::PaidTwice { .. }
        )
    }
}
