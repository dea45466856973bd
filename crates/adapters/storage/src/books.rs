//! What was sold, for reports and for those who check it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::{CustomerId, InvoiceNumber, OrderId, TenantId};
use ports::{Books, KeptDocument, KeptOrder, Page, PageAsk, PaidFilter, PaidGrants, StoreError};
use sea_orm::sea_query::Condition;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbErr, EntityTrait as _, ExprTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::Store;
use crate::connect::fault;
use crate::entity::{document, mail, order, series};
use crate::journal::{all, page_of};
use crate::paid::{Reading, count_paying};
use crate::row::{self, big, number};
use crate::sql::{columns, values};

fn kept_document(row: document::Model) -> Result<KeptDocument, DbErr> {
    let series = row.series.clone();
    let number = InvoiceNumber { series, year: number(row.year)?, sequence: number(row.number)? };
    Ok(KeptDocument { number, order: OrderId(row.order_id), issued: row::document(row).ok() })
}

#[async_trait]
impl Books for Store {
    async fn paid(&self, tenant: TenantId, filter: &PaidFilter, ask: &PageAsk) -> Result<Page<PaidGrants>, StoreError> {
        let after = ask.cursor.as_deref().map(str::parse::<CustomerId>).transpose();
        let after = after.map_err(|_| StoreError::BadCursor)?;
        let snapshot = self.snapshot_of_now().await.map_err(fault)?;
        let reading = Reading { snapshot: &snapshot, tenant };
        let customers = reading.customers(filter.customer, after, ask).await.map_err(fault)?;
        let page = page_of(customers, ask, |customer: &Uuid| CustomerId(*customer).to_string());
        let items = reading.paid(&page.items, filter).await.map_err(fault)?;
        snapshot.commit().await.map_err(fault)?;
        Ok(Page { items, next: page.next })
    }

    async fn size(&self, tenant: TenantId) -> Result<u64, StoreError> {
        use order::Column;
        let orders = order::Entity::find().filter(Column::Tenant.eq(tenant.0)).count(&self.read);
        let documents = document::Entity::find().filter(document::Column::Tenant.eq(tenant.0)).count(&self.read);
        let paying = self.read.query_one_raw(count_paying(self.read.get_database_backend(), tenant));
        let paying = paying.await.and_then(|row| row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0)));
        let counts =
            [orders.await.map_err(fault)?, documents.await.map_err(fault)?, paying.map_err(fault)?.unsigned_abs()];
        Ok(counts.into_iter().sum())
    }

    async fn kept_orders(
        &self,
        tenant: TenantId,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<KeptOrder>, StoreError> {
        use order::Column;
        let query = order::Entity::find()
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Condition::all().add_option(after.map(|after| Column::Id.gt(after.0))))
            .order_by_asc(Column::Id)
            .limit(u64::from(limit));
        let rows = query.all(&self.read).await.map_err(fault)?;
        Ok(rows.iter().map(|row| KeptOrder { id: OrderId(row.id), placed: row::order(row).ok() }).collect())
    }

    async fn kept_documents(
        &self,
        tenant: TenantId,
        after: Option<&InvoiceNumber>,
        limit: u32,
    ) -> Result<Vec<KeptDocument>, StoreError> {
        use document::Column;
        let place = [Column::Series, Column::Year, Column::Number];
        let after = after.map(|after| {
            columns(place).gt(values([after.series.clone().into(), after.year.into(), big(after.sequence).into()]))
        });
        let query = document::Entity::find()
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Condition::all().add_option(after))
            .order_by_asc(Column::Series)
            .order_by_asc(Column::Year)
            .order_by_asc(Column::Number)
            .limit(u64::from(limit));
        all(query.all(&self.read).await.map_err(fault)?, kept_document)
    }

    async fn series(&self, tenant: TenantId) -> Result<Vec<InvoiceNumber>, StoreError> {
        let query = series::Entity::find().filter(series::Column::Tenant.eq(tenant.0));
        let read = |row: series::Model| {
            Ok(InvoiceNumber { series: row.series, year: number(row.year)?, sequence: number(row.last)? })
        };
        let mut ends = all(query.all(&self.read).await.map_err(fault)?, read)?;
        ends.sort();
        Ok(ends)
    }

    async fn mailed(&self, tenant: TenantId, ids: &[String]) -> Result<BTreeSet<String>, StoreError> {
        use mail::Column;
        let query = mail::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Column::Id.is_in(ids));
        let found: Vec<String> = query.into_tuple().all(&self.read).await.map_err(fault)?;
        Ok(found.into_iter().collect())
    }
}
