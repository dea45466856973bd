//! Amounts of money, days and numbers of documents, as JSON.

use std::str::FromStr;

use domain::{Currency, InvoiceNumber, Money};
use sea_orm::DbErr;

use super::damaged;

/// Minor units and the currency's code.
pub(super) type MoneyText = (i64, String);

pub(super) fn money_text(money: Money) -> MoneyText {
    (money.minor, money.currency.code().to_owned())
}

pub(super) fn money((minor, code): MoneyText) -> Result<Money, DbErr> {
    let currency = Currency::from_code(&code).ok_or_else(|| damaged("currency"))?;
    Ok(Money { minor, currency })
}

/// Reads back what prints as one text.
pub(super) fn parsed<T: FromStr>(text: &str, what: &str) -> Result<T, DbErr> {
    text.parse().map_err(|_| damaged(what))
}

pub(super) fn document_number(text: Option<String>) -> Result<Option<InvoiceNumber>, DbErr> {
    text.map(|text| parsed(&text, "number of a document")).transpose()
}
