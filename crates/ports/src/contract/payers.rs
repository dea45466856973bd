//! Customers who pay (R34).

use std::sync::Arc;

use domain::{Consent, Credits, Currency, CustomerId, Money, Off, OrderId, TopUp};

use super::Subject;
use super::asks::{credits, day};
use super::texts::TEXTS;
use super::walk::at_once;
use crate::{PayerId, PayerRecord, StoreError};

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
    for (version, (payer, top_up)) in (0..).zip(records) {
        let record = PayerRecord { payer: payer.map(PayerId), top_up, version };
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
            let record = PayerRecord { payer: Some(PayerId(format!("payer {n}"))), top_up: None, version };
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
    let record = PayerRecord { payer: Some(PayerId("payer".to_owned())), top_up: None, version: 0 };
    subject.payers.keep_payer(tenant, customer, &record).await.expect("kept");
    let read = async |whose| subject.payers.payer_record(whose, customer).await.expect("a read");
    assert_eq!(read(stranger).await, PayerRecord::default());
    let steal = PayerRecord { version: 1, ..record.clone() };
    let outcome = subject.payers.keep_payer(stranger, customer, &steal).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    let below = TopUp { off: None, ..top_up(&subject, "") };
    let own = PayerRecord {
        payer: None,
        top_up: Some(TopUp { consent: Consent { below: Credits::MAX, ..below.consent }, ..below }),
        version: 0,
    };
    subject.payers.keep_payer(stranger, customer, &own).await.expect("kept");
    assert_eq!(read(tenant).await, PayerRecord { version: 1, ..record });
    assert_eq!(read(stranger).await, PayerRecord { version: 1, ..own });
}
