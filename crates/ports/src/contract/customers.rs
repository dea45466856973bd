//! Customers: finding, listing and changing them.

use domain::{Billing, ClockId, Country, Customer, CustomerRef, Locale};

use super::Subject;
use super::asks::{bare_catalog, credits, newest, spending, start};
use super::case::Case;
use super::walk::{at_once, check_paging};
use crate::{CustomerChange, TestClock};

/// Either way of naming a customer leads to them.
pub async fn a_customer_is_found_by_either_id(subject: Subject) {
    let tenant = subject.tenant().await;
    let customer = Customer { external_id: Some("jane".to_owned()), ..subject.new_customer() };
    subject.open(tenant, customer.clone(), None, bare_catalog()).await.expect("opened");
    let find = async |reference| subject.customers.resolve(tenant, &reference).await.expect("a read");
    assert_eq!(find(CustomerRef::Id(customer.id)).await, Some(customer.id));
    assert_eq!(find(CustomerRef::External("jane".to_owned())).await, Some(customer.id));
    for other in ["Jane", "jane ", "", "%", "john"] {
        assert_eq!(find(CustomerRef::External(other.to_owned())).await, None, "{other:?}");
    }
    assert_eq!(find(CustomerRef::External(customer.id.to_string())).await, None);
    assert_eq!(find(CustomerRef::Id(subject.new_customer().id)).await, None);
}

/// A customer is read with their book and what their test clock shows.
pub async fn a_customer_is_read_with_their_book(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let read = case.read().await;
    assert_eq!((read.book.sequence, read.book.balance().available), (2, credits("10")));
    assert_eq!((read.book.customer, read.frozen_at), (case.customer, None));

    let id = ClockId(case.subject.uuid());
    let clock = TestClock { id, frozen_at: start(), created_at: start() };
    case.subject.clocks.create(case.tenant, &clock, None).await.expect("a clock");
    let customer = Customer { clock: Some(id), ..case.subject.new_customer() };
    case.subject.open(case.tenant, customer.clone(), None, bare_catalog()).await.expect("opened");
    let read = case.subject.customers.get(case.tenant, customer.id).await.expect("a read").expect("the customer");
    assert_eq!((read.customer.clock, read.frozen_at), (Some(id), Some(start())));
    let nobody = case.subject.new_customer().id;
    assert_eq!(case.subject.customers.get(case.tenant, nobody).await.expect("a read"), None);
}

/// Customers are listed newest first, all of them or those with an address.
pub async fn customers_are_listed_in_their_order(subject: Subject) {
    let tenant = subject.tenant().await;
    let mut expected = Vec::new();
    for n in 0..7 {
        let email = (n % 2 == 0).then(|| "jane@example.com".to_owned());
        let customer = Customer { email, created_at: start(), ..subject.new_customer() };
        subject.open(tenant, customer.clone(), None, bare_catalog()).await.expect("opened");
        expected.push(customer);
    }
    let customers = &subject.customers;
    check_paging(&expected, async |ask| customers.list(tenant, None, &ask).await).await;
    let email = Some("jane@example.com");
    let janes: Vec<Customer> = expected.iter().filter(|customer| customer.email.as_deref() == email).cloned().collect();
    check_paging(&janes, async |ask| customers.list(tenant, email, &ask).await).await;
    let none = customers.list(tenant, Some("%@example.com"), &newest(10)).await.expect("a read");
    assert!(none.items.is_empty() && none.next.is_none());
}

/// All that there can be.
fn details() -> Billing {
    Billing {
        name: Some("Example GmbH".to_owned()),
        address: ["Musterstraße 1", "", "3. Stock"].map(str::to_owned).to_vec(),
        postal_code: Some("01067".to_owned()),
        city: Some("Dresden".to_owned()),
        region: Some("Sachsen".to_owned()),
        country: Country::from_code("DE"),
        tax_id: Some("DE136695976".to_owned()),
        tax_exempt: Some("Exempt under certificate 4711".to_owned()),
        locale: Some(Locale::DeDe),
    }
}

/// A change moves what it names, and nothing else.
pub async fn a_change_moves_what_it_names(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let before = case.read().await;
    let change = async |change| {
        let changed = case.subject.customers.change(case.tenant, case.customer, change).await.expect("a change");
        let read = case.read().await;
        assert_eq!(changed.as_ref(), Some(&read.customer));
        assert_eq!(read.book, before.book);
        read.customer
    };
    let pairs = vec![("z".to_owned(), "1".to_owned()), ("a".to_owned(), String::new())];
    let set = CustomerChange {
        name: Some(Some("Jane 🦆".to_owned())),
        email: Some(Some("jane@example.com".to_owned())),
        zone: Some(chrono_tz::Asia::Tokyo),
        metadata: Some(pairs.clone()),
        billing: None,
    };
    let changed = change(set).await;
    assert!(changed.billing.is_empty());
    assert_eq!((changed.name.as_deref(), changed.zone), (Some("Jane 🦆"), chrono_tz::Asia::Tokyo));
    assert_eq!((changed.email.as_deref(), &changed.metadata), (Some("jane@example.com"), &pairs));
    assert_eq!(change(CustomerChange::default()).await, changed);
    let forgotten = change(CustomerChange { name: Some(None), ..CustomerChange::default() }).await;
    assert_eq!(forgotten, Customer { name: None, ..changed });
    for billing in [details(), Billing { country: None, locale: None, ..details() }, Billing::default()] {
        let set = CustomerChange { billing: Some(billing.clone()), ..CustomerChange::default() };
        assert_eq!(change(set).await, Customer { billing, ..forgotten.clone() });
    }

    let nobody = case.subject.new_customer().id;
    let found = case.subject.customers.change(case.tenant, nobody, CustomerChange::default()).await;
    assert_eq!(found.expect("a read"), None);
}

/// Changes of a customer and commands on their book do not undo each other.
pub async fn changes_and_commands_at_once_both_count(subject: Subject) {
    let case = Case::with(subject, "100").await;
    let tasks = (0..40).map(|n| {
        let case = case.clone();
        async move {
            if n % 2 == 0 {
                case.done(case.ask(&format!("spend {n}"), spending("1"))).await;
                return;
            }
            let pairs = vec![("turn".to_owned(), n.to_string())];
            let change = if n == 39 {
                CustomerChange { name: Some(Some("Jane".to_owned())), ..CustomerChange::default() }
            } else {
                CustomerChange { metadata: Some(pairs), ..CustomerChange::default() }
            };
            case.subject.customers.change(case.tenant, case.customer, change).await.expect("a change");
        }
    });
    at_once(tasks).await;
    let read = case.read().await;
    assert_eq!((read.book.sequence, read.book.balance().available), (22, credits("80")));
    assert_eq!((read.customer.name.as_deref(), read.customer.metadata.len()), (Some("Jane"), 1));
    let posted = case.done(case.ask("after", spending("1"))).await;
    assert_eq!(posted.sequence, 23);
    assert_eq!(case.read().await.customer, read.customer);
}
