//! Monthly boundaries in every zone (R27), against a calendar that counts day by day and a search for the offset.

use std::thread;

use chrono::{DateTime, Offset as _, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};
use folio_domain::{Anchor, Instant};
use proptest::prelude::*;

const DAY: i64 = 86_400_000;
const MONTHS: u32 = 120;

/// A day of the civil calendar, with its number counted from 1 January 1900.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Day {
    number: i64,
    year: i64,
    month: i64,
    of_month: i64,
}

impl Day {
    const FIRST: Self = Self { number: 0, year: 1900, month: 1, of_month: 1 };

    fn days_in_month(self) -> i64 {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        match self.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    fn next(self) -> Self {
        let number = self.number + 1;
        match (self.of_month == self.days_in_month(), self.month) {
            (false, _) => Self { number, of_month: self.of_month + 1, ..self },
            (true, 12) => Self { number, year: self.year + 1, month: 1, of_month: 1 },
            (true, month) => Self { number, month: month + 1, of_month: 1, ..self },
        }
    }

    /// The wall-clock time `millis` after this day's midnight, counted from 1970 as if the wall stood in UTC.
    fn at(self, millis: i64) -> i64 {
        // 70 years of 365 days, and 17 leap days.
        (self.number - 25_567) * DAY + millis
    }
}

/// The days on which months counted from the first day of this list begin, day by day.
fn anniversaries(from: Day) -> Vec<Day> {
    let mut days = vec![from];
    let mut day = from;
    while days.len() <= usize::try_from(MONTHS).expect("a count") {
        day = day.next();
        if day.of_month == from.of_month.min(day.days_in_month()) && (day.year, day.month) != (from.year, from.month) {
            days.push(day);
        }
    }
    days
}

/// Milliseconds that the wall clock of `zone` is ahead of UTC at an instant.
fn offset(zone: Tz, at: i64) -> i64 {
    let utc = DateTime::from_timestamp_millis(at).expect("an instant").naive_utc();
    i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * 1_000
}

/// The first instant at which the wall clock of `zone` shows `wall`; the first after the gap where it never does.
fn resolve(zone: Tz, wall: i64) -> i64 {
    // No clock is ever 26 hours off, so both offsets that can be meant are in force within these bounds.
    let (mut low, mut high) = (wall - 26 * 3_600_000, wall + 26 * 3_600_000);
    let (before, after) = (offset(zone, low), offset(zone, high));
    let shown = [wall - before, wall - after].into_iter().filter(|at| at + offset(zone, *at) == wall);
    if let Some(first) = shown.min() {
        return first;
    }
    while high - low > 1 {
        let middle = i64::midpoint(low, high);
        if offset(zone, middle) == before { low = middle } else { high = middle }
    }
    high
}

fn boundaries(zone: Tz, from: Day, millis: i64) -> Vec<i64> {
    let local = DateTime::from_timestamp_millis(from.at(millis)).expect("a time").naive_utc();
    let anchor = Anchor { local, zone };
    let boundary = |n| anchor.boundary(n).map(|at: Instant| at.timestamp_millis()).expect("within the calendar");
    (0..=MONTHS).map(boundary).collect()
}

fn expected(zone: Tz, days: &[Day], millis: i64) -> Vec<i64> {
    days.iter().map(|day| resolve(zone, day.at(millis))).collect()
}

fn day(year: i64, month: i64, of_month: i64) -> Day {
    let is_it = |day: &Day| (day.year, day.month, day.of_month) == (year, month, of_month);
    std::iter::successors(Some(Day::FIRST), |day| Some(day.next())).find(is_it).expect("a date")
}

/// 02:30:15.250, where most clocks that skip or repeat an hour do.
const NIGHT: i64 = 9_015_250;

/// Every zone, and these days of January 2026 as the anchor: ten years of boundaries.
fn check_days(days: std::ops::RangeInclusive<i64>) {
    for from in days.map(|of_month| day(2026, 1, of_month)) {
        let anniversaries = anniversaries(from);
        for zone in TZ_VARIANTS {
            let found = boundaries(zone, from, NIGHT);
            assert!(found.is_sorted_by(|a, b| a < b), "{zone}, from {from:?}");
            assert_eq!(found, expected(zone, &anniversaries, NIGHT), "{zone}, from {from:?}");
        }
    }
}

#[test]
fn r27_boundaries_are_increasing_and_right_in_every_zone_from_every_day() {
    thread::scope(|scope| {
        scope.spawn(|| check_days(1..=16));
        scope.spawn(|| check_days(17..=31));
    });
}

/// Where a zone's clock is changed within ten years of 2026, a month's boundary is laid into the change: into the gap,
/// onto both ends of it, and into the hour that is shown twice.
#[test]
fn r27_boundaries_in_gaps_and_folds_are_right_in_every_zone() {
    let (first, last) = (day(2026, 1, 1).at(0), day(2036, 1, 1).at(0));
    let mut changes = 0;
    for zone in TZ_VARIANTS {
        for change in clock_changes(zone, first, last) {
            changes += 1;
            let (before, after) = (offset(zone, change - 1), offset(zone, change));
            for wall in [change + before, change + after, change + i64::midpoint(before, after) + 250] {
                for edge in [wall - 1, wall, wall + 1] {
                    // An anchor three months before, at that time of the day.
                    let local = DateTime::from_timestamp_millis(edge).expect("a time").naive_utc();
                    let from = local.checked_sub_months(chrono::Months::new(3)).expect("a time");
                    let landed = from.checked_add_months(chrono::Months::new(3)).expect("a time");
                    let anchor = Anchor { local: from, zone };
                    let found = anchor.boundary(3).map(|at| at.timestamp_millis());
                    assert_eq!(found, Some(resolve(zone, landed.and_utc().timestamp_millis())), "{zone}, {local}");
                }
            }
        }
    }
    assert!(changes > 1_000, "only {changes} changes of clocks");
}

/// The instants at which the wall clock of `zone` jumps, found by looking at each day.
fn clock_changes(zone: Tz, first: i64, last: i64) -> Vec<i64> {
    let mut changes = Vec::new();
    let mut at = first;
    while at < last {
        let (mut low, mut high) = (at, at + DAY);
        at = high;
        if offset(zone, low) == offset(zone, high) {
            continue;
        }
        let before = offset(zone, low);
        while high - low > 1 {
            let middle = i64::midpoint(low, high);
            if offset(zone, middle) == before { low = middle } else { high = middle }
        }
        changes.push(high);
    }
    changes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Any zone, any day of two centuries, any time of day.
    #[test]
    fn r27_boundaries_are_right_from_any_anchor(
        zone in proptest::sample::select(TZ_VARIANTS.as_slice()),
        (year, month, of_month) in (1900..2090_i64, 1..=12_i64, 1..=28_i64),
        to_the_end in 0..=3_i64,
        millis in 0..DAY,
    ) {
        let first = day(year, month, 1);
        let of_month = (of_month + to_the_end).min(first.days_in_month());
        let from = (1..of_month).fold(first, |day, _| day.next());
        prop_assert_eq!(boundaries(zone, from, millis), expected(zone, &anniversaries(from), millis));
    }

    /// An instant lies in the period that began last before it.
    #[test]
    fn r27_an_instant_lies_in_one_period(
        zone in proptest::sample::select(TZ_VARIANTS.as_slice()),
        began in 0..4_000_000_000_000_i64,
        later in 0..400 * DAY,
    ) {
        let instant = |millis| DateTime::from_timestamp_millis(millis).expect("an instant");
        let anchor = Anchor::at(instant(began), zone);
        let period = anchor.period_at(instant(began + later));
        prop_assert!(anchor.boundary(period).is_some_and(|start| start <= instant(began + later)));
        prop_assert!(anchor.boundary(period + 1).is_some_and(|end| end > instant(began + later)));
    }
}
