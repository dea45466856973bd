//! Customers who pay.

use async_trait::async_trait;
use domain::{CustomerId, TenantId};
use ports::{PayerRecord, Payers, StoreError};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};

use crate::Store;
use crate::connect::{conflict_or_fault, fault};
use crate::entity::payer::{Column, Entity};
use crate::row::{self, big, payer_row};

#[async_trait]
impl Payers for Store {
    async fn payer_record(&self, tenant: TenantId, customer: CustomerId) -> Result<PayerRecord, StoreError> {
        let found = Entity::find_by_id((tenant.0, customer.0)).one(&self.read).await.map_err(fault)?;
        Ok(found.map(row::payer).transpose().map_err(fault)?.unwrap_or_default())
    }

    async fn keep_payer(&self, tenant: TenantId, customer: CustomerId, record: &PayerRecord) -> Result<(), StoreError> {
        let changed = PayerRecord { version: record.version.saturating_add(1), ..record.clone() };
        let row = payer_row(tenant, customer, &changed).map_err(fault)?.into_active_model().reset_all();
        let transaction = self.begin().await.map_err(fault)?;
        let written = if record.version == 0 {
            Entity::insert(row).exec_without_returning(&*transaction).await.map_err(conflict_or_fault)?
        } else {
            let update = Entity::update_many()
                .set(row)
                .filter(Column::Tenant.eq(tenant.0))
                .filter(Column::Customer.eq(customer.0))
                .filter(Column::Version.eq(big(record.version)));
            update.exec(&*transaction).await.map_err(fault)?.rows_affected
        };
        if written == 0 {
            return Err(StoreError::Conflict);
        }
        transaction.commit().await.map_err(fault)
    }
}
