//! What is due of subscriptions, found by index alone.

use domain::{ClockId, Instant, SubscriptionId, TenantId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Statement, Value,
};
use uuid::Uuid;

use crate::Store;
use crate::entity::subscription::{Column, Entity};
use crate::row::millis;
use crate::sql::spell;

/// Due by the real clock, whatever the customer lives by where tasks wait; each half goes along its own index, and what
/// someone else is just claiming is passed over.
const CLAIM: &str = "WITH \
     turns AS (SELECT tenant, id, due_at AS since FROM subscriptions \
         WHERE clock IS NULL AND work_at IS NULL AND due_at <= {now} AND (claimed_until IS NULL OR claimed_until <= {now}) \
         ORDER BY due_at, tenant, id LIMIT {limit} {skip}), \
     works AS (SELECT tenant, id, work_at AS since FROM subscriptions \
         WHERE work_at <= {now} AND (claimed_until IS NULL OR claimed_until <= {now}) \
         ORDER BY work_at, tenant, id LIMIT {limit} {skip}), \
     due AS (SELECT tenant, id FROM (SELECT * FROM turns UNION ALL SELECT * FROM works) AS found \
         GROUP BY tenant, id ORDER BY MIN(since), tenant, id LIMIT {limit}) \
     UPDATE subscriptions SET claimed_until = {until} FROM due \
         WHERE subscriptions.tenant = due.tenant AND subscriptions.id = due.id \
     RETURNING subscriptions.tenant, subscriptions.id, \
         CASE WHEN clock IS NULL THEN due_at END AS due_at, work_at";
/// Whether [`CLAIM`] would find anything.
const ANY: &str = "SELECT 1 AS found \
     WHERE EXISTS (SELECT 1 FROM subscriptions \
         WHERE clock IS NULL AND work_at IS NULL AND due_at <= {now} AND (claimed_until IS NULL OR claimed_until <= {now})) \
     OR EXISTS (SELECT 1 FROM subscriptions \
         WHERE work_at <= {now} AND (claimed_until IS NULL OR claimed_until <= {now}))";
/// Due by a test clock, or with tasks.
const BY_CLOCK: &str = "SELECT tenant, id FROM ( \
         SELECT * FROM (SELECT tenant, id, due_at FROM subscriptions WHERE clock = {clock} AND due_at <= {now} \
             ORDER BY due_at, tenant, id LIMIT {limit}) AS turns \
         UNION SELECT * FROM (SELECT tenant, id, due_at FROM subscriptions WHERE clock = {clock} AND work_at IS NOT NULL \
             ORDER BY due_at NULLS LAST, tenant, id LIMIT {limit}) AS works) AS due \
     ORDER BY due_at NULLS LAST, tenant, id LIMIT {limit}";

#[derive(FromQueryResult)]
struct Claimed {
    tenant: Uuid,
    id: Uuid,
    due_at: Option<i64>,
    work_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct Place {
    tenant: Uuid,
    id: Uuid,
}

/// A statement of these values, each in the place of its name; `limit` is none of them.
fn statement(backend: DbBackend, template: &str, limit: u32, values: &[(&str, Value)]) -> Statement {
    let lite = backend == DbBackend::Sqlite;
    let sql = spell(template, |mark| match mark {
        "limit" => limit.to_string(),
        "skip" if lite => String::new(),
        "skip" => "FOR UPDATE SKIP LOCKED".to_owned(),
        name => {
            let place = values.iter().position(|(known, _)| *known == name).expect("each mark has a value");
            format!("{}{}", if lite { '?' } else { '$' }, place.saturating_add(1))
        }
    });
    Statement::from_sql_and_values(backend, sql, values.iter().map(|(_, value)| value.clone()))
}

impl Store {
    /// The first instant of a test clock at or before `until` at which one of its subscriptions has something due.
    pub(crate) async fn first_turn(&self, clock: ClockId, until: Instant) -> Result<Option<i64>, DbErr> {
        let due = Entity::find()
            .select_only()
            .column(Column::DueAt)
            .filter(Column::Clock.eq(clock.0))
            .filter(Column::DueAt.lte(millis(until)))
            .order_by_asc(Column::DueAt)
            .into_tuple::<Option<i64>>()
            .one(&self.read)
            .await?;
        Ok(due.flatten())
    }

    /// Claims what is due by the real clock.
    pub(super) async fn claim_due(
        &self,
        now: Instant,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, SubscriptionId)>, DbErr> {
        let backend = self.read.get_database_backend();
        let now = ("now", millis(now).into());
        // Mostly nothing is due, and who asks for that takes no writers' turn.
        let any = statement(backend, ANY, limit, std::slice::from_ref(&now));
        if self.read.query_one_raw(any).await?.is_none() {
            return Ok(Vec::new());
        }
        let claim = statement(backend, CLAIM, limit, &[now, ("until", millis(until).into())]);
        let transaction = self.begin().await?;
        let mut claimed = Claimed::find_by_statement(claim).all(&*transaction).await?;
        transaction.commit().await?;
        // A changed row is answered in no order.
        claimed.sort_by_key(|row| (row.due_at.into_iter().chain(row.work_at).min(), row.tenant, row.id));
        Ok(claimed.into_iter().map(|row| (TenantId(row.tenant), SubscriptionId(row.id))).collect())
    }

    /// What is due by a test clock.
    pub(super) async fn due_by(
        &self,
        clock: ClockId,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, SubscriptionId)>, DbErr> {
        let values = [("clock", clock.0.into()), ("now", millis(at).into())];
        let due = statement(self.read.get_database_backend(), BY_CLOCK, limit, &values);
        let rows = Place::find_by_statement(due).all(&self.read).await?;
        Ok(rows.into_iter().map(|row| (TenantId(row.tenant), SubscriptionId(row.id))).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ports::fake::SetClock;

    use super::*;

    /// How the database goes about each of these statements.
    async fn plans(url: &str) -> Vec<String> {
        let store = Store::open(url, Arc::new(SetClock::at(Instant::UNIX_EPOCH))).await.expect("a store");
        let backend = store.read.get_database_backend();
        let values: [(&str, Value); 3] =
            [("now", 1_i64.into()), ("until", 2_i64.into()), ("clock", Uuid::from_u128(1).into())];
        let transaction = store.begin().await.expect("a transaction");
        let (explain, column) = if backend == DbBackend::Sqlite { ("EXPLAIN QUERY PLAN", 3) } else { ("EXPLAIN", 0) };
        if backend == DbBackend::Postgres {
            // A table without rows is read as a whole unless there is no other way.
            transaction.execute_unprepared("SET LOCAL enable_seqscan = off").await.expect("set");
        }
        let mut plans = Vec::new();
        for template in [CLAIM, ANY, BY_CLOCK] {
            let known = values.iter().filter(|(name, _)| template.contains(&format!("{{{name}}}"))).cloned();
            let asked = statement(backend, &format!("{explain} {template}"), 10, &known.collect::<Vec<_>>());
            let rows = transaction.query_all_raw(asked).await.expect("a plan");
            let lines = rows.iter().map(|row| row.try_get_by_index::<String>(column).expect("a line"));
            plans.push(lines.collect::<Vec<_>>().join("\n"));
        }
        plans
    }

    /// Each statement goes along its two indexes, and reads no table from one end to the other.
    fn check(plans: &[String], scan: &str) {
        let indexes = [["_due", "_work"], ["_due", "_work"], ["_clock_due", "_clock_work"]];
        assert_eq!(plans.len(), indexes.len());
        for (plan, indexes) in plans.iter().zip(indexes) {
            for index in indexes {
                assert!(plan.contains(&format!("subscriptions{index}")), "{plan}");
            }
            assert!(!plan.contains(scan), "{plan}");
        }
    }

    #[tokio::test]
    async fn what_is_due_is_found_by_index_on_sqlite() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("folio.db").display());
        check(&plans(&url).await, "SCAN subscriptions");
    }

    #[tokio::test]
    async fn what_is_due_is_found_by_index_on_postgres() {
        let plans = plans(&cluster::shared().database().expect("a database")).await;
        check(&plans, "Seq Scan");
    }
}
