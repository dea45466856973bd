//! Random lives: whatever customers, banks and clocks do, in whatever order (R27–R33).

use chrono::TimeDelta;
use folio_domain::{
    CancelAt, ChangeAt, ChargeFor, ChargeState, Credits, Decline, Plan, Span, SubscriptionRefusal, SubscriptionStatus,
};
use proptest::prelude::*;

use crate::shop::{Bank, Shop};
use crate::{basic, plan, pro, pro_yearly};

#[derive(Clone, Debug)]
enum Step {
    Wait {
        hours: i64,
    },
    Bank(Bank),
    Change {
        plan: usize,
        seats: u32,
        at: ChangeAt,
    },
    Cancel(bool),
    Pause {
        days: Option<i64>,
    },
    Resume,
    PayNow,
    Use {
        percent: i64,
    },
    /// The provider answers what is under way.
    Answer(Option<Decline>),
}

/// By the month, quarter and year; tried first, or for nothing; with credits in parts, or that stay.
fn plans() -> [Plan; 9] {
    let every = |months, grants_every, plan: Plan| Plan { months, grants_every, ..plan };
    let tried = Span::days(14);
    [
        basic(),
        pro(),
        plan("max", 5_000, 9_900),
        Plan { rollover: 2, ..plan("stays", 300, 1_900) },
        Plan { trial_for: Some(tried), ..plan("tried", 300, 1_900) },
        plan("free", 20, 0),
        every(3, 3, plan("quarterly", 900, 4_900)),
        pro_yearly(),
        every(12, 3, Plan { trial_for: Some(tried), rollover: 1, ..plan("max_yearly", 15_000, 99_000) }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let bank = prop_oneof![
        4 => Just(Bank::Pays),
        1 => Just(Bank::Silent),
        1 => prop::sample::select(Decline::ALL.as_slice()).prop_map(Bank::Declines),
    ];
    let at = prop::sample::select(vec![ChangeAt::Usual, ChangeAt::Now, ChangeAt::PeriodEnd]);
    let step = prop_oneof![
        4 => prop_oneof![0..24 * 20_i64, 0..24 * 200_i64].prop_map(|hours| Step::Wait { hours }),
        3 => bank.prop_map(Step::Bank),
        4 => (0..plans().len(), 1..4_u32, at).prop_map(|(plan, seats, at)| Step::Change { plan, seats, at }),
        1 => any::<bool>().prop_map(Step::Cancel),
        1 => prop::option::of(0..90_i64).prop_map(|days| Step::Pause { days }),
        2 => Just(Step::Resume),
        1 => Just(Step::PayNow),
        1 => (0..=100_i64).prop_map(|percent| Step::Use { percent }),
        2 => prop::option::of(prop::sample::select(Decline::ALL.as_slice())).prop_map(Step::Answer),
    ];
    prop::collection::vec(step, 1..60)
}

fn step(shop: &mut Shop, step: &Step) {
    let moved = match step {
        Step::Wait { .. } => unreachable!("time is walked"),
        Step::Bank(bank) => {
            shop.bank = *bank;
            return;
        }
        Step::Use { percent } => {
            let part = shop.left().micros() / 100 * percent;
            return shop.take(Credits::from_micros(part).expect("credits"));
        }
        Step::Answer(answer) => {
            let Some(due) = shop.subscription.due.clone().filter(|due| due.under_way) else { return };
            return match answer {
                None => shop.settle(due.number),
                Some(decline) => shop.fail(due.number, due.attempt, *decline),
            };
        }
        Step::Change { plan: place, seats, at } => {
            let plans = plans();
            let ask = shop.ask(&plans[*place], *seats, *at);
            let (preview, change) =
                (shop.subscription.preview(&ask, shop.now), shop.subscription.change(&ask, shop.now));
            assert_eq!(preview.as_ref().err(), change.as_ref().err());
            change
        }
        Step::Cancel(true) => shop.subscription.cancel(CancelAt::PeriodEnd, shop.now),
        Step::Cancel(false) => shop.subscription.cancel(CancelAt::NowWithRefund(shop.left()), shop.now),
        Step::Pause { days } => shop.subscription.pause(days.map(|days| shop.now + TimeDelta::days(days)), shop.now),
        Step::Resume => shop.subscription.resume(shop.now),
        Step::PayNow => shop.subscription.pay_now(),
    };
    match moved {
        Ok(next) => shop.obey(next),
        Err(refused) => {
            let late = matches!(refused, SubscriptionRefusal::RenewalDue(_)) || refused.leaves_money();
            assert!(!late, "{step:?}: {refused}");
        }
    }
}

fn check(shop: &Shop) {
    let subscription = &shop.subscription;
    let (status, period, grants) = (subscription.status, subscription.period, subscription.grants);
    // What was written down of the charges is what the subscription waits for.
    let due: Vec<_> = shop.charges.iter().filter(|(_, state)| **state == ChargeState::Due).map(|(at, _)| *at).collect();
    let waits = subscription.due.as_ref().filter(|due| due.attempt > 0).map(|due| due.number);
    assert_eq!(due, waits.into_iter().collect::<Vec<_>>());
    assert_eq!(status == SubscriptionStatus::PastDue, subscription.dunning.is_some(), "{status:?}");
    assert_eq!(status == SubscriptionStatus::Canceled, subscription.ended_at.is_some());
    assert!(period.start <= grants.start && grants.end <= period.end, "{period:?}, {grants:?}");
    if matches!(status, SubscriptionStatus::Canceled | SubscriptionStatus::Paused) {
        assert_eq!(subscription.due, None);
    } else if status != SubscriptionStatus::Incomplete {
        assert!(period.start <= shop.now && shop.now < period.end, "{period:?} at {}", shop.now);
        assert_eq!(Some(period.end), subscription.anchor.boundary(period.end_month));
    }
    if let Some(ChargeFor::Change(_)) = subscription.due.as_ref().map(|due| &due.reason) {
        assert!(matches!(status, SubscriptionStatus::Active | SubscriptionStatus::PastDue));
    }
    // Credits only for money, and money back at most what was paid.
    shop.formula.check(subscription);
    let paid: i64 = shop.paid.iter().map(|(_, amount)| amount).sum();
    let value: i64 = shop.grants.iter().map(|(grant, _)| grant.value.minor).sum();
    assert!(value <= paid && shop.refunded <= paid, "{value} of {paid}, {} back", shop.refunded);
}

/// A life, with its waits walked by these steps.
fn live(plan: &Plan, seats: u32, steps: &[Step], walk: TimeDelta) -> Shop {
    let costs_nothing = plan.price.minor == 0 || plan.trial_for.is_some();
    let mut shop = Shop::open(plan, if costs_nothing { 1 } else { seats }, "2026-01-31T10:00:00Z");
    for one in steps {
        if let Step::Wait { hours } = one {
            let end = shop.now + TimeDelta::hours(*hours);
            while shop.now + walk < end {
                shop.advance_to(shop.now + walk);
            }
            shop.advance_to(end);
        } else {
            step(&mut shop, one);
        }
        check(&shop);
    }
    shop
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r28_whatever_happens_the_books_agree_however_time_is_walked(
        plan in prop::sample::select(plans().to_vec()),
        seats in 1..4_u32,
        steps in steps(),
    ) {
        let leapt = live(&plan, seats, &steps, TimeDelta::days(1_000));
        let walked = live(&plan, seats, &steps, TimeDelta::days(1));
        prop_assert_eq!((walked.paid, walked.grants, walked.told), (leapt.paid, leapt.grants, leapt.told));
    }
}
