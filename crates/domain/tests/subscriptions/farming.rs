//! Nobody gains by changing: random upgrades, downgrades and seats at chosen seconds (R29, R30).

use chrono::TimeDelta;
use folio_domain::{ChangeAt, Credits, Instant, Plan};
use proptest::prelude::*;

use crate::shop::Shop;
use crate::{at, plan};

const START: &str = "2026-04-01T10:00:00Z";
const MONTH: i64 = 2_592_000;

/// One try to gain.
#[derive(Clone, Debug)]
struct Try {
    after: After,
    plan: usize,
    seats: u32,
    /// Of what is left of the plan's credits, so many percent are used before.
    used: i64,
}

/// When it is made.
#[derive(Clone, Copy, Debug)]
enum After {
    /// So many seconds later.
    Seconds(i64),
    /// So many seconds before credits come, or the period ends.
    Before(i64),
    /// A second before the period ends.
    LastSecond,
}

/// How a plan's period and its credits go: months, months from grant to grant, and further ones for which credits stay.
type Shape = (u32, u32, u8);

const SHAPES: [Shape; 7] = [(1, 1, 0), (1, 1, 2), (3, 1, 0), (6, 2, 1), (12, 1, 0), (12, 1, 1), (12, 12, 0)];

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let after = prop_oneof![
        3 => Just(After::Seconds(0)),
        3 => (1..60_i64).prop_map(After::Seconds),
        2 => (1..MONTH / 4).prop_map(After::Seconds),
        1 => (1..60_i64).prop_map(After::Before),
        1 => Just(After::LastSecond),
    ];
    let used = prop_oneof![2 => Just(0), 1 => 0..=100_i64, 2 => Just(100)];
    let one = (after, 0..4_usize, 1..=3_u32, used);
    prop::collection::vec(one.prop_map(|(after, plan, seats, used)| Try { after, plan, seats, used }), 1..60)
}

fn instant(shop: &Shop, after: After) -> Instant {
    let later = match after {
        After::Seconds(seconds) => shop.now + TimeDelta::seconds(seconds),
        After::Before(seconds) => shop.subscription.grants.end - TimeDelta::seconds(seconds),
        After::LastSecond => shop.subscription.period.end - TimeDelta::seconds(1),
    };
    later.max(shop.now)
}

/// What a period has come to.
struct Period {
    charged: i64,
    /// Credits that were given and not taken back.
    kept: Credits,
}

fn farm(plans: &[Plan], tries: &[Try], uses: bool, check: impl Fn(Period)) {
    let mut shop = Shop::open(&plans[0], 1, START);
    let (mut used, mut earlier) = (Credits::ZERO, 0);
    for one in tries {
        let period = shop.subscription.period.number;
        shop.advance_to(instant(&shop, one.after));
        if shop.subscription.period.number != period {
            (used, earlier) = (Credits::ZERO, shop.charged() - renewed(&shop));
        }
        if uses {
            let part = Credits::from_micros(shop.left().micros() / 100 * one.used).expect("credits");
            shop.take(part);
            used = used + part;
        }
        let before = shop.clone();
        // Refused are changes to the same plan and seats, and those that can only be had at the period's end.
        if shop.change(&plans[one.plan], one.seats, ChangeAt::Now).is_ok() {
            let (paid, given) = (shop.charged() - before.charged(), shop.left().micros() - before.left().micros());
            assert_eq!(shop.subscription.plan.code, plans[one.plan].code);
            assert!(paid >= 0 && given >= 0 || paid <= 0 && given <= 0, "money {paid}, micro-credits {given}");
        }
        shop.formula.check(&shop.subscription);
        check(Period { charged: shop.charged() - earlier, kept: shop.left() + used });
    }
    shop.advance_to(shop.subscription.period.end);
    renewed(&shop);
}

/// What a period costs that has begun: nothing of the one before reaches into it.
fn renewed(shop: &Shop) -> i64 {
    let price = shop.subscription.plan.amount().minor;
    assert_eq!(shop.paid.last().map(|(_, amount)| *amount), Some(price));
    assert_eq!(shop.left(), shop.subscription.plan.grant());
    price
}

/// Four plans, each dearer than the one before, and giving as much or more.
fn ladder(
    (months, grants_every, rollover): Shape,
    price: i64,
    steps: [i64; 3],
    credits: u32,
    more: [u32; 3],
) -> Vec<Plan> {
    let first = Plan { months, grants_every, rollover, ..plan("p0", credits, price) };
    let mut plans = vec![first];
    for (place, (step, more)) in steps.into_iter().zip(more).enumerate() {
        let last = plans[place].clone();
        let next = plan(&format!("p{}", place + 1), last.credits + more, last.price.minor + step);
        plans.push(Plan { months, grants_every, rollover, ..next });
    }
    plans
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Money is within a minor unit of the formula, and credits within 0.3, less the price of what was used; rounding
    /// that favours the shop does not accumulate beyond the changes made.
    #[test]
    fn r29_changes_cost_what_the_formula_says(
        shape in prop::sample::select(SHAPES.as_slice()),
        tries in tries(),
        uses in any::<bool>(),
        (price, steps) in (1..5_000_i64, prop::array::uniform3(1..5_000_i64)),
        (some, more) in (1..500_u32, prop::array::uniform3(0..900_u32)),
    ) {
        farm(&ladder(shape, price, steps, some, more), &tries, uses, |_| {});
    }

    /// The same where longer periods are dearer.
    #[test]
    fn r29_changes_to_longer_periods_cost_what_the_formula_says(
        tries in tries(),
        (price, steps) in (1..5_000_i64, prop::array::uniform3(1..5_000_i64)),
        (some, more) in (1..500_u32, prop::array::uniform3(0..900_u32)),
    ) {
        let mut plans = ladder((1, 1, 0), price, steps, some, more);
        for (plan, months) in plans.iter_mut().zip([1, 1, 3, 12]) {
            plan.months = months;
        }
        farm(&plans, &tries, true, |_| {});
    }

    /// Whatever is used in between: where all plans have the same price per credit, no credit is ever cheaper.
    #[test]
    fn r30_no_credit_becomes_cheaper_by_changing(tries in tries(), cents in 1..20_i64, some in 1..300_u32) {
        let offer = |factor: u32| {
            let credits = some * factor;
            plan(&format!("p{factor}"), credits, i64::from(credits) * cents)
        };
        let plans = [1, 2, 5, 10].map(offer);
        farm(&plans, &tries, true, |Period { charged, kept }| {
            // In millionths of a minor unit: less than a minor unit and the price of 0.3 credits are rounding's.
            let (worth, charged) = (kept.micros() * cents, charged * 1_000_000);
            assert!(worth < charged + 1_000_000 + 300_000 * cents, "{worth} for {charged}");
        });
    }

    /// There and back never gains, whatever the plans cost: not later, and not at once.
    #[test]
    fn r30_there_and_back_never_gains(
        shape in prop::sample::select(SHAPES.as_slice()),
        second in 0..MONTH - 600,
        pauses in prop::collection::vec((0..30_i64, 0..30_i64), 1..10),
        (price, dearer) in (1..3_000_i64, 1..3_000_i64),
        (some, more) in (1..300_u32, 0..3_000_u32),
    ) {
        let [small, large, ..] = &ladder(shape, price, [dearer, 0, 0], some, [more, 0, 0])[..] else { panic!("two plans") };
        let mut shop = Shop::open(small, 1, START);
        let whole = (shop.subscription.grants.end - shop.now).num_seconds();
        let (mut now, mut on_large) = (second, 0);
        for (before, between) in pauses {
            now += before;
            shop.advance_to(at(START) + TimeDelta::seconds(now));
            shop.change(large, 1, ChangeAt::Now).expect("an upgrade");
            now += between;
            on_large += between;
            shop.advance_to(at(START) + TimeDelta::seconds(now));
            shop.change(small, 1, ChangeAt::Now).expect("a downgrade");
            prop_assert!(shop.charged() >= price, "{} for {price}", shop.charged());
            // Credits never stay but for the time on the larger plan.
            let gained = i128::from((shop.left() - Credits::whole(some).min(shop.left())).micros());
            let most = i128::from(more) * 1_000_000 * i128::from(on_large);
            prop_assert!(gained * i128::from(whole) <= most, "{gained} in {on_large} seconds");
        }
    }
}
