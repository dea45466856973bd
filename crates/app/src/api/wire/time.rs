//! Instants: RFC 3339.

use chrono::{DateTime, Datelike as _, SecondsFormat};
use domain::Instant;
use poem_openapi::registry::MetaSchema;
use serde_json::json;

use super::{FieldCode, Flaw, WireText, wire_text};

/// An instant: RFC 3339 with any offset where it is read, in milliseconds and `Z` where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(pub Instant);

impl WireText for Time {
    fn read(text: &str) -> Result<Self, Flaw> {
        let at = DateTime::parse_from_rfc3339(text).map_err(|_| {
            Flaw::new(FieldCode::Malformed, "not an RFC 3339 time such as \"2026-06-01T12:00:00.000Z\".")
        })?;
        // By way of the count of milliseconds, which a leap second has no place in.
        let at = DateTime::from_timestamp_millis(at.timestamp_millis());
        at.filter(|at| (1970..10_000).contains(&at.year()))
            .map(Self)
            .ok_or_else(|| Flaw::new(FieldCode::OutOfRange, "not a time of the years 1970 to 9999."))
    }

    fn write(&self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some("^(19[7-9][0-9]|[2-9][0-9]{3})-".to_owned()),
            example: Some(json!("2026-06-01T12:00:00.000Z")),
            ..MetaSchema::new_with_format("string", "date-time")
        }
    }

    fn hint() -> String {
        "a time is written as a string such as \"2026-06-01T12:00:00.000Z\"".to_owned()
    }
}
wire_text!(Time);

impl From<Instant> for Time {
    fn from(at: Instant) -> Self {
        Self(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_milliseconds_and_utc() {
        for (read, written) in [
            ("2026-06-01T12:00:00Z", "2026-06-01T12:00:00.000Z"),
            ("2026-06-01T14:00:00.1239+02:00", "2026-06-01T12:00:00.123Z"),
            ("1969-12-31T23:30:00-01:00", "1970-01-01T00:30:00.000Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(Time::read(read).unwrap().write(), written);
        }
        assert!(Time::read("9999-12-31T23:59:59-01:00").is_err());
    }
}
