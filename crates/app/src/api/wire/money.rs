//! Money: whole minor units of a currency.

use domain::{Currency, Money};
use poem_openapi::Object;
use poem_openapi::registry::MetaSchema;
use serde::Serialize;
use serde_json::json;

use super::{FieldCode, Flaw, WireText, wire_text};

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object, Serialize)]
#[oai(rename = "Money")]
pub(crate) struct MoneyBody {
    /// In the currency's minor unit: cents of USD, yen of JPY.
    pub amount: i64,
    /// ISO 4217.
    pub currency: CurrencyCode,
}

impl From<Money> for MoneyBody {
    fn from(money: Money) -> Self {
        Self { amount: money.minor, currency: CurrencyCode(money.currency) }
    }
}

/// A currency's ISO 4217 code: `USD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CurrencyCode(pub Currency);

impl WireText for CurrencyCode {
    fn read(text: &str) -> Result<Self, Flaw> {
        Currency::from_code(text)
            .map(Self)
            .ok_or_else(|| Flaw::new(FieldCode::Unknown, "not an ISO 4217 currency code such as \"USD\"."))
    }

    fn write(&self) -> String {
        self.0.code().to_owned()
    }

    fn schema() -> MetaSchema {
        MetaSchema { pattern: Some("^[A-Z]{3}$".to_owned()), example: Some(json!("USD")), ..MetaSchema::new("string") }
    }
}
wire_text!(CurrencyCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_minor_units_of_a_currency() {
        let money = Money { minor: 1_900, currency: Currency::USD };
        let text = serde_json::to_string(&MoneyBody::from(money)).unwrap();
        assert_eq!(text, r#"{"amount":1900,"currency":"USD"}"#);
        assert_eq!(CurrencyCode::read("USD").unwrap().0, Currency::USD);
        assert!(CurrencyCode::read("usd").is_err());
        assert!(CurrencyCode::read("").is_err());
    }
}
