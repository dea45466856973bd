//! Renewals that are declined (R28).

use folio_domain::{
    Act, ChangeAt, ChargeState, Decline, DunningTerms, SubscriptionEvent, SubscriptionRefusal, SubscriptionStatus,
};
use proptest::prelude::*;

use crate::shop::{Bank, Shop};
use crate::{at, basic, credits, pro};

/// Basic since 15 March; from 15 April on the bank declines.
fn declined(decline: Decline) -> Shop {
    let mut shop = Shop::open(&basic(), 1, "2026-03-15T10:00:00Z");
    shop.bank = Bank::Declines(decline);
    shop.until("2026-04-15T10:00:00Z");
    assert_eq!(shop.subscription.status, SubscriptionStatus::PastDue);
    shop
}

fn days(shop: &Shop) -> Vec<String> {
    shop.asked.iter().skip(1).map(|at| at.format("%m-%d").to_string()).collect()
}

#[test]
fn r28_a_soft_decline_is_tried_again_after_1_3_5_and_7_days_and_ends_on_day_14() {
    let mut shop = declined(Decline::Soft);
    shop.until("2026-04-29T09:59:59.999Z");
    assert_eq!(days(&shop), ["04-15", "04-16", "04-18", "04-20", "04-22"]);
    assert_eq!(shop.subscription.status, SubscriptionStatus::PastDue);
    assert_eq!(shop.grants.len(), 1);
    shop.until("2026-04-29T10:00:00Z");
    assert_eq!(shop.subscription.status, SubscriptionStatus::Canceled);
    assert_eq!(shop.subscription.ended_at, Some(at("2026-04-29T10:00:00Z")));
    assert_eq!((shop.subscription.due_at(), &shop.charges[&2]), (None, &ChargeState::Void));
    let failed = SubscriptionEvent::PaymentFailed;
    let told = [SubscriptionEvent::Created, SubscriptionEvent::PastDue, failed, failed, failed, failed];
    assert_eq!(shop.told, [told.as_slice(), &[SubscriptionEvent::Canceled]].concat());
}

#[test]
fn r28_hard_declines_are_not_tried_again_and_those_that_need_the_customer_wait() {
    for decline in [Decline::Hard, Decline::ActionRequired] {
        let mut shop = declined(decline);
        shop.until("2026-04-29T09:59:59Z");
        assert_eq!(days(&shop), ["04-15"], "{decline:?}");
        let asks = shop.told.contains(&SubscriptionEvent::ActionRequired);
        assert_eq!(asks, decline == Decline::ActionRequired);
        shop.until("2026-04-29T10:00:00Z");
        assert_eq!(shop.subscription.status, SubscriptionStatus::Canceled);
    }
}

#[test]
fn r28_another_card_is_tried_at_once() {
    for decline in Decline::ALL {
        let mut shop = declined(decline);
        shop.until("2026-04-17T08:00:00Z");
        shop.bank = Bank::Pays;
        let next = shop.subscription.pay_now().expect("something to pay");
        shop.obey(next);
        let status = shop.subscription.status;
        // A soft decline had been tried on 16 April, by the schedule.
        assert_eq!(status, SubscriptionStatus::Active, "{decline:?}");
        assert_eq!(shop.subscription.dunning, None);
        assert_eq!(shop.subscription.pay_now(), Err(SubscriptionRefusal::NothingToPay));
    }
}

#[test]
fn r28_another_card_that_fails_takes_no_try_away() {
    let mut shop = declined(Decline::Hard);
    shop.until("2026-04-17T08:00:00Z");
    shop.bank = Bank::Declines(Decline::Soft);
    let next = shop.subscription.pay_now().expect("something to pay");
    shop.obey(next);
    shop.until("2026-04-29T10:00:00Z");
    assert_eq!(days(&shop), ["04-15", "04-17", "04-18", "04-20", "04-22"]);
}

#[test]
fn r28_paid_late_the_period_ends_where_it_always_would_have() {
    let mut shop = declined(Decline::Soft);
    shop.until("2026-04-19T00:00:00Z");
    shop.bank = Bank::Pays;
    shop.until("2026-04-20T10:00:00Z");
    assert_eq!(shop.subscription.status, SubscriptionStatus::Active);
    let (grant, _) = &shop.grants[1];
    assert_eq!(grant.amount, credits("100"));
    assert_eq!((grant.effective_at, grant.expires_at), (at("2026-04-20T10:00:00Z"), at("2026-05-15T10:00:00Z")));
    shop.until("2026-05-15T10:00:00Z");
    assert_eq!(shop.paid.last().map(|(at, _)| *at), Some(at("2026-05-15T10:00:00Z")));
}

#[test]
fn r28_a_late_answer_settles_what_was_declined_before() {
    let mut shop = declined(Decline::Soft);
    shop.until("2026-04-15T22:00:00Z");
    // The first attempt went through after all.
    shop.settle(2);
    assert_eq!((shop.subscription.status, shop.grants.len()), (SubscriptionStatus::Active, 2));
    // Told of the decline only now, nothing changes.
    let told = shop.subscription.fail(2, 1, Decline::Hard, &DunningTerms::default(), shop.now).expect("told");
    assert_eq!((told.subscription, told.acts.len()), (shop.subscription.clone(), 0));
    let unknown = shop.subscription.fail(3, 1, Decline::Hard, &DunningTerms::default(), shop.now);
    assert_eq!(unknown, Err(SubscriptionRefusal::UnknownCharge(3)));
}

#[test]
fn r28_a_period_that_passed_unpaid_is_not_charged_afterwards() {
    let mut shop = Shop::open(&basic(), 1, "2026-03-15T10:00:00Z");
    shop.bank = Bank::Declines(Decline::Hard);
    shop.until("2026-04-15T10:00:00Z");
    let mut dunning = shop.subscription.dunning.expect("dunning");
    // A catalog that waits for two months.
    dunning.ends_at = at("2026-06-15T10:00:00Z");
    shop.subscription.dunning = Some(dunning);
    shop.until("2026-05-16T10:00:00Z");
    assert_eq!((shop.asked.len(), &shop.charges[&2]), (2, &ChargeState::Void));
    shop.bank = Bank::Pays;
    let next = shop.subscription.pay_now().expect("something to pay");
    shop.obey(next);
    assert_eq!((shop.paid.len(), shop.charged()), (2, 1_800));
    assert_eq!(shop.grants[1].0.expires_at, at("2026-06-15T10:00:00Z"));
}

#[test]
fn b14_an_upgrade_while_past_due_pays_for_the_whole_period() {
    let mut shop = declined(Decline::Soft);
    shop.until("2026-04-17T10:00:00Z");
    let quote = shop.subscription.preview(&shop.ask(&pro(), 1, ChangeAt::Usual), shop.now).expect("a quote");
    assert_eq!((quote.due.minor, quote.credits), (2_900, credits("1000")));
    // Declined as well: what was due stays due, at the old terms, and the schedule goes on.
    shop.bank = Bank::Declines(Decline::Soft);
    shop.change(&pro(), 1, ChangeAt::Usual).expect("a change");
    assert_eq!(shop.subscription.plan.code, "basic");
    assert_eq!(shop.subscription.due.as_ref().map(|due| (due.number, due.amount.minor)), Some((4, 900)));
    assert_eq!(shop.subscription.due_at(), Some(at("2026-04-18T10:00:00Z")));
    shop.bank = Bank::Pays;
    shop.change(&pro(), 1, ChangeAt::Usual).expect("a change");
    assert_eq!((shop.subscription.status, shop.left()), (SubscriptionStatus::Active, credits("1000")));
    assert_eq!((shop.charged(), shop.subscription.period.end), (900 + 2_900, at("2026-05-15T10:00:00Z")));
    let open: Vec<_> = shop.charges.values().filter(|state| **state == ChargeState::Due).collect();
    assert_eq!(open, Vec::<&ChargeState>::new());
}

#[test]
fn r28_a_change_left_unpaid_gives_way_to_the_schedule() {
    let mut shop = declined(Decline::Soft);
    shop.until("2026-04-15T12:00:00Z");
    shop.bank = Bank::Declines(Decline::ActionRequired);
    shop.change(&pro(), 1, ChangeAt::Usual).expect("a change");
    assert_eq!(shop.change(&pro(), 2, ChangeAt::Usual), Err(SubscriptionRefusal::ChangePending));
    shop.bank = Bank::Pays;
    shop.until("2026-04-16T10:00:00Z");
    assert_eq!((shop.subscription.plan.code.as_str(), shop.charged()), ("basic", 1_800));
    assert_eq!(shop.charges[&3], ChargeState::Void);
}

#[test]
fn r33_while_an_outcome_is_unknown_nothing_is_tried() {
    let mut shop = Shop::open(&basic(), 1, "2026-03-15T10:00:00Z");
    shop.bank = Bank::Silent;
    shop.until("2026-04-15T10:00:00Z");
    assert_eq!(shop.subscription.pay_now(), Err(SubscriptionRefusal::PaymentUnderWay));
    assert_eq!(shop.change(&pro(), 1, ChangeAt::Usual), Err(SubscriptionRefusal::PaymentUnderWay));
    shop.until("2026-05-14T10:00:00Z");
    assert_eq!(shop.asked.len(), 2);
}

#[test]
fn a_first_payment_can_be_tried_again_until_it_is_late() {
    let mut shop = Shop::open(&pro(), 1, "2026-03-15T10:00:00Z");
    let start = crate::shop::begin(&pro(), 1, chrono_tz::UTC, at("2026-03-15T10:00:00Z")).expect("a subscription");
    (shop.bank, shop.grants) = (Bank::Declines(Decline::Hard), Vec::new());
    shop.obey(start);
    assert_eq!(shop.subscription.status, SubscriptionStatus::Incomplete);
    shop.until("2026-03-16T09:00:00Z");
    shop.bank = Bank::Pays;
    let next = shop.subscription.pay_now().expect("something to pay");
    assert!(matches!(next.acts.as_slice(), [Act::Charge(charge)] if charge.attempt == 2), "{:?}", next.acts);
    shop.obey(next);
    assert_eq!((shop.subscription.status, shop.grants.len()), (SubscriptionStatus::Active, 1));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whenever an answer comes, the next try is the schedule's first that is still to come, and the end stands.
    #[test]
    fn r28_the_next_try_is_always_ahead_and_on_the_schedule(hours in 0..500_i64, failures in 1..9_u32) {
        let since = at("2026-04-15T10:00:00Z");
        let now = since + chrono::TimeDelta::hours(hours);
        let found = DunningTerms::default().after(Decline::Soft, since, failures, now);
        let expected = [24, 72, 120, 168].into_iter().find(|slot| *slot > hours);
        prop_assert_eq!(found.retry_at, expected.map(|slot| since + chrono::TimeDelta::hours(slot)));
        prop_assert_eq!(found.ends_at, at("2026-04-29T10:00:00Z"));
        for decline in [Decline::Hard, Decline::ActionRequired] {
            prop_assert_eq!(DunningTerms::default().after(decline, since, failures, now).retry_at, None);
        }
    }
}
