//! Refunds of an order, as JSON.

use domain::{CustomerId, GrantId};
use ports::{GivenBack, GivenBackPart, GivenBackStatus, RefundId};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::money::{MoneyText, document_number, money, money_text};
use super::{credits, damaged, maybe_time, millis, time};

/// The grant's number: it is the customer's of the order.
#[derive(Serialize, Deserialize)]
struct PartText {
    grant: u32,
    credits: i64,
    net: MoneyText,
    tax: MoneyText,
}

#[derive(Serialize, Deserialize)]
pub(super) struct GivenBackText {
    number: u32,
    status: String,
    parts: Vec<PartText>,
    /// Net of tax, and the tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ungranted: Option<(MoneyText, MoneyText)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    task: Option<u32>,
    gross: MoneyText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receivable: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provider_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credit_note: Option<String>,
    created_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed_at: Option<i64>,
}

pub(super) fn given_back_text(refund: &GivenBack) -> GivenBackText {
    let part = |part: &GivenBackPart| PartText {
        grant: part.grant.number,
        credits: part.credits.micros(),
        net: money_text(part.net),
        tax: money_text(part.tax),
    };
    GivenBackText {
        number: refund.number,
        status: refund.status.word().to_owned(),
        parts: refund.parts.iter().map(part).collect(),
        ungranted: refund.ungranted.map(|(net, tax)| (money_text(net), money_text(tax))),
        task: refund.task,
        gross: money_text(refund.gross),
        receivable: (refund.receivable != 0).then_some(refund.receivable),
        reason: refund.reason.clone(),
        provider_id: refund.provider_id.as_ref().map(|id| id.0.clone()),
        credit_note: refund.credit_note.as_ref().map(ToString::to_string),
        created_at: millis(refund.created_at),
        failed_at: refund.failed_at.map(millis),
    }
}

pub(super) fn given_back(customer: CustomerId, text: GivenBackText) -> Result<GivenBack, DbErr> {
    let part = |text: PartText| {
        Ok(GivenBackPart {
            grant: GrantId { customer, number: text.grant },
            credits: credits(text.credits)?,
            net: money(text.net)?,
            tax: money(text.tax)?,
        })
    };
    Ok(GivenBack {
        number: text.number,
        status: GivenBackStatus::from_word(&text.status).ok_or_else(|| damaged("refund's status"))?,
        parts: text.parts.into_iter().map(part).collect::<Result<_, DbErr>>()?,
        ungranted: text.ungranted.map(|(net, tax)| Ok::<_, DbErr>((money(net)?, money(tax)?))).transpose()?,
        task: text.task,
        gross: money(text.gross)?,
        receivable: text.receivable.unwrap_or_default(),
        reason: text.reason,
        provider_id: text.provider_id.map(RefundId),
        credit_note: document_number(text.credit_note)?,
        created_at: time(text.created_at)?,
        failed_at: maybe_time(text.failed_at)?,
    })
}
