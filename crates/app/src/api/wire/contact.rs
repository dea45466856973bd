//! How, where and when a customer is met: mail addresses, countries and time zones.

use chrono_tz::Tz;
use domain::Country;
use poem_openapi::registry::MetaSchema;
use serde_json::json;

use super::{FieldCode, Flaw, Text, WireText, wire_text};

/// A mail address. Whether mail arrives there only mail can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Email(String);

impl Email {
    /// As it is.
    #[must_use]
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl WireText for Email {
    fn read(text: &str) -> Result<Self, Flaw> {
        let address = Text::<320>::read(text)?.into_text();
        let plausible = address.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
        if plausible && !address.contains(char::is_whitespace) {
            return Ok(Self(address));
        }
        Err(Flaw::new(FieldCode::Malformed, "An address such as `ada@example.com`."))
    }

    fn write(&self) -> String {
        self.0.clone()
    }

    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some(r"^ *[^@\s\x00-\x1f\x7f-\x9f]+@[^\s\x00-\x1f\x7f-\x9f]+ *$".to_owned()),
            example: Some(json!("ada@example.com")),
            ..Text::<320>::schema()
        }
    }
}
wire_text!(Email);

/// A country's ISO 3166-1 code of two letters: `DE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CountryCode(pub(crate) Country);

impl WireText for CountryCode {
    fn read(text: &str) -> Result<Self, Flaw> {
        let unknown = || Flaw::new(FieldCode::Unknown, "An ISO 3166-1 code of two capital letters such as `DE`.");
        Country::from_code(text).map(Self).ok_or_else(unknown)
    }

    fn write(&self) -> String {
        self.0.code().to_owned()
    }

    fn schema() -> MetaSchema {
        MetaSchema { pattern: Some("^[A-Z]{2}$".to_owned()), example: Some(json!("DE")), ..MetaSchema::new("string") }
    }
}
wire_text!(CountryCode);

/// An IANA time zone by its name: `Europe/Berlin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Zone(pub(crate) Tz);

impl WireText for Zone {
    fn read(text: &str) -> Result<Self, Flaw> {
        let unknown = || Flaw::new(FieldCode::Unknown, "An IANA time zone such as `Europe/Berlin`.");
        text.parse().map(Self).map_err(|_| unknown())
    }

    fn write(&self) -> String {
        self.0.name().to_owned()
    }

    fn schema() -> MetaSchema {
        MetaSchema { example: Some(json!("Europe/Berlin")), ..MetaSchema::new_with_format("string", "time-zone") }
    }
}
wire_text!(Zone);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_someone_at_some_host() {
        for right in ["ada@example.com", " ada@example.com ", "a@b", "a@b@c"] {
            assert!(Email::read(right).is_ok(), "{right}");
        }
        for wrong in ["ada", "@b", "a@", "a b@c", "a@b c", "", "a@b\n"] {
            assert!(Email::read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_country_is_known_by_its_code() {
        assert_eq!(CountryCode::read("DE").map(|code| code.write()), Ok("DE".to_owned()));
        for wrong in ["", "de", "DEU", "EU", "UK", "Germany"] {
            assert_eq!(CountryCode::read(wrong).unwrap_err().code, FieldCode::Unknown, "{wrong}");
        }
    }

    #[test]
    fn a_zone_is_known_by_its_name() {
        assert_eq!(Zone::read("Europe/Berlin"), Ok(Zone(Tz::Europe__Berlin)));
        assert_eq!(Zone::read("Europe/Atlantis").unwrap_err().code, FieldCode::Unknown);
    }
}
