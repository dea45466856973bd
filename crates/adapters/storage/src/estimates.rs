//! Kept estimates.

use async_trait::async_trait;
use domain::{Estimate, EstimateId, TenantId};
use ports::{Estimates, Reply, StoreError};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _};

use crate::Store;
use crate::connect::{conflict_or_fault, fault};
use crate::entity::estimate::{Entity, Model};
use crate::keys::keep;
use crate::row::{estimate_from_text, estimate_to_text, millis};

#[async_trait]
impl Estimates for Store {
    async fn save(&self, tenant: TenantId, estimate: &Estimate, reply: Option<&Reply>) -> Result<(), StoreError> {
        let row = Model {
            tenant: tenant.0,
            id: estimate.id.0,
            customer: estimate.customer.0,
            created_at: millis(estimate.created_at),
            body: estimate_to_text(estimate).map_err(fault)?,
        };
        let transaction = self.begin().await.map_err(fault)?;
        let insert = Entity::insert(row.into_active_model().reset_all());
        insert.exec_without_returning(&*transaction).await.map_err(conflict_or_fault)?;
        keep(&*transaction, tenant, reply).await.map_err(conflict_or_fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn find(&self, tenant: TenantId, id: EstimateId) -> Result<Option<Estimate>, StoreError> {
        let row = Entity::find_by_id((tenant.0, id.0)).one(&self.read).await.map_err(fault)?;
        row.map(|row| estimate_from_text(row.id, row.customer, &row.body)).transpose().map_err(fault)
    }
}
