//! A shop that does what a subscription's acts say, and keeps its own account of credits and money.

use std::collections::BTreeMap;

use chrono_tz::{Tz, UTC};
use folio_domain::{
    Act, CancelAt, ChangeAsk, ChangeAt, ChargeState, Credits, CustomerId, Decline, DunningTerms, Instant,
    NewSubscription, Next, Plan, PlanGrant, Settled, Subscription, SubscriptionEvent, SubscriptionId,
    SubscriptionRefusal, SubscriptionTerms,
};

use crate::at;
use crate::formula::Formula;

/// How the provider answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bank {
    Pays,
    Declines(Decline),
    /// Does not answer.
    Silent,
}

#[derive(Clone, Debug)]
pub(crate) struct Shop {
    pub(crate) subscription: Subscription,
    pub(crate) now: Instant,
    pub(crate) bank: Bank,
    pub(crate) charges: BTreeMap<u32, ChargeState>,
    /// Charges that were paid: when, and how much.
    pub(crate) paid: Vec<(Instant, i64)>,
    pub(crate) refunded: i64,
    /// Each grant, with what is left of it.
    pub(crate) grants: Vec<(PlanGrant, Credits)>,
    pub(crate) told: Vec<SubscriptionEvent>,
    /// When the provider was asked.
    pub(crate) asked: Vec<Instant>,
    pub(crate) formula: Formula,
}

pub(crate) fn id(number: u128) -> SubscriptionId {
    SubscriptionId(uuid::Uuid::from_u128(number))
}

pub(crate) fn begin(plan: &Plan, quantity: u32, zone: Tz, now: Instant) -> Result<Next, SubscriptionRefusal> {
    let terms = SubscriptionTerms::default();
    let customer = CustomerId(uuid::Uuid::from_u128(7));
    let new = NewSubscription {
        id: id(1),
        customer,
        zone,
        plan,
        quantity,
        offered: false,
        tried: false,
        given_until: None,
        terms: &terms,
    };
    Subscription::start(&new, None, now)
}

impl Shop {
    /// A subscription, begun and paid.
    pub(crate) fn open(plan: &Plan, quantity: u32, now: &str) -> Self {
        Self::open_in(plan, quantity, UTC, at(now))
    }

    pub(crate) fn open_in(plan: &Plan, quantity: u32, zone: Tz, now: Instant) -> Self {
        let next = begin(plan, quantity, zone, now).expect("a subscription");
        let mut shop = Self {
            subscription: next.subscription.clone(),
            now,
            bank: Bank::Pays,
            charges: BTreeMap::new(),
            paid: Vec::new(),
            refunded: 0,
            grants: Vec::new(),
            told: Vec::new(),
            asked: Vec::new(),
            formula: Formula::default(),
        };
        shop.obey(next);
        shop
    }

    /// Does what a move says. The provider answers at once.
    pub(crate) fn obey(&mut self, next: Next) {
        self.obey_for(next, 0);
    }

    /// The same, for a payment.
    fn obey_for(&mut self, next: Next, paid: i64) {
        self.formula.hear(&self.subscription, &next, paid, self.now, self.left());
        self.subscription = next.subscription;
        for act in next.acts {
            match act {
                Act::Charge(charge) => {
                    assert!(charge.amount.minor > 0 && charge.under_way, "{charge:?}");
                    self.charges.insert(charge.number, ChargeState::Due);
                    self.asked.push(self.now);
                    match self.bank {
                        Bank::Pays => self.settle(charge.number),
                        Bank::Declines(decline) => self.fail(charge.number, charge.attempt, decline),
                        Bank::Silent => {}
                    }
                }
                Act::Void(number) => {
                    self.charges.insert(number, ChargeState::Void);
                }
                Act::Grant(grant) => {
                    assert!(grant.expires_at > grant.effective_at, "{grant:?}");
                    self.grants.push((grant.clone(), grant.amount));
                }
                Act::TakeBack(credits) => self.take(credits),
                Act::Refund { amount, .. } => self.refunded += amount.minor,
                Act::Tell(event) => self.told.push(event),
            }
        }
    }

    pub(crate) fn settle(&mut self, number: u32) {
        let amount = self.subscription.due.as_ref().expect("a charge").amount.minor;
        let (state, payment) = (&self.charges[&number], format!("pay_{number}"));
        let settled = self.subscription.settle(number, state, &payment, self.now).expect("a settled charge");
        let Settled::Now(next) = settled else { panic!("charge {number} was settled before") };
        self.charges.insert(number, ChargeState::Paid(payment.clone()));
        self.paid.push((self.now, amount));
        // Told twice, it does nothing.
        let again = next.subscription.settle(number, &self.charges[&number], &payment, self.now);
        assert_eq!(again, Ok(Settled::Already));
        self.obey_for(*next, amount);
    }

    pub(crate) fn fail(&mut self, number: u32, attempt: u32, decline: Decline) {
        let terms = DunningTerms::default();
        let next = self.subscription.fail(number, attempt, decline, &terms, self.now).expect("a failed charge");
        let again = next.subscription.fail(number, attempt, decline, &terms, self.now).expect("again");
        assert_eq!((&again.subscription, again.acts.len()), (&next.subscription, 0));
        self.obey(next);
    }

    /// Lets time pass, doing what is due at its instant.
    pub(crate) fn advance_to(&mut self, to: Instant) {
        while let Some(due) = self.subscription.due_at().filter(|due| *due <= to) {
            self.now = self.now.max(due);
            let next = self.subscription.advance(self.now).expect("something due");
            assert!(next.subscription != self.subscription, "it stands still at {due}");
            self.obey(next);
        }
        self.now = to;
        let nothing = self.subscription.advance(to);
        assert_eq!(nothing, Err(SubscriptionRefusal::NotDue(self.subscription.due_at())));
    }

    pub(crate) fn until(&mut self, to: &str) {
        self.advance_to(at(to));
    }

    /// Credits of the running grants' period that are available.
    pub(crate) fn left(&self) -> Credits {
        self.running().map(|(_, left)| *left).sum()
    }

    fn running(&self) -> impl Iterator<Item = &(PlanGrant, Credits)> {
        let since = self.subscription.grants.start;
        self.grants.iter().filter(move |(grant, _)| grant.effective_at >= since && grant.expires_at > self.now)
    }

    /// Uses or takes back so many credits.
    pub(crate) fn take(&mut self, credits: Credits) {
        let (since, now, mut open) = (self.subscription.grants.start, self.now, credits);
        for (grant, left) in &mut self.grants {
            if grant.effective_at >= since && grant.expires_at > now {
                let part = open.min(*left);
                (*left, open) = (*left - part, open - part);
            }
        }
        assert_eq!(open, Credits::ZERO, "more than is left");
    }

    pub(crate) fn ask<'p>(&self, plan: &'p Plan, quantity: u32, when: ChangeAt) -> ChangeAsk<'p> {
        ChangeAsk { plan: Some(plan), quantity, offered: false, at: when, left: self.left() }
    }

    pub(crate) fn change(&mut self, plan: &Plan, quantity: u32, when: ChangeAt) -> Result<(), SubscriptionRefusal> {
        let ask = self.ask(plan, quantity, when);
        let next = self.subscription.change(&ask, self.now)?;
        self.obey(next);
        Ok(())
    }

    pub(crate) fn cancel(&mut self, when: CancelAt) {
        let next = self.subscription.cancel(when, self.now).expect("an end");
        self.obey(next);
    }

    /// What was paid and not given back, in minor units.
    pub(crate) fn charged(&self) -> i64 {
        self.paid.iter().map(|(_, amount)| amount).sum::<i64>() - self.refunded
    }
}
