//! Test clocks.

use async_trait::async_trait;
use domain::{ClockId, Instant, TenantId};
use ports::{Clocks, Reply, StoreError, TestClock};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _,
};

use crate::Store;
use crate::connect::{conflict_or_fault, fault};
use crate::entity::clock::{Column, Entity, Model};
use crate::keys::keep;
use crate::row::{millis, time};

fn clock(row: &Model) -> Result<TestClock, DbErr> {
    Ok(TestClock { id: ClockId(row.id), frozen_at: time(row.frozen_at)?, created_at: time(row.created_at)? })
}

#[async_trait]
impl Clocks for Store {
    async fn create(&self, tenant: TenantId, clock: &TestClock, reply: Option<&Reply>) -> Result<(), StoreError> {
        let row = Model {
            tenant: tenant.0,
            id: clock.id.0,
            frozen_at: millis(clock.frozen_at),
            created_at: millis(clock.created_at),
        };
        let transaction = self.begin().await.map_err(fault)?;
        let insert = Entity::insert(row.into_active_model().reset_all());
        insert.exec_without_returning(&*transaction).await.map_err(conflict_or_fault)?;
        keep(&*transaction, tenant, reply).await.map_err(conflict_or_fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn get(&self, tenant: TenantId, id: ClockId) -> Result<Option<TestClock>, StoreError> {
        let row = Entity::find_by_id((tenant.0, id.0)).one(&self.read).await.map_err(fault)?;
        row.as_ref().map(clock).transpose().map_err(fault)
    }

    async fn list(&self, tenant: TenantId) -> Result<Vec<TestClock>, StoreError> {
        let query = Entity::find().filter(Column::Tenant.eq(tenant.0)).order_by_desc(Column::Id);
        let rows = query.all(&self.read).await.map_err(fault)?;
        rows.iter().map(clock).collect::<Result<_, _>>().map_err(fault)
    }

    async fn set(&self, tenant: TenantId, id: ClockId, to: Instant) -> Result<(), StoreError> {
        let forward = Entity::update_many()
            .col_expr(Column::FrozenAt, Expr::value(millis(to)))
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Column::Id.eq(id.0))
            .filter(Column::FrozenAt.lt(millis(to)));
        let transaction = self.begin().await.map_err(fault)?;
        forward.exec(&*transaction).await.map_err(fault)?;
        transaction.commit().await.map_err(fault)
    }
}
