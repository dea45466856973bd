//! An entry: one row with its postings, its key, and what its kind tells.

use domain::{Balance, CustomerId, Entry, EntryId, GrantId, Hold, Kind, Posting, TenantId};
use ports::{CommandKey, Recorded};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::detail::{detail_from_text, detail_to_text};
use super::hold::ProgressText;
use super::{big, credits, damaged, from_text, millis, number, time, to_text};
use crate::entity;
use crate::sql::Row;

/// `grant:micros,grant:micros`: the flow follows from the entry's kind.
pub(crate) fn draws_to_text(draws: &[Posting]) -> String {
    let legs: Vec<_> = draws.iter().map(|leg| format!("{}:{}", leg.grant.number, leg.amount.micros())).collect();
    legs.join(",")
}

pub(crate) fn draws_from_text(customer: CustomerId, text: &str) -> Result<Vec<Posting>, DbErr> {
    let leg = |leg: &str| {
        let (number, micros) = leg.split_once(':')?;
        let grant = GrantId { customer, number: number.parse().ok()? };
        Some(Posting { grant, amount: credits(micros.parse().ok()?).ok()? })
    };
    text.split(',').filter(|leg| !leg.is_empty()).map(|text| leg(text).ok_or_else(|| damaged("posting"))).collect()
}

/// What a replay has to tell of a command's hold: as it was right after (R40).
#[derive(Serialize, Deserialize)]
pub(crate) struct HoldAfter {
    pub(crate) hold: u32,
    draws: String,
    progress: ProgressText,
}

impl HoldAfter {
    pub(crate) fn of(hold: &Hold) -> Self {
        let draws = draws_to_text(&hold.draws);
        Self { hold: hold.id.number, draws, progress: ProgressText::from(&hold.progress) }
    }

    pub(crate) fn read(text: &str) -> Result<Self, DbErr> {
        from_text(text, "hold")
    }

    /// Puts a hold back to how it was then.
    pub(crate) fn restore(self, hold: &mut Hold) -> Result<(), DbErr> {
        hold.draws = draws_from_text(hold.id.customer, &self.draws)?;
        hold.progress = self.progress.try_into()?;
        Ok(())
    }
}

/// An entry to be written, in the order of the table's columns. `command` is the key that the entry's command came
/// with, and the entry's place in that command.
pub(crate) fn entry_row(
    (tenant, customer): (TenantId, CustomerId),
    entry: &Entry,
    command: Option<(&CommandKey, usize)>,
    hold_after: Option<&Hold>,
) -> Result<Row, DbErr> {
    Ok(vec![
        tenant.0.into(),
        customer.0.into(),
        big(entry.sequence).into(),
        entry.kind.word().into(),
        millis(entry.at).into(),
        millis(entry.effective_at).into(),
        draws_to_text(&entry.postings).into(),
        entry.balance.available.micros().into(),
        entry.balance.held.micros().into(),
        command.map(|(key, _)| key.text.clone()).into(),
        command.map(|(_, part)| big(part)).into(),
        command.map(|(key, _)| key.fingerprint.cast_signed()).into(),
        detail_to_text(entry)?.into(),
        hold_after.map(|hold| to_text(&HoldAfter::of(hold))).transpose()?.into(),
    ])
}

/// Reads an entry back.
pub(crate) fn entry(row: entity::entry::Model) -> Result<Recorded, DbErr> {
    let customer = CustomerId(row.customer);
    let kind = Kind::from_word(&row.kind).ok_or_else(|| damaged("kind"))?;
    let sequence = number(row.sequence)?;
    let entry = Entry {
        sequence,
        kind,
        at: time(row.at)?,
        effective_at: time(row.effective_at)?,
        postings: draws_from_text(customer, &row.postings)?,
        balance: Balance { available: credits(row.available)?, held: credits(row.held)? },
        detail: detail_from_text(customer, kind, row.detail.as_deref())?,
    };
    Ok(Recorded { id: EntryId { customer, sequence }, key: row.key, entry })
}
