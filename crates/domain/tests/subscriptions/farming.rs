//! Nobody gains by changing: random upgrades, downgrades and seats at chosen seconds (R29, R30).

use chrono::TimeDelta;
use folio_domain::{ChangeAt, Credits, Plan};
use proptest::prelude::*;

use crate::shop::Shop;
use crate::{at, plan};

const START: &str = "2026-04-01T10:00:00Z";
const WHOLE: i64 = 2_592_000;

/// One try to gain.
#[derive(Clone, Debug)]
struct Try {
    /// Seconds to let pass: often none, or up to the period's last.
    after: i64,
    plan: usize,
    seats: u32,
    /// Of what is left of the plan's credits, so many percent are used before.
    used: i64,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let after = prop_oneof![3 => Just(0), 3 => 1..60_i64, 2 => 1..WHOLE / 4, 1 => Just(WHOLE)];
    let used = prop_oneof![2 => Just(0), 1 => 0..=100_i64, 2 => Just(100)];
    let one = (after, 0..4_usize, 1..=3_u32, used);
    prop::collection::vec(one.prop_map(|(after, plan, seats, used)| Try { after, plan, seats, used }), 1..60)
}

/// The period's money and credits as the formula has them, exactly: numerators over its seconds.
struct Formula {
    money: i128,
    micros: i128,
}

impl Formula {
    fn of(shop: &Shop) -> Self {
        let plan = &shop.subscription.plan;
        let (money, micros) = (i128::from(plan.amount().minor), i128::from(plan.grant().micros()));
        Self { money: money * i128::from(WHOLE), micros: micros * i128::from(WHOLE) }
    }

    /// Adds a change with so many seconds left.
    fn add(&mut self, from: &Shop, to: &Shop, left: i64) {
        let (old, new) = (&from.subscription.plan, &to.subscription.plan);
        self.money += i128::from(new.amount().minor - old.amount().minor) * i128::from(left);
        self.micros += i128::from(new.grant().micros() - old.grant().micros()) * i128::from(left);
    }
}

/// Credits that were given and not taken back.
fn kept(shop: &Shop, used: Credits) -> i64 {
    (shop.left() + used).micros()
}

fn farm(plans: &[Plan], tries: &[Try], uses: bool, check: impl Fn(&Shop, &Formula, i64)) {
    let mut shop = Shop::open(&plans[0], 1, START);
    let (mut formula, mut used) = (Formula::of(&shop), Credits::ZERO);
    let mut second = 0;
    for one in tries {
        // The last second of the period is as far as it goes: then the next one begins.
        second = (second + one.after).min(WHOLE - 1);
        shop.advance_to(at(START) + TimeDelta::seconds(second));
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
            formula.add(&before, &shop, WHOLE - second);
        }
        check(&shop, &formula, kept(&shop, used));
    }
    // None of it reaches into the next period.
    shop.until("2026-05-01T10:00:00Z");
    let price = shop.subscription.plan.amount().minor;
    assert_eq!(shop.paid.last(), Some(&(shop.now, price)));
    assert_eq!(shop.left(), shop.subscription.plan.grant());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Without using anything: money is within a minor unit of the formula, and credits within 0.3; rounding that
    /// favours the shop does not accumulate beyond the changes made.
    #[test]
    fn r29_changes_cost_what_the_formula_says(
        tries in tries(),
        (price, steps) in (1..5_000_i64, prop::array::uniform3(1..5_000_i64)),
        (some, more) in (1..500_u32, prop::array::uniform3(0..900_u32)),
    ) {
        let mut offer = plan("p0", some, price);
        let mut plans = vec![offer.clone()];
        for (step, more) in steps.into_iter().zip(more) {
            let code = format!("p{}", plans.len());
            offer = plan(&code, offer.credits + more, offer.price.minor + step);
            plans.push(offer.clone());
        }
        let changes = i128::try_from(tries.len()).expect("a count");
        farm(&plans, &tries, false, |shop, formula, kept| {
            let whole = i128::from(WHOLE);
            let saved = formula.money - i128::from(shop.charged()) * whole;
            assert!(saved < whole, "{saved} of {whole} saved");
            assert!(saved > -changes * whole, "{saved} of {whole} saved");
            let gained = i128::from(kept) * whole - formula.micros;
            assert!(gained < 300_000 * whole, "{gained} gained");
            assert!(gained > -100_000 * changes * whole, "{gained} gained");
        });
    }

    /// Whatever is used in between: where all plans have the same price per credit, no credit is ever cheaper.
    #[test]
    fn r30_no_credit_becomes_cheaper_by_changing(tries in tries(), cents in 1..20_i64, some in 1..300_u32) {
        let offer = |factor: u32| {
            let credits = some * factor;
            plan(&format!("p{factor}"), credits, i64::from(credits) * cents)
        };
        let plans = [1, 2, 5, 10].map(offer);
        farm(&plans, &tries, true, |shop, _, kept| {
            // In millionths of a minor unit: less than a minor unit and the price of 0.3 credits are rounding's.
            let (worth, charged) = (kept * cents, shop.charged() * 1_000_000);
            assert!(worth < charged + 1_000_000 + 300_000 * cents, "{worth} for {charged}");
        });
    }

    /// There and back never gains, whatever the plans cost: not later, and not at once.
    #[test]
    fn r30_there_and_back_never_gains(
        second in 0..WHOLE - 600,
        pauses in prop::collection::vec((0..30_i64, 0..30_i64), 1..10),
        (price, dearer) in (0..3_000_i64, 1..3_000_i64),
        (some, more) in (1..300_u32, 0..3_000_u32),
    ) {
        let (small, large) = (plan("small", some, price), plan("large", some + more, price + dearer));
        let mut shop = Shop::open(&small, 1, START);
        let (mut now, mut on_large) = (second, 0);
        for (before, between) in pauses {
            now += before;
            shop.advance_to(at(START) + TimeDelta::seconds(now));
            shop.change(&large, 1, ChangeAt::Now).expect("an upgrade");
            now += between;
            on_large += between;
            shop.advance_to(at(START) + TimeDelta::seconds(now));
            shop.change(&small, 1, ChangeAt::Now).expect("a downgrade");
            prop_assert!(shop.charged() >= price, "{} for {price}", shop.charged());
            // Credits never stay but for the time on the larger plan.
            let gained = i128::from((shop.left() - Credits::whole(some).min(shop.left())).micros());
            let most = i128::from(more) * 1_000_000 * i128::from(on_large);
            prop_assert!(gained * i128::from(WHOLE) <= most, "{gained} in {on_large} seconds");
        }
    }
}
