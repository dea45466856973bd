//! What was given back of each grant stands where reports read it (R37).

use std::sync::Arc;

use folio_storage::Store;
use ports::contract::Subject;
use ports::contract::sales::{change, given_back, grant, placed};
use ports::fake::SetClock;
use ports::{GivenBackStatus, PlacedOrder, StoreError};
use sea_orm::{ConnectionTrait as _, Database, Statement};

/// Grant, net and tax of every row.
async fn rows(url: &str) -> Vec<(i64, i64, i64)> {
    let connection = Database::connect(url).await.expect("a connection");
    let sql = "SELECT grant_number, net, tax FROM refunded ORDER BY grant_number";
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await;
    let number = |row: &sea_orm::QueryResult, column| row.try_get::<i64>("", column).expect("a number");
    let read = |row| (number(&row, "grant_number"), number(&row, "net"), number(&row, "tax"));
    rows.expect("a read").into_iter().map(read).collect()
}

async fn what_counts_as_given_back_is_projected(url: &str) {
    let clock = SetClock::at(domain::Instant::UNIX_EPOCH);
    let store = Store::open(url, Arc::new(clock.clone())).await.expect("a store");
    let subject = Subject::of(Arc::new(store.clone()), clock, ());
    let tenant = domain::TenantId(uuid::Uuid::from_u128(1));
    let order = placed(&subject);
    let order = PlacedOrder { grants: vec![grant(&order, 1), grant(&order, 2)], ..order };
    subject.orders.place(tenant, &order, None).await.expect("placed");
    let save = async |refunds: Vec<_>, version| {
        let changed = PlacedOrder { refunds, version, ..order.clone() };
        subject.orders.save(tenant, change(&changed, None)).await
    };

    save(Vec::new(), 1).await.expect("saved");
    assert_eq!(rows(url).await, []);
    let first = given_back(&order, 1, 1);
    save(vec![first.clone()], 2).await.expect("saved");
    assert_eq!(rows(url).await, [(1, 200, 38), (2, 0, 0)]);
    let both = vec![first.clone(), given_back(&order, 2, 1), given_back(&order, 3, 2)];
    save(both, 3).await.expect("saved");
    assert_eq!(rows(url).await, [(1, 400, 76), (2, 200, 38)]);

    let mut failed = first;
    failed.status = GivenBackStatus::Failed;
    let stale = save(vec![failed.clone()], 3).await;
    assert!(matches!(stale, Err(StoreError::Conflict)), "{stale:?}");
    assert_eq!(rows(url).await, [(1, 400, 76), (2, 200, 38)]);
    save(vec![failed], 4).await.expect("saved");
    assert_eq!(rows(url).await, [(1, 0, 0), (2, 0, 0)]);
    store.close().await;
}

#[tokio::test]
async fn r37_what_was_given_back_is_projected_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("folio.db").display());
    what_counts_as_given_back_is_projected(&url).await;
}

#[tokio::test]
async fn r37_what_was_given_back_is_projected_on_postgres() {
    what_counts_as_given_back_is_projected(&cluster::shared().database().expect("a database")).await;
}
