//! Opening the book of a new customer, once (R25).

use domain::{Customer, CustomerRef, Kind};

use super::Subject;
use super::asks::{bare_catalog, credits, free_tier_catalog, newest, opening, refusing, start, trial_catalog};
use super::case::{Case, command_key};
use super::spending::check_journal;
use super::walk::at_once;
use crate::{CommandKey, Opening, PostError};

fn named(subject: &Subject, external_id: &str) -> Customer {
    Customer { external_id: Some(external_id.to_owned()), ..subject.new_customer() }
}

/// A new customer has what the catalog gives at signup.
pub async fn r25_a_new_customer_has_the_trial(subject: Subject) {
    subject.clock.set(start());
    let tenant = subject.tenant().await;
    let customer = named(&subject, "jane");
    let opened = subject.open(tenant, customer.clone(), Some("key"), trial_catalog()).await.expect("opened");
    assert!(opened.created && !opened.replayed);
    assert_eq!(opened.customer, customer);

    let case = Case { subject, tenant, customer: customer.id };
    let read = case.read().await;
    assert_eq!((read.customer, read.book.balance().available), (customer, credits("20")));
    let journal = case.journal().await;
    assert_eq!(journal.iter().map(|recorded| recorded.entry.kind).collect::<Vec<_>>(), [Kind::Open, Kind::Grant]);
    assert!(journal.iter().all(|recorded| recorded.key.as_deref() == Some("key")));
    check_journal(&case, 2).await;
}

/// An external id that is taken leads to its customer, as they are.
pub async fn an_external_id_that_is_taken_leads_to_its_customer(subject: Subject) {
    let tenant = subject.tenant().await;
    let first = named(&subject, "jane");
    subject.open(tenant, first.clone(), Some("first"), trial_catalog()).await.expect("opened");
    let second = Customer { name: Some("Someone else".to_owned()), ..named(&subject, "jane") };
    let opened = subject.open(tenant, second.clone(), Some("second"), trial_catalog()).await.expect("found");
    assert_eq!(opened.customer, first);
    assert!(!opened.created && !opened.replayed);
    let found = subject.customers.get(tenant, second.id).await.expect("a read");
    assert_eq!(found, None, "the second id was not taken");
    let case = Case { subject, tenant, customer: first.id };
    check_journal(&case, 2).await;
}

/// The same opening twice leads to the same customer, with or without an external id.
pub async fn r40_an_opening_happens_once(subject: Subject) {
    let tenant = subject.tenant().await;
    for customer in [subject.new_customer(), named(&subject, "jane")] {
        let key = customer.id.to_string();
        subject.open(tenant, customer.clone(), Some(&key), trial_catalog()).await.expect("opened");
        let other = Customer { id: subject.new_customer().id, ..customer.clone() };
        let again = subject.open(tenant, other, Some(&key), trial_catalog()).await.expect("replayed");
        assert_eq!(again.customer, customer);
        assert!(again.replayed && !again.created);
        check_journal(&Case { subject: subject.clone(), tenant, customer: customer.id }, 2).await;
    }
}

/// An opening's key is for one request.
pub async fn r40_an_opening_with_a_spent_key_is_refused(subject: Subject) {
    let tenant = subject.tenant().await;
    subject.open(tenant, named(&subject, "jane"), Some("key"), trial_catalog()).await.expect("opened");
    let key = command_key("key");
    let opening = Opening {
        tenant,
        customer: named(&subject, "john"),
        key: Some(CommandKey { fingerprint: key.fingerprint ^ 1, ..key }),
        decide: opening(trial_catalog()),
    };
    let outcome = subject.ledger.open(opening).await;
    assert!(matches!(outcome, Err(PostError::KeyReused)), "{outcome:?}");
    let john = subject.customers.resolve(tenant, &CustomerRef::External("john".to_owned())).await.expect("a read");
    assert_eq!(john, None);
}

/// Signups of one person at once make one customer with one trial.
pub async fn r25_openings_at_once_give_the_trial_once(subject: Subject) {
    let tenant = subject.tenant().await;
    let tasks = (0..32).map(|n| {
        let subject = subject.clone();
        async move {
            let customer = named(&subject, "jane");
            let key = format!("signup {}", n / 2);
            subject.open(tenant, customer, Some(&key), trial_catalog()).await.expect("an answer")
        }
    });
    let opened = at_once(tasks).await;
    assert_eq!(opened.iter().filter(|opened| opened.created).count(), 1);
    let customer = opened.first().expect("an answer").customer.clone();
    assert!(opened.iter().all(|opened| opened.customer == customer));
    let case = Case { subject, tenant, customer: customer.id };
    assert_eq!(case.balance().await.available, credits("20"));
    check_journal(&case, 2).await;
}

/// One key sent many times at once makes one customer.
pub async fn r40_openings_with_one_key_at_once_make_one_customer(subject: Subject) {
    let tenant = subject.tenant().await;
    let tasks = (0..32).map(|_| {
        let subject = subject.clone();
        async move {
            let customer = subject.new_customer();
            subject.open(tenant, customer, Some("key"), free_tier_catalog()).await.expect("an answer")
        }
    });
    let opened = at_once(tasks).await;
    assert_eq!(opened.iter().filter(|opened| opened.created).count(), 1);
    assert_eq!(opened.iter().filter(|opened| opened.replayed).count(), 31);
    let all = subject.customers.list(tenant, None, &newest(10)).await.expect("a read");
    assert_eq!(all.items.len(), 1);
}

/// An opening that is refused leaves neither a customer nor a spent key.
pub async fn a_refused_opening_leaves_nothing(subject: Subject) {
    let tenant = subject.tenant().await;
    let customer = named(&subject, "jane");
    let key = Some(command_key("key"));
    let opening = Opening { tenant, customer: customer.clone(), key, decide: refusing() };
    let outcome = subject.ledger.open(opening).await;
    assert!(matches!(outcome, Err(PostError::Refused(_))), "{outcome:?}");
    assert_eq!(subject.customers.get(tenant, customer.id).await.expect("a read"), None);
    let opened = subject.open(tenant, customer, Some("key"), bare_catalog()).await.expect("opened");
    assert!(opened.created && !opened.replayed);
}

/// Customers without an external id are each new; an external id is one tenant's own.
pub async fn only_an_external_id_or_a_key_makes_two_openings_one(subject: Subject) {
    let (tenant, other) = (subject.tenant().await, subject.tenant().await);
    for _ in 0..2 {
        let opened = subject.open(tenant, subject.new_customer(), None, bare_catalog()).await.expect("opened");
        assert!(opened.created);
    }
    for tenant in [tenant, other] {
        let opened = subject.open(tenant, named(&subject, "jane"), Some("key"), bare_catalog()).await.expect("opened");
        assert!(opened.created && !opened.replayed);
    }
}
