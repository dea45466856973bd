//! What one kind of entry tells beyond its postings, as JSON; what is usual is left out.

use domain::{CustomerId, Detail, Document, Entry, Grant, GrantId, HoldId, Kind, Outcome, Source, Usage, UsageId};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::grant::cost;
use super::line::DocumentText;
use super::{Pairs, credits, damaged, from_text, maybe_time, millis, time, to_text};

#[derive(Serialize, Deserialize)]
struct GrantText {
    number: u32,
    source: String,
    label: String,
    amount: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost: Option<(i64, String)>,
    priority: u16,
    effective_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    granted_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct UsageText {
    operation: String,
    quantity: u64,
    rate: i64,
    cost: i64,
    #[serde(default, skip_serializing_if = "is_default")]
    uncollected: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<DocumentText>,
    #[serde(default, skip_serializing_if = "is_default")]
    free: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    failed: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    late: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    above_hold: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    occurred_at: Option<i64>,
    catalog: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    metadata: Pairs,
}

/// Which hold or grant, until when, or why.
#[derive(Default, Serialize, Deserialize)]
struct Note {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grant: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    usage: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quantity: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

pub(super) fn detail_to_text(entry: &Entry) -> Result<Option<String>, DbErr> {
    let text = match &entry.detail {
        Detail::None => return Ok(None),
        Detail::Grant(grant) => to_text(&grant_text(grant))?,
        Detail::Usage(usage) => to_text(&usage_text(usage))?,
        other => to_text(&note(other))?,
    };
    Ok(Some(text))
}

fn note(detail: &Detail) -> Note {
    let empty = Note::default();
    match detail {
        Detail::Activate(grant) => Note { grant: Some(grant.number), ..empty },
        Detail::Extend { grant, expires_at } => {
            Note { grant: Some(grant.number), expires_at: Some(millis(*expires_at)), ..empty }
        }
        Detail::Hold { hold, expires_at } | Detail::ExtendHold { hold, expires_at } => {
            Note { hold: Some(hold.number), expires_at: Some(millis(*expires_at)), ..empty }
        }
        Detail::Release { hold, reason } => Note { hold: Some(hold.number), reason: Some(reason.clone()), ..empty },
        Detail::Reverse { usage, quantity, reason } => {
            Note { usage: Some(usage.sequence), quantity: Some(*quantity), reason: reason.clone(), ..empty }
        }
        Detail::Revoke { reason }
        | Detail::Reinstate { reason }
        | Detail::Freeze { reason }
        | Detail::Unfreeze { reason } => Note { reason: reason.clone(), ..empty },
        Detail::None | Detail::Grant(_) | Detail::Usage(_) => empty,
    }
}

pub(super) fn detail_from_text(customer: CustomerId, kind: Kind, text: Option<&str>) -> Result<Detail, DbErr> {
    let Some(text) = text else { return Ok(Detail::None) };
    match kind {
        Kind::Open | Kind::Expire | Kind::PauseFreeTier | Kind::ResumeFreeTier => Ok(Detail::None),
        Kind::Grant => Ok(Detail::Grant(Box::new(grant(customer, from_text(text, "grant")?)?))),
        Kind::Usage | Kind::Capture => Ok(Detail::Usage(Box::new(usage(customer, from_text(text, "usage")?)?))),
        _ => noted(customer, kind, from_text(text, "entry")?),
    }
}

fn noted(customer: CustomerId, kind: Kind, note: Note) -> Result<Detail, DbErr> {
    let missing = || damaged("entry");
    let grant = || Ok::<_, DbErr>(GrantId { customer, number: note.grant.ok_or_else(missing)? });
    let hold = || Ok::<_, DbErr>(HoldId { customer, number: note.hold.ok_or_else(missing)? });
    let end = || time(note.expires_at.ok_or_else(missing)?);
    Ok(match kind {
        Kind::Activate => Detail::Activate(grant()?),
        Kind::Extend => Detail::Extend { grant: grant()?, expires_at: end()? },
        Kind::Hold => Detail::Hold { hold: hold()?, expires_at: end()? },
        Kind::ExtendHold => Detail::ExtendHold { hold: hold()?, expires_at: end()? },
        Kind::Release => Detail::Release { hold: hold()?, reason: note.reason.ok_or_else(missing)? },
        Kind::Reverse => Detail::Reverse {
            usage: UsageId { customer, sequence: note.usage.ok_or_else(missing)? },
            quantity: note.quantity.ok_or_else(missing)?,
            reason: note.reason,
        },
        Kind::Revoke => Detail::Revoke { reason: note.reason },
        Kind::Reinstate => Detail::Reinstate { reason: note.reason },
        Kind::Freeze => Detail::Freeze { reason: note.reason },
        Kind::Unfreeze => Detail::Unfreeze { reason: note.reason },
        Kind::Open
        | Kind::Expire
        | Kind::PauseFreeTier
        | Kind::ResumeFreeTier
        | Kind::Grant
        | Kind::Usage
        | Kind::Capture => return Err(missing()),
    })
}

fn grant_text(grant: &Grant) -> GrantText {
    GrantText {
        number: grant.id.number,
        source: grant.source.word().to_owned(),
        label: grant.label.clone(),
        amount: grant.amount.micros(),
        cost: grant.cost.map(|cost| (cost.minor, cost.currency.code().to_owned())),
        priority: grant.priority,
        effective_at: millis(grant.effective_at),
        expires_at: grant.expires_at.map(millis),
        granted_at: millis(grant.granted_at),
        reason: grant.reason.clone(),
    }
}

fn grant(customer: CustomerId, text: GrantText) -> Result<Grant, DbErr> {
    let (minor, currency) = text.cost.unzip();
    Ok(Grant {
        id: GrantId { customer, number: text.number },
        source: Source::from_word(&text.source).ok_or_else(|| damaged("source"))?,
        label: text.label,
        amount: credits(text.amount)?,
        cost: cost(minor, currency.as_deref())?,
        priority: text.priority,
        effective_at: time(text.effective_at)?,
        expires_at: maybe_time(text.expires_at)?,
        granted_at: time(text.granted_at)?,
        reason: text.reason,
    })
}

fn usage_text(usage: &Usage) -> UsageText {
    UsageText {
        operation: usage.operation.clone(),
        quantity: usage.quantity,
        rate: usage.rate.micros(),
        cost: usage.cost.micros(),
        uncollected: usage.uncollected.micros(),
        outcome: (usage.outcome != Outcome::Completed).then(|| usage.outcome.word().to_owned()),
        hold: usage.hold.map(|hold| hold.number),
        item: usage.item,
        name: usage.name.clone(),
        document: usage.document.as_ref().map(DocumentText::from),
        free: usage.free,
        failed: usage.failed,
        late: usage.late,
        above_hold: usage.above_hold,
        reference: usage.reference.clone(),
        occurred_at: usage.occurred_at.map(millis),
        catalog: usage.catalog_version,
        metadata: usage.metadata.clone(),
    }
}

fn usage(customer: CustomerId, text: UsageText) -> Result<Usage, DbErr> {
    let outcome = match text.outcome.as_deref() {
        None => Outcome::Completed,
        Some(word) => Outcome::from_word(word).ok_or_else(|| damaged("outcome"))?,
    };
    Ok(Usage {
        operation: text.operation,
        quantity: text.quantity,
        rate: credits(text.rate)?,
        cost: credits(text.cost)?,
        uncollected: credits(text.uncollected)?,
        outcome,
        hold: text.hold.map(|number| HoldId { customer, number }),
        item: text.item,
        name: text.name,
        document: text.document.map(Document::from),
        free: text.free,
        failed: text.failed,
        late: text.late,
        above_hold: text.above_hold,
        reference: text.reference,
        occurred_at: maybe_time(text.occurred_at)?,
        catalog_version: text.catalog,
        metadata: text.metadata,
    })
}
