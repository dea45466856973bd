//! Customers as those who pay.

use domain::{Consent, CustomerId, Off, TenantId, TopUp};
use ports::{PayerId, PayerRecord};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::money::{MoneyText, money, money_text, parsed};
use super::{big, credits, from_text, maybe_time, millis, number, time, to_text};
use crate::entity::payer::Model;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OffText {
    Withdrawn,
    Failures,
}

#[derive(Serialize, Deserialize)]
struct TopUpText {
    pack: String,
    amount: MoneyText,
    below: i64,
    monthly_cap: MoneyText,
    zone: String,
    agreed_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    off: Option<OffText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paying: Option<String>,
    failures: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_at: Option<i64>,
    charged: i64,
}

/// A record to be written, at the version that it has.
pub(crate) fn payer_row(tenant: TenantId, customer: CustomerId, record: &PayerRecord) -> Result<Model, DbErr> {
    let top_up = record.top_up.as_ref();
    let may_buy = top_up.filter(|top_up| top_up.off.is_none() && top_up.paying.is_none());
    Ok(Model {
        tenant: tenant.0,
        customer: customer.0,
        payer: record.payer.as_ref().map(|payer| payer.0.clone()),
        top_up: top_up.map(|top_up| to_text(&top_up_text(top_up))).transpose()?,
        version: big(record.version),
        below: may_buy.map(|top_up| top_up.consent.below.micros()),
        paying: top_up.and_then(|top_up| top_up.paying).map(|order| order.0),
        look_at: record.look_at.map(millis),
    })
}

fn top_up_text(top_up: &TopUp) -> TopUpText {
    let consent = &top_up.consent;
    TopUpText {
        pack: consent.pack.clone(),
        amount: money_text(consent.amount),
        below: consent.below.micros(),
        monthly_cap: money_text(consent.monthly_cap),
        zone: consent.zone.name().to_owned(),
        agreed_at: millis(consent.agreed_at),
        off: top_up.off.map(|off| match off {
            Off::Withdrawn => OffText::Withdrawn,
            Off::Failures => OffText::Failures,
        }),
        paying: top_up.paying.map(|order| order.to_string()),
        failures: top_up.failures,
        last_at: top_up.last_at.map(millis),
        charged: top_up.charged,
    }
}

/// Reads a record back.
pub(crate) fn payer(row: Model) -> Result<PayerRecord, DbErr> {
    let text = row.top_up.map(|text| from_text(&text, "top-up")).transpose()?;
    Ok(PayerRecord {
        payer: row.payer.map(PayerId),
        top_up: text.map(top_up).transpose()?,
        look_at: maybe_time(row.look_at)?,
        version: number(row.version)?,
    })
}

fn top_up(text: TopUpText) -> Result<TopUp, DbErr> {
    Ok(TopUp {
        consent: Consent {
            pack: text.pack,
            amount: money(text.amount)?,
            below: credits(text.below)?,
            monthly_cap: money(text.monthly_cap)?,
            zone: parsed(&text.zone, "time zone")?,
            agreed_at: time(text.agreed_at)?,
        },
        off: text.off.map(|off| match off {
            OffText::Withdrawn => Off::Withdrawn,
            OffText::Failures => Off::Failures,
        }),
        paying: text.paying.map(|order| parsed(&order, "order's id")).transpose()?,
        failures: text.failures,
        last_at: maybe_time(text.last_at)?,
        charged: text.charged,
    })
}
