//! Test clocks: time under a test's control.

use chrono::TimeDelta;
use domain::{ClockId, Customer, Instant, TenantId};

use super::Subject;
use super::asks::{bare_catalog, credits, day, granting, just_before, spending, start, terms_until};
use super::case::{Case, refusal, reply};
use crate::{StoreError, TestClock};

impl Subject {
    /// A test clock that shows `frozen_at`.
    pub(crate) async fn test_clock(&self, tenant: TenantId, frozen_at: Instant) -> ClockId {
        let clock = TestClock { id: ClockId(self.uuid()), frozen_at, created_at: start() };
        self.clocks.create(tenant, &clock, None).await.expect("a clock");
        clock.id
    }
}

impl Case {
    /// A customer of the same tenant who lives by this test clock.
    pub(crate) async fn living_by(&self, clock: ClockId) -> Self {
        let shown = self.subject.clocks.get(self.tenant, clock).await.expect("a read").expect("the clock");
        let new = self.subject.new_customer();
        let customer = Customer { clock: Some(clock), created_at: shown.frozen_at, ..new };
        let id = customer.id;
        self.subject.open(self.tenant, customer, None, bare_catalog()).await.expect("opened");
        Self { customer: id, ..self.clone() }
    }
}

/// Clocks are kept, and listed newest first.
pub async fn test_clocks_are_kept(subject: Subject) {
    let tenant = subject.tenant().await;
    let mut expected = Vec::new();
    for n in 1..=3 {
        let created_at = start() + TimeDelta::milliseconds(n);
        let clock = TestClock { id: ClockId(subject.uuid()), frozen_at: day(-n), created_at };
        subject.clocks.create(tenant, &clock, None).await.expect("a clock");
        assert_eq!(subject.clocks.get(tenant, clock.id).await.expect("a read"), Some(clock));
        expected.insert(0, clock);
    }
    assert_eq!(subject.clocks.list(tenant).await.expect("a read"), expected);
    assert_eq!(subject.clocks.get(tenant, ClockId(subject.uuid())).await.expect("a read"), None);
}

/// The reply is kept with the clock, or neither is.
pub async fn r40_a_clocks_reply_is_kept_with_it(subject: Subject) {
    let tenant = subject.tenant().await;
    let clock = TestClock { id: ClockId(subject.uuid()), frozen_at: start(), created_at: start() };
    subject.clocks.create(tenant, &clock, Some(&reply("clock"))).await.expect("a clock");
    assert_eq!(subject.keys.reply(tenant, "clock").await.expect("a read"), Some(reply("clock")));
    let second = TestClock { id: ClockId(subject.uuid()), ..clock };
    let outcome = subject.clocks.create(tenant, &second, Some(&reply("clock"))).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    let outcome = subject.clocks.create(tenant, &clock, None).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    assert_eq!(subject.clocks.list(tenant).await.expect("a read"), [clock]);
}

/// A clock never goes back.
pub async fn r7_a_test_clock_never_goes_back(subject: Subject) {
    let tenant = subject.tenant().await;
    let id = subject.test_clock(tenant, day(1)).await;
    let other = subject.test_clock(tenant, day(1)).await;
    for (to, shows) in [(day(5), day(5)), (day(3), day(5)), (day(5), day(5)), (day(400), day(400))] {
        subject.clocks.set(tenant, id, to).await.expect("set");
        assert_eq!(subject.clocks.get(tenant, id).await.expect("a read").expect("the clock").frozen_at, shows);
    }
    assert_eq!(subject.clocks.get(tenant, other).await.expect("a read").expect("the clock").frozen_at, day(1));
}

/// Customers live by their own clock: the real one does nothing to them, nor another.
pub async fn r7_a_customers_time_is_their_test_clocks(subject: Subject) {
    let case = Case::with(subject, "1").await;
    let (slow, fast) =
        (case.subject.test_clock(case.tenant, start()).await, case.subject.test_clock(case.tenant, day(5)).await);
    let (tortoise, hare) = (case.living_by(slow).await, case.living_by(fast).await);
    case.subject.clock.set(day(1_000));
    for (name, customer, at) in [("tortoise", &tortoise, start()), ("hare", &hare, day(5))] {
        assert_eq!(customer.entries().await.first().expect("opened").at, at);
        let posted = customer.done(customer.ask(name, granting(terms_until("5", day(10))))).await;
        assert_eq!(posted.entries.first().expect("an entry").at, at);
        assert_eq!(customer.read().await.frozen_at, Some(at));
    }
    case.subject.clocks.set(case.tenant, fast, day(10)).await.expect("set");
    refusal(hare.post(hare.ask("too late", spending("1"))).await);
    case.subject.clocks.set(case.tenant, slow, just_before(day(10))).await.expect("set");
    let spent = tortoise.done(tortoise.ask("in time", spending("1"))).await;
    assert_eq!(spent.entries.first().expect("an entry").at, just_before(day(10)));
    assert_eq!(spent.balance.available, credits("4"));
    assert_eq!(hare.read().await.frozen_at, Some(day(10)));
    let real = case.done(case.ask("real", spending("1"))).await;
    assert_eq!(real.entries.first().expect("an entry").at, day(1_000));
}

/// Customers of several clocks in one batch each live by their own.
pub async fn r7_one_batch_can_be_of_many_clocks(subject: Subject) {
    let case = Case::with(subject, "1").await;
    let mut customers = Vec::new();
    for n in 0..4 {
        let clock = case.subject.test_clock(case.tenant, day(n)).await;
        customers.push(case.living_by(clock).await);
    }
    let commands =
        (0..4).map(|n| customers[n].ask(&format!("grant {n}"), granting(terms_until("5", day(10))))).collect();
    let posted = case.subject.ledger.post_all(commands).await;
    for (n, posted) in (0..).zip(posted) {
        assert_eq!(posted.expect("written").entries.first().expect("an entry").at, day(n));
    }
}
