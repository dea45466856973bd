//! Customers who pay (R34).

use std::sync::Arc;

use domain::{ClockId, Consent, Credits, Currency, CustomerId, Instant, Money, Off, OrderId, OrderStatus, TopUp};

use super::Subject;
use super::asks::{credits, day, freezing, just_before, spending, start, unfreezing};
use super::case::Case;
use super::sales::{change, placed};
use super::texts::TEXTS;
use super::walk::at_once;
use crate::{OrderFilter, PageAsk, PayerId, PayerRecord, PlacedOrder, StoreError};

fn top_up(subject: &Subject, text: &str) -> TopUp {
    let consent = Consent {
        pack: text.to_owned(),
        amount: Money { minor: 1_900, currency: Currency::JPY },
        below: credits("0.000001"),
        monthly_cap: Money { minor: i64::MAX, currency: Currency::JPY },
        zone: chrono_tz::America::Argentina::Buenos_Aires,
        agreed_at: day(-1),
    };
    let paying = Some(OrderId(subject.uuid()));
    TopUp { consent, off: None, paying, failures: 2, last_at: Some(day(3)), charged: i64::MAX }
}

/// All that is kept of a payer comes back; of whom nothing is kept, nothing is known.
pub async fn r34_a_payer_is_kept_to_the_letter(subject: Subject) {
    let tenant = subject.tenant().await;
    let customer = CustomerId(subject.uuid());
    let read = async || subject.payers.payer_record(tenant, customer).await.expect("a read");
    assert_eq!(read().await, PayerRecord::default());
    let bare = TopUp { paying: None, last_at: None, failures: 0, charged: 0, ..top_up(&subject, "") };
    let mut records = vec![
        (None, None),
        (None, Some(TopUp { off: Some(Off::Withdrawn), ..bare.clone() })),
        (Some(String::new()), Some(TopUp { off: Some(Off::Failures), ..bare })),
    ];
    records.extend(TEXTS.map(|text| (Some(text.to_owned()), Some(top_up(&subject, text)))));
    records.push((None, None));
    let look_at = [None, Some(day(-1)), Some(day(7))].into_iter().cycle();
    for (version, ((payer, top_up), look_at)) in (0..).zip(records.into_iter().zip(look_at)) {
        let record = PayerRecord { payer: payer.map(PayerId), top_up, look_at, version };
        subject.payers.keep_payer(tenant, customer, &record).await.expect("kept");
        assert_eq!(read().await, PayerRecord { version: version + 1, ..record });
    }
}

/// A record that has changed since it was read is not overwritten; of changes at once one wins.
pub async fn r34_a_payer_changes_only_as_it_was_read(subject: Subject) {
    let tenant = subject.tenant().await;
    let customer = CustomerId(subject.uuid());
    for version in 0..3 {
        for wrong in [version + 1, version + 7] {
            let wrong = PayerRecord { version: wrong, ..PayerRecord::default() };
            let outcome = subject.payers.keep_payer(tenant, customer, &wrong).await;
            assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
        }
        let tasks = (0..12).map(|n| {
            let payers = Arc::clone(&subject.payers);
            let record = PayerRecord { payer: Some(PayerId(format!("payer {n}"))), version, ..PayerRecord::default() };
            async move { payers.keep_payer(tenant, customer, &record).await.map(|()| record) }
        });
        let (done, lost): (Vec<_>, Vec<_>) = at_once(tasks).await.into_iter().partition(Result::is_ok);
        assert!(lost.iter().all(|outcome| matches!(outcome, Err(StoreError::Conflict))), "{lost:?}");
        let [Ok(won)] = done.as_slice() else { panic!("one change wins, but: {done:?}") };
        let read = subject.payers.payer_record(tenant, customer).await.expect("a read");
        assert_eq!(read, PayerRecord { version: version + 1, ..won.clone() });
    }
}

/// The same customer's record of another tenant is another one.
pub async fn r42_payers_of_another_tenant_are_not_found(subject: Subject) {
    let (tenant, stranger) = (subject.tenant().await, subject.tenant().await);
    let customer = CustomerId(subject.uuid());
    let record = PayerRecord { payer: Some(PayerId("payer".to_owned())), ..PayerRecord::default() };
    subject.payers.keep_payer(tenant, customer, &record).await.expect("kept");
    let read = async |whose| subject.payers.payer_record(whose, customer).await.expect("a read");
    assert_eq!(read(stranger).await, PayerRecord::default());
    let steal = PayerRecord { version: 1, ..record.clone() };
    let outcome = subject.payers.keep_payer(stranger, customer, &steal).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    let below = TopUp { off: None, ..top_up(&subject, "") };
    let own = PayerRecord {
        top_up: Some(TopUp { consent: Consent { below: Credits::MAX, ..below.consent }, ..below }),
        ..PayerRecord::default()
    };
    subject.payers.keep_payer(stranger, customer, &own).await.expect("kept");
    assert_eq!(read(tenant).await, PayerRecord { version: 1, ..record });
    assert_eq!(read(stranger).await, PayerRecord { version: 1, ..own });
}

/// A top-up that may buy below five credits.
fn watching(subject: &Subject) -> TopUp {
    let plain = top_up(subject, "starter");
    TopUp { consent: Consent { below: credits("5"), ..plain.consent }, paying: None, last_at: None, ..plain }
}

impl Case {
    async fn payer(&self) -> PayerRecord {
        self.subject.payers.payer_record(self.tenant, self.customer).await.expect("a read")
    }

    async fn keep_top_up(&self, top_up: TopUp, look_at: Option<Instant>) {
        let record = PayerRecord { top_up: Some(top_up), look_at, ..self.payer().await };
        self.subject.payers.keep_payer(self.tenant, self.customer, &record).await.expect("kept");
    }

    /// Whether this customer is found as one who runs low.
    async fn is_low(&self, clock: Option<ClockId>, now: Instant) -> bool {
        let found = self.subject.payers.running_low(clock, now, 100).await.expect("a read");
        found.contains(&(self.tenant, self.customer))
    }
}

/// Who has agreed is found as soon as fewer credits are available than agreed, and is not frozen.
pub async fn r34_who_runs_low_is_found(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let other = case.neighbour().await;
    assert!(!other.is_low(None, start()).await, "nobody has agreed");
    case.keep_top_up(watching(&case.subject), None).await;
    assert!(!case.is_low(None, start()).await);
    case.done(case.ask("five", spending("5"))).await;
    assert!(!case.is_low(None, start()).await, "five are not fewer than five");
    case.done(case.ask("a bit", spending("0.000001"))).await;
    assert!(case.is_low(None, start()).await && !other.is_low(None, start()).await);
    case.done(case.ask("freeze", freezing())).await;
    assert!(!case.is_low(None, start()).await);
    case.done(case.ask("unfreeze", unfreezing())).await;
    assert!(case.is_low(None, start()).await);
    let off = [Off::Withdrawn, Off::Failures].map(|off| TopUp { off: Some(off), ..watching(&case.subject) });
    let paying = TopUp { paying: Some(OrderId(case.subject.uuid())), ..watching(&case.subject) };
    for idle in off.into_iter().chain([paying]) {
        case.keep_top_up(idle, None).await;
        assert!(!case.is_low(None, start()).await);
    }
    // A limit is one of those who are found.
    for low in [&case, &other] {
        low.keep_top_up(watching(&case.subject), None).await;
    }
    assert_eq!(case.subject.payers.running_low(None, start(), 1).await.expect("a read").len(), 1);
    assert_eq!(case.subject.payers.running_low(None, start(), 9).await.expect("a read").len(), 2);
}

/// Nobody is found before they are to be looked at, by their own time.
pub async fn r34_who_runs_low_is_found_in_their_own_time(subject: Subject) {
    let real = Case::new(subject).await;
    let clock = real.subject.test_clock(real.tenant, start()).await;
    let hare = real.living_by(clock).await;
    for case in [&real, &hare] {
        case.keep_top_up(watching(&case.subject), Some(day(3))).await;
    }
    assert!(!real.is_low(None, just_before(day(3))).await && real.is_low(None, day(3)).await);
    assert!(!hare.is_low(None, day(3)).await && !hare.is_low(Some(clock), day(3)).await);
    real.subject.clocks.set(real.tenant, clock, day(3)).await.expect("set");
    assert!(hare.is_low(None, start()).await && hare.is_low(Some(clock), start()).await);
    assert!(!real.is_low(Some(clock), day(9)).await, "lives by no test clock");
    assert!(!hare.is_low(Some(ClockId(real.subject.uuid())), day(9)).await);
}

/// A purchase and the record that has it under way are kept as one: of many at once one is made.
pub async fn r34_of_purchases_at_once_one_is_made(subject: Subject) {
    let case = Case::new(subject).await;
    case.keep_top_up(watching(&case.subject), None).await;
    let read = case.payer().await;
    let tasks = (0..12).map(|_| {
        let plain = placed(&case.subject);
        let id = plain.order.id;
        let order = domain::Order { customer: case.customer, ..plain.order };
        let begun = TopUp { paying: Some(id), ..watching(&case.subject) };
        let record = PayerRecord { top_up: Some(begun), look_at: Some(day(1)), ..read.clone() };
        let (orders, tenant, placed) = (Arc::clone(&case.subject.orders), case.tenant, PlacedOrder { order, ..plain });
        async move { orders.place_top_up(tenant, &placed, &record).await.map(|()| (placed, record)) }
    });
    let (done, lost): (Vec<_>, Vec<_>) = at_once(tasks).await.into_iter().partition(Result::is_ok);
    assert!(lost.iter().all(|outcome| matches!(outcome, Err(StoreError::Conflict))), "{lost:?}");
    let [Ok((won, record))] = done.as_slice() else { panic!("one purchase is made, but: {done:?}") };
    assert_eq!(case.payer().await, PayerRecord { version: read.version + 1, ..record.clone() });
    let ask = PageAsk { cursor: None, limit: 100, oldest_first: true };
    let listed = case.subject.orders.list(case.tenant, OrderFilter::default(), &ask).await.expect("a page").items;
    assert_eq!(listed, [PlacedOrder { version: 1, ..won.clone() }]);
    // An order that is there already undoes the record.
    let again = PayerRecord { look_at: None, ..case.payer().await };
    let outcome = case.subject.orders.place_top_up(case.tenant, won, &again).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    assert_eq!(case.payer().await.look_at, Some(day(1)));
}

/// A purchase is found once it waits for no payment any more: its money came and its credits are there, or it never will.
pub async fn r34_purchases_that_ended_are_found(subject: Subject) {
    let case = Case::new(subject).await;
    let ended = async || case.subject.payers.purchases_ended(100).await.expect("a read");
    for status in OrderStatus::ALL {
        let plain = placed(&case.subject);
        let order = domain::Order { customer: case.customer, status: OrderStatus::Pending, ..plain.order.clone() };
        let new = PlacedOrder { order, ..plain };
        let paying = TopUp { paying: Some(new.order.id), ..watching(&case.subject) };
        let record = PayerRecord { top_up: Some(paying), ..case.payer().await };
        case.subject.orders.place_top_up(case.tenant, &new, &record).await.expect("placed");
        assert_eq!(ended().await, []);
        let order = domain::Order { status, ..new.order.clone() };
        let changed = PlacedOrder { order, version: 1, ..new };
        let saved = case.subject.orders.save(case.tenant, change(&changed, None)).await.expect("saved");
        let waits = matches!(status, OrderStatus::Open | OrderStatus::Pending | OrderStatus::Paid);
        assert_eq!(ended().await.is_empty(), waits, "{status:?} without an invoice");
        let delivered = PlacedOrder { invoice: Some("INV-2026-000001".parse().expect("a number")), ..saved };
        case.subject.orders.save(case.tenant, change(&delivered, None)).await.expect("saved");
        let waits = status.awaits_payment();
        let found = if waits { Vec::new() } else { vec![(case.tenant, case.customer)] };
        assert_eq!(ended().await, found, "{status:?}");
        case.keep_top_up(watching(&case.subject), None).await;
        assert_eq!(ended().await, []);
    }
}
