//! Two processes on one database: what one made due, the other writes down, and its worker comes to an end.

mod common;

use std::sync::Arc;

use chrono::TimeDelta;
use domain::Credits;
use folio_storage::Store;
use ports::fake::SetClock;
use ports::{Customers as _, DueWork as _, Ledger as _, Opening};

use common::{CUSTOMER, TENANT, command, customer, grant, start};

async fn what_is_due_is_written_by_whoever_is_left(url: &str) {
    let clock = SetClock::at(start());
    let open = || Store::open(url, Arc::new(clock.clone()));
    let (one, other) = (open().await.expect("a store"), open().await.expect("a store"));
    let opening = Opening { tenant: TENANT, customer: customer(), key: None, decide: grant(1, None) };
    one.open(opening).await.expect("a book");
    one.post(command(Some("remember"), None, grant(1, None))).await.expect("the book is remembered here");

    let end = start() + TimeDelta::hours(1);
    other.post(command(Some("elsewhere"), None, grant(100, Some(end)))).await.expect("a grant that ends");
    other.close().await;
    clock.set(end);

    assert_eq!(one.books(None, end, 10).await.expect("due work"), vec![(TENANT, CUSTOMER)]);
    one.post(command(None, None, Box::new(|_| Ok(())))).await.expect("a nudge");
    assert_eq!(one.books(None, end, 10).await.expect("due work"), Vec::new(), "the nudge wrote it down");
    let read = one.get(TENANT, CUSTOMER).await.expect("a read").expect("the customer");
    assert_eq!(read.book.balance().available, Credits::whole(2));
    one.close().await;
}

#[tokio::test]
async fn r10_what_another_process_made_due_is_written_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("folio.db").display());
    what_is_due_is_written_by_whoever_is_left(&url).await;
}

#[tokio::test]
async fn r10_what_another_process_made_due_is_written_on_postgres() {
    what_is_due_is_written_by_whoever_is_left(&cluster::shared().database().expect("a database")).await;
}
