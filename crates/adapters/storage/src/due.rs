//! Work that is due, found by index.

use async_trait::async_trait;
use domain::{ClockId, CustomerId, HoldId, Instant, TenantId};
use ports::{DueWork, StoreError};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{
    ColumnTrait, ConnectionTrait as _, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Statement,
};
use uuid::Uuid;

use crate::Store;
use crate::connect::fault;
use crate::entity::book::{Column, Entity};
use crate::row::{maybe_time, millis, number};

#[derive(FromQueryResult)]
struct HoldPlace {
    tenant: Uuid,
    customer: Uuid,
    number: i64,
}

/// Rows that live by this test clock, or by the real one.
pub(crate) fn by_clock(column: impl ColumnTrait, clock: Option<ClockId>) -> SimpleExpr {
    match clock {
        Some(clock) => column.eq(clock.0),
        None => column.is_null(),
    }
}

impl Store {
    /// Open holds due by a clock, by a statement that starts from the holds' index.
    fn due_holds(&self, select: &str, clock: Option<ClockId>, at: Instant, tail: &str) -> Statement {
        let backend = self.read.get_database_backend();
        let (first, second) = if backend == sea_orm::DbBackend::Sqlite { ("?", "?") } else { ("$1", "$2") };
        let whose = if clock.is_some() { format!("b.clock = {second}") } else { "b.clock IS NULL".to_owned() };
        let sql = format!(
            "SELECT {select} FROM holds h JOIN books b ON b.tenant = h.tenant AND b.customer = h.customer \
             WHERE h.status = 'open' AND h.expires_at <= {first} AND {whose} {tail}"
        );
        let mut values: Vec<sea_orm::Value> = vec![millis(at).into()];
        values.extend(clock.map(|clock| clock.0.into()));
        Statement::from_sql_and_values(backend, sql, values)
    }

    async fn first_hold(&self, clock: ClockId, until: Instant) -> Result<Option<i64>, DbErr> {
        let statement = self.due_holds("MIN(h.expires_at) AS due", Some(clock), until, "");
        let row = self.read.query_one_raw(statement).await?;
        row.map_or(Ok(None), |row| row.try_get("", "due"))
    }

    async fn first_book(&self, clock: ClockId, until: Instant) -> Result<Option<i64>, DbErr> {
        let due = Entity::find()
            .select_only()
            .column(Column::DueAt)
            .filter(by_clock(Column::Clock, Some(clock)))
            .filter(Column::DueAt.lte(millis(until)))
            .order_by_asc(Column::DueAt)
            .into_tuple::<Option<i64>>()
            .one(&self.read)
            .await?;
        Ok(due.flatten())
    }
}

#[async_trait]
impl DueWork for Store {
    async fn books(
        &self,
        clock: Option<ClockId>,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, CustomerId)>, StoreError> {
        let rows = Entity::find()
            .select_only()
            .columns([Column::Tenant, Column::Customer])
            .filter(by_clock(Column::Clock, clock))
            .filter(Column::DueAt.lte(millis(at)))
            .order_by_asc(Column::DueAt)
            .limit(u64::from(limit))
            .into_tuple::<(Uuid, Uuid)>()
            .all(&self.read)
            .await
            .map_err(fault)?;
        Ok(rows.into_iter().map(|(tenant, customer)| (TenantId(tenant), CustomerId(customer))).collect())
    }

    async fn holds(
        &self,
        clock: Option<ClockId>,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, HoldId)>, StoreError> {
        let tail = format!("ORDER BY h.expires_at LIMIT {limit}");
        let statement = self.due_holds("h.tenant, h.customer, h.number", clock, at, &tail);
        let rows = HoldPlace::find_by_statement(statement).all(&self.read).await.map_err(fault)?;
        let place = |row: HoldPlace| {
            let number = number(row.number)?;
            Ok((TenantId(row.tenant), HoldId { customer: CustomerId(row.customer), number }))
        };
        rows.into_iter().map(place).collect::<Result<_, DbErr>>().map_err(fault)
    }

    async fn next(&self, clock: ClockId, until: Instant) -> Result<Option<Instant>, StoreError> {
        let hold = self.first_hold(clock, until).await.map_err(fault)?;
        let book = self.first_book(clock, until).await.map_err(fault)?;
        let end = self.first_end(clock, until).await.map_err(fault)?;
        let turn = self.first_turn(clock, until).await.map_err(fault)?;
        let first = [hold, book, end, turn].into_iter().flatten().min();
        maybe_time(first).map_err(fault)
    }
}
