//! Paid grants at any instant: from the book where it is the present, else back from there along the journal (R37).

use std::collections::HashMap;

use domain::{ClockId, CustomerId, GrantState, Instant, Kind, Posting, Rewind, TenantId};
use ports::{PaidFilter, PaidGrants, RefundSpan, paid_at};
use sea_orm::sea_query::{Condition, Order};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::{book, clock, entry, grant, order, refunded};
use crate::row::{self, credits, damaged, draws_from_text, millis, time};

/// Entries that are read at once.
const BATCH: u64 = 1_000;

/// A snapshot of one tenant.
pub(crate) struct Reading<'a> {
    pub(crate) snapshot: &'a DatabaseTransaction,
    pub(crate) tenant: TenantId,
}

/// The columns of an entry that a rewind needs.
type Moved = (i64, String, i64, String);

impl Reading<'_> {
    /// Customers with paid grants along their index, at most `limit`.
    pub(crate) async fn customers(&self, wanted: Condition, direction: Order, limit: u64) -> Result<Vec<Uuid>, DbErr> {
        use grant::Column;
        let query = grant::Entity::find()
            .select_only()
            .column(Column::Customer)
            .filter(Column::Tenant.eq(self.tenant.0))
            .filter(Column::CostMinor.is_not_null())
            .filter(wanted)
            .group_by(Column::Customer)
            .order_by(Column::Customer, direction)
            .limit(limit);
        query.into_tuple().all(self.snapshot).await
    }

    /// These customers' paid grants, in this order of customers.
    pub(crate) async fn paid(&self, customers: &[Uuid], filter: &PaidFilter) -> Result<Vec<PaidGrants>, DbErr> {
        let mut grants = self.grants(customers).await?;
        let books = self.books(customers).await?;
        let clocks = self.clocks(&books).await?;
        let mut spans = self.spans(customers).await?;
        let mut all = Vec::with_capacity(customers.len());
        for customer in customers {
            let book = books.iter().find(|book| book.customer == *customer).ok_or_else(|| damaged("book"))?;
            let now = match book.clock {
                Some(clock) => *clocks.get(&ClockId(clock)).ok_or_else(|| damaged("book's clock"))?,
                None => filter.now,
            };
            let grants = grants.remove(customer).unwrap_or_default();
            let spans = spans.remove(customer).unwrap_or_default();
            all.push(self.of_one(book, grants, &spans, filter, now).await?);
        }
        Ok(all)
    }

    async fn of_one(
        &self,
        row: &book::Model,
        grants: Vec<grant::Model>,
        spans: &[RefundSpan],
        filter: &PaidFilter,
        now: Instant,
    ) -> Result<PaidGrants, DbErr> {
        let book = row::book(row)?;
        let written = |row: grant::Model| {
            let (expired, revoked) = (credits(row.expired)?, credits(row.revoked)?);
            Ok(GrantState::written(row::grant(row)?, &book, expired, revoked))
        };
        let mut rewind = Rewind::new(grants.into_iter().map(written).collect::<Result<_, DbErr>>()?);
        let mut journal = Backwards::from(row);
        let present = now.max(book.last_at);
        let mut asked: Vec<_> = filter.at.iter().map(|at| (*at).min(present)).enumerate().collect();
        asked.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
        let mut at = vec![Vec::new(); asked.len()];
        for (place, instant) in asked {
            while let Some((kind, postings)) = journal.after(self, instant).await? {
                rewind.undo(kind, &postings);
            }
            if let Some(place) = at.get_mut(place) {
                *place = paid_at(&rewind, spans, instant);
            }
        }
        Ok(PaidGrants { customer: book.customer, sequence: book.sequence, at })
    }

    async fn grants(&self, customers: &[Uuid]) -> Result<HashMap<Uuid, Vec<grant::Model>>, DbErr> {
        use grant::Column;
        let query = grant::Entity::find()
            .filter(Column::Tenant.eq(self.tenant.0))
            .filter(Column::Customer.is_in(customers.iter().copied()))
            .filter(Column::CostMinor.is_not_null())
            .order_by_asc(Column::Number);
        let mut by_customer: HashMap<Uuid, Vec<_>> = HashMap::new();
        for row in query.all(self.snapshot).await? {
            by_customer.entry(row.customer).or_default().push(row);
        }
        Ok(by_customer)
    }

    async fn books(&self, customers: &[Uuid]) -> Result<Vec<book::Model>, DbErr> {
        use book::Column;
        let query = book::Entity::find()
            .filter(Column::Tenant.eq(self.tenant.0))
            .filter(Column::Customer.is_in(customers.iter().copied()));
        query.all(self.snapshot).await
    }

    async fn clocks(&self, books: &[book::Model]) -> Result<HashMap<ClockId, Instant>, DbErr> {
        use clock::Column;
        let query = clock::Entity::find()
            .filter(Column::Tenant.eq(self.tenant.0))
            .filter(Column::Id.is_in(books.iter().filter_map(|book| book.clock)));
        let rows = query.all(self.snapshot).await?;
        rows.into_iter().map(|row| Ok((ClockId(row.id), time(row.frozen_at)?))).collect()
    }

    /// When money of these customers counted as given back. Most have never got any.
    async fn spans(&self, customers: &[Uuid]) -> Result<HashMap<Uuid, Vec<RefundSpan>>, DbErr> {
        use refunded::Column;
        let query = refunded::Entity::find()
            .select_only()
            .column(Column::Customer)
            .distinct()
            .filter(Column::Tenant.eq(self.tenant.0))
            .filter(Column::Customer.is_in(customers.iter().copied()));
        let refunded: Vec<Uuid> = query.into_tuple().all(self.snapshot).await?;
        let mut spans = HashMap::new();
        for customer in refunded {
            spans.insert(customer, self.spans_of(customer).await?);
        }
        Ok(spans)
    }

    async fn spans_of(&self, customer: Uuid) -> Result<Vec<RefundSpan>, DbErr> {
        let query = order::Entity::find()
            .filter(order::Column::Tenant.eq(self.tenant.0))
            .filter(order::Column::Customer.eq(customer));
        let rows = query.all(self.snapshot).await?;
        let orders: Vec<_> = rows.iter().map(row::order).collect::<Result<_, _>>()?;
        let keys = orders.iter().flat_map(|placed| {
            let id = placed.order.id;
            placed.refunds.iter().flat_map(move |refund| [refund.take_key(id), refund.return_key(id)])
        });
        let when = self.when(keys.collect()).await?;
        let found = |key: &str| when.get(key).copied();
        Ok(orders.iter().flat_map(|placed| RefundSpan::of(placed, found)).collect())
    }

    /// When the entries with these keys were effective.
    async fn when(&self, keys: Vec<String>) -> Result<HashMap<String, Instant>, DbErr> {
        use entry::Column;
        let query = entry::Entity::find()
            .select_only()
            .columns([Column::Key, Column::EffectiveAt])
            .filter(Column::Tenant.eq(self.tenant.0))
            .filter(Column::Key.is_in(keys));
        let rows: Vec<(String, i64)> = query.into_tuple().all(self.snapshot).await?;
        rows.into_iter().map(|(key, at)| Ok((key, time(at)?))).collect()
    }
}

/// A customer's journal, the last entry first, read as far as anyone asks.
struct Backwards {
    customer: Uuid,
    /// Nothing was effective after it.
    last_at: i64,
    before: i64,
    read: std::vec::IntoIter<Moved>,
    next: Option<Moved>,
}

impl Backwards {
    fn from(book: &book::Model) -> Self {
        let before = book.sequence.saturating_add(1);
        Self { customer: book.customer, last_at: book.last_at, before, read: Vec::new().into_iter(), next: None }
    }

    /// The next entry, if it was effective after `at`.
    async fn after(&mut self, of: &Reading<'_>, at: Instant) -> Result<Option<(Kind, Vec<Posting>)>, DbErr> {
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
