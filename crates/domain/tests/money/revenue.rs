//! What of a price is earned (R37).

use folio_domain::{Credits, GrantState, Purchase, RefundAsk, Revenue};
use proptest::prelude::*;

use crate::grants::{free, paid, shift, starter};
use crate::{credits, usd};

fn split(state: &GrantState, refunded: i64) -> (i64, i64, i64, i64) {
    let Revenue { deferred, recognised, breakage, refunded, .. } = Revenue::of(state, refunded).expect("paid");
    (deferred, recognised, breakage, refunded)
}

#[test]
fn r37_all_of_the_price_is_deferred_at_the_sale() {
    assert_eq!(split(&starter(), 0), (1_900, 0, 0, 0));
    assert_eq!(Revenue::of(&free(starter()), 0), None);
    assert_eq!(Revenue::of(&paid(0, 1), 0), None);
}

#[test]
fn r37_consumption_recognises_the_floor_cumulatively() {
    // 3 credits for $1.00: 33, 66 and then the whole dollar.
    let mut state = paid(100, 3 * Credits::SCALE);
    for earned in [33, 66, 100] {
        shift(&mut state.available, &mut state.consumed, Credits::whole(1));
        assert_eq!(split(&state, 0), (100 - earned, earned, 0, 0));
    }
}

#[test]
fn r37_what_expires_unused_is_breakage() {
    let mut state = starter();
    shift(&mut state.available, &mut state.consumed, credits("40"));
    shift(&mut state.available, &mut state.held, credits("10"));
    shift(&mut state.available, &mut state.expired, credits("50"));
    // What is held can still be earned.
    assert_eq!(split(&state, 0), (190, 760, 950, 0));
    shift(&mut state.held, &mut state.consumed, credits("4"));
    shift(&mut state.held, &mut state.expired, credits("6"));
    assert_eq!(split(&state, 0), (0, 836, 1_064, 0));
}

#[test]
fn r37_what_was_charged_for_grants_to_come_is_deferred_while_they_can_come() {
    let split = |refunded, is_over| {
        let revenue = Revenue::of_charges(usd(11_000), refunded, is_over).expect("money");
        assert_eq!((revenue.price, revenue.recognised), (usd(11_000), 0));
        (revenue.deferred, revenue.breakage, revenue.refunded)
    };
    assert_eq!(split(0, false), (11_000, 0, 0));
    assert_eq!(split(4_000, false), (7_000, 0, 4_000));
    assert_eq!(split(4_000, true), (0, 7_000, 4_000));
    // More went back of the grants.
    assert_eq!(split(11_001, false), (0, 0, 11_000));
    assert_eq!(Revenue::of_charges(usd(0), 0, false), None);
}

#[test]
fn r37_a_reversal_lowers_what_was_recognised() {
    let mut state = starter();
    shift(&mut state.available, &mut state.consumed, credits("40"));
    let before = Revenue::of(&state, 0).expect("paid");
    shift(&mut state.consumed, &mut state.available, credits("15"));
    let change = Revenue::of(&state, 0).expect("paid").since(&before);
    assert_eq!((change.deferred, change.recognised, change.breakage, change.refunded), (285, -285, 0, 0));
}

#[test]
fn r37_the_largest_amounts_do_not_overflow() {
    let price = 1_000_000_000_000_000_000;
    let mut state = paid(price, Credits::MAX_BALANCE.micros());
    let third = Credits::from_micros(Credits::MAX_BALANCE.micros() / 3).expect("not negative");
    shift(&mut state.available, &mut state.consumed, third);
    assert_eq!(split(&state, 0), (price - price / 3, price / 3, 0, 0));
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Hold(i64),
    Capture(i64),
    Release(i64),
    Use(i64),
    Reverse(i64),
    Expire,
    Revoke(i64),
    Refund(i64),
    RefundRest,
    ChargeBack,
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let amount = || prop_oneof![1..50_i64, 1..5_000_000_i64];
    let step = prop_oneof![
        4 => amount().prop_map(Step::Hold),
        3 => amount().prop_map(Step::Capture),
        2 => amount().prop_map(Step::Release),
        4 => amount().prop_map(Step::Use),
        3 => amount().prop_map(Step::Reverse),
        1 => Just(Step::Expire),
        1 => amount().prop_map(Step::Revoke),
        3 => amount().prop_map(Step::Refund),
        1 => Just(Step::RefundRest),
        1 => Just(Step::ChargeBack),
    ];
    prop::collection::vec(step, 1..60)
}

/// A grant's life: its buckets, whether its end has passed, and what was refunded.
pub(crate) struct Life {
    pub(crate) state: GrantState,
    ended: bool,
    pub(crate) refunded: i64,
}

impl Life {
    pub(crate) fn of(state: GrantState) -> Self {
        Self { state, ended: false, refunded: 0 }
    }

    /// Where credits go that come back to the grant.
    fn back(&mut self, held: bool, amount: i64) {
        let GrantState { available, held: promised, consumed, expired, .. } = &mut self.state;
        let from = if held { promised } else { consumed };
        shift(from, if self.ended { expired } else { available }, micros(amount));
    }

    fn purchase(&self) -> Purchase {
        let state = self.state.clone();
        Purchase { state, tax: usd(0), refunded_net: self.refunded, refunded_tax: 0, first: true }
    }

    fn refund(&mut self, ask: RefundAsk) {
        if let Ok(refund) = self.purchase().refund(ask) {
            shift(&mut self.state.available, &mut self.state.revoked, refund.credits);
            self.refunded += refund.net.minor;
        }
    }

    pub(crate) fn step(&mut self, step: &Step) {
        let GrantState { available, held, consumed, expired, revoked, .. } = &mut self.state;
        match *step {
            Step::Hold(amount) => {
                shift(available, held, micros(amount));
            }
            Step::Capture(amount) => {
                shift(held, consumed, micros(amount));
            }
            Step::Use(amount) => {
                shift(available, consumed, micros(amount));
            }
            Step::Revoke(amount) => {
                shift(available, revoked, micros(amount));
            }
            Step::Release(amount) => self.back(true, amount),
            Step::Reverse(amount) => self.back(false, amount),
            Step::Expire => {
                let all = *available;
                shift(available, expired, all);
                self.ended = true;
            }
            Step::Refund(amount) => self.refund(RefundAsk::Credits(micros(amount))),
            Step::RefundRest => self.refund(RefundAsk::Rest),
            Step::ChargeBack => {
                if let Ok(chargeback) = self.purchase().charge_back() {
                    shift(&mut self.state.available, &mut self.state.revoked, chargeback.credits);
                    self.refunded += chargeback.net.minor;
                }
            }
        }
    }
}

fn micros(amount: i64) -> Credits {
    Credits::from_micros(amount).expect("not negative")
}

/// `floor(price · consumed / granted)`, by counting up.
pub(crate) fn floor(price: i64, consumed: Credits, granted: Credits) -> i64 {
    let earned = |minor: i64| i128::from(minor) * i128::from(granted.micros());
    let due = i128::from(price) * i128::from(consumed.micros());
    let (mut low, mut high) = (0, price + 1);
    while high - low > 1 {
        let middle = i64::midpoint(low, high);
        if earned(middle) <= due { low = middle } else { high = middle }
    }
    low
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r37_at_every_instant_the_parts_sum_to_the_price(
        price in prop_oneof![1..100_i64, 1..1_000_000_000_000_i64],
        granted in prop_oneof![1..100_i64, 1..10_000_000_i64],
        steps in steps(),
    ) {
        let mut life = Life::of(paid(price, granted));
        let mut before = Revenue::of(&life.state, 0).expect("paid");
        for step in &steps {
            life.step(step);
            let now = Revenue::of(&life.state, life.refunded).expect("paid");
            let parts = [now.deferred, now.recognised, now.breakage, now.refunded];
            prop_assert!(parts.iter().all(|part| *part >= 0), "{step:?}: {now:?}");
            prop_assert_eq!(parts.iter().sum::<i64>(), price);
            prop_assert_eq!(now.recognised, floor(price, life.state.consumed, life.state.grant.amount));
            let change = now.since(&before);
            prop_assert_eq!(change.deferred + change.recognised + change.breakage + change.refunded, 0);
            prop_assert!(change.breakage >= 0, "what has lapsed never comes back: {change:?}");
            match step {
                Step::Refund(_) | Step::RefundRest | Step::ChargeBack => {
                    prop_assert_eq!((change.recognised, change.breakage), (0, 0));
                }
                Step::Hold(_) => prop_assert_eq!(change.deferred, 0),
                Step::Reverse(_) => prop_assert!(change.recognised <= 0),
                _ => prop_assert_eq!(change.refunded, 0),
            }
            before = now;
        }
    }
}
