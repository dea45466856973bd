//! A journal, read from its end.

use domain::{CustomerId, Instant, Kind, Posting};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::Reading;
use crate::entity::{book, entry};
use crate::row::{damaged, draws_from_text, millis};

/// Entries that are read at once.
const BATCH: u64 = 1_000;

/// The columns of an entry that a rewind needs.
type Moved = (i64, String, i64, String);

/// A customer's journal, the last entry first, read as far as anyone asks.
pub(super) struct Backwards {
    customer: Uuid,
    /// Nothing was effective after it.
    last_at: i64,
    before: i64,
    read: std::vec::IntoIter<Moved>,
    next: Option<Moved>,
}

impl Backwards {
    pub(super) fn from(book: &book::Model) -> Self {
        let before = book.sequence.saturating_add(1);
        Self { customer: book.customer, last_at: book.last_at, before, read: Vec::new().into_iter(), next: None }
    }

    /// The next entry, if it was effective after `at`.
    pub(super) async fn after(&mut self, of: &Reading<'_>, at: Instant) -> Result<Option<(Kind, Vec<Posting>)>, DbErr> {
        let at = millis(at);
        if self.last_at <= at {
            return Ok(None);
        }
        if self.next.is_none() {
            self.next = self.fetch(of).await?;
        }
        let Some((_, kind, _, postings)) = self.next.take_if(|(_, _, effective_at, _)| *effective_at > at) else {
            return Ok(None);
        };
        let kind = Kind::from_word(&kind).ok_or_else(|| damaged("kind"))?;
        Ok(Some((kind, draws_from_text(CustomerId(self.customer), &postings)?)))
    }

    async fn fetch(&mut self, of: &Reading<'_>) -> Result<Option<Moved>, DbErr> {
        use entry::Column;
        if self.read.len() == 0 {
            let query = entry::Entity::find()
                .select_only()
                .columns([Column::Sequence, Column::Kind, Column::EffectiveAt, Column::Postings])
                .filter(Column::Tenant.eq(of.tenant.0))
                .filter(Column::Customer.eq(self.customer))
                .filter(Column::Sequence.lt(self.before))
                .order_by_desc(Column::Sequence)
                .limit(BATCH);
            let rows: Vec<Moved> = query.into_tuple().all(of.snapshot).await?;
            self.read = rows.into_iter();
        }
        let next = self.read.next();
        if let Some((sequence, ..)) = &next {
            self.before = *sequence;
        }
        Ok(next)
    }
}
