//! Calendar arithmetic: anchors of monthly periods (R27) and validities (R9).

use std::fmt;
use std::str::FromStr;

use chrono::{Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::{GapInfo, Tz};
use thiserror::Error;

use crate::{Instant, instant};

/// The wall-clock time from which monthly periods are counted (R27).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Date and time on the wall.
    pub local: NaiveDateTime,
    /// Where that wall stands.
    pub zone: Tz,
}

impl Anchor {
    /// The anchor of something that began at `at` in `zone`.
    #[must_use]
    pub fn at(at: Instant, zone: Tz) -> Self {
        Self { local: instant(at).with_timezone(&zone).naive_local(), zone }
    }

    /// Where period `n` begins: anchor + n months, the day clamped to the month's end, always from
    /// the anchor: 01-31 → 02-28 → 03-31 (R27). `None` past the calendar's end.
    #[must_use]
    pub fn boundary(&self, n: u32) -> Option<Instant> {
        let local = self.local.checked_add_months(Months::new(n))?;
        Some(resolve(local, self.zone))
    }

    /// The number of the period that `at` lies in, counted from 0; 0 for anything before the anchor.
    #[must_use]
    pub fn period_at(&self, at: Instant) -> u32 {
        let (mut low, mut high) = (0_u32, 1_u32);
        let begun = |n| self.boundary(n).is_some_and(|boundary| boundary <= at);
        while begun(high) {
            low = high;
            high = high.saturating_mul(2);
        }
        while high.saturating_sub(low) > 1 {
            let middle = low.midpoint(high);
            if begun(middle) { low = middle } else { high = middle }
        }
        low
    }
}

/// A wall-clock time as an instant: the earlier one where the clock showed it twice, the first
/// instant after the gap where it never did.
fn resolve(local: NaiveDateTime, zone: Tz) -> Instant {
    let shown = zone.from_local_datetime(&local).earliest();
    let at = shown.or_else(|| GapInfo::new(&local, &zone)?.end);
    at.map_or_else(|| local.and_utc(), |at| at.to_utc())
}

/// A length of time as ISO 8601 writes it: `P12M`, `P7D`, `PT1H`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Calendar months.
    pub months: u32,
    /// Calendar days.
    pub days: u32,
    /// Exact seconds.
    pub seconds: u32,
}

/// The text is not a length of time.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not an ISO 8601 duration such as P12M, P7D or PT1H")]
pub struct ParseSpanError;

impl Span {
    /// `days` calendar days.
    #[must_use]
    pub const fn days(days: u32) -> Self {
        Self { months: 0, days, seconds: 0 }
    }

    /// `hours` exact hours.
    #[must_use]
    pub const fn hours(hours: u32) -> Self {
        Self { months: 0, days: 0, seconds: hours.saturating_mul(3_600) }
    }

    /// Whether it has no length.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// `at` + this span, in UTC. `None` past the calendar's end.
    #[must_use]
    pub fn after(self, at: Instant) -> Option<Instant> {
        at.checked_add_months(Months::new(self.months))?
            .checked_add_days(Days::new(self.days.into()))?
            .checked_add_signed(TimeDelta::seconds(self.seconds.into()))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        if self.months > 0 {
            write!(f, "{}M", self.months)?;
        }
        if self.days > 0 {
            write!(f, "{}D", self.days)?;
        }
        match self.seconds {
            0 if self.is_empty() => f.write_str("0D"),
            0 => Ok(()),
            seconds if seconds.is_multiple_of(3_600) => write!(f, "T{}H", seconds.div_euclid(3_600)),
            seconds if seconds.is_multiple_of(60) => write!(f, "T{}M", seconds.div_euclid(60)),
            seconds => write!(f, "T{seconds}S"),
        }
    }
}

impl FromStr for Span {
    type Err = ParseSpanError;

    fn from_str(text: &str) -> Result<Self, ParseSpanError> {
        let rest = text.strip_prefix('P').ok_or(ParseSpanError)?;
        let (date, time) = match rest.split_once('T') {
            Some((_, "")) => return Err(ParseSpanError),
            Some(parts) => parts,
            None if rest.is_empty() => return Err(ParseSpanError),
            None => (rest, ""),
        };
        let [years, months, weeks, days] = designators(date, ['Y', 'M', 'W', 'D'])?;
        let [hours, minutes, seconds] = designators(time, ['H', 'M', 'S'])?;
        let sum = |parts: &[(u32, u32)]| {
            parts.iter().try_fold(0_u32, |sum, (count, unit)| sum.checked_add(count.checked_mul(*unit)?))
        };
        Ok(Self {
            months: sum(&[(years, 12), (months, 1)]).ok_or(ParseSpanError)?,
            days: sum(&[(weeks, 7), (days, 1)]).ok_or(ParseSpanError)?,
            seconds: sum(&[(hours, 3_600), (minutes, 60), (seconds, 1)]).ok_or(ParseSpanError)?,
        })
    }
}

/// The counts before each letter, which must come in this order, each at most once.
fn designators<const N: usize>(text: &str, letters: [char; N]) -> Result<[u32; N], ParseSpanError> {
    let mut counts = [0; N];
    let mut rest = text;
    for (count, letter) in counts.iter_mut().zip(letters) {
        if let Some((digits, tail)) = rest.split_once(letter) {
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(ParseSpanError);
            }
            *count = digits.parse().map_err(|_| ParseSpanError)?;
            rest = tail;
        }
    }
    if rest.is_empty() { Ok(counts) } else { Err(ParseSpanError) }
}

/// When something bought at `at` and valid for `span` ends: with the anniversary day, in the
/// customer's zone; a span with hours in it ends to the second instead (R9).
/// `None` past the calendar's end.
#[must_use]
pub fn end_of_day_after(at: Instant, span: Span, zone: Tz) -> Option<Instant> {
    let local = at.with_timezone(&zone).naive_local();
    let day = local.checked_add_months(Months::new(span.months))?.checked_add_days(Days::new(span.days.into()))?;
    if span.seconds > 0 {
        // In an hour that the clock shows twice, the wall does not tell that `at` may be in the second.
        return resolve(day, zone).max(at).checked_add_signed(TimeDelta::seconds(span.seconds.into()));
    }
    let midnight: NaiveDate = day.date().succ_opt()?;
    Some(resolve(midnight.and_time(NaiveTime::MIN), zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America, Europe, UTC};

    fn at(text: &str) -> Instant {
        text.parse().expect("an instant")
    }

    fn span(text: &str) -> Span {
        text.parse().expect("a span")
    }

    #[test]
    fn r9_a_pack_lasts_to_the_end_of_its_anniversary_day() {
        let bought = at("2026-06-01T12:00:00Z");
        assert_eq!(end_of_day_after(bought, span("P12M"), UTC), Some(at("2027-06-02T00:00:00Z")));
    }

    #[test]
    fn r9_bought_on_leap_day_lasts_through_28_february() {
        let bought = at("2028-02-29T08:00:00Z");
        assert_eq!(end_of_day_after(bought, span("P12M"), UTC), Some(at("2029-03-01T00:00:00Z")));
    }

    #[test]
    fn r9_the_day_ends_in_the_customers_zone() {
        // 22:30 in Berlin is still 1 June there; the day after its anniversary begins at 22:00Z.
        let bought = at("2026-06-01T20:30:00Z");
        assert_eq!(end_of_day_after(bought, span("P1Y"), Europe::Berlin), Some(at("2027-06-01T22:00:00Z")));
    }

    #[test]
    fn r9_a_validity_in_hours_ends_to_the_second() {
        let bought = at("2026-06-01T20:30:00Z");
        assert_eq!(end_of_day_after(bought, span("PT36H"), UTC), Some(at("2026-06-03T08:30:00Z")));
    }

    #[test]
    fn r9_a_validity_is_never_shorter_than_promised() {
        // New York's clock shows 01:30 twice that night; this is the second.
        let bought = at("2026-11-01T06:30:00Z");
        assert_eq!(end_of_day_after(bought, span("PT1H"), America::New_York), Some(at("2026-11-01T07:30:00Z")));
    }

    #[test]
    fn r9_a_day_that_begins_after_a_gap_ends_there() {
        // Beirut's clock skips the first hour of 29 March 2026.
        let bought = at("2026-02-28T12:00:00Z");
        assert_eq!(end_of_day_after(bought, span("P1M"), chrono_tz::Asia::Beirut), Some(at("2026-03-28T22:00:00Z")));
    }

    #[test]
    fn r27_periods_are_counted_from_the_anchor_and_clamped() {
        let anchor = Anchor::at(at("2026-01-31T10:00:00Z"), UTC);
        let days: Vec<_> = (0..5).map(|n| anchor.boundary(n).expect("a date").format("%m-%d").to_string()).collect();
        assert_eq!(days, ["01-31", "02-28", "03-31", "04-30", "05-31"]);
    }

    #[test]
    fn r27_a_boundary_keeps_its_wall_clock_time_over_dst() {
        let anchor = Anchor::at(at("2026-01-15T09:00:00Z"), Europe::Berlin);
        assert_eq!(anchor.boundary(6), Some(at("2026-07-15T08:00:00Z")));
    }

    #[test]
    fn r27_a_time_that_the_clock_skips_is_the_first_after_the_gap() {
        // New York skips 02:00–03:00 on 2026-03-08.
        let anchor = Anchor::at(at("2026-02-08T07:30:15.250Z"), America::New_York);
        assert_eq!(anchor.boundary(1), Some(at("2026-03-08T07:00:00Z")));
        // Samoa skipped a whole day.
        let anchor = Anchor::at(at("2011-11-30T20:00:00Z"), chrono_tz::Pacific::Apia);
        assert_eq!(anchor.boundary(1), Some(at("2011-12-30T10:00:00Z")));
    }

    #[test]
    fn r27_a_time_that_the_clock_shows_twice_is_the_earlier_one() {
        let anchor = Anchor::at(at("2026-10-01T05:30:00Z"), America::New_York);
        assert_eq!(anchor.boundary(1), Some(at("2026-11-01T05:30:00Z")));
    }

    #[test]
    fn r27_an_instant_lies_in_one_period() {
        let anchor = Anchor::at(at("2026-01-31T10:00:00Z"), UTC);
        assert_eq!(anchor.period_at(at("2020-01-01T00:00:00Z")), 0);
        assert_eq!(anchor.period_at(at("2026-02-28T09:59:59.999Z")), 0);
        assert_eq!(anchor.period_at(at("2026-02-28T10:00:00Z")), 1);
        assert_eq!(anchor.period_at(at("2031-01-31T10:00:00Z")), 60);
    }

    #[test]
    fn spans_read_and_print_as_iso_8601_writes_them() {
        assert_eq!(span("P1Y6M"), Span { months: 18, days: 0, seconds: 0 });
        assert_eq!(span("P2W"), Span::days(14));
        assert_eq!(span("PT1H30M"), Span { months: 0, days: 0, seconds: 5_400 });
        for text in ["P12M", "P7D", "PT1H", "P1M2DT90M", "PT5S", "P0D"] {
            assert_eq!(span(text).to_string(), text);
        }
        for wrong in ["", "P", "PT", "12M", "P1", "P-1M", "P1.5M", "P1D1M", "PT1D", "P99999999999M", "p1m"] {
            assert_eq!(wrong.parse::<Span>(), Err(ParseSpanError), "{wrong:?}");
        }
    }
}
