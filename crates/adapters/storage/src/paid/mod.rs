//! Paid grants at any instant: from the book where it is the present, else back from there along the journal (R37).

mod backwards;
mod statements;

use std::collections::HashMap;

use domain::{ClockId, CustomerId, GrantState, Instant, Rewind, TenantId};
use ports::{PageAsk, PaidFilter, PaidGrants, RefundSpan, paid_at};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::entity::{book, clock, grant, order, refunded};
use crate::row::{self, credits, damaged, time};
use backwards::Backwards;
use statements::{effective, paying};

pub(crate) use statements::count_paying;

/// A snapshot of one tenant.
pub(crate) struct Reading<'a> {
    pub(crate) snapshot: &'a DatabaseTransaction,
    pub(crate) tenant: TenantId,
}

impl Reading<'_> {
    /// Customers with paid grants, after the one that the page before ended with.
    pub(crate) async fn customers(
        &self,
        wanted: Option<CustomerId>,
        after: Option<CustomerId>,
        ask: &PageAsk,
    ) -> Result<Vec<Uuid>, DbErr> {
        let statement = paying(self.snapshot.get_database_backend(), self.tenant, wanted, after, ask);
        let rows = self.snapshot.query_all_raw(statement).await?;
        rows.iter().map(|row| row.try_get_by_index(0)).collect()
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
        let rows = keys.into_iter().map(|key| vec![self.tenant.0.into(), key.into()]).collect();
        let Some(statement) = effective(self.snapshot.get_database_backend()).statement(rows) else {
            return Ok(HashMap::new());
        };
        let rows = self.snapshot.query_all_raw(statement).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, time(row.try_get_by_index(1)?)?))).collect()
    }
}
