//! Periods, their charges and their credits (R27, R28).

use folio_domain::{
    Act, AtPeriodEnd, ChargeFor, ChargeState, Credits, Plan, Span, SubscriptionEvent, SubscriptionRefusal,
    SubscriptionStatus,
};

use crate::shop::{Bank, Shop, begin};
use crate::{at, basic, credits, plan, pro, pro_yearly};

#[test]
fn b09_basic_gives_100_credits_for_exactly_a_month() {
    let shop = Shop::open(&basic(), 1, "2026-03-15T10:00:00Z");
    let (grant, _) = &shop.grants[0];
    assert_eq!((grant.amount, grant.value.minor), (credits("100"), 900));
    assert_eq!((grant.effective_at, grant.expires_at), (at("2026-03-15T10:00:00Z"), at("2026-04-15T10:00:00Z")));
    assert_eq!(shop.subscription.status, SubscriptionStatus::Active);
    assert_eq!(shop.told, [SubscriptionEvent::Created]);
}

#[test]
fn r32_nothing_is_given_before_the_first_payment() {
    let next = begin(&pro(), 1, chrono_tz::UTC, at("2026-03-15T10:00:00Z")).expect("a subscription");
    assert_eq!(next.subscription.status, SubscriptionStatus::Incomplete);
    assert!(matches!(next.acts.as_slice(), [Act::Charge(_)]), "{:?}", next.acts);
    // Months are counted from the payment: no day of the first period is lost to waiting.
    let paid = next.subscription.settle(1, &ChargeState::Due, "pay", at("2026-03-15T18:00:00Z")).expect("paid");
    let folio_domain::Settled::Now(paid) = paid else { panic!("not yet settled") };
    assert_eq!(paid.subscription.period.end, at("2026-04-15T18:00:00Z"));
}

#[test]
fn r32_a_subscription_that_is_not_paid_in_time_ends() {
    let next = begin(&pro(), 1, chrono_tz::UTC, at("2026-03-15T10:00:00Z")).expect("a subscription");
    let waiting = next.subscription;
    assert_eq!(waiting.due_at(), Some(at("2026-03-16T10:00:00Z")));
    let ended = waiting.advance(at("2026-03-16T10:00:00Z")).expect("due");
    assert_eq!(ended.acts, [Act::Void(1), Act::Tell(SubscriptionEvent::Canceled)]);
    assert_eq!(ended.subscription.status, SubscriptionStatus::Canceled);
}

#[test]
fn b17_subscribed_on_the_31st_it_is_billed_on_the_last_of_shorter_months() {
    let mut shop = Shop::open(&basic(), 1, "2026-01-31T10:00:00Z");
    shop.until("2026-06-01T00:00:00Z");
    let days: Vec<_> = shop.paid.iter().map(|(at, _)| at.format("%m-%d").to_string()).collect();
    assert_eq!(days, ["01-31", "02-28", "03-31", "04-30", "05-31"]);
}

#[test]
fn b18_a_renewal_is_one_charge_and_one_grant() {
    let mut shop = Shop::open(&basic(), 1, "2026-03-15T10:00:00Z");
    shop.until("2026-04-15T09:59:59.999Z");
    assert_eq!(shop.paid.len(), 1);
    shop.until("2026-04-15T10:00:00Z");
    assert_eq!((shop.paid.len(), shop.grants.len()), (2, 2));
    // What was left has ended with its period (B11).
    assert_eq!(shop.left(), credits("100"));
    assert_eq!(shop.grants[0].0.expires_at, shop.grants[1].0.effective_at);
}

#[test]
fn r28_five_years_are_sixty_renewals() {
    let mut shop = Shop::open(&basic(), 1, "2026-01-31T10:00:00Z");
    shop.until("2031-01-31T10:00:00Z");
    assert_eq!((shop.paid.len(), shop.grants.len()), (61, 61));
    assert_eq!(shop.subscription.period.number, 60);
    let mut by_days = Shop::open(&basic(), 1, "2026-01-31T10:00:00Z");
    while by_days.now < shop.now {
        by_days.advance_to((by_days.now + chrono::TimeDelta::days(1)).min(shop.now));
    }
    assert_eq!((by_days.paid, by_days.grants, by_days.told), (shop.paid, shop.grants, shop.told));
}

#[test]
fn r28_at_the_boundary_credits_follow_the_payment() {
    let mut shop = Shop::open(&basic(), 1, "2026-03-15T10:00:00Z");
    shop.bank = Bank::Silent;
    shop.until("2026-04-15T10:00:00Z");
    assert_eq!((shop.subscription.status, shop.grants.len()), (SubscriptionStatus::Active, 1));
    assert!(!shop.subscription.is_paid());
    shop.until("2026-04-15T16:00:00Z");
    shop.settle(2);
    let (grant, _) = &shop.grants[1];
    assert_eq!((grant.effective_at, grant.expires_at), (at("2026-04-15T16:00:00Z"), at("2026-05-15T10:00:00Z")));
}

#[test]
fn r28_periods_that_passed_unseen_are_not_charged() {
    let shop = Shop::open(&basic(), 1, "2026-01-31T10:00:00Z");
    // Nobody asked for three months.
    let next = shop.subscription.advance(at("2026-05-02T00:00:00Z")).expect("due");
    let [Act::Charge(charge)] = next.acts.as_slice() else { panic!("{:?}", next.acts) };
    assert_eq!((charge.amount.minor, &charge.reason), (900, &ChargeFor::Renewal));
    let period = next.subscription.period;
    assert_eq!((period.number, period.start), (3, at("2026-04-30T10:00:00Z")));
    assert_eq!(period.end, at("2026-05-31T10:00:00Z"));
}

#[test]
fn r28_money_for_a_period_that_has_passed_is_not_taken() {
    let mut shop = Shop::open(&basic(), 1, "2026-03-15T10:00:00Z");
    shop.bank = Bank::Silent;
    shop.until("2026-04-15T10:00:00Z");
    // The worker has not come by yet …
    let late = |shop: &Shop, state| {
        shop.subscription.settle(2, &state, "pay_2", at("2026-05-15T10:00:00Z")).expect_err("too late")
    };
    let refused = SubscriptionRefusal::PaidTooLate { number: 2, payment: "pay_2".into() };
    assert_eq!(late(&shop, ChargeState::Due), refused);
    // … and has.
    shop.until("2026-05-15T10:00:00Z");
    assert_eq!((&shop.charges[&2], &shop.charges[&3]), (&ChargeState::Void, &ChargeState::Due));
    assert_eq!(late(&shop, ChargeState::Void), refused);
    assert!(refused.leaves_money());
    let unknown = shop.subscription.settle(4, &ChargeState::Due, "pay_4", shop.now);
    assert_eq!(unknown, Err(SubscriptionRefusal::UnknownCharge(4)));
    // A second payment of what was paid.
    let twice = shop.subscription.settle(1, &shop.charges[&1], "pay_x", shop.now).expect_err("paid");
    assert!(matches!(twice, SubscriptionRefusal::PaidTwice { .. }) && twice.leaves_money());
}

#[test]
fn r28_a_year_with_monthly_credits_is_one_charge_and_twelve_grants() {
    let mut shop = Shop::open(&pro_yearly(), 1, "2026-01-31T10:00:00Z");
    shop.until("2027-01-31T09:59:59Z");
    assert_eq!((shop.paid.len(), shop.grants.len()), (1, 12));
    // The grants' parts of the price come to the price.
    assert_eq!(shop.grants.iter().map(|(grant, _)| grant.value.minor).sum::<i64>(), 29_000);
    assert!(shop.grants.iter().all(|(grant, _)| (2_416..=2_417).contains(&grant.value.minor)));
    let ends: Vec<_> = shop.grants.iter().map(|(grant, _)| grant.expires_at.format("%m-%d").to_string()).collect();
    let expected =
        ["02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31", "01-31"];
    assert_eq!(ends, expected);
    shop.until("2027-01-31T10:00:00Z");
    assert_eq!((shop.paid.len(), shop.grants.len()), (2, 13));
}

#[test]
fn r27_rollover_lets_credits_stay_for_further_periods() {
    let shop = Shop::open(&Plan { rollover: 2, ..basic() }, 1, "2026-01-31T10:00:00Z");
    assert_eq!(shop.grants[0].0.expires_at, at("2026-04-30T10:00:00Z"));
}

#[test]
fn a_free_plan_needs_no_payment() {
    let mut shop = Shop::open(&plan("free", 20, 0), 1, "2026-01-31T10:00:00Z");
    shop.until("2026-03-31T10:00:00Z");
    assert_eq!((shop.paid.len(), shop.grants.len()), (0, 3));
}

#[test]
fn a_trial_gives_credits_and_is_charged_at_its_end() {
    let tried = Plan { trial_for: Some(Span::days(14)), ..pro() };
    let mut shop = Shop::open(&tried, 1, "2026-01-17T10:00:00Z");
    assert_eq!(shop.subscription.status, SubscriptionStatus::Trialing);
    let (grant, _) = &shop.grants[0];
    assert_eq!((grant.amount, grant.value.minor), (credits("1000"), 0));
    assert_eq!(grant.expires_at, at("2026-01-31T10:00:00Z"));
    shop.until("2026-03-01T00:00:00Z");
    let charges: Vec<_> = shop.paid.iter().map(|(at, amount)| (at.format("%m-%d").to_string(), *amount)).collect();
    assert_eq!(charges, [("01-31".to_owned(), 2_900), ("02-28".to_owned(), 2_900)]);
    assert_eq!((shop.subscription.status, shop.left()), (SubscriptionStatus::Active, credits("1000")));
}

#[test]
fn a_trial_that_is_called_off_costs_nothing() {
    let tried = Plan { trial_for: Some(Span::days(14)), ..pro() };
    let mut shop = Shop::open(&tried, 1, "2026-01-17T10:00:00Z");
    shop.cancel(folio_domain::CancelAt::PeriodEnd);
    shop.until("2026-02-01T00:00:00Z");
    assert_eq!((shop.paid.len(), shop.subscription.status), (0, SubscriptionStatus::Canceled));
}

#[test]
fn r28_nothing_is_due_twice() {
    let mut shop = Shop::open(&basic(), 1, "2026-03-15T10:00:00Z");
    shop.until("2026-04-15T10:00:00Z");
    let end = shop.subscription.period.end;
    let again = shop.subscription.advance(shop.now);
    assert_eq!(again, Err(SubscriptionRefusal::NotDue(Some(end))));
    assert_eq!(shop.subscription.at_period_end, AtPeriodEnd::Renew);
    assert_eq!(shop.left(), Credits::whole(100));
}
