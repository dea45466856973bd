//! Auto top-up charges only what was agreed to (R34).

use std::collections::BTreeMap;

use chrono::{Datelike as _, TimeDelta};
use chrono_tz::{Europe, Tz, UTC};
use folio_domain::{BadConsent, Book, Consent, Credits, Currency, CustomerId, Money, NoTopUp, Off, OrderId, TopUp};
use proptest::prelude::*;

use crate::{at, usd};

const NOON: &str = "2026-06-01T12:00:00Z";

fn consent(amount: i64, cap: i64) -> Consent {
    Consent {
        pack: "starter".into(),
        amount: usd(amount),
        below: Credits::whole(10),
        monthly_cap: usd(cap),
        zone: Europe::Berlin,
        agreed_at: at(NOON),
    }
}

fn agreed() -> TopUp {
    TopUp::agree(None, consent(1_900, 3_800)).expect("terms")
}

fn order(number: u128) -> OrderId {
    OrderId(uuid::Uuid::from_u128(number))
}

fn begin(top_up: &TopUp, number: u128, when: &str) -> Result<TopUp, NoTopUp> {
    top_up.begin(Credits::whole(9), Some(usd(1_900)), order(number), at(when))
}

#[test]
fn r34_it_buys_below_the_threshold_one_at_a_time() {
    assert_eq!(agreed().begin(Credits::whole(10), Some(usd(1_900)), order(1), at(NOON)), Err(NoTopUp::NotLow));
    let paying = begin(&agreed(), 1, NOON).expect("a purchase");
    assert_eq!(paying.paying, Some(order(1)));
    assert_eq!(begin(&paying, 2, "2026-06-02T12:00:00Z"), Err(NoTopUp::UnderWay));
    let paid = paying.succeed(order(1));
    assert_eq!(begin(&paid, 2, "2026-06-01T12:09:59.999Z"), Err(NoTopUp::CoolDown));
    assert!(begin(&paid, 2, "2026-06-01T12:10:00Z").is_ok());
}

#[test]
fn r35_a_frozen_customer_buys_nothing_by_themselves() {
    let mut book = Book::new(CustomerId(uuid::Uuid::from_u128(7)), at(NOON));
    let begin = |top_up: &TopUp, book: &Book| top_up.begin_by(book, Some(usd(1_900)), order(1), at(NOON));
    assert!(begin(&agreed(), &book).is_ok());
    book.frozen_since = Some(at(NOON));
    assert_eq!(begin(&agreed(), &book), Err(NoTopUp::Frozen));
    assert_eq!(begin(&agreed().withdraw(), &book), Err(NoTopUp::Off));
}

#[test]
fn r34_what_buys_nothing_is_looked_at_again_after_a_while() {
    assert_eq!(agreed().look_again_at(at(NOON)), Some(at("2026-06-01T12:10:00Z")));
    let bought = begin(&agreed(), 1, NOON).expect("a purchase").succeed(order(1));
    assert_eq!(bought.look_again_at(at("2026-06-01T12:09:59.999Z")), Some(at("2026-06-01T12:10:00Z")));
    assert_eq!(bought.look_again_at(at("2026-06-01T12:10:00Z")), Some(at("2026-06-01T12:20:00Z")));
}

#[test]
fn r34_only_the_agreed_amount_is_charged() {
    for price in [Some(usd(1_901)), Some(usd(1_899)), None, Some(Money { minor: 1_900, currency: Currency::CAD })] {
        let refused = agreed().begin(Credits::ZERO, price, order(1), at(NOON));
        assert_eq!(refused, Err(NoTopUp::OtherPrice), "{price:?}");
    }
}

#[test]
fn r34_the_cap_is_of_the_calendar_month() {
    let twice = begin(&agreed(), 1, NOON).expect("one").succeed(order(1));
    let twice = begin(&twice, 2, "2026-06-02T12:00:00Z").expect("two").succeed(order(2));
    assert_eq!(begin(&twice, 3, "2026-06-30T21:59:59Z"), Err(NoTopUp::CapReached));
    // July begins in Berlin.
    assert!(begin(&twice, 3, "2026-06-30T22:00:00Z").is_ok());
    // An instant of an earlier month opens no second budget.
    let july = begin(&twice, 3, "2026-06-30T22:00:00Z").expect("three").succeed(order(3));
    assert!(begin(&july, 4, "2026-07-05T12:00:00Z").expect("four").succeed(order(4)).last_at.is_some());
    let full = begin(&july, 4, "2026-07-05T12:00:00Z").expect("four").succeed(order(4));
    assert!(matches!(begin(&full, 5, "2026-06-30T12:00:00Z"), Err(NoTopUp::CoolDown | NoTopUp::CapReached)));
}

#[test]
fn r34_consenting_again_opens_no_second_budget() {
    let once = begin(&agreed(), 1, NOON).expect("one").succeed(order(1)).withdraw();
    assert_eq!(begin(&once, 2, "2026-06-02T12:00:00Z"), Err(NoTopUp::Off));
    let moved = Consent { zone: UTC, ..consent(1_900, 1_900) };
    let again = TopUp::agree(Some(once), moved).expect("terms");
    assert_eq!(begin(&again, 2, "2026-06-30T21:59:59Z"), Err(NoTopUp::CapReached));
    assert_eq!(again.consent.zone, Europe::Berlin);
}

#[test]
fn r34_three_failures_in_a_row_switch_it_off() {
    let fail = |top_up: TopUp, number: u128| {
        let paying = begin(&top_up, number, &format!("2026-06-{number:02}T12:00:00Z")).expect("a purchase");
        paying.fail(order(number), usd(1_900))
    };
    let twice = fail(fail(agreed(), 1), 2);
    assert_eq!((twice.failures, twice.off, twice.charged), (2, None, 0));
    let recovered = begin(&twice, 3, "2026-06-03T12:00:00Z").expect("a purchase").succeed(order(3));
    assert_eq!(recovered.failures, 0);
    let off = fail(twice, 3);
    assert_eq!(off.off, Some(Off::Failures));
    assert_eq!(begin(&off, 4, "2026-06-04T12:00:00Z"), Err(NoTopUp::Off));
    assert_eq!(TopUp::agree(Some(off), consent(1_900, 3_800)).expect("terms").off, None);
}

#[test]
fn r34_an_outcome_told_twice_counts_once() {
    let paying = begin(&agreed(), 1, NOON).expect("a purchase");
    let failed = paying.fail(order(1), usd(1_900));
    assert_eq!(failed.clone().fail(order(1), usd(1_900)), failed);
    assert_eq!(failed.clone().succeed(order(1)), failed);
    let next = begin(&failed, 2, "2026-06-02T12:00:00Z").expect("a purchase");
    assert_eq!(next.clone().succeed(order(1)), next);
}

#[test]
fn r34_terms_that_nobody_could_agree_to_are_refused() {
    assert_eq!(TopUp::agree(None, consent(0, 10)), Err(BadConsent::NoAmount));
    assert_eq!(TopUp::agree(None, consent(1_900, 1_899)), Err(BadConsent::CapTooLow));
    let other = Consent { monthly_cap: Money { minor: 5_000, currency: Currency::JPY }, ..consent(1_900, 0) };
    assert_eq!(TopUp::agree(None, other), Err(BadConsent::CapTooLow));
}

#[derive(Clone, Debug)]
enum Step {
    Pass(i64),
    Try { low: bool, price: i64 },
    Succeed,
    Fail,
    Agree { amount: i64, packs: i64, utc: bool },
    Withdraw,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let amount = || prop_oneof![Just(1_900_i64), Just(3_900)];
    let step = prop_oneof![
        4 => prop_oneof![0..1_200_i64, 0..3_000_000_i64].prop_map(Step::Pass),
        6 => (prop::bool::weighted(0.9), amount()).prop_map(|(low, price)| Step::Try { low, price }),
        4 => Just(Step::Succeed),
        2 => Just(Step::Fail),
        1 => (amount(), 1..5_i64, any::<bool>()).prop_map(|(amount, packs, utc)| Step::Agree { amount, packs, utc }),
        1 => Just(Step::Withdraw),
    ];
    prop::collection::vec(step, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The model keeps every charge that did not fail, and knows nothing of how the budget is counted.
    #[test]
    fn r34_nothing_is_charged_above_the_cap_or_without_consent(steps in steps()) {
        let mut now = at(NOON);
        let mut top_up: Option<TopUp> = None;
        let (mut agreed, mut first_zone): (Option<(i64, i64)>, Option<Tz>) = (None, None);
        let mut charges: BTreeMap<u128, (i32, u32, i64)> = BTreeMap::new();
        let (mut under_way, mut next, mut failures) = (None, 1_u128, 0);
        for step in steps {
            match step {
                Step::Pass(seconds) => now += TimeDelta::seconds(seconds),
                Step::Agree { amount, packs, utc } => {
                    let zone = if utc { UTC } else { Europe::Berlin };
                    let terms = Consent { zone, ..consent(amount, amount * packs) };
                    top_up = Some(TopUp::agree(top_up, terms).expect("terms"));
                    agreed = Some((amount, amount * packs));
                    first_zone.get_or_insert(zone);
                    failures = 0;
                }
                Step::Withdraw => {
                    top_up = top_up.map(TopUp::withdraw);
                    agreed = None;
                }
                Step::Succeed => if let (Some(paying), Some(this)) = (under_way.take(), &mut top_up) {
                    *this = this.clone().succeed(order(paying));
                    failures = 0;
                },
                Step::Fail => if let (Some(paying), Some(this)) = (under_way.take(), &mut top_up) {
                    let (_, _, amount) = charges.remove(&paying).expect("a charge");
                    *this = this.clone().fail(order(paying), usd(amount));
                    failures += 1;
                    if failures == 3 {
                        agreed = None;
                    }
                },
                Step::Try { low, price } => {
                    let Some(this) = &mut top_up else { continue };
                    let available = if low { Credits::ZERO } else { Credits::whole(10) };
                    let Ok(begun) = this.begin(available, Some(usd(price)), order(next), now) else { continue };
                    let (amount, cap) = agreed.expect("only with consent");
                    prop_assert!(low && under_way.is_none());
                    prop_assert_eq!(price, amount, "exactly the agreed amount");
                    let local = now.with_timezone(&first_zone.expect("a zone"));
                    charges.insert(next, (local.year(), local.month(), amount));
                    let month = charges.values().filter(|charge| (charge.0, charge.1) == (local.year(), local.month()));
                    prop_assert!(month.map(|charge| charge.2).sum::<i64>() <= cap);
                    *this = begun;
                    under_way = Some(next);
                    next += 1;
                }
            }
        }
    }
}
