//! Customers who pay.

use async_trait::async_trait;
use domain::{ClockId, CustomerId, Instant, TenantId};
use ports::{PayerRecord, Payers, StoreError};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, FromQueryResult,
    IntoActiveModel as _, QueryFilter as _, Statement, Value,
};
use uuid::Uuid;

use crate::Store;
use crate::connect::{conflict_or_fault, fault};
use crate::entity::payer::{Column, Entity};
use crate::row::{self, big, millis, payer_row};

/// Only payers whom auto top-up may buy for are walked, and of each the book and its last entry are found by their keys.
const RUNNING_LOW: &str = "SELECT p.tenant, p.customer FROM payers p \
     CROSS JOIN books b CROSS JOIN entries e LEFT JOIN clocks c ON c.tenant = b.tenant AND c.id = b.clock \
     WHERE p.below IS NOT NULL AND b.tenant = p.tenant AND b.customer = p.customer \
     AND e.tenant = b.tenant AND e.customer = b.customer AND e.sequence = b.sequence AND e.available < p.below \
     AND b.frozen_since IS NULL AND (p.look_at IS NULL OR p.look_at <= COALESCE(c.frozen_at, {now}))";
const PURCHASES_ENDED: &str = "SELECT p.tenant, p.customer FROM payers p \
     CROSS JOIN orders o WHERE p.paying IS NOT NULL AND o.tenant = p.tenant AND o.id = p.paying \
     AND o.status NOT IN ('open', 'pending')";

#[derive(FromQueryResult)]
struct Place {
    tenant: Uuid,
    customer: Uuid,
}

/// Writes a record that is still at the version it was read at.
pub(crate) async fn keep(
    to: &impl ConnectionTrait,
    tenant: TenantId,
    customer: CustomerId,
    record: &PayerRecord,
) -> Result<(), StoreError> {
    let changed = PayerRecord { version: record.version.saturating_add(1), ..record.clone() };
    let row = payer_row(tenant, customer, &changed).map_err(fault)?.into_active_model().reset_all();
    let written = if record.version == 0 {
        Entity::insert(row).exec_without_returning(to).await.map_err(conflict_or_fault)?
    } else {
        let update = Entity::update_many()
            .set(row)
            .filter(Column::Tenant.eq(tenant.0))
            .filter(Column::Customer.eq(customer.0))
            .filter(Column::Version.eq(big(record.version)));
        update.exec(to).await.map_err(fault)?.rows_affected
    };
    if written == 0 { Err(StoreError::Conflict) } else { Ok(()) }
}

impl Store {
    async fn payers(
        &self,
        sql: &str,
        values: Vec<Value>,
        limit: u32,
    ) -> Result<Vec<(TenantId, CustomerId)>, StoreError> {
        let sql = format!("{sql} LIMIT {limit}");
        let statement = Statement::from_sql_and_values(self.read.get_database_backend(), sql, values);
        let rows = Place::find_by_statement(statement).all(&self.read).await.map_err(fault)?;
        Ok(rows.into_iter().map(|row| (TenantId(row.tenant), CustomerId(row.customer))).collect())
    }
}

#[async_trait]
impl Payers for Store {
    async fn payer_record(&self, tenant: TenantId, customer: CustomerId) -> Result<PayerRecord, StoreError> {
        let found = Entity::find_by_id((tenant.0, customer.0)).one(&self.read).await.map_err(fault)?;
        Ok(found.map(row::payer).transpose().map_err(fault)?.unwrap_or_default())
    }

    async fn keep_payer(&self, tenant: TenantId, customer: CustomerId, record: &PayerRecord) -> Result<(), StoreError> {
        let transaction = self.begin().await.map_err(fault)?;
        keep(&*transaction, tenant, customer, record).await?;
        transaction.commit().await.map_err(fault)
    }

    async fn running_low(
        &self,
        clock: Option<ClockId>,
        now: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, CustomerId)>, StoreError> {
        let lite = self.read.get_database_backend() == DbBackend::Sqlite;
        let (first, second) = if lite { ("?1", "?2") } else { ("$1", "$2") };
        let mut sql = RUNNING_LOW.replace("{now}", first);
        let mut values: Vec<Value> = vec![millis(now).into()];
        if let Some(clock) = clock {
            sql += &format!(" AND b.clock = {second}");
            values.push(clock.0.into());
        }
        self.payers(&sql, values, limit).await
    }

    async fn purchases_ended(&self, limit: u32) -> Result<Vec<(TenantId, CustomerId)>, StoreError> {
        self.payers(PURCHASES_ENDED, Vec::new(), limit).await
    }
}
