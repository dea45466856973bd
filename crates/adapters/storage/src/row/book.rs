//! A customer's book, folded into one row.

use chrono::NaiveDateTime;
use domain::{Anchor, Book, CustomerId, FreeTier, OpenGrant, Source, TenantId};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use super::{big, credits, damaged, from_text, maybe_time, millis, number, time, to_text};
use crate::entity;
use crate::sql::Row;

/// An open grant as an array: number, source, amount, cost, priority, effective, end, active, available, held.
type Folded = (u32, String, i64, i64, u16, i64, Option<i64>, bool, i64, i64);

#[derive(Serialize, Deserialize)]
struct FoldedTier {
    credits: i64,
    local: NaiveDateTime,
    zone: String,
    next: u32,
    rollover: u8,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    paused: bool,
}

/// A book to be written: tenant, customer, its sequence before, then its columns; when it is due comes last.
pub(crate) fn book_row(tenant: TenantId, book: &Book, before: u64) -> Result<Row, DbErr> {
    let grants: Vec<Folded> = book.grants().iter().map(fold).collect();
    Ok(vec![
        tenant.0.into(),
        book.customer.0.into(),
        big(before).into(),
        big(book.sequence).into(),
        millis(book.last_at).into(),
        book.grants_made.into(),
        book.holds_made.into(),
        to_text(&grants)?.into(),
        book.free_tier.as_ref().map(fold_tier).transpose()?.into(),
        book.frozen_since.map(millis).into(),
        book.due_at().map(millis).into(),
    ])
}

fn fold(grant: &OpenGrant) -> Folded {
    (
        grant.number,
        grant.source.word().to_owned(),
        grant.amount.micros(),
        grant.cost_minor,
        grant.priority,
        millis(grant.effective_at),
        grant.expires_at.map(millis),
        grant.active,
        grant.available.micros(),
        grant.held.micros(),
    )
}

fn fold_tier(tier: &FreeTier) -> Result<String, DbErr> {
    to_text(&FoldedTier {
        credits: tier.credits.micros(),
        local: tier.anchor.local,
        zone: tier.anchor.zone.name().to_owned(),
        next: tier.next,
        rollover: tier.rollover,
        paused: tier.paused,
    })
}

/// Reads a book back.
pub(crate) fn book(row: &entity::book::Model) -> Result<Book, DbErr> {
    let folded: Vec<Folded> = from_text(&row.grants, "book")?;
    let grants = folded.into_iter().map(unfold).collect::<Result<_, _>>()?;
    let mut book = Book::new(CustomerId(row.customer), time(row.last_at)?).with_grants(grants);
    book.sequence = number(row.sequence)?;
    book.grants_made = number(row.grants_made)?;
    book.holds_made = number(row.holds_made)?;
    book.free_tier = row.free_tier.as_deref().map(unfold_tier).transpose()?;
    book.frozen_since = maybe_time(row.frozen_since)?;
    Ok(book)
}

fn unfold(folded: Folded) -> Result<OpenGrant, DbErr> {
    let (number, source, amount, cost_minor, priority, effective_at, expires_at, active, available, held) = folded;
    Ok(OpenGrant {
        number,
        source: Source::from_word(&source).ok_or_else(|| damaged("source"))?,
        amount: credits(amount)?,
        cost_minor,
        priority,
        effective_at: time(effective_at)?,
        expires_at: maybe_time(expires_at)?,
        active,
        available: credits(available)?,
        held: credits(held)?,
    })
}

fn unfold_tier(text: &str) -> Result<FreeTier, DbErr> {
    let tier: FoldedTier = from_text(text, "free tier")?;
    let zone = tier.zone.parse().map_err(|_| damaged("time zone"))?;
    let FoldedTier { local, next, rollover, paused, .. } = tier;
    Ok(FreeTier { credits: credits(tier.credits)?, anchor: Anchor { local, zone }, next, rollover, paused })
}
