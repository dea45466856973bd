//! Giving money back for a paid grant (R35).

use thiserror::Error;

use crate::revenue::share;
use crate::{Credits, GrantState, Instant, Money, Span};

/// When customers can have their money back without asking the operator, as catalog data (R35).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundTerms {
    /// Only for a customer's first purchase.
    pub first_purchase_only: bool,
    /// For so long after the purchase; `None`: as long as there are credits.
    pub within: Option<Span>,
    /// While less than so many percent are used, credits that are held counted as used; `None`: however many.
    pub used_under_percent: Option<u8>,
}

/// A paid grant, as refunds see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// The grant, and where its credits are at the instant of the refund. Its cost is net of tax.
    pub state: GrantState,
    /// The tax paid on top of the grant's cost, in its currency.
    pub tax: Money,
    /// Given back so far, net of tax, in minor units.
    pub refunded_net: i64,
    /// Tax given back so far, in minor units.
    pub refunded_tax: i64,
    /// Whether it was the customer's first.
    pub first: bool,
}

/// How much is to be given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundAsk {
    /// All that is neither used nor held.
    Rest,
    /// So many credits.
    Credits(Credits),
}

/// What a refund comes to. The preview and the refund of one instant are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refund {
    /// The credits to be taken back.
    pub credits: Credits,
    /// Money for them, net of tax.
    pub net: Money,
    /// The tax on it.
    pub tax: Money,
    /// What the customer gets.
    pub gross: Money,
}

/// What a chargeback leaves behind: the bank has taken the whole payment back (R35).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chargeback {
    /// The credits to be taken back: all that are neither used nor held.
    pub credits: Credits,
    /// The share of these credits: it counts as refunded, net of tax.
    pub net: Money,
    /// The tax on it.
    pub tax: Money,
    /// What the customer owes for credits used, held or expired, tax included.
    pub receivable: Money,
}

/// Why money is not given back.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RefundRefusal {
    /// The catalog has no `[refunds]`.
    #[error("refunds are not offered: ask the operator")]
    NotOffered,
    /// It paid for a subscription.
    #[error("what a subscription charged is given back by changing or ending it")]
    Charge,
    /// Not the customer's first purchase.
    #[error("only a customer's first purchase is refunded")]
    NotFirstPurchase,
    /// The time for it is over.
    #[error("refunds end at {0}")]
    TooLate(Instant),
    /// Too much of it is used, or held.
    #[error("refunds are for purchases of which less than {0} % are used")]
    UsedTooMuch(u8),
    /// Nobody paid for the grant.
    #[error("the grant was free")]
    NotPaid,
    /// All that could be given back has been.
    #[error("the purchase has been refunded already")]
    AlreadyRefunded,
    /// What is asked for is promised to jobs that are still open.
    #[error("{0} credits are held: close their holds first")]
    Held(Credits),
    /// Everything is used or expired.
    #[error("nothing of the purchase is left to refund")]
    NothingLeft,
    /// More credits than can be given back.
    #[error("only {0} credits can be refunded")]
    TooMuch(Credits),
    /// The credits are worth less than one minor unit of the currency.
    #[error("so few credits are worth no money")]
    TooSmall,
}

impl RefundTerms {
    /// Whether a customer can have a refund without the operator's help (R35). Times are half-open:
    /// bought at noon and within 7 days, it can be had until just before noon of the seventh day after.
    pub fn check(&self, purchase: &Purchase, now: Instant) -> Result<(), RefundRefusal> {
        if self.first_purchase_only && !purchase.first {
            return Err(RefundRefusal::NotFirstPurchase);
        }
        let end = self.within.and_then(|within| within.after(purchase.state.grant.granted_at));
        if let Some(end) = end.filter(|end| *end <= now) {
            return Err(RefundRefusal::TooLate(end));
        }
        match self.used_under_percent {
            Some(percent) if used_at_least(&purchase.state, percent) => Err(RefundRefusal::UsedTooMuch(percent)),
            _ => Ok(()),
        }
    }
}

fn used_at_least(state: &GrantState, percent: u8) -> bool {
    let used = i128::from((state.consumed + state.held).micros()).saturating_mul(100);
    used >= i128::from(state.grant.amount.micros()).saturating_mul(percent.into())
}

impl Purchase {
    /// What a refund comes to: for the rest `price − revenue already recognised`, the held part left out (R35).
    pub fn refund(&self, ask: RefundAsk) -> Result<Refund, RefundRefusal> {
        let GrantState { available, held, .. } = self.state;
        let price = self.price().ok_or(RefundRefusal::NotPaid)?;
        if available.is_zero() {
            return Err(self.nothing());
        }
        let credits = match ask {
            RefundAsk::Rest => available,
            RefundAsk::Credits(credits) if credits.is_zero() => return Err(RefundRefusal::TooSmall),
            RefundAsk::Credits(credits) if credits <= available => credits,
            RefundAsk::Credits(credits) if credits <= available + held => return Err(RefundRefusal::Held(held)),
            RefundAsk::Credits(_) => return Err(RefundRefusal::TooMuch(available)),
        };
        let net = self.net_of(credits, price);
        if net == 0 {
            return Err(if self.is_spent(price) { RefundRefusal::AlreadyRefunded } else { RefundRefusal::TooSmall });
        }
        let tax = self.tax_of(net, price);
        let money = |minor| Money { minor, currency: price.currency };
        Ok(Refund { credits, net: money(net), tax: money(tax), gross: money(net.saturating_add(tax)) })
    }

    /// What a chargeback comes to. The bank takes the whole payment less what was refunded before;
    /// what is not covered by credits taken back is owed (R35).
    pub fn charge_back(&self) -> Result<Chargeback, RefundRefusal> {
        let price = self.price().ok_or(RefundRefusal::NotPaid)?;
        if self.is_spent(price) {
            return Err(RefundRefusal::AlreadyRefunded);
        }
        let credits = self.state.available;
        let net = self.net_of(credits, price);
        let tax = self.tax_of(net, price);
        let paid = price.minor.saturating_add(self.tax.minor);
        let given_back = self.refunded_net.saturating_add(self.refunded_tax);
        let receivable = paid.saturating_sub(given_back).saturating_sub(net).saturating_sub(tax);
        let money = |minor| Money { minor, currency: price.currency };
        Ok(Chargeback { credits, net: money(net), tax: money(tax), receivable: money(receivable) })
    }

    /// What was paid, net of tax; `None` for a free grant.
    fn price(&self) -> Option<Money> {
        self.state.grant.cost.filter(|cost| cost.minor > 0)
    }

    fn is_spent(&self, price: Money) -> bool {
        self.refunded_net >= price.minor
    }

    /// Why there are no credits to be taken back.
    fn nothing(&self) -> RefundRefusal {
        if !self.state.held.is_zero() {
            RefundRefusal::Held(self.state.held)
        } else if self.refunded_net > 0 {
            RefundRefusal::AlreadyRefunded
        } else {
            RefundRefusal::NothingLeft
        }
    }

    /// Never more than is left of the price, whatever was given back by hand before.
    fn net_of(&self, credits: Credits, price: Money) -> i64 {
        let left = price.minor.saturating_sub(self.refunded_net).max(0);
        share(&self.state, credits).min(left)
    }

    /// The tax that belongs to `net`, counted cumulatively and half-up: all of the price gives back all of the tax.
    fn tax_of(&self, net: i64, price: Money) -> i64 {
        let total = i128::from(self.refunded_net.saturating_add(net));
        let twice = i128::from(self.tax.minor).saturating_mul(total).saturating_mul(2);
        let price = i128::from(price.minor);
        let due = twice.saturating_add(price).checked_div(price.saturating_mul(2)).unwrap_or(0);
        i64::try_from(due).unwrap_or(i64::MAX).saturating_sub(self.refunded_tax).max(0)
    }
}
