//! Catalogs, by version.

use async_trait::async_trait;
use domain::{Instant, TenantId};
use ports::{Applied, Catalogs, Page, PageAsk, Published, Reply, StoreError};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::Store;
use crate::connect::{conflict_or_fault, fault, is_unique_violation};
use crate::entity::catalog::{self, Column, Entity};
use crate::journal::page_of;
use crate::keys::keep;
use crate::row::{millis, number, time};

fn published(row: catalog::Model) -> Result<Published, DbErr> {
    Ok(Published { version: number(row.version)?, text: row.text, applied_at: time(row.applied_at)? })
}

async fn version(from: &impl ConnectionTrait, tenant: TenantId) -> Result<Option<u32>, DbErr> {
    let newest = Entity::find()
        .select_only()
        .column(Column::Version)
        .filter(Column::Tenant.eq(tenant.0))
        .order_by_desc(Column::Version)
        .into_tuple::<i64>()
        .one(from)
        .await?;
    newest.map(number).transpose()
}

#[async_trait]
impl Catalogs for Store {
    async fn version(&self, tenant: TenantId) -> Result<Option<u32>, StoreError> {
        version(&self.read, tenant).await.map_err(fault)
    }

    async fn get(&self, tenant: TenantId, version: u32) -> Result<Option<Published>, StoreError> {
        let row = Entity::find_by_id((tenant.0, i64::from(version))).one(&self.read).await.map_err(fault)?;
        row.map(published).transpose().map_err(fault)
    }

    async fn versions(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<Published>, StoreError> {
        let order = if page.oldest_first { sea_orm::Order::Asc } else { sea_orm::Order::Desc };
        let mut query = Entity::find()
            .filter(Column::Tenant.eq(tenant.0))
            .order_by(Column::Version, order)
            .limit(u64::from(page.limit) + 1);
        if let Some(cursor) = &page.cursor {
            let last: u32 = cursor.parse().map_err(|_| StoreError::BadCursor)?;
            query = query.filter(if page.oldest_first { Column::Version.gt(last) } else { Column::Version.lt(last) });
        }
        let rows = query.all(&self.read).await.map_err(fault)?;
        let versions = rows.into_iter().map(published).collect::<Result<Vec<_>, _>>().map_err(fault)?;
        Ok(page_of(versions, page, |published| published.version.to_string()))
    }

    async fn apply(
        &self,
        tenant: TenantId,
        base: u32,
        text: &str,
        at: Instant,
        reply: Option<&Reply>,
    ) -> Result<Applied, StoreError> {
        let transaction = self.begin().await.map_err(fault)?;
        let in_force = version(&*transaction, tenant).await.map_err(fault)?.unwrap_or_default();
        if in_force != base {
            return Ok(Applied::Stale(in_force));
        }
        let next = base.saturating_add(1);
        let row =
            catalog::Model { tenant: tenant.0, version: next.into(), text: text.to_owned(), applied_at: millis(at) };
        let inserted = Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&*transaction).await;
        match inserted {
            // Another process published this very version between our look and our insert.
            Err(error) if is_unique_violation(&error) => return Ok(Applied::Stale(next)),
            other => other.map_err(fault)?,
        };
        keep(&*transaction, tenant, reply).await.map_err(conflict_or_fault)?;
        transaction.commit().await.map_err(fault)?;
        Ok(Applied::Version(next))
    }
}
