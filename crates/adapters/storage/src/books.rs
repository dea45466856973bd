//! What was sold, for reports and for those who check it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::{CustomerId, InvoiceNumber, OrderId, TenantId};
use ports::{Books, KeptDocument, KeptOrder, Page, PageAsk, PaidFilter, PaidGrants, StoreError};
use sea_orm::sea_query::Condition;
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, ExprTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use uuid::Uuid;

use crate::Store;
use crate::connect::fault;
use crate::entity::{document, grant, mail, order, series};
use crate::journal::{all, order as direction, page_of};
use crate::paid::Reading;
use crate::row::{self, big, number};
use crate::sql::{columns, values};

/// Which customers a page is of.
fn place(filter: &PaidFilter, ask: &PageAsk) -> Result<Condition, StoreError> {
    use grant::Column;
    let mut wanted = Condition::all().add_option(filter.customer.map(|customer| Column::Customer.eq(customer.0)));
    if let Some(cursor) = &ask.cursor {
        let after: CustomerId = cursor.parse().map_err(|_| StoreError::BadCursor)?;
        wanted = wanted.add(if ask.oldest_first { Column::Customer.gt(after.0) } else { Column::Customer.lt(after.0) });
    }
    Ok(wanted)
}

fn kept_document(row: document::Model) -> Result<KeptDocument, DbErr> {
    let series = row.series.clone();
    let number = InvoiceNumber { series, year: number(row.year)?, sequence: number(row.number)? };
    Ok(KeptDocument { number, order: OrderId(row.order_id), issued: row::document(row).ok() })
}

#[async_trait]
impl Books for Store {
    async fn paid(&self, tenant: TenantId, filter: &PaidFilter, ask: &PageAsk) -> Result<Page<PaidGrants>, StoreError> {
        let wanted = place(filter, ask)?;
        let snapshot = self.snapshot_of_now().await.map_err(fault)?;
        let reading = Reading { snapshot: &snapshot, tenant };
        let limit = u64::from(ask.limit) + 1;
        let customers = reading.customers(wanted, direction(ask), limit).await.map_err(fault)?;
        let page = page_of(customers, ask, |customer: &Uuid| CustomerId(*customer).to_string());
        let items = reading.paid(&page.items, filter).await.map_err(fault)?;
        snapshot.commit().await.map_err(fault)?;
        Ok(Page { items, next: page.next })
    }

    async fn size(&self, tenant: TenantId) -> Result<u64, StoreError> {
        use order::Column;
        let orders = order::Entity::find().filter(Column::Tenant.eq(tenant.0)).count(&self.read);
        let documents = document::Entity::find().filter(document::Column::Tenant.eq(tenant.0)).count(&self.read);
        let paying = grant::Entity::find()
            .select_only()
            .column(grant::Column::Customer)
            .distinct()
            .filter(grant::Column::Tenant.eq(tenant.0))
            .filter(grant::Column::CostMinor.is_not_null())
            .count(&self.read);
        let counts = [orders.await.map_err(fault)?, documents.await.map_err(fault)?, paying.await.map_err(fault)?];
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
