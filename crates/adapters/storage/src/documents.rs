//! Documents: numbered without gaps, kept as they were issued (R36).

use async_trait::async_trait;
use domain::{Instant, InvoiceNumber, TenantId};
use ports::{Issued, IssuedDocuments, IssuedFilter, NewDocument, Page, PageAsk, PlacedOrder, StoreError};
use sea_orm::sea_query::{Condition, Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::Store;
use crate::connect::fault;
use crate::entity::document::{Column, Entity};
use crate::entity::series;
use crate::journal::{all, order, page_of};
use crate::outbox;
use crate::row::{self, big, document_row, millis, number};
use crate::sql::{columns, dated, dated_cursor, values};

/// The next number of a year of a series. Until the transaction ends nobody else gets one, and a transaction that is
/// given up gives it back.
async fn next(to: &impl ConnectionTrait, tenant: TenantId, document: &NewDocument) -> Result<u64, DbErr> {
    use series::Column;
    let row = series::Model { tenant: tenant.0, series: document.series.clone(), year: document.year.into(), last: 1 };
    let next = Expr::col((series::Entity, Column::Last)).add(1);
    let or_next =
        OnConflict::columns([Column::Tenant, Column::Series, Column::Year]).value(Column::Last, next).to_owned();
    let insert = series::Entity::insert(row.into_active_model().reset_all()).on_conflict(or_next);
    number(insert.exec_with_returning(to).await?.last)
}

/// Numbers a document, keeps it and queues its mail; the order gets its number.
pub(crate) async fn issue(
    to: &impl ConnectionTrait,
    tenant: TenantId,
    document: &NewDocument,
    placed: &mut PlacedOrder,
) -> Result<(), StoreError> {
    let sequence = next(to, tenant, document).await.map_err(fault)?;
    let (issued, mail) = document.issue(sequence, placed)?;
    let row = document_row(tenant, &issued).map_err(fault)?;
    let insert = Entity::insert(row.into_active_model().reset_all());
    insert.exec_without_returning(to).await.map_err(fault)?;
    if let Some(mail) = mail {
        outbox::add(to, tenant, &mail).await.map_err(fault)?;
    }
    Ok(())
}

#[async_trait]
impl IssuedDocuments for Store {
    async fn issued(&self, tenant: TenantId, id: &InvoiceNumber) -> Result<Option<Issued>, StoreError> {
        let place = (tenant.0, id.series.clone(), i64::from(id.year), big(id.sequence));
        let found = Entity::find_by_id(place).one(&self.read).await.map_err(fault)?;
        found.map(row::document).transpose().map_err(fault)
    }

    async fn list_issued(
        &self,
        tenant: TenantId,
        filter: IssuedFilter,
        ask: &PageAsk,
    ) -> Result<Page<Issued>, StoreError> {
        let after = ask.cursor.as_deref().map(dated::<InvoiceNumber>).transpose()?;
        let place = [Column::IssuedAt, Column::Series, Column::Year, Column::Number];
        let after = after.map(|(at, id): (Instant, InvoiceNumber)| {
            let after = values([millis(at).into(), id.series.into(), id.year.into(), big(id.sequence).into()]);
            if ask.oldest_first { columns(place).gt(after) } else { columns(place).lt(after) }
        });
        let condition = Condition::all()
            .add(Column::Tenant.eq(tenant.0))
            .add(Column::CreditNote.eq(filter.credit_notes))
            .add_option(filter.customer.map(|customer| Column::Customer.eq(customer.0)))
            .add_option(after);
        let query = place
            .into_iter()
            .fold(Entity::find().filter(condition), |query, column| query.order_by(column, order(ask)));
        let rows = query.limit(u64::from(ask.limit) + 1).all(&self.read).await.map_err(fault)?;
        let documents = all(rows, row::document)?;
        Ok(page_of(documents, ask, |issued| dated_cursor(issued.issued_at, &issued.invoice.facts().number)))
    }
}
