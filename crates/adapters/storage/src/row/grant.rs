//! A grant's terms.

use domain::{Currency, CustomerId, Grant, GrantId, Money, Source, TenantId};
use sea_orm::DbErr;
use serde::Serialize;

use super::{credits, damaged, hex, maybe_time, millis, number, time};
use crate::entity;

/// A grant to be written, in the order of the table's columns; nothing expired or revoked yet.
#[derive(Serialize)]
pub(crate) struct GrantRow(
    String,
    String,
    u32,
    &'static str,
    String,
    i64,
    Option<i64>,
    Option<&'static str>,
    u16,
    i64,
    Option<i64>,
    i64,
    Option<String>,
);

impl GrantRow {
    pub(crate) fn new(tenant: TenantId, grant: &Grant) -> Self {
        Self(
            hex(tenant.0),
            hex(grant.id.customer.0),
            grant.id.number,
            grant.source.word(),
            grant.label.clone(),
            grant.amount.micros(),
            grant.cost.map(|cost| cost.minor),
            grant.cost.map(|cost| cost.currency.code()),
            grant.priority,
            millis(grant.effective_at),
            grant.expires_at.map(millis),
            millis(grant.granted_at),
            grant.reason.clone(),
        )
    }
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
