//! Moving an order along. Each move gives the order after it, or refuses and changes nothing.

use super::place::plus;
use super::{Order, OrderRefusal, OrderStatus, Payment};
use crate::{Instant, Money};

/// What a payment did to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paid {
    /// It has settled the order: the credits are due now.
    Now(Box<Order>),
    /// It had settled it before: there is nothing to do (R32).
    Already,
}

impl Order {
    /// A payment is being made. Asked again, it stays so.
    pub fn begin_payment(&self) -> Result<Self, OrderRefusal> {
        self.waiting()?;
        Ok(self.with(OrderStatus::Pending))
    }

    /// Money has arrived (R32). It counts if it was paid before the order's end, however late, often or out of order we
    /// are told: after a decline or the sweep as well. After a cancellation it is refused; what is refused here
    /// [leaves money](OrderRefusal::leaves_money) with us.
    pub fn settle(&self, payment: Payment) -> Result<Paid, OrderRefusal> {
        if let Some(first) = &self.payment {
            let same = first.id == payment.id;
            let twice = || OrderRefusal::PaidTwice { first: first.id.clone(), second: payment.id.clone() };
            return if same { Ok(Paid::Already) } else { Err(twice()) };
        }
        let (due, got) = (self.gross, payment.amount);
        if got.currency != due.currency {
            return Err(OrderRefusal::WrongCurrency { due, got });
        }
        if got.minor != due.minor {
            return Err(OrderRefusal::WrongAmount { due, got });
        }
        if self.status == OrderStatus::Canceled || payment.at >= self.expires_at {
            return Err(OrderRefusal::PaidAfterEnd { payment: payment.id, status: self.status });
        }
        Ok(Paid::Now(Box::new(Self { payment: Some(payment), ..self.with(OrderStatus::Paid) })))
    }

    /// The payment was declined for good.
    pub fn fail(&self) -> Result<Self, OrderRefusal> {
        self.waiting()?;
        Ok(self.with(OrderStatus::Failed))
    }

    /// Called off. Whoever calls off a pending order stops its payment first.
    pub fn cancel(&self) -> Result<Self, OrderRefusal> {
        self.waiting()?;
        Ok(self.with(OrderStatus::Canceled))
    }

    /// Not paid in time. Whoever ends a pending order asks the provider first (R33).
    pub fn expire(&self, now: Instant) -> Result<Self, OrderRefusal> {
        self.waiting()?;
        if now < self.expires_at {
            return Err(OrderRefusal::NotDue(self.expires_at));
        }
        Ok(self.with(OrderStatus::Expired))
    }

    /// What was not given back of what it comes to, tax included.
    #[must_use]
    pub fn left(&self) -> Money {
        Money { minor: self.gross.minor.saturating_sub(self.refunded.minor), ..self.gross }
    }

    /// So much, tax included, has been given back.
    pub fn refund(&self, amount: Money) -> Result<Self, OrderRefusal> {
        if !matches!(self.status, OrderStatus::Paid | OrderStatus::PartlyRefunded) {
            return Err(OrderRefusal::NotPaid(self.status));
        }
        let left = self.left();
        if amount.minor <= 0 || amount.minor > left.minor {
            return Err(OrderRefusal::RefundTooMuch(left));
        }
        let refunded = plus(self.refunded, amount).ok_or(OrderRefusal::RefundTooMuch(left))?;
        let status = if refunded == self.gross { OrderStatus::Refunded } else { OrderStatus::PartlyRefunded };
        Ok(Self { refunded, ..self.with(status) })
    }

    /// The bank has taken the payment back (R35). Asked again, it stays so.
    pub fn dispute(&self) -> Result<Self, OrderRefusal> {
        match self.status {
            OrderStatus::Paid | OrderStatus::PartlyRefunded | OrderStatus::Disputed => {
                Ok(self.with(OrderStatus::Disputed))
            }
            status => Err(OrderRefusal::NotPaid(status)),
        }
    }

    fn waiting(&self) -> Result<(), OrderRefusal> {
        if self.status.awaits_payment() { Ok(()) } else { Err(OrderRefusal::NotOpen(self.status)) }
    }

    fn with(&self, status: OrderStatus) -> Self {
        Self { status, ..self.clone() }
    }
}
