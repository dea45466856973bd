//! Sums of what was earned, by currency (R37).

use std::collections::BTreeMap;

use folio_domain::{Currency, GrantState, Money, Revenue, RevenueTotals};
use proptest::prelude::*;

use crate::grants::{paid, shift, starter};
use crate::revenue::{Life, Step, floor, steps};
use crate::{credits, usd};

const CURRENCIES: [Currency; 3] = [Currency::USD, Currency::EUR, Currency::JPY];

/// Price, deferred, recognised, breakage and refunded, by currency.
type Model = BTreeMap<&'static str, [i64; 5]>;

/// The same without the types that are tested: by counting up, and by what is left over.
fn model<'a>(lives: impl Iterator<Item = &'a Life>) -> Model {
    let mut model = Model::new();
    for Life { state, refunded, .. } in lives {
        let price = state.grant.cost.expect("paid");
        let can_earn = state.consumed + state.held + state.available;
        let recognised = floor(price.minor, state.consumed, state.grant.amount);
        let kept = floor(price.minor, can_earn, state.grant.amount);
        let figures = [price.minor, kept - recognised, recognised, price.minor - refunded - kept, *refunded];
        let row = model.entry(price.currency.code()).or_default();
        *row = std::array::from_fn(|place| row[place] + figures[place]);
    }
    model
}

fn totals<'a>(lives: impl Iterator<Item = &'a Life>) -> RevenueTotals {
    let mut totals = RevenueTotals::default();
    lives.filter_map(|life| Revenue::of(&life.state, life.refunded)).for_each(|revenue| totals.add(&revenue));
    totals
}

fn rows(totals: &RevenueTotals) -> Model {
    let figures = |row: &Revenue| [row.price.minor, row.deferred, row.recognised, row.breakage, row.refunded];
    totals.rows().iter().map(|row| (row.price.currency.code(), figures(row))).collect()
}

fn in_currency(mut state: GrantState, currency: Currency) -> GrantState {
    state.grant.cost = state.grant.cost.map(|cost| Money { currency, ..cost });
    state
}

#[test]
fn r37_what_has_come_about_is_the_end_less_the_beginning() {
    let mut state = starter();
    shift(&mut state.available, &mut state.consumed, credits("40"));
    let mut before = RevenueTotals::default();
    before.add(&Revenue::of(&state, 0).expect("paid"));
    shift(&mut state.available, &mut state.expired, credits("60"));
    let mut after = RevenueTotals::default();
    after.add(&Revenue::of(&state, 0).expect("paid"));
    after.add(&Revenue::of(&starter(), 0).expect("paid"));
    let change = after.clone().since(&before);
    let price = usd(1_900);
    assert_eq!(change.rows(), [Revenue { price, deferred: 760, recognised: 0, breakage: 1_140, refunded: 0 }]);
    assert!(after.clone().since(&after).rows().is_empty());
    assert_eq!(after.clone().since(&RevenueTotals::default()), after);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r37_the_totals_of_many_packs_are_the_sums_of_the_model(
        packs in prop::collection::vec((1..1_000_000_i64, 1..10_000_000_i64, 0..3_usize, steps(), 0..60_usize), 1..12),
    ) {
        let mut lives = Vec::new();
        let mut halfway = RevenueTotals::default();
        let mut halfway_model = Model::new();
        let add = |sum: &mut Model, more: Model, sign: i64| {
            for (code, figures) in more {
                let row = sum.entry(code).or_default();
                *row = std::array::from_fn(|place| row[place] + sign * figures[place]);
            }
        };
        for (price, granted, currency, steps, middle) in &packs {
            let mut life = Life::of(in_currency(paid(*price, *granted), CURRENCIES[*currency]));
            let live = |life: &mut Life, steps: &[Step]| {
                for step in steps {
                    life.step(step);
                    assert!(Revenue::fits(&life.state, life.refunded), "{step:?}");
                }
            };
            let (first, second) = steps.split_at((*middle).min(steps.len()));
            live(&mut life, first);
            // A pack that is bought later is not there yet.
            if *middle > 5 {
                totals([&life].into_iter()).rows().iter().for_each(|row| halfway.add(row));
                add(&mut halfway_model, model([&life].into_iter()), 1);
            }
            live(&mut life, second);
            lives.push(life);
        }
        let end = totals(lives.iter());
        prop_assert_eq!(rows(&end), model(lives.iter()));
        prop_assert_eq!(rows(&halfway), halfway_model.clone());
        for row in end.rows() {
            prop_assert_eq!(row.deferred + row.recognised + row.breakage + row.refunded, row.price.minor);
        }
        let mut change = model(lives.iter());
        add(&mut change, halfway_model, -1);
        change.retain(|_, figures| *figures != [0; 5]);
        prop_assert_eq!(rows(&end.since(&halfway)), change);
    }
}

#[test]
fn r37_more_refunds_than_the_credits_bear_do_not_fit() {
    let mut state = starter();
    shift(&mut state.available, &mut state.consumed, credits("40"));
    assert!(Revenue::fits(&state, 0) && !Revenue::fits(&state, 1) && !Revenue::fits(&state, -1));
    shift(&mut state.available, &mut state.revoked, credits("60"));
    assert!(Revenue::fits(&state, 1_140) && !Revenue::fits(&state, 1_141));
}
