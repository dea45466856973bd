//! Two processes on one database: neither decides on what the other has changed.

mod common;

use std::sync::Arc;

use domain::rules::{self, NewHold, NewUsage, ReleaseReason};
use domain::{Credits, Draft, Estimate, EstimateId, HoldId, Instant, Line, Refusal, ResultMode, Span};
use folio_storage::Store;
use ports::fake::SetClock;
use ports::{Decide, Ledger, Opening, Posted};
use uuid::Uuid;

use common::{CUSTOMER, TENANT, command, customer, grant, start};

async fn post(store: &Store, key: &str, hold: Option<u32>, decide: Decide) -> Posted {
    let hold = hold.map(|number| HoldId { customer: CUSTOMER, number });
    store.post(command(Some(key), hold, decide)).await.expect("posted")
}

fn line(quantity: u64) -> Line {
    let rate = Credits::whole(1);
    let cost = rate.times(quantity).expect("a cost");
    Line { name: None, operation: "extract".into(), quantity, rate, cost, records: 1, document: None }
}

fn spend(quantity: u64) -> Decide {
    Box::new(move |draft| {
        let line = line(quantity);
        let new = NewUsage { line, reference: None, occurred_at: None, catalog_version: 1, metadata: Vec::new() };
        rules::record(draft, new)
    })
}

fn hold(quantity: u64) -> Decide {
    Box::new(move |draft| {
        let estimate = Estimate {
            id: EstimateId(Uuid::from_u128(3)),
            customer: CUSTOMER,
            lines: vec![line(quantity)],
            mode: ResultMode::default(),
            created_at: draft.now(),
            valid_until: Instant::MAX_UTC,
            catalog_version: 1,
        };
        let (ttl, max_ttl) = (Span::hours(1), Span::days(7));
        let new = NewHold { estimate, partial: false, ttl, max_ttl, reference: None, metadata: Vec::new() };
        rules::hold(draft, new)
    })
}

fn release() -> Decide {
    Box::new(|draft: &mut Draft| -> Result<(), Refusal> {
        rules::release(draft, &ReleaseReason::Other("done".to_owned()))
    })
}

/// One store spends what the other granted, and releases what the other held, although both remember the book.
async fn neither_decides_on_a_stale_book(url: &str) {
    let clock = SetClock::at(start());
    let open = || Store::open(url, Arc::new(clock.clone()));
    let (one, other) = (open().await.expect("a store"), open().await.expect("a store"));
    let opening = Opening { tenant: TENANT, customer: customer(), key: None, decide: grant(1, None) };
    one.open(opening).await.expect("opened");

    for round in 0..3 {
        post(&one, &format!("warm-{round}"), None, grant(1, None)).await;
        post(&other, &format!("grant-{round}"), None, grant(100, None)).await;
        let spent = post(&one, &format!("spend-{round}"), None, spend(50)).await;
        assert!(!spent.replayed);
        let held = post(&other, &format!("hold-{round}"), None, hold(40)).await;
        let number = held.hold.expect("a hold").id.number;
        let released = post(&one, &format!("release-{round}"), Some(number), release()).await;
        assert_eq!(released.balance.held, Credits::ZERO);
    }
    one.close().await;
    other.close().await;
}

/// A store that remembers no key still answers one as before, where the command would write again, be refused by now,
/// or have nothing to write.
async fn a_forgotten_key_is_a_replay(url: &str) {
    let clock = SetClock::at(start());
    let open = || Store::open(url, Arc::new(clock.clone()));
    let one = open().await.expect("a store");
    let opening = Opening { tenant: TENANT, customer: customer(), key: None, decide: grant(100, None) };
    one.open(opening).await.expect("opened");
    let held = post(&one, "hold", None, hold(40)).await;
    let number = held.hold.as_ref().expect("a hold").id.number;
    let first = [
        post(&one, "spend", None, spend(10)).await,
        post(&one, "release", Some(number), release()).await,
        post(&one, "rest", None, spend(90)).await,
    ];
    one.close().await;

    let other = open().await.expect("a store");
    let again = [
        post(&other, "spend", None, spend(10)).await,
        post(&other, "release", Some(number), release()).await,
        post(&other, "rest", None, spend(90)).await,
    ];
    for (first, again) in first.iter().zip(&again) {
        assert!(again.replayed);
        assert_eq!((&first.entries, &first.hold), (&again.entries, &again.hold));
    }
    post(&other, "more", None, grant(50, None)).await;
    let fresh = open().await.expect("a store");
    let again = post(&fresh, "spend", None, spend(10)).await;
    assert!(again.replayed, "it could be written by now");
    let new = post(&fresh, "new", None, spend(50)).await;
    assert_eq!((new.replayed, new.balance.available), (false, Credits::ZERO));
    other.close().await;
    fresh.close().await;
}

#[tokio::test]
async fn r7_two_stores_on_one_sqlite_file_see_each_other() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    neither_decides_on_a_stale_book(&format!("sqlite://{}", folder.path().join("folio.db").display())).await;
}

#[tokio::test]
async fn r7_two_stores_on_one_postgres_see_each_other() {
    neither_decides_on_a_stale_book(&cluster::shared().database().expect("a database")).await;
}

#[tokio::test]
async fn r40_a_key_outlives_what_a_store_remembers_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    a_forgotten_key_is_a_replay(&format!("sqlite://{}", folder.path().join("folio.db").display())).await;
}

#[tokio::test]
async fn r40_a_key_outlives_what_a_store_remembers_on_postgres() {
    a_forgotten_key_is_a_replay(&cluster::shared().database().expect("a database")).await;
}
