//! What of a grant's price has been earned (R37).

use crate::{Credits, GrantState, Money};

/// Where the price of one paid grant stands. At every instant
/// `deferred + recognised + breakage + refunded = price`, each ≥ 0 (R37).
///
/// It follows from where the grant's credits are and from what was refunded, not from the way there: the same buckets
/// give the same revenue, in whatever order they were reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revenue {
    /// What was paid, net of tax.
    pub price: Money,
    /// Owed as work: the credits that can still be consumed, in minor units.
    pub deferred: i64,
    /// Earned by work, in minor units.
    pub recognised: i64,
    /// Earned because credits ended unused, in minor units.
    pub breakage: i64,
    /// Given back net of tax, in minor units.
    pub refunded: i64,
}

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
