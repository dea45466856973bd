//! A grant's terms.

use domain::{Currency, CustomerId, Grant, GrantId, Money, Source, TenantId};
use sea_orm::DbErr;

use super::{credits, damaged, maybe_time, millis, number, time};
use crate::entity;
use crate::sql::Row;

/// A grant to be written, in the order of the table's columns; nothing expired or revoked yet.
pub(crate) fn grant_row(tenant: TenantId, grant: &Grant) -> Row {
    vec![
        tenant.0.into(),
        grant.id.customer.0.into(),
        grant.id.number.into(),
        grant.source.word().into(),
        grant.label.clone().into(),
        grant.amount.micros().into(),
        grant.cost.map(|cost| cost.minor).into(),
        grant.cost.map(|cost| cost.currency.code()).into(),
        grant.priority.into(),
        millis(grant.effective_at).into(),
        grant.expires_at.map(millis).into(),
        millis(grant.granted_at).into(),
        grant.reason.clone().into(),
    ]
}

/// Reads a grant's terms back.
pub(crate) fn grant(row: entity::grant::Model) -> Result<Grant, DbErr> {
    Ok(Grant {
        id: GrantId { customer: CustomerId(row.customer), number: number(row.number)? },
        source: Source::from_word(&row.source).ok_or_else(|| damaged("source"))?,
        label: row.label,
        amount: credits(row.amount)?,
        cost: cost(row.cost_minor, row.currency.as_deref())?,
        priority: number(row.priority)?,
        effective_at: time(row.effective_at)?,
        expires_at: maybe_time(row.expires_at)?,
        granted_at: time(row.granted_at)?,
        reason: row.reason,
    })
}

pub(super) fn cost(minor: Option<i64>, currency: Option<&str>) -> Result<Option<Money>, DbErr> {
    let (Some(minor), Some(currency)) = (minor, currency) else { return Ok(None) };
    let currency = Currency::from_code(currency).ok_or_else(|| damaged("currency"))?;
    Ok(Some(Money { minor, currency }))
}
