//! Questions whose index SQLite does not choose by itself: it would read all grants of a tenant, or all its journal.

use domain::{CustomerId, TenantId};
use ports::PageAsk;
use sea_orm::{DbBackend, Statement};
use uuid::Uuid;

use crate::sql::Many;

/// Where it stands that a customer has paid for something.
#[derive(Clone, Copy)]
pub(super) enum Paying {
    Grants,
    Orders,
}

impl Paying {
    /// The table, its index, and which of its rows.
    const fn rows(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Grants => ("grants", "grants_paid", "cost_minor IS NOT NULL"),
            Self::Orders => ("orders", "orders_in_reports", "in_reports"),
        }
    }
}

/// Customers who have paid for something, as many as a page and one more.
pub(super) fn paying(
    backend: DbBackend,
    from: Paying,
    tenant: TenantId,
    wanted: Option<CustomerId>,
    after: Option<CustomerId>,
    ask: &PageAsk,
) -> Statement {
    let (table, index, which) = from.rows();
    let by = by_index(backend, index);
    let (is_after, direction, end) =
        if ask.oldest_first { (">", "ASC", Uuid::nil()) } else { ("<", "DESC", Uuid::max()) };
    let sql = format!(
        "SELECT DISTINCT customer FROM {table} {by} WHERE tenant = $1 AND {which} \
         AND customer {is_after} $2 AND customer BETWEEN $3 AND $4 ORDER BY customer {direction} LIMIT $5"
    );
    let after = after.map_or(end, |after| after.0);
    let (first, last) = wanted.map_or((Uuid::nil(), Uuid::max()), |one| (one.0, one.0));
    let limit = i64::from(ask.limit).saturating_add(1);
    Statement::from_sql_and_values(
        backend,
        sql,
        [tenant.0.into(), after.into(), first.into(), last.into(), limit.into()],
    )
}

/// How many customers of a tenant have paid grants.
pub(crate) fn count_paying(backend: DbBackend, tenant: TenantId) -> Statement {
    let (table, index, which) = Paying::Grants.rows();
    let by = by_index(backend, index);
    let sql = format!("SELECT COUNT(DISTINCT customer) FROM {table} {by} WHERE tenant = $1 AND {which}");
    Statement::from_sql_and_values(backend, sql, [tenant.0.into()])
}

fn by_index(backend: DbBackend, index: &str) -> String {
    if matches!(backend, DbBackend::Sqlite) { format!("INDEXED BY {index}") } else { String::new() }
}

/// The orders of some customers that reports read.
pub(super) fn reported(backend: DbBackend) -> Many {
    let template = "SELECT t.* FROM {rows} CROSS JOIN orders t {by orders_in_reports} \
                    WHERE t.tenant = {u0} AND t.customer = {u1} AND t.in_reports";
    Many::new(backend, template)
}

/// When entries with some keys were effective.
pub(super) fn effective(backend: DbBackend) -> Many {
    let template = "SELECT t.key, t.effective_at FROM {rows} CROSS JOIN entries t {by entries_key} \
                    WHERE t.tenant = {u0} AND t.key = {t1}";
    Many::new(backend, template)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::Instant;
    use ports::fake::SetClock;
    use sea_orm::ConnectionTrait as _;

    use super::*;
    use crate::Store;

    /// Neither a tenant's free grants nor its journal are read for what few have.
    #[tokio::test]
    async fn sqlite_finds_who_has_paid_and_refunds_along_their_indexes() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("folio.db").display());
        let store = Store::open(&url, Arc::new(SetClock::at(Instant::UNIX_EPOCH))).await.unwrap();
        let (sqlite, tenant) = (DbBackend::Sqlite, TenantId(Uuid::nil()));
        let page = |oldest_first| PageAsk { cursor: None, limit: 10, oldest_first };
        let one = Some(CustomerId(Uuid::nil()));
        let one_of = |values| vec![vec![0_i64.into(); values]];
        for (mut explain, key) in [
            (
                paying(sqlite, Paying::Grants, tenant, None, None, &page(true)),
                "grants_paid (tenant=? AND customer>? AND customer<?)",
            ),
            (
                paying(sqlite, Paying::Orders, tenant, one, one, &page(false)),
                "orders_in_reports (tenant=? AND customer>? AND customer<?)",
            ),
            (count_paying(sqlite, tenant), "grants_paid (tenant=?)"),
            (reported(sqlite).statement(one_of(2)).unwrap(), "orders_in_reports (tenant=? AND customer=?)"),
            (effective(sqlite).statement(one_of(1)).unwrap(), "entries_key (tenant=? AND key=?)"),
        ] {
            explain.sql = format!("EXPLAIN QUERY PLAN {}", explain.sql);
            let plan = store.read.query_all_raw(explain).await.unwrap();
            let plan: Vec<String> = plan.iter().map(|step| step.try_get("", "detail").unwrap()).collect();
            assert!(plan.iter().any(|step| step.contains(key)), "{key}: {plan:?}");
            assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{key}: {plan:?}");
        }
        store.close().await;
    }
}
