//! Ending, pausing, resuming (R31).

use folio_domain::{Act, AtPeriodEnd, CancelAt, ChangeAt, SubscriptionEvent, SubscriptionRefusal, SubscriptionStatus};

use crate::shop::{Bank, Shop};
use crate::{at, basic, credits, pro};

fn ten_days_in() -> Shop {
    let mut shop = Shop::open(&pro(), 1, "2026-04-01T10:00:00Z");
    shop.until("2026-04-11T10:00:00Z");
    shop
}

#[test]
fn r31_canceled_at_its_end_it_runs_until_then_and_is_not_charged_again() {
    let mut shop = ten_days_in();
    shop.cancel(CancelAt::PeriodEnd);
    let again = shop.subscription.cancel(CancelAt::PeriodEnd, shop.now).expect("again");
    assert_eq!((again.subscription, again.acts.len()), (shop.subscription.clone(), 0));
    assert_eq!(shop.change(&basic(), 1, ChangeAt::Usual), Err(SubscriptionRefusal::Ending));
    shop.until("2026-05-01T09:59:59Z");
    assert_eq!(shop.subscription.status, SubscriptionStatus::Active);
    shop.until("2026-06-01T00:00:00Z");
    assert_eq!(shop.subscription.status, SubscriptionStatus::Canceled);
    assert_eq!((shop.subscription.ended_at, shop.charged()), (Some(at("2026-05-01T10:00:00Z")), 2_900));
    let over = shop.subscription.cancel(CancelAt::Now, shop.now).expect("over");
    assert_eq!((over.subscription, over.acts.len()), (shop.subscription, 0));
}

#[test]
fn r31_canceled_now_credits_stay_and_money_too() {
    let mut shop = ten_days_in();
    shop.cancel(CancelAt::Now);
    assert_eq!((shop.refunded, shop.left()), (0, credits("1000")));
    assert_eq!((shop.subscription.ended_at, shop.subscription.due_at()), (Some(shop.now), None));
}

#[test]
fn r31_canceled_now_with_its_money_back_it_is_a_downgrade_to_nothing() {
    let mut shop = ten_days_in();
    shop.take(credits("900"));
    // 20 of 30 days are left, but a tenth of the credits.
    shop.cancel(CancelAt::NowWithRefund(shop.left()));
    assert_eq!((shop.refunded, shop.left()), (290, credits("0")));
    let mut unused = ten_days_in();
    unused.cancel(CancelAt::NowWithRefund(unused.left()));
    // What ten days have given stays.
    assert_eq!((unused.refunded, unused.left()), (1_933, credits("333.3")));
    assert_eq!(unused.told.last(), Some(&SubscriptionEvent::Canceled));
}

#[test]
fn r31_what_was_not_paid_for_ends_at_once() {
    let mut shop = ten_days_in();
    shop.bank = Bank::Declines(folio_domain::Decline::Soft);
    shop.until("2026-05-02T00:00:00Z");
    shop.cancel(CancelAt::PeriodEnd);
    assert_eq!(shop.subscription.status, SubscriptionStatus::Canceled);
    // While the renewal's payment is under way, there is nothing to be given back.
    let mut shop = ten_days_in();
    shop.bank = Bank::Silent;
    shop.until("2026-05-01T10:00:00Z");
    for end in [CancelAt::NowWithRefund(credits("0")), CancelAt::PeriodEnd] {
        let next = shop.subscription.cancel(end, shop.now).expect("an end");
        assert_eq!(next.acts, [Act::Void(2), Act::Tell(SubscriptionEvent::Canceled)]);
    }
}

#[test]
fn r31_whoever_wants_to_end_and_is_in_arrears_ends_at_once() {
    let mut shop = ten_days_in();
    shop.bank = Bank::Silent;
    shop.until("2026-05-02T10:00:00Z");
    // Arranged for the end of a period that nobody has paid.
    shop.subscription.at_period_end = AtPeriodEnd::Cancel;
    let next = shop.subscription.cancel(CancelAt::PeriodEnd, shop.now).expect("an end");
    assert_eq!(next.subscription.status, SubscriptionStatus::Canceled);
}

#[test]
fn r31_an_end_can_be_taken_back_until_it_comes() {
    let mut shop = ten_days_in();
    shop.cancel(CancelAt::PeriodEnd);
    let boundary = at("2026-05-01T10:00:00Z");
    assert_eq!(shop.subscription.resume(boundary), Err(SubscriptionRefusal::RenewalDue(boundary)));
    let next = shop.subscription.resume(shop.now).expect("resumed");
    shop.obey(next);
    shop.until("2026-05-01T10:00:00Z");
    assert_eq!((shop.subscription.status, shop.charged()), (SubscriptionStatus::Active, 5_800));
    shop.cancel(CancelAt::Now);
    let over = shop.subscription.resume(shop.now);
    assert_eq!(over, Err(SubscriptionRefusal::WrongStatus(SubscriptionStatus::Canceled)));
}

#[test]
fn a_pause_begins_with_the_next_period_and_a_new_anchor_follows_it() {
    let mut shop = ten_days_in();
    let next = shop.subscription.pause(None, shop.now).expect("a pause");
    assert_eq!(next.subscription.pause(None, shop.now).map(|again| again.acts), Ok(Vec::new()));
    shop.obey(next);
    assert_eq!((shop.subscription.status, shop.left()), (SubscriptionStatus::Active, credits("1000")));
    shop.until("2026-05-20T09:00:00Z");
    assert_eq!((shop.subscription.status, shop.charged()), (SubscriptionStatus::Paused, 2_900));
    assert_eq!(shop.subscription.due_at(), None);
    // Another plan costs nothing until then.
    shop.change(&basic(), 2, ChangeAt::Usual).expect("another plan");
    let next = shop.subscription.resume(shop.now).expect("resumed");
    shop.obey(next);
    assert_eq!((shop.charged(), shop.left()), (2_900 + 1_800, credits("200")));
    assert_eq!(shop.subscription.period.end, at("2026-06-20T09:00:00Z"));
    assert_eq!(shop.subscription.at_period_end, AtPeriodEnd::Renew);
}

#[test]
fn a_pause_can_end_by_itself() {
    let mut shop = ten_days_in();
    let until = Some(at("2026-07-03T00:00:00Z"));
    let next = shop.subscription.pause(until, shop.now).expect("a pause");
    shop.obey(next);
    shop.until("2026-06-30T00:00:00Z");
    assert_eq!((shop.subscription.status, shop.subscription.due_at()), (SubscriptionStatus::Paused, until));
    shop.until("2026-07-03T00:00:00Z");
    assert_eq!((shop.subscription.status, shop.left()), (SubscriptionStatus::Active, credits("1000")));
    assert_eq!(shop.subscription.period.end, at("2026-08-03T00:00:00Z"));
}

#[test]
fn a_paused_subscription_can_be_canceled() {
    let mut shop = ten_days_in();
    let next = shop.subscription.pause(None, shop.now).expect("a pause");
    shop.obey(next);
    shop.until("2026-05-20T09:00:00Z");
    shop.cancel(CancelAt::PeriodEnd);
    assert_eq!((shop.subscription.status, shop.subscription.ended_at), (SubscriptionStatus::Canceled, Some(shop.now)));
}
