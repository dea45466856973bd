//! The figures of a change, against the formula (R29, R30).

use folio_domain::{ChangeAt, Credits, Quote};
use proptest::prelude::*;

use crate::shop::Shop;
use crate::{at, basic, credits, plan, pro, usd};

/// 11 April, 10:00: a period of 30 days of which 20 are left.
fn ten_days_in() -> Shop {
    let mut shop = Shop::open(&basic(), 1, "2026-04-01T10:00:00Z");
    shop.until("2026-04-11T10:00:00Z");
    shop
}

fn quote(shop: &Shop, plan: &folio_domain::Plan, quantity: u32, when: ChangeAt) -> Quote {
    shop.subscription.preview(&shop.ask(plan, quantity, when), shop.now).expect("a quote")
}

#[test]
fn r29_a_worked_example_of_an_upgrade() {
    // Basic is $9 and 100 credits, pro $29 and 1000; 20 of 30 days are left.
    let mut shop = ten_days_in();
    let quote = quote(&shop, &pro(), 1, ChangeAt::Usual);
    assert_eq!(quote.credit, usd(600)); // 900 · 20/30
    assert_eq!(quote.charge, usd(1_933)); // 2900 · 20/30 = 1933.33
    assert_eq!(quote.due, usd(1_333));
    assert_eq!(quote.credits, credits("600")); // (1000 − 100) · 20/30
    assert_eq!(quote.credits_until, at("2026-05-01T10:00:00Z"));
    assert_eq!((quote.renews_at, quote.renewal), (at("2026-05-01T10:00:00Z"), usd(2_900)));
    // The invoice of the same instant is the preview.
    shop.change(&pro(), 1, ChangeAt::Usual).expect("an upgrade");
    assert_eq!(shop.paid.last(), Some(&(shop.now, quote.due.minor)));
    let (grant, _) = shop.grants.last().expect("a grant");
    assert_eq!((grant.amount, grant.expires_at, grant.value), (quote.credits, quote.credits_until, quote.due));
    assert_eq!(shop.left(), credits("700"));
}

#[test]
fn r29_credits_are_rounded_up_to_a_tenth_and_money_half_up() {
    let mut shop = Shop::open(&basic(), 1, "2026-04-01T10:00:00Z");
    shop.until("2026-04-30T22:30:00Z");
    // 11.5 of 720 hours: 900 · 11.5/720 = 14.375, both money and credits; 2900 · 11.5/720 = 46.32.
    let quote = quote(&shop, &pro(), 1, ChangeAt::Usual);
    assert_eq!((quote.credit, quote.charge, quote.due), (usd(14), usd(46), usd(32)));
    assert_eq!(quote.credits, credits("14.4"));
}

#[test]
fn r29_seconds_count_up_to_the_last_one() {
    let mut shop = Shop::open(&basic(), 1, "2026-04-01T10:00:00Z");
    let whole = quote(&shop, &pro(), 1, ChangeAt::Usual);
    assert_eq!((whole.due, whole.credits), (usd(2_000), credits("900")));
    shop.until("2026-05-01T09:59:59Z");
    let last = quote(&shop, &pro(), 1, ChangeAt::Usual);
    assert_eq!((last.due, last.credits), (usd(0), credits("0.1")));
}

#[test]
fn r30_a_worked_example_of_a_downgrade_at_once() {
    // From pro to basic with 20 of 30 days left: $19.33 − $6.00 of time, 600 credits more than basic would have given.
    let mut shop = Shop::open(&pro(), 1, "2026-04-01T10:00:00Z");
    shop.until("2026-04-11T10:00:00Z");
    let unused = quote(&shop, &basic(), 1, ChangeAt::Now);
    assert_eq!((unused.credit, unused.charge, unused.refund), (usd(1_933), usd(600), usd(1_333)));
    assert_eq!(unused.take_back, credits("600"));
    // 850 are used: 150 of the 600 can be taken back, and $20 for 900 credits is $3.34 for them.
    shop.take(credits("850"));
    let used = quote(&shop, &basic(), 1, ChangeAt::Now);
    assert_eq!((used.refund, used.take_back), (usd(334), credits("150")));
    // All are used: nothing goes back, either way.
    shop.take(credits("150"));
    let empty = quote(&shop, &basic(), 1, ChangeAt::Now);
    assert_eq!((empty.refund, empty.take_back), (usd(0), credits("0")));
    shop.change(&basic(), 1, ChangeAt::Now).expect("a downgrade");
    assert_eq!((shop.refunded, shop.subscription.plan.code.as_str()), (0, "basic"));
}

#[test]
fn r29_seats_are_prorated_as_plans_are() {
    let mut shop = ten_days_in();
    let more = quote(&shop, &basic(), 4, ChangeAt::Usual);
    assert_eq!((more.credit, more.charge, more.due, more.credits), (usd(600), usd(2_400), usd(1_800), credits("200")));
    shop.change(&basic(), 4, ChangeAt::Usual).expect("more seats");
    let fewer = quote(&shop, &basic(), 1, ChangeAt::Now);
    assert_eq!((fewer.refund, fewer.take_back), (usd(1_800), credits("200")));
}

#[test]
fn r29_a_thousand_seats_one_by_one_in_the_last_second_give_what_they_give_at_once() {
    let mut shop = Shop::open(&basic(), 1, "2026-04-01T10:00:00Z");
    shop.until("2026-05-01T09:59:59Z");
    let at_once = quote(&shop, &basic(), 1_000, ChangeAt::Usual).credits;
    for seats in 2..=1_000 {
        shop.change(&basic(), seats, ChangeAt::Usual).expect("a seat");
    }
    assert_eq!(at_once, credits("0.1"));
    assert_eq!(shop.grants.iter().skip(1).map(|(grant, _)| grant.amount).sum::<Credits>(), credits("0.3"));
}

/// `amount · left / whole`, half-up, by division and remainder.
fn half_up(amount: i64, left: i64, whole: i64) -> i64 {
    let product = i128::from(amount) * i128::from(left);
    let (quotient, rest) = (product / i128::from(whole), product % i128::from(whole));
    i64::try_from(quotient + i128::from(rest * 2 >= i128::from(whole))).expect("an amount")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A single change is the formula, to the minor unit; and back at the same instant, all of it goes back.
    #[test]
    fn r29_one_change_is_the_formula_and_back_at_once_is_nothing(
        (price, dearer) in (0..1_000_000_i64, 0..1_000_000_i64),
        (some, more) in (1..10_000_u32, 0..10_000_u32),
        second in 0..2_592_000_i64,
        seats in 1..5_u32,
    ) {
        let (small, large) = (plan("small", some, price), plan("large", some + more, price + dearer));
        let (start, whole) = (at("2026-04-01T10:00:00Z"), 2_592_000);
        let mut shop = Shop::open(&small, seats, "2026-04-01T10:00:00Z");
        shop.advance_to(start + chrono::TimeDelta::seconds(second));
        let left = whole - second;
        let up = quote(&shop, &large, seats, ChangeAt::Usual);
        prop_assert_eq!(up.credit.minor, half_up(price * i64::from(seats), left, whole));
        prop_assert_eq!(up.charge.minor, half_up((price + dearer) * i64::from(seats), left, whole));
        prop_assert_eq!(up.due.minor, up.charge.minor - up.credit.minor);
        let tenths = (i64::from(more * seats) * 10 * left + whole - 1) / whole;
        prop_assert_eq!(up.credits.micros(), tenths * 100_000);

        let before = (shop.charged(), shop.left());
        shop.change(&large, seats, ChangeAt::Usual).expect("an upgrade");
        let down = quote(&shop, &small, seats, if dearer > 0 { ChangeAt::Now } else { ChangeAt::PeriodEnd });
        if dearer > 0 {
            prop_assert_eq!((down.refund, down.take_back), (up.due, up.credits));
            shop.change(&small, seats, ChangeAt::Now).expect("a downgrade");
            prop_assert_eq!((shop.charged(), shop.left()), before);
        }
    }

    /// The more is left, the more goes back; never more than the time share.
    #[test]
    fn r30_the_smaller_share_goes_back(
        second in 0..2_592_000_i64,
        used in 0..=1_000_u32,
        further in 0..=100_u32,
    ) {
        let mut shop = Shop::open(&pro(), 1, "2026-04-01T10:00:00Z");
        shop.advance_to(at("2026-04-01T10:00:00Z") + chrono::TimeDelta::seconds(second));
        shop.take(Credits::whole(used));
        let down = quote(&shop, &basic(), 1, ChangeAt::Now);
        prop_assert!(down.refund.minor <= down.credit.minor - down.charge.minor);
        prop_assert!(down.take_back <= shop.left());
        // A credit of the difference is worth 2000/900 cents.
        let worth = (down.take_back.micros() * 2_000 + 899_999_999) / 900_000_000;
        prop_assert!(down.refund.minor <= worth, "{} for {}", down.refund, down.take_back);
        shop.take(Credits::whole(further.min(1_000 - used)));
        let less = quote(&shop, &basic(), 1, ChangeAt::Now);
        prop_assert!(less.refund.minor <= down.refund.minor && less.take_back <= down.take_back);
    }
}
