//! The credits that a plan gives.

use super::period::boundary;
use super::{Act, Next, Subscription};
use crate::rules::NewGrant;
use crate::{Credits, Grant, Instant, Money, Source};

/// Credits that a plan gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanGrant {
    /// The plan's name.
    pub label: String,
    /// How many.
    pub amount: Credits,
    /// What was charged for them, with or without tax as the prices of the list are. All grants of a period come to what
    /// was charged for it, less what was given back of later grants.
    pub value: Money,
    /// When they become spendable: the exact beginning, or the later payment (R9, R28).
    pub effective_at: Instant,
    /// When they stop being spendable: exclusive.
    pub expires_at: Instant,
}

impl PlanGrant {
    /// The grant that it makes; `net` is its value without tax (R37), `None` where it was free.
    #[must_use]
    pub fn grant(&self, net: Option<Money>) -> NewGrant {
        NewGrant {
            source: Source::Plan,
            label: self.label.clone(),
            amount: self.amount,
            cost: net,
            priority: Grant::DEFAULT_PRIORITY,
            effective_at: Some(self.effective_at),
            expires_at: Some(self.expires_at),
            reason: None,
        }
    }
}

impl Next {
    /// Gives the credits of the grants' period that has `now` in it, for their part of what was charged.
    pub(super) fn grant(mut self, now: Instant) -> Self {
        let Subscription { plan, anchor, grants, slack, unassigned, .. } = &mut self.subscription;
        if grants.end <= now {
            *grants = grants.next(*anchor, plan.grants_every, now);
            slack.credits = 0;
        }
        let still = plan.grants().saturating_sub(grants.number).max(1);
        let value = unassigned.checked_div(still.into()).unwrap_or(0);
        *unassigned = unassigned.saturating_sub(value);
        let stays = plan.grants_every.saturating_mul(plan.rollover.into());
        let act = PlanGrant {
            label: plan.label.clone(),
            amount: plan.grant(),
            value: Money { minor: value, ..plan.price },
            effective_at: grants.start.max(now),
            expires_at: boundary(*anchor, grants.end_month.saturating_add(stays)).max(grants.end),
        };
        self.and(Act::Grant(act))
    }

    /// Gives more credits in the grants' period that is running, to its end (R29).
    pub(super) fn extra(mut self, amount: Credits, value: i64, now: Instant) -> Self {
        let Subscription { plan, grants, unassigned, .. } = &mut self.subscription;
        if amount.is_zero() {
            *unassigned = unassigned.saturating_add(value);
            return self;
        }
        let value = Money { minor: value, ..plan.price };
        let act = PlanGrant { label: plan.label.clone(), amount, value, effective_at: now, expires_at: grants.end };
        self.and(Act::Grant(act))
    }
}
