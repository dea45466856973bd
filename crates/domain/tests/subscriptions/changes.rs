//! Changing plan and seats: what can be had when, and what is refused (R29, R30).

use chrono_tz::UTC;
use folio_domain::{
    Act, AtPeriodEnd, CancelAt, ChangeAt, ChargeState, CustomerId, Decline, Money, NewSubscription, Plan, Settled,
    Span, Subscription, SubscriptionEvent, SubscriptionRefusal, SubscriptionStatus, SubscriptionTerms,
};

use crate::shop::{Bank, Shop, begin, id};
use crate::{at, basic, credits, plan, pro, pro_yearly, usd};

fn ten_days_in(plan: &Plan) -> Shop {
    let mut shop = Shop::open(plan, 1, "2026-04-01T10:00:00Z");
    shop.until("2026-04-11T10:00:00Z");
    shop
}

#[test]
fn b15_an_upgrade_counts_as_soon_as_it_is_paid_and_not_before() {
    let mut shop = ten_days_in(&basic());
    shop.bank = Bank::Silent;
    shop.change(&pro(), 1, ChangeAt::Usual).expect("an upgrade");
    assert_eq!((shop.subscription.plan.code.as_str(), shop.left()), ("basic", credits("100")));
    shop.settle(2);
    assert_eq!((shop.subscription.plan.code.as_str(), shop.left()), ("pro", credits("700")));
    // The anchor stays (R27).
    shop.bank = Bank::Pays;
    shop.until("2026-05-01T10:00:00Z");
    assert_eq!((shop.paid.last(), shop.left()), (Some(&(shop.now, 2_900)), credits("1000")));
}

#[test]
fn r29_an_upgrade_that_is_declined_changes_nothing() {
    for decline in [Decline::Soft, Decline::Hard] {
        let mut shop = ten_days_in(&basic());
        let before = shop.subscription.clone();
        shop.bank = Bank::Declines(decline);
        shop.change(&pro(), 1, ChangeAt::Usual).expect("an upgrade");
        assert_eq!(shop.subscription, Subscription { charges_made: 2, ..before });
        assert_eq!(shop.told.last(), Some(&SubscriptionEvent::ChangeFailed));
        let late = shop.subscription.settle(2, &shop.charges[&2], "pay_2", shop.now).expect_err("void");
        assert!(late.leaves_money());
    }
}

#[test]
fn r29_an_upgrade_that_waits_for_the_customer_is_off_at_the_boundary() {
    let mut shop = ten_days_in(&basic());
    shop.bank = Bank::Declines(Decline::ActionRequired);
    shop.change(&pro(), 1, ChangeAt::Usual).expect("an upgrade");
    assert_eq!(shop.change(&pro(), 2, ChangeAt::Usual), Err(SubscriptionRefusal::ChangePending));
    let late = shop.subscription.settle(2, &ChargeState::Due, "pay_2", at("2026-05-01T10:00:00Z"));
    assert!(late.is_err_and(|late| late.leaves_money()));
    shop.bank = Bank::Pays;
    shop.until("2026-05-01T10:00:00Z");
    assert_eq!((shop.charges[&2].clone(), shop.charged()), (ChargeState::Void, 1_800));
    assert_eq!(shop.subscription.plan.code, "basic");
    let last = &shop.told[shop.told.len() - 2..];
    assert_eq!(last, [SubscriptionEvent::ChangeFailed, SubscriptionEvent::Renewed]);
}

#[test]
fn r31_customers_get_one_of_what_costs_nothing_and_no_second_in_its_time() {
    let (terms, customer) = (SubscriptionTerms::default(), CustomerId(uuid::Uuid::from_u128(7)));
    let (free, tried) = (Plan { price: usd(0), ..basic() }, Plan { trial_for: Some(Span::days(7)), ..pro() });
    let (now, until) = (at("2026-04-11T10:00:00Z"), at("2026-05-01T10:00:00Z"));
    let start = |plan, quantity, offered, given_until| {
        let (id, zone, tried) = (id(2), UTC, false);
        let new = NewSubscription { id, customer, zone, plan, quantity, offered, tried, given_until, terms: &terms };
        Subscription::start(&new, None, now).map(|next| next.subscription)
    };
    for plan in [&free, &tried] {
        assert_eq!(start(plan, 2, false, None), Err(SubscriptionRefusal::OnlyOne(plan.code.clone())));
        assert_eq!(start(plan, 1, false, Some(until)), Err(SubscriptionRefusal::GivenUntil(until)));
        assert!(start(plan, 2, true, Some(until)).is_ok() && start(plan, 1, false, Some(now)).is_ok());
    }
    let mut shop = ten_days_in(&free);
    for at in [ChangeAt::Usual, ChangeAt::PeriodEnd] {
        assert_eq!(shop.change(&free, 2, at), Err(SubscriptionRefusal::OnlyOne(free.code.clone())));
    }
    // What is paid for is had as often as it is wanted, and costs nothing to begin with only once.
    assert!(start(&basic(), 3, false, Some(until)).is_ok());
    shop.change(&pro(), 3, ChangeAt::Usual).expect("paid");
    assert_eq!(shop.change(&free, 4, ChangeAt::PeriodEnd), Err(SubscriptionRefusal::OnlyOne(free.code.clone())));
}

#[test]
fn r29_an_upgrade_that_waits_can_be_called_off() {
    let mut shop = ten_days_in(&basic());
    shop.bank = Bank::Declines(Decline::ActionRequired);
    shop.change(&pro(), 1, ChangeAt::Usual).expect("an upgrade");
    let next = shop.subscription.resume(shop.now).expect("called off");
    assert_eq!(next.acts, [Act::Void(2), Act::Tell(SubscriptionEvent::ChangeFailed)]);
    assert_eq!(next.subscription.resume(shop.now).map(|again| again.acts), Ok(Vec::new()));
}

#[test]
fn r30_a_downgrade_waits_for_the_periods_end() {
    let mut shop = ten_days_in(&pro());
    let quote = shop.subscription.preview(&shop.ask(&basic(), 1, ChangeAt::Usual), shop.now).expect("a quote");
    assert_eq!((quote.effective_at, quote.refund, quote.renewal), (at("2026-05-01T10:00:00Z"), usd(0), usd(900)));
    shop.change(&basic(), 1, ChangeAt::Usual).expect("a downgrade");
    assert_eq!((shop.subscription.plan.code.as_str(), shop.left()), ("pro", credits("1000")));
    // One thing at a time.
    assert_eq!(shop.change(&basic(), 2, ChangeAt::Usual), Err(SubscriptionRefusal::Arranged));
    assert_eq!(shop.subscription.pause(None, shop.now), Err(SubscriptionRefusal::Arranged));
    shop.until("2026-05-01T10:00:00Z");
    assert_eq!((shop.subscription.plan.code.as_str(), shop.left()), ("basic", credits("100")));
    assert_eq!((shop.charged(), shop.refunded), (2_900 + 900, 0));
    assert_eq!(shop.subscription.at_period_end, AtPeriodEnd::Renew);
}

#[test]
fn r30_a_downgrade_can_be_taken_back() {
    let mut shop = ten_days_in(&pro());
    shop.change(&basic(), 1, ChangeAt::Usual).expect("a downgrade");
    let next = shop.subscription.resume(shop.now).expect("taken back");
    shop.obey(next);
    shop.until("2026-05-01T10:00:00Z");
    assert_eq!((shop.subscription.plan.code.as_str(), shop.charged()), ("pro", 5_800));
}

#[test]
fn r29_a_sidegrade_for_the_same_price_is_at_once_and_free() {
    let mut shop = ten_days_in(&basic());
    shop.change(&plan("basic2", 130, 900), 1, ChangeAt::Usual).expect("a sidegrade");
    assert_eq!((shop.charged(), shop.left()), (900, credits("120")));
    // Back, it gives fewer credits for no less money: at the period's end only.
    assert_eq!(shop.change(&basic(), 1, ChangeAt::Now), Err(SubscriptionRefusal::OnlyAtPeriodEnd));
    shop.change(&basic(), 1, ChangeAt::Usual).expect("a sidegrade");
    assert!(matches!(shop.subscription.at_period_end, AtPeriodEnd::Change(_)));
}

#[test]
fn r29_several_changes_in_one_period_come_to_the_blend() {
    // 10 days of one basic, 10 of three, 5 of pro, 5 of one basic again.
    let mut shop = ten_days_in(&basic());
    shop.change(&basic(), 3, ChangeAt::Usual).expect("seats");
    shop.until("2026-04-21T10:00:00Z");
    shop.change(&pro(), 1, ChangeAt::Usual).expect("an upgrade");
    shop.until("2026-04-26T10:00:00Z");
    shop.change(&basic(), 1, ChangeAt::Now).expect("a downgrade");
    let blend = (900 * 10 + 2_700 * 10 + 2_900 * 5 + 900 * 5) / 30;
    assert!((shop.charged() - blend).abs() <= 1, "{} for {blend}", shop.charged());
    // (100·10 + 300·10 + 1000·5 + 100·5) / 30 = 316.67
    assert!((credits("316.5")..=credits("316.7")).contains(&shop.left()), "{}", shop.left());
}

#[test]
fn r29_at_the_boundary_second_the_renewal_comes_first() {
    let mut shop = Shop::open(&basic(), 1, "2026-04-01T10:00:00Z");
    let boundary = at("2026-05-01T10:00:00Z");
    let pro = pro();
    let ask = shop.ask(&pro, 1, ChangeAt::Usual);
    assert_eq!(shop.subscription.change(&ask, boundary), Err(SubscriptionRefusal::RenewalDue(boundary)));
    shop.until("2026-05-01T10:00:00Z");
    shop.change(&pro, 1, ChangeAt::Usual).expect("an upgrade");
    assert_eq!((shop.charged(), shop.left()), (900 + 900 + 2_000, credits("1000")));
}

#[test]
fn r29_from_months_to_a_year_at_once_keeps_the_anchor() {
    let mut shop = ten_days_in(&pro());
    let quote = shop.subscription.preview(&shop.ask(&pro_yearly(), 1, ChangeAt::Usual), shop.now).expect("a quote");
    // 29000 · 355/365 = 28205.48, less 2900 · 20/30 = 1933.33; the credits of this month are the same.
    assert_eq!((quote.credit, quote.charge, quote.due), (usd(1_933), usd(28_205), usd(26_272)));
    assert_eq!((quote.credits, quote.renews_at), (credits("0"), at("2027-04-01T10:00:00Z")));
    shop.change(&pro_yearly(), 1, ChangeAt::Usual).expect("a year");
    shop.until("2027-04-01T09:00:00Z");
    assert_eq!((shop.paid.len(), shop.grants.len()), (2, 12));
    assert_eq!(shop.grants.iter().map(|(grant, _)| grant.value.minor).sum::<i64>(), shop.charged());
    // Back to months at the year's end only.
    assert_eq!(shop.change(&pro(), 1, ChangeAt::Now), Err(SubscriptionRefusal::OnlyAtPeriodEnd));
    shop.change(&pro(), 1, ChangeAt::Usual).expect("months");
    shop.until("2027-05-01T10:00:00Z");
    assert_eq!(shop.paid.last().map(|(at, amount)| (*at, *amount)), Some((at("2027-05-01T10:00:00Z"), 2_900)));
}

#[test]
fn r29_within_a_year_an_upgrade_that_waits_is_off_when_the_next_credits_come() {
    let mut shop = Shop::open(&pro_yearly(), 1, "2026-04-01T10:00:00Z");
    shop.bank = Bank::Declines(Decline::ActionRequired);
    shop.change(&pro_yearly(), 2, ChangeAt::Usual).expect("a seat");
    let late = shop.subscription.settle(2, &ChargeState::Due, "pay_2", at("2026-05-01T10:00:00Z"));
    assert!(late.is_err_and(|late| late.leaves_money()));
    shop.until("2026-05-01T10:00:00Z");
    assert_eq!((shop.charges[&2].clone(), shop.charged(), shop.left()), (ChargeState::Void, 29_000, credits("1000")));
    assert_eq!(shop.told.last(), Some(&SubscriptionEvent::ChangeFailed));
}

#[test]
fn r30_within_a_year_the_credits_of_later_months_are_unused() {
    let mut shop = Shop::open(&pro_yearly(), 2, "2026-04-01T10:00:00Z");
    shop.until("2026-06-11T10:00:00Z");
    shop.take(credits("2000"));
    // 294 of 365 days are left, 20 of them in a month whose credits are used up: their price stays.
    let quote = shop.subscription.preview(&shop.ask(&pro_yearly(), 1, ChangeAt::Now), shop.now).expect("a quote");
    assert_eq!((quote.credit, quote.charge, quote.take_back), (usd(46_718), usd(23_359), credits("0")));
    assert_eq!(quote.refund, usd(29_000 * 274 / 365 + 1));
    shop.change(&pro_yearly(), 1, ChangeAt::Now).expect("one seat");
    shop.until("2027-04-01T09:00:00Z");
    // Of the grants' parts, those of later months became smaller by what was given back.
    let parts = shop.grants.iter().map(|(grant, _)| grant.value.minor).sum::<i64>();
    assert_eq!(parts, shop.charged());
}

#[test]
fn r24_bad_requests_are_refused() {
    let mut shop = ten_days_in(&basic());
    let private = Plan { private: true, ..pro() };
    let euros = Plan { price: Money { minor: 2_900, currency: folio_domain::Currency::EUR }, ..pro() };
    let other =
        SubscriptionRefusal::OtherCurrency { paid: folio_domain::Currency::USD, asked: folio_domain::Currency::EUR };
    assert_eq!(shop.change(&basic(), 1, ChangeAt::Usual), Err(SubscriptionRefusal::SamePlan));
    assert_eq!(shop.change(&private, 1, ChangeAt::Usual), Err(SubscriptionRefusal::NotOffered("pro".into())));
    assert_eq!(shop.change(&euros, 1, ChangeAt::Usual), Err(other));
    assert_eq!(shop.change(&pro(), 0, ChangeAt::Usual), Err(SubscriptionRefusal::NothingToBuy));
    assert_eq!(shop.change(&pro(), u32::MAX, ChangeAt::Usual), Err(SubscriptionRefusal::TooLarge));
    let offered = folio_domain::ChangeAsk { offered: true, ..shop.ask(&private, 1, ChangeAt::Usual) };
    assert!(shop.subscription.preview(&offered, shop.now).is_ok());
    shop.cancel(CancelAt::Now);
    let over = SubscriptionRefusal::WrongStatus(SubscriptionStatus::Canceled);
    assert_eq!(shop.change(&pro(), 1, ChangeAt::Usual), Err(over));
}

#[test]
fn r24_nobody_subscribes_twice() {
    let first = ten_days_in(&basic()).subscription;
    let (terms, private) = (SubscriptionTerms::default(), Plan { private: true, ..pro() });
    let customer = CustomerId(uuid::Uuid::from_u128(7));
    let new = |plan, offered, tried| NewSubscription {
        id: id(2),
        customer,
        zone: UTC,
        plan,
        quantity: 1,
        offered,
        tried,
        given_until: None,
        terms: &terms,
    };
    let start = |new: &NewSubscription<'_>, current| Subscription::start(new, current, at("2026-04-12T10:00:00Z"));
    let pro = pro();
    let refused = start(&new(&pro, false, false), Some(&first));
    assert_eq!(refused, Err(SubscriptionRefusal::AlreadySubscribed(id(1))));
    let canceled = first.cancel(CancelAt::Now, at("2026-04-11T10:00:00Z")).expect("an end").subscription;
    assert!(start(&new(&pro, false, false), Some(&canceled)).is_ok());
    let refused = start(&new(&private, false, false), None);
    assert_eq!(refused, Err(SubscriptionRefusal::NotOffered("pro".into())));
    assert!(start(&new(&private, true, false), None).is_ok());
    // Nor tries twice.
    let tried = Plan { trial_for: Some(Span::days(7)), ..pro.clone() };
    let status =
        |tried_before| start(&new(&tried, false, tried_before), None).expect("a subscription").subscription.status;
    assert_eq!((status(false), status(true)), (SubscriptionStatus::Trialing, SubscriptionStatus::Incomplete));
}

#[test]
fn r21_seats_are_added_at_the_price_that_was_bought() {
    let mut shop = ten_days_in(&basic());
    let dearer = Plan { price: usd(1_800), ..basic() };
    let unnamed = folio_domain::ChangeAsk { plan: None, ..shop.ask(&dearer, 2, ChangeAt::Usual) };
    let unnamed = shop.subscription.preview(&unnamed, shop.now).expect("a quote");
    shop.change(&dearer, 2, ChangeAt::Usual).expect("a seat");
    assert_eq!((shop.charged(), unnamed.due), (900 + 600, usd(600)));
}

#[test]
fn a_trial_and_an_incomplete_subscription_have_nothing_to_prorate() {
    let tried = Plan { trial_for: Some(Span::days(14)), ..basic() };
    let mut shop = Shop::open(&tried, 1, "2026-04-01T10:00:00Z");
    shop.change(&pro(), 1, ChangeAt::Usual).expect("a change");
    assert_eq!((shop.charged(), shop.left(), shop.subscription.plan.code.as_str()), (0, credits("100"), "pro"));
    shop.until("2026-04-15T10:00:00Z");
    assert_eq!((shop.charged(), shop.left()), (2_900, credits("1000")));

    let basic = basic();
    let waiting = begin(&basic, 1, UTC, at("2026-04-01T10:00:00Z")).expect("a subscription").subscription;
    let ask = shop.ask(&basic, 2, ChangeAt::Usual);
    let refused = SubscriptionRefusal::WrongStatus(SubscriptionStatus::Incomplete);
    assert_eq!(waiting.preview(&ask, at("2026-04-01T11:00:00Z")), Err(refused));
    let first = waiting.settle(1, &ChargeState::Due, "pay_1", at("2026-04-01T11:00:00Z"));
    assert!(matches!(first, Ok(Settled::Now(_))));
}
