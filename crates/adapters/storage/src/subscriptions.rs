//! Subscriptions, and all that changes with one.

use async_trait::async_trait;
use domain::{ClockId, Instant, SubscriptionId, TenantId};
use ports::{KeptSubscription, Page, PageAsk, StoreError, SubscriptionChange, SubscriptionFilter, Subscriptions};
use sea_orm::sea_query::Condition;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbBackend, DbErr, EntityTrait as _, FromQueryResult,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement, Value,
};
use uuid::Uuid;

use crate::Store;
use crate::connect::{conflict_or_fault, fault};
use crate::entity::subscription::{Column, Entity};
use crate::journal::{all, order, page_of};
use crate::keys::{keep, keep_last};
use crate::row::{self, big, millis, subscription_row};
use crate::sql::spell;
use crate::{events, outbox};

/// Due by the real clock, whatever the customer lives by where tasks wait; each half goes along its own index, and what
/// someone else is just claiming is passed over.
const CLAIM: &str = "WITH \
     turns AS (SELECT tenant, id, due_at AS since FROM subscriptions \
         WHERE clock IS NULL AND due_at <= {now} AND (claimed_until IS NULL OR claimed_until <= {now}) \
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
         WHERE clock IS NULL AND due_at <= {now} AND (claimed_until IS NULL OR claimed_until <= {now})) \
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

/// Writes a new subscription, at version 1.
async fn insert(to: &impl ConnectionTrait, tenant: TenantId, kept: &KeptSubscription) -> Result<(), StoreError> {
    let first = KeptSubscription { version: 1, ..kept.clone() };
    let row = subscription_row(tenant, &first).map_err(fault)?;
    let insert = Entity::insert(row.into_active_model().reset_all());
    insert.exec_without_returning(to).await.map(drop).map_err(conflict_or_fault)
}

/// Writes a subscription that is still at the version it was read at, and answers the version after it.
async fn update(
    to: &impl ConnectionTrait,
    tenant: TenantId,
    kept: KeptSubscription,
) -> Result<KeptSubscription, StoreError> {
    let read = kept.version;
    let changed = KeptSubscription { version: read.saturating_add(1), ..kept };
    let row = subscription_row(tenant, &changed).map_err(fault)?;
    let update = Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(Column::Tenant.eq(tenant.0))
        .filter(Column::Id.eq(changed.subscription.id.0))
        .filter(Column::Version.eq(big(read)));
    let updated = update.exec(to).await.map_err(conflict_or_fault)?;
    if updated.rows_affected == 1 { Ok(changed) } else { Err(StoreError::Conflict) }
}

/// Writes down what is told of a change.
async fn tell(to: &impl ConnectionTrait, tenant: TenantId, change: &SubscriptionChange) -> Result<(), StoreError> {
    events::add(to, tenant, &change.events).await?;
    for mail in &change.mails {
        outbox::add(to, tenant, mail).await.map_err(fault)?;
    }
    Ok(())
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
}

#[async_trait]
impl Subscriptions for Store {
    async fn begin_subscription(&self, tenant: TenantId, change: SubscriptionChange) -> Result<(), StoreError> {
        let transaction = self.begin().await.map_err(fault)?;
        insert(&*transaction, tenant, &change.kept).await?;
        tell(&*transaction, tenant, &change).await?;
        keep(&*transaction, tenant, change.reply.as_ref()).await.map_err(conflict_or_fault)?;
        transaction.commit().await.map_err(fault)
    }

    async fn save_subscription(
        &self,
        tenant: TenantId,
        change: SubscriptionChange,
    ) -> Result<KeptSubscription, StoreError> {
        let transaction = self.begin().await.map_err(fault)?;
        let changed = update(&*transaction, tenant, change.kept.clone()).await?;
        tell(&*transaction, tenant, &change).await?;
        keep_last(&*transaction, tenant, change.reply.as_ref()).await?;
        transaction.commit().await.map_err(fault)?;
        Ok(changed)
    }

    async fn subscription(&self, tenant: TenantId, id: SubscriptionId) -> Result<Option<KeptSubscription>, StoreError> {
        let found = Entity::find_by_id((tenant.0, id.0)).one(&self.read).await.map_err(fault)?;
        found.as_ref().map(row::subscription).transpose().map_err(fault)
    }

    async fn list_subscriptions(
        &self,
        tenant: TenantId,
        filter: SubscriptionFilter,
        ask: &PageAsk,
    ) -> Result<Page<KeptSubscription>, StoreError> {
        let after = ask.cursor.as_deref().map(str::parse::<SubscriptionId>).transpose();
        let after = after.map_err(|_| StoreError::BadCursor)?;
        let condition = Condition::all()
            .add(Column::Tenant.eq(tenant.0))
            .add_option(filter.customer.map(|customer| Column::Customer.eq(customer.0)))
            .add_option(filter.status.map(|status| Column::Status.eq(status.word())))
            .add_option(after.map(|id| if ask.oldest_first { Column::Id.gt(id.0) } else { Column::Id.lt(id.0) }));
        let query = Entity::find().filter(condition).order_by(Column::Id, order(ask)).limit(u64::from(ask.limit) + 1);
        let kept = all(query.all(&self.read).await.map_err(fault)?, |row| row::subscription(&row))?;
        Ok(page_of(kept, ask, |kept| kept.subscription.id.to_string()))
    }

    async fn claim_subscriptions(
        &self,
        now: Instant,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, SubscriptionId)>, StoreError> {
        let backend = self.read.get_database_backend();
        let now = ("now", millis(now).into());
        // Mostly nothing is due, and who asks for that takes no writers' turn.
        let any = statement(backend, ANY, limit, std::slice::from_ref(&now));
        if self.read.query_one_raw(any).await.map_err(fault)?.is_none() {
            return Ok(Vec::new());
        }
        let claim = statement(backend, CLAIM, limit, &[now, ("until", millis(until).into())]);
        let transaction = self.begin().await.map_err(fault)?;
        let mut claimed = Claimed::find_by_statement(claim).all(&*transaction).await.map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        // A changed row is answered in no order.
        claimed.sort_by_key(|row| (row.due_at.into_iter().chain(row.work_at).min(), row.tenant, row.id));
        Ok(claimed.into_iter().map(|row| (TenantId(row.tenant), SubscriptionId(row.id))).collect())
    }

    async fn subscriptions_due(
        &self,
        clock: ClockId,
        at: Instant,
        limit: u32,
    ) -> Result<Vec<(TenantId, SubscriptionId)>, StoreError> {
        let values = [("clock", clock.0.into()), ("now", millis(at).into())];
        let due = statement(self.read.get_database_backend(), BY_CLOCK, limit, &values);
        let rows = Place::find_by_statement(due).all(&self.read).await.map_err(fault)?;
        Ok(rows.into_iter().map(|row| (TenantId(row.tenant), SubscriptionId(row.id))).collect())
    }
}
