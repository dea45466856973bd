//! Mocks stand behind their ports, so that failures can be staged.

use std::sync::Arc;

use domain::{ClockId, CustomerId, TenantId};
use folio_ports::fake::{CountingIds, SetClock};
use folio_ports::mock::{MockCatalogs, MockLedger};
use folio_ports::{Applied, Catalogs, Clock as _, Command, Ids as _, Ledger, PostError, Reply, StoreError};

fn tenant() -> TenantId {
    "ten_00000000000000000000000000000001".parse().expect("an id")
}

#[tokio::test]
async fn a_ledger_can_be_too_busy() {
    let mut mock = MockLedger::new();
    mock.expect_post().withf(|command| command.tenant == tenant()).times(1).returning(|_| Err(PostError::Busy));
    let ledger: Arc<dyn Ledger> = Arc::new(mock);
    let customer: CustomerId = "cus_00000000000000000000000000000002".parse().expect("an id");
    let decide = Box::new(|_: &mut domain::Draft| Ok(()));
    let command = Command::new(tenant(), customer, None, decide);
    assert!(matches!(ledger.post(command).await, Err(PostError::Busy)));
}

#[tokio::test]
async fn a_mock_is_shown_the_reply_that_goes_with_an_effect() {
    let mut mock = MockCatalogs::new();
    mock.expect_apply()
        .withf(|_, base, text, _, reply| *base == 1 && text == "new" && reply.as_ref().is_some_and(|r| r.key == "key"))
        .returning(|_, _, _, _, _| Err(StoreError::Conflict));
    mock.expect_apply().returning(|_, base, _, _, _| Ok(Applied::Stale(base)));
    let catalogs: Arc<dyn Catalogs> = Arc::new(mock);
    let now = SetClock::at(domain::Instant::UNIX_EPOCH).now();
    let reply = Reply { key: "key".to_owned(), fingerprint: 1, status: 200, body: String::new() };
    let refused = catalogs.apply(tenant(), 1, "new", now, Some(&reply)).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
    let stale = catalogs.apply(tenant(), 7, "new", now, None).await;
    assert!(matches!(stale, Ok(Applied::Stale(7))));
}

#[test]
fn counted_ids_are_in_the_order_of_their_birth_and_never_the_same() {
    let ids = CountingIds::default();
    let clock = |bits: u128| -> ClockId { format!("clk_{bits:032x}").parse().expect("an id") };
    let (first, second) = (clock(ids.id()), clock(ids.clone().id()));
    assert!(first < second);
    assert_eq!(first.0.get_version_num(), 7);
    assert_ne!(ids.secret(), ids.secret());
}
