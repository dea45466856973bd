//! Asking for a subscription's charge: an order without packs, one for each try (R28).

use super::place::plus;
use super::{ChargeTry, Order, OrderRefusal, OrderStatus, OrderTerms, PaymentWay};
use crate::{CustomerId, Instant, Money, OrderId};

/// A charge to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChargeOrder {
    /// The order's id.
    pub id: OrderId,
    /// Whose.
    pub customer: CustomerId,
    /// Which charge.
    pub charge: ChargeTry,
    /// Without tax.
    pub net: Money,
    /// The tax on it.
    pub tax: Money,
    /// How it is paid.
    pub way: PaymentWay,
    /// The catalog in force.
    pub catalog_version: u32,
    /// How long it may wait.
    pub terms: OrderTerms,
}

impl Order {
    /// The order for a charge: open, as of `now`.
    pub fn for_charge(new: &NewChargeOrder, now: Instant) -> Result<Self, OrderRefusal> {
        let now = crate::instant(now);
        let gross = plus(new.net, new.tax).ok_or(OrderRefusal::TooLarge)?;
        Ok(Self {
            id: new.id,
            customer: new.customer,
            lines: Vec::new(),
            charge: Some(new.charge),
            net: new.net,
            tax: new.tax,
            gross,
            way: new.way,
            catalog_version: new.catalog_version,
            status: OrderStatus::Open,
            payment: None,
            refunded: Money { minor: 0, ..gross },
            created_at: now,
            expires_at: new.terms.end(new.way, now),
        })
    }
}
