//! What was paid for at any instant: grants from the book where it is the present, else back from there along the journal;
//! charges from their orders (R37).

mod backwards;
mod statements;

use std::collections::{BTreeSet, HashMap};

use domain::{ClockId, CustomerId, GrantState, Instant, Rewind, SubscriptionId, SubscriptionStatus, TenantId};
use ports::{PageAsk, PaidAt, PaidFilter, PaidGrants, PlacedOrder, Sales};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use uuid::Uuid;

use crate::entity::{book, clock, grant, order, subscription};
use crate::row::{self, credits, damaged, time};
use backwards::Backwards;
use statements::{Paying, effective, paying, reported};

pub(crate) use statements::count_paying;

/// A snapshot of one tenant.
pub(crate) struct Reading<'a> {
    pub(crate) snapshot: &'a DatabaseTransaction,
    pub(crate) tenant: TenantId,
}

impl Reading<'_> {
    /// Customers who have paid for something, after the one that the page before ended with; one more than a page has.
    pub(crate) async fn customers(
        &self,
        wanted: Option<CustomerId>,
        after: Option<CustomerId>,
        ask: &PageAsk,
    ) -> Result<Vec<Uuid>, DbErr> {
        let mut customers = BTreeSet::new();
        for by in [Paying::Grants, Paying::Orders] {
            let statement = paying(self.snapshot.get_database_backend(), by, self.tenant, wanted, after, ask);
            for row in self.snapshot.query_all_raw(statement).await? {
                customers.insert(row.try_get_by_index::<Uuid>(0)?);
            }
        }
        let most = (ask.limit as usize).saturating_add(1);
        let ordered = customers.iter().copied();
        Ok(if ask.oldest_first { ordered.take(most).collect() } else { ordered.rev().take(most).collect() })
    }

    /// What these customers have paid for, in this order of customers.
    pub(crate) async fn paid(&self, customers: &[Uuid], filter: &PaidFilter) -> Result<Vec<PaidGrants>, DbErr> {
        let mut grants = self.grants(customers).await?;
        let books = self.books(customers).await?;
        let clocks = self.clocks(&books).await?;
        let mut sales = self.sales(customers).await?;
        let mut all = Vec::with_capacity(customers.len());
        for customer in customers {
            let book = books.iter().find(|book| book.customer == *customer).ok_or_else(|| damaged("book"))?;
            let now = match book.clock {
                Some(clock) => *clocks.get(&ClockId(clock)).ok_or_else(|| damaged("book's clock"))?,
                None => filter.now,
            };
            let grants = grants.remove(customer).unwrap_or_default();
            let sales = sales.remove(customer).unwrap_or_default();
            all.push(self.of_one(book, grants, &sales, filter, now).await?);
        }
        Ok(all)
    }

    async fn of_one(
        &self,
        row: &book::Model,
        grants: Vec<grant::Model>,
        sales: &Sales,
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
        let mut at = vec![PaidAt::default(); asked.len()];
        for (place, instant) in asked {
            while let Some((kind, postings)) = journal.after(self, instant).await? {
                rewind.undo(kind, &postings);
            }
            if let Some(place) = at.get_mut(place) {
                *place = sales.at(&rewind, instant);
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

    /// What these customers' orders tell that their grants do not.
    async fn sales(&self, customers: &[Uuid]) -> Result<HashMap<Uuid, Sales>, DbErr> {
        let rows = customers.iter().map(|customer| vec![self.tenant.0.into(), (*customer).into()]).collect();
        let Some(statement) = reported(self.snapshot.get_database_backend()).statement(rows) else {
            return Ok(HashMap::new());
        };
        let rows = order::Entity::find().from_raw_sql(statement).all(self.snapshot).await?;
        let mut orders: HashMap<Uuid, Vec<PlacedOrder>> = HashMap::new();
        for row in &rows {
            orders.entry(row.customer).or_default().push(row::order(row)?);
        }
        let keys = orders.values().flatten().flat_map(|placed| {
            let id = placed.order.id;
            placed.refunds.iter().flat_map(move |refund| [refund.take_key(id), refund.return_key(id)])
        });
        let when = self.when(keys.collect()).await?;
        let charges = orders.values().flatten().filter_map(|placed| placed.order.charge);
        let ended = self.ended(charges.map(|charge| charge.subscription).collect()).await?;
        let of = |orders: &[PlacedOrder]| Sales::of(orders, |key| when.get(key).copied(), |id| ended.get(&id).copied());
        Ok(orders.into_iter().map(|(customer, orders)| (customer, of(&orders))).collect())
    }

    /// When those of these subscriptions ended that are over.
    async fn ended(&self, ids: BTreeSet<SubscriptionId>) -> Result<HashMap<SubscriptionId, Instant>, DbErr> {
        use subscription::Column;
        let query = subscription::Entity::find()
            .filter(Column::Tenant.eq(self.tenant.0))
            .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
            .filter(Column::Status.eq(SubscriptionStatus::Canceled.word()));
        let mut ended = HashMap::new();
        for row in query.all(self.snapshot).await? {
            let kept = row::subscription(&row)?.subscription;
            ended.extend(kept.ended_at.map(|at| (kept.id, at)));
        }
        Ok(ended)
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
