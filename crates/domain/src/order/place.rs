//! Placing an order: the terms of the moment, checked against what the customer saw.

use chrono_tz::Tz;

use super::{Order, OrderLine, OrderRefusal, OrderStatus, OrderTerms, PaymentWay};
use crate::{Credits, CustomerId, Instant, Money, OrderId, Pack};

/// A pack to be ordered, with what the tax rules made of its price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine<'c> {
    /// The pack.
    pub pack: &'c Pack,
    /// How many of it.
    pub quantity: u32,
    /// Without tax.
    pub net: Money,
    /// Tax.
    pub tax: Money,
}

/// An order to be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrder<'c> {
    /// Its id.
    pub id: OrderId,
    /// Whose.
    pub customer: CustomerId,
    /// Where the customer's days end (R9).
    pub zone: Tz,
    /// What.
    pub lines: Vec<NewLine<'c>>,
    /// How it will be paid.
    pub way: PaymentWay,
    /// Whether the operator has offered these packs to this customer, so that they may be private (R24).
    pub offered: bool,
    /// What the customer agreed to pay, tax included; `None` where no preview was shown.
    pub seen: Option<Money>,
    /// The catalog it is ordered from.
    pub catalog_version: u32,
    /// How long it may wait.
    pub terms: OrderTerms,
}

impl Order {
    /// Lines that one order can have.
    pub const MAX_LINES: usize = 20;

    /// Places an order: open, at the terms of `now`.
    pub fn place(new: &NewOrder<'_>, now: Instant) -> Result<Self, OrderRefusal> {
        let now = crate::instant(now);
        let first = new.lines.first().ok_or(OrderRefusal::NothingToBuy)?;
        if new.lines.len() > Self::MAX_LINES {
            return Err(OrderRefusal::TooLarge);
        }
        let mut net = Money { minor: 0, currency: first.pack.price.currency };
        let mut tax = net;
        let mut credits = Credits::ZERO;
        let mut lines = Vec::new();
        for line in &new.lines {
            let line = line.checked(new.offered, now, new.zone)?;
            net = plus(net, line.net).ok_or_else(|| OrderRefusal::WrongTax(line.pack.clone()))?;
            tax = plus(tax, line.tax).ok_or_else(|| OrderRefusal::WrongTax(line.pack.clone()))?;
            credits = credits + line.credits();
            lines.push(line);
        }
        let gross = plus(net, tax).filter(|_| credits <= Credits::MAX).ok_or(OrderRefusal::TooLarge)?;
        if let Some(seen) = new.seen.filter(|seen| *seen != gross) {
            return Err(OrderRefusal::PriceChanged { seen, now: gross });
        }
        Ok(Self {
            id: new.id,
            customer: new.customer,
            lines,
            charge: None,
            net,
            tax,
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

impl NewLine<'_> {
    fn checked(&self, offered: bool, now: Instant, zone: Tz) -> Result<OrderLine, OrderRefusal> {
        let Self { pack, quantity, net, tax } = *self;
        if quantity == 0 {
            return Err(OrderRefusal::NothingToBuy);
        }
        if pack.private && !offered {
            return Err(OrderRefusal::NotOffered(pack.code.clone()));
        }
        Credits::whole(pack.credits).times(quantity.into()).ok_or(OrderRefusal::TooLarge)?;
        let price = pack.price.minor.checked_mul(quantity.into()).ok_or(OrderRefusal::TooLarge)?;
        let price = Money { minor: price, ..pack.price };
        // A price list shows prices without tax, or with it.
        let fits = net.minor >= 0 && tax.minor >= 0 && (net == price || plus(net, tax) == Some(price));
        if !fits || tax.currency != price.currency {
            return Err(OrderRefusal::WrongTax(pack.code.clone()));
        }
        Ok(OrderLine {
            pack: pack.code.clone(),
            label: pack.label.clone(),
            quantity,
            price: pack.price,
            credits_each: pack.credits,
            validity: pack.validity,
            promised_until: pack.validity.end(now, zone),
            net,
            tax,
        })
    }
}

/// A sum of the same currency; `None` of different ones, or beyond an `i64`.
pub(super) fn plus(one: Money, other: Money) -> Option<Money> {
    let minor = one.minor.checked_add(other.minor)?;
    (one.currency == other.currency).then_some(Money { minor, ..one })
}
