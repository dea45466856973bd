//! What has been earned of what was paid (R37).

use crate::{Credits, GrantState, Money};

/// Where the price of one paid grant stands, or money that was charged for grants to come. At every instant
/// `deferred + recognised + breakage + refunded = price`, each ≥ 0 (R37).
///
/// It follows from where the grant's credits are and from what was refunded, not from the way there: the same buckets
/// give the same revenue, in whatever order they were reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revenue {
    /// What was paid, net of tax.
    pub price: Money,
    /// Owed as work: the credits that can still be consumed, or are still to come, in minor units.
    pub deferred: i64,
    /// Earned by work, in minor units.
    pub recognised: i64,
    /// Earned because credits ended unused, or never came, in minor units.
    pub breakage: i64,
    /// Given back net of tax, in minor units.
    pub refunded: i64,
}

/// The revenue of all that was paid: one [`Revenue`] for each currency, in the order of their codes (R37).
///
/// It is a sum, and so is the difference of two: the parts add up to the price as they do for one grant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevenueTotals(Vec<Revenue>);

/// What a movement of credits or money changed, in minor units; they sum to zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevenueChange {
    /// More or less owed.
    pub deferred: i64,
    /// More or less earned by work.
    pub recognised: i64,
    /// More or less earned by expiry.
    pub breakage: i64,
    /// Given back.
    pub refunded: i64,
}

impl Revenue {
    /// The revenue of a grant of which `refunded` minor units, net of tax, were given back so far. `None` for a free grant.
    ///
    /// More refunds than the price count as the price.
    #[must_use]
    pub fn of(state: &GrantState, refunded: i64) -> Option<Self> {
        let price = state.grant.cost.filter(|cost| cost.minor > 0)?;
        let refunded = refunded.clamp(0, price.minor);
        let kept = price.minor.saturating_sub(refunded);
        let recognised = worth(state, state.consumed).min(kept);
        // All credits that were or can still be consumed; measured from the start, so that nothing is rounded twice.
        let earnable = worth(state, state.consumed + open(state)).min(kept);
        Some(Self {
            price,
            deferred: earnable.saturating_sub(recognised),
            recognised,
            breakage: kept.saturating_sub(earnable),
            refunded,
        })
    }

    /// The revenue of money, net of tax, that was charged for grants to come: deferred while they can come, breakage once
    /// that `is_over`. `None` for no money.
    ///
    /// More refunds than the price count as the price.
    #[must_use]
    pub fn of_charges(price: Money, refunded: i64, is_over: bool) -> Option<Self> {
        let price = Some(price).filter(|price| price.minor > 0)?;
        let refunded = refunded.clamp(0, price.minor);
        let kept = price.minor.saturating_sub(refunded);
        let (deferred, breakage) = if is_over { (0, kept) } else { (kept, 0) };
        Some(Self { price, deferred, recognised: 0, breakage, refunded })
    }

    /// Whether all of its figures are zero.
    const fn is_nothing(&self) -> bool {
        self.price.minor == 0 && self.deferred == 0 && self.recognised == 0 && self.breakage == 0 && self.refunded == 0
    }

    /// Whether credits and refunds of the grant go together: what was given back, and what its credits still can earn,
    /// are no more than was paid. [`Revenue::of`] cuts to the price what does not.
    #[must_use]
    pub fn fits(state: &GrantState, refunded: i64) -> bool {
        let price = state.grant.cost.map_or(0, |cost| cost.minor);
        let earnable = worth(state, state.consumed + open(state));
        refunded >= 0 && refunded.checked_add(earnable).is_some_and(|sum| sum <= price)
    }

    /// What has changed since `before`: the lines of a revenue journal.
    #[must_use]
    pub const fn since(&self, before: &Self) -> RevenueChange {
        RevenueChange {
            deferred: self.deferred.saturating_sub(before.deferred),
            recognised: self.recognised.saturating_sub(before.recognised),
            breakage: self.breakage.saturating_sub(before.breakage),
            refunded: self.refunded.saturating_sub(before.refunded),
        }
    }
}

impl RevenueTotals {
    /// Adds one, or another sum's.
    pub fn add(&mut self, revenue: &Revenue) {
        self.change(revenue, i64::saturating_add);
    }

    /// What has come about since `before`, a sum over the same before more was written: prices are of what was sold
    /// since.
    #[must_use]
    pub fn since(mut self, before: &Self) -> Self {
        before.0.iter().for_each(|revenue| self.change(revenue, i64::saturating_sub));
        self.0.retain(|row| !row.is_nothing());
        self
    }

    /// By currency.
    #[must_use]
    pub fn rows(&self) -> &[Revenue] {
        &self.0
    }

    fn change(&mut self, by: &Revenue, change: fn(i64, i64) -> i64) {
        let code = by.price.currency.code();
        let place = self.0.binary_search_by(|row| row.price.currency.code().cmp(code)).unwrap_or_else(|place| {
            let price = Money { minor: 0, ..by.price };
            self.0.insert(place, Revenue { price, deferred: 0, recognised: 0, breakage: 0, refunded: 0 });
            place
        });
        let Some(row) = self.0.get_mut(place) else { return };
        row.price.minor = change(row.price.minor, by.price.minor);
        row.deferred = change(row.deferred, by.deferred);
        row.recognised = change(row.recognised, by.recognised);
        row.breakage = change(row.breakage, by.breakage);
        row.refunded = change(row.refunded, by.refunded);
    }
}

/// The share of the price, in minor units, that ends where so many of the available credits are taken back:
/// taking back all of them while nothing is held gives `price − recognised` (R35).
pub(crate) fn share(state: &GrantState, credits: Credits) -> i64 {
    let all = state.consumed + open(state);
    worth(state, all).saturating_sub(worth(state, all.saturating_sub(credits)))
}

/// Credits that can still be consumed.
fn open(state: &GrantState) -> Credits {
    state.available + state.held
}

/// `floor(price · credits / granted)`.
fn worth(state: &GrantState, credits: Credits) -> i64 {
    let price = i128::from(state.grant.cost.map_or(0, |cost| cost.minor));
    let product = price.saturating_mul(credits.micros().into());
    let floor = product.checked_div(state.grant.amount.micros().into()).unwrap_or(0);
    i64::try_from(floor).unwrap_or(i64::MAX)
}
