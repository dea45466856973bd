//! The whole ledger in order, from one snapshot.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::{CustomerId, Entry, EntryId, TenantId};
use ports::{Audit, AuditedBook, Snapshot, StoreError};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, ExprTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::Store;
use crate::connect::fault;
use crate::entity::{book, entry, hold};
use crate::row::{self, credits};
use crate::sql::{columns, values};

struct StoreSnapshot {
    transaction: DatabaseTransaction,
    last_entry: Option<(Uuid, Uuid, i64)>,
    last_book: Option<(Uuid, Uuid)>,
}

#[async_trait]
impl Audit for Store {
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let transaction = self.snapshot_of_now().await.map_err(fault)?;
        Ok(Box::new(StoreSnapshot { transaction, last_entry: None, last_book: None }))
    }
}

impl StoreSnapshot {
    async fn next_entries(&self, limit: u32) -> Result<Vec<entry::Model>, DbErr> {
        use entry::Column;
        let mut query = entry::Entity::find();
        if let Some((tenant, customer, sequence)) = self.last_entry {
            let here = columns([Column::Tenant, Column::Customer, Column::Sequence]);
            query = query.filter(here.gt(values([tenant.into(), customer.into(), sequence.into()])));
        }
        query
            .order_by_asc(Column::Tenant)
            .order_by_asc(Column::Customer)
            .order_by_asc(Column::Sequence)
            .limit(u64::from(limit))
            .all(&self.transaction)
            .await
    }

    async fn next_books(&self, limit: u32) -> Result<Vec<book::Model>, DbErr> {
        use book::Column;
        let mut query = book::Entity::find();
        if let Some((tenant, customer)) = self.last_book {
            let here = columns([Column::Tenant, Column::Customer]);
            query = query.filter(here.gt(values([tenant.into(), customer.into()])));
        }
        query
            .order_by_asc(Column::Tenant)
            .order_by_asc(Column::Customer)
            .limit(u64::from(limit))
            .all(&self.transaction)
            .await
    }

    /// What the open holds of these books hold together; customers without any are not in it.
    async fn held_by_holds(&self, books: &[book::Model]) -> Result<HashMap<(Uuid, Uuid), i64>, DbErr> {
        use hold::Column;
        let mut held = HashMap::new();
        let (Some(first), Some(last)) = (books.first(), books.last()) else { return Ok(held) };
        let owner = columns([Column::Tenant, Column::Customer]);
        let place = |book: &book::Model| values([book.tenant.into(), book.customer.into()]);
        let open = hold::Entity::find()
            .select_only()
            .columns([Column::Tenant, Column::Customer, Column::Held])
            .filter(owner.clone().gte(place(first)).and(owner.lte(place(last))))
            .filter(Column::Status.eq(domain::HoldStatus::Open.word()));
        for (tenant, customer, credits) in open.into_tuple::<(Uuid, Uuid, i64)>().all(&self.transaction).await? {
            *held.entry((tenant, customer)).or_default() += credits;
        }
        Ok(held)
    }
}

#[async_trait]
impl Snapshot for StoreSnapshot {
    async fn size(&mut self) -> Result<u64, StoreError> {
        entry::Entity::find().count(&self.transaction).await.map_err(fault)
    }

    async fn entries(&mut self, limit: u32) -> Result<Vec<(TenantId, EntryId, Entry)>, StoreError> {
        let rows = self.next_entries(limit).await.map_err(fault)?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let (tenant, customer, sequence) = (row.tenant, row.customer, row.sequence);
            match row::entry(row) {
                Ok(recorded) => entries.push((TenantId(tenant), recorded.id, recorded.entry)),
                Err(_) if !entries.is_empty() => break,
                Err(error) => {
                    let entry = EntryId { customer: CustomerId(customer), sequence: sequence.unsigned_abs() };
                    return Err(StoreError::Damaged { tenant: TenantId(tenant), entry, what: error.to_string() });
                }
            }
            self.last_entry = Some((tenant, customer, sequence));
        }
        Ok(entries)
    }

    async fn books(&mut self, limit: u32) -> Result<Vec<AuditedBook>, StoreError> {
        let rows = self.next_books(limit).await.map_err(fault)?;
        let held = self.held_by_holds(&rows).await.map_err(fault)?;
        let mut books = Vec::with_capacity(rows.len());
        for row in rows {
            let book = row::book(&row).map_err(fault)?;
            let held = held.get(&(row.tenant, row.customer)).copied().unwrap_or_default();
            self.last_book = Some((row.tenant, row.customer));
            debug_assert_eq!(CustomerId(row.customer), book.customer);
            books.push(AuditedBook {
                tenant: TenantId(row.tenant),
                book,
                held_by_holds: credits(held).map_err(fault)?,
            });
        }
        Ok(books)
    }
}
