//! A hold: its terms, written once, and what has become of it.

use domain::{CustomerId, EstimateId, Hold, HoldId, HoldStatus, ItemProgress, Line, Progress, TenantId};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::line::{LineText, mode};
use super::{
    Pairs, credits, damaged, draws_from_text, draws_to_text, from_text, maybe_time, millis, number, time, to_text,
};
use crate::entity;
use crate::sql::Row;

#[derive(Serialize, Deserialize)]
struct TermsText {
    estimate: Uuid,
    lines: Vec<LineText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<String>,
    mode: String,
    amount: i64,
    created_at: i64,
    catalog_version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    metadata: Pairs,
}

/// What has become of a hold; an item is an array: captured, failed, free.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ProgressText {
    status: String,
    captured: i64,
    released: i64,
    expires_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed_at: Option<i64>,
    items: Vec<(u64, u64, u64)>,
}

impl From<&Progress> for ProgressText {
    fn from(progress: &Progress) -> Self {
        Self {
            status: progress.status.word().to_owned(),
            captured: progress.captured.micros(),
            released: progress.released.micros(),
            expires_at: millis(progress.expires_at),
            closed_at: progress.closed_at.map(millis),
            items: progress.items.iter().map(|item| (item.captured, item.failed, item.free)).collect(),
        }
    }
}

impl TryFrom<ProgressText> for Progress {
    type Error = DbErr;

    fn try_from(text: ProgressText) -> Result<Self, DbErr> {
        let item = |(captured, failed, free)| ItemProgress { captured, failed, free };
        Ok(Self {
            status: HoldStatus::from_word(&text.status).ok_or_else(|| damaged("status"))?,
            captured: credits(text.captured)?,
            released: credits(text.released)?,
            expires_at: time(text.expires_at)?,
            closed_at: maybe_time(text.closed_at)?,
            items: text.items.into_iter().map(item).collect(),
        })
    }
}

/// A hold to be written, in the order of the table's columns.
pub(crate) fn hold_row(tenant: TenantId, hold: &Hold) -> Result<Row, DbErr> {
    let terms = TermsText {
        estimate: hold.estimate.0,
        lines: hold.lines.iter().map(LineText::from).collect(),
        left_out: hold.left_out.clone(),
        mode: hold.mode.word().to_owned(),
        amount: hold.amount.micros(),
        created_at: millis(hold.created_at),
        catalog_version: hold.catalog_version,
        reference: hold.reference.clone(),
        metadata: hold.metadata.clone(),
    };
    Ok(vec![
        tenant.0.into(),
        hold.id.customer.0.into(),
        hold.id.number.into(),
        hold.progress.status.word().into(),
        hold.held().micros().into(),
        millis(hold.progress.expires_at).into(),
        draws_to_text(&hold.draws).into(),
        to_text(&ProgressText::from(&hold.progress))?.into(),
        to_text(&terms)?.into(),
    ])
}

/// Reads a hold back.
pub(crate) fn hold(row: &entity::hold::Model) -> Result<Hold, DbErr> {
    let terms: TermsText = from_text(&row.terms, "hold")?;
    let progress: ProgressText = from_text(&row.progress, "hold")?;
    let customer = CustomerId(row.customer);
    Ok(Hold {
        id: HoldId { customer, number: number(row.number)? },
        estimate: EstimateId(terms.estimate),
        lines: terms.lines.into_iter().map(Line::try_from).collect::<Result<_, _>>()?,
        left_out: terms.left_out,
        mode: mode(&terms.mode)?,
        amount: credits(terms.amount)?,
        draws: draws_from_text(customer, &row.draws)?,
        progress: progress.try_into()?,
        created_at: time(terms.created_at)?,
        catalog_version: terms.catalog_version,
        reference: terms.reference,
        metadata: terms.metadata,
    })
}
