//! Between rows and the domain: what is folded into a column, and back.

mod billing;
mod book;
mod charge;
mod detail;
mod document;
mod entry;
mod event;
mod given_back;
mod grant;
mod hold;
mod line;
mod mail;
mod money;
mod order;
mod party;
mod payer;
mod plan;
mod subscription;
mod task;
mod taxed;

pub(crate) use billing::{billing_from_text, billing_to_text};
pub(crate) use book::{book, book_row};
pub(crate) use document::{document, document_row};
pub(crate) use entry::{HoldAfter, draws_from_text, draws_to_text, entry, entry_row};
pub(crate) use event::{event, event_row};
pub(crate) use grant::{grant, grant_row};
pub(crate) use hold::{hold, hold_row};
pub(crate) use line::{estimate_from_text, estimate_to_text};
pub(crate) use mail::{mail, mail_row};
pub(crate) use order::{order, order_row};
pub(crate) use payer::{payer, payer_row};
pub(crate) use subscription::{subscription, subscription_row};

use chrono::DateTime;
use domain::{Credits, Instant};
use sea_orm::DbErr;

/// Metadata, notes: pairs in their order.
pub(crate) type Pairs = Vec<(String, String)>;

/// A row that the store itself wrote cannot be read: someone else changed it.
pub(crate) fn damaged(what: &str) -> DbErr {
    DbErr::Custom(format!("a stored {what} cannot be read"))
}

pub(crate) fn millis(at: Instant) -> i64 {
    at.timestamp_millis()
}

pub(crate) fn time(millis: i64) -> Result<Instant, DbErr> {
    // The last instant is no whole millisecond, and has to come back as itself.
    if millis == Instant::MAX_UTC.timestamp_millis() {
        return Ok(Instant::MAX_UTC);
    }
    DateTime::from_timestamp_millis(millis).ok_or_else(|| damaged("instant"))
}

pub(crate) fn maybe_time(millis: Option<i64>) -> Result<Option<Instant>, DbErr> {
    millis.map(time).transpose()
}

pub(crate) fn credits(micros: i64) -> Result<Credits, DbErr> {
    Credits::from_micros(micros).ok_or_else(|| damaged("amount"))
}

pub(crate) fn number<N: TryFrom<i64>>(number: i64) -> Result<N, DbErr> {
    N::try_from(number).map_err(|_| damaged("number"))
}

/// Numbers of ours that fit an `i64` by construction.
pub(crate) fn big<N: TryInto<i64>>(number: N) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

pub(crate) fn to_text<T: serde::Serialize>(value: &T) -> Result<String, DbErr> {
    serde_json::to_string(value).map_err(|error| DbErr::Custom(error.to_string()))
}

pub(crate) fn from_text<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Result<T, DbErr> {
    serde_json::from_str(text).map_err(|_| damaged(what))
}
