//! Subscriptions in every zone (R27, R28).

use chrono::{Datelike as _, TimeDelta};
use chrono_tz::TZ_VARIANTS;
use folio_domain::{Instant, Plan};
use proptest::prelude::*;

use crate::basic;
use crate::shop::Shop;

/// The days of the charges on the wall, as year, month and day.
fn days(shop: &Shop) -> Vec<(i32, u32, u32)> {
    let local = |at: &Instant| at.with_timezone(&shop.subscription.anchor.zone);
    shop.paid.iter().map(|(at, _)| local(at)).map(|at| (at.year(), at.month(), at.day())).collect()
}

fn last_day(year: i32, month: u32) -> u32 {
    (28..=31).rev().find(|day| chrono::NaiveDate::from_ymd_opt(year, month, *day).is_some()).expect("a day")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Ten years on, every period is charged once, on the anchor's day or the month's last, and no instant is without one.
    #[test]
    fn r28_ten_years_are_charged_month_by_month_in_any_zone(
        zone in proptest::sample::select(TZ_VARIANTS.as_slice()),
        hours in 0..365 * 24_i64,
        minutes in 0..60_i64,
        months in prop::sample::select(vec![1_u32, 3, 12]),
    ) {
        let begun = crate::at("2026-01-01T00:00:00Z") + TimeDelta::hours(hours) + TimeDelta::minutes(minutes);
        let plan = Plan { months, grants_every: months, ..basic() };
        let mut shop = Shop::open_in(&plan, 1, zone, begun);
        shop.advance_to(begun + TimeDelta::days(3_640));
        let first = begun.with_timezone(&zone);
        // Noon is where no clock of these years jumps to another day.
        prop_assume!(first.format("%H").to_string() != "00" && first.format("%H").to_string() != "23");
        let expected = (0_u32..).step_by(usize::try_from(months).expect("months")).map(|later| {
            let month = first.month0() + later;
            let year = first.year() + i32::try_from(month / 12).expect("a year");
            (year, month % 12 + 1, first.day().min(last_day(year, month % 12 + 1)))
        });
        // 3640 days are ten years less twelve or thirteen days.
        prop_assert_eq!(shop.paid.len(), usize::try_from(120 / months).expect("a count"));
        prop_assert_eq!(days(&shop), expected.take(shop.paid.len()).collect::<Vec<_>>());
        prop_assert_eq!(shop.paid.len(), shop.grants.len());
        for pair in shop.grants.windows(2) {
            prop_assert_eq!(pair[0].0.expires_at, pair[1].0.effective_at);
        }
    }
}
