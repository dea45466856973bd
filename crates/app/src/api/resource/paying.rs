//! What orders and subscriptions ask alike: how many, for how much, paid how, and back to which page.

use domain::{Money, PaymentWay};
use poem_openapi::{Enum, Object};
use ports::MethodId;
use serde::Deserialize;

use crate::api::flaw::FieldCode;
use crate::api::problem::Problem;
use crate::api::wire::{CurrencyCode, Text};

/// How something is paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename_all = "snake_case")]
pub(crate) enum PaymentWord {
    /// On the payment provider's page.
    #[default]
    Checkout,
    /// By the payment method on file.
    Saved,
    /// Outside, such as by bank transfer; the operator marks it as paid.
    Manual,
}

impl From<PaymentWord> for PaymentWay {
    fn from(word: PaymentWord) -> Self {
        match word {
            PaymentWord::Checkout => Self::Checkout,
            PaymentWord::Saved => Self::Saved,
            PaymentWord::Manual => Self::Manual,
        }
    }
}

/// An amount of money, as the caller says it.
#[derive(Clone, Copy, Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub(crate) struct TotalRequest {
    /// In the currency's minor unit: cents of USD, yen of JPY.
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000000000000")))]
    amount: i64,
    /// ISO 4217.
    currency: CurrencyCode,
}

impl TotalRequest {
    /// The amount, which the member `pointer` of a request names.
    pub(super) fn money(self, pointer: &str) -> Result<Money, Problem> {
        const MOST: i64 = 1_000_000_000_000_000;
        if !(0..=MOST).contains(&self.amount) {
            let detail = "0 to 10^15 minor units.";
            return Err(Problem::field(format!("{pointer}/amount"), FieldCode::OutOfRange, detail));
        }
        Ok(Money { minor: self.amount, currency: self.currency.0 })
    }
}

/// The way of paying and the method that is named: who may ask for it, and what goes together.
pub(super) fn paid_by(
    word: PaymentWord,
    method: Option<&Text<255>>,
    by_operator: bool,
) -> Result<(PaymentWay, Option<MethodId>), Problem> {
    let way = PaymentWay::from(word);
    if way == PaymentWay::Manual && !by_operator {
        let detail = "Only the operator takes payments outside.";
        return Err(Problem::field("/payment", FieldCode::Unknown, detail));
    }
    if way != PaymentWay::Saved && method.is_some() {
        return Err(Problem::field("/payment_method", FieldCode::Malformed, "Only with `payment: saved`."));
    }
    Ok((way, method.map(|method| MethodId(method.as_str().to_owned()))))
}

/// How many, which the member `pointer` of a request says.
pub(super) fn quantity(quantity: u32, pointer: &str) -> Result<u32, Problem> {
    if (1..=1_000_000).contains(&quantity) {
        return Ok(quantity);
    }
    Err(Problem::field(pointer.to_owned(), FieldCode::OutOfRange, "1 to 1000000."))
}

/// A page of the product's own: what a browser can be sent to.
pub(super) fn return_url(url: &Text<2000>) -> Result<String, Problem> {
    let is_page = ["https://", "http://"].iter().any(|scheme| {
        url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(' '))
    });
    if is_page && url.is_ascii() {
        return Ok(url.as_str().to_owned());
    }
    Err(Problem::field("/return_url", FieldCode::Malformed, "An address such as `https://example.com/credits`."))
}
