//! What is kept of sales, for those who check it (R36, R37).

use std::collections::BTreeSet;

use domain::{InvoiceNumber, OrderId, TenantId};

use super::Subject;
use super::asks::{start, terms};
use super::case::Case;
use super::paid::paid_for;
use super::sales::{change, credit, document, mailbox, placed, usual};
use crate::{NewDocument, PageAsk, PaidFilter, PlacedOrder};

/// Everything that a tenant has of orders, documents and series.
async fn kept(subject: &Subject, tenant: TenantId, limit: u32) -> (Vec<PlacedOrder>, Vec<InvoiceNumber>) {
    let (mut orders, mut after) = (Vec::new(), None::<OrderId>);
    loop {
        let read = subject.books.kept_orders(tenant, after, limit).await.expect("a read");
        let Some(last) = read.last() else { break };
        after = Some(last.id);
        orders.extend(
            read.into_iter().map(|kept| kept.placed.filter(|placed| placed.order.id == kept.id).expect("read")),
        );
    }
    let (mut numbers, mut after) = (Vec::new(), None::<InvoiceNumber>);
    loop {
        let read = subject.books.kept_documents(tenant, after.as_ref(), limit).await.expect("a read");
        let Some(last) = read.last() else { return (orders, numbers) };
        after = Some(last.number.clone());
        for kept in read {
            let issued = kept.issued.expect("read");
            assert_eq!((&issued.invoice.facts().number, issued.order), (&kept.number, kept.order));
            numbers.push(kept.number);
        }
    }
}

/// Orders by their ids, documents by series, year and number, whatever the pages' size; how far each series is, and
/// what is mailed.
pub async fn r36_what_is_kept_is_read_in_its_order(subject: Subject) {
    let tenant = subject.tenant().await;
    let (mut orders, mut numbers) = (Vec::new(), Vec::new());
    for (series, year) in [("INV", 2027), ("CN", 2026), ("INV", 2026), ("INV", 2026), ("A", 2026), ("INV", 2027)] {
        let to = (series == "CN").then(mailbox);
        let build = if series == "CN" { credit() } else { usual() };
        let new = NewDocument { series: series.to_owned(), year, to, ..document(build) };
        let order = subject.place(tenant, placed(&subject)).await;
        let saved = subject.orders.save(tenant, change(&order, Some(new))).await.expect("saved");
        numbers.push(saved.invoice.clone().expect("a number"));
        orders.push(saved);
    }
    numbers.sort();
    let texts: Vec<_> = numbers.iter().map(ToString::to_string).collect();
    let all =
        ["A-2026-000001", "CN-2026-000001", "INV-2026-000001", "INV-2026-000002", "INV-2027-000001", "INV-2027-000002"];
    assert_eq!(texts, all);
    for limit in [1, 4, 6, 7] {
        assert_eq!(kept(&subject, tenant, limit).await, (orders.clone(), numbers.clone()), "{limit} at once");
    }
    let ends = subject.books.series(tenant).await.expect("a read");
    assert_eq!(ends, [0, 1, 3, 5].map(|place: usize| numbers[place].clone()));
    assert_eq!(subject.books.size(tenant).await.expect("a read"), 12);
    let mailed = subject.books.mailed(tenant, &texts).await.expect("a read");
    assert_eq!(mailed, BTreeSet::from(["CN-2026-000001".to_owned()]));
    assert!(subject.books.mailed(tenant, &[]).await.expect("a read").is_empty());
}

/// Nothing of another tenant's is read.
pub async fn r42_the_books_of_another_tenant_are_empty(subject: Subject) {
    let case = Case::new(subject.clone()).await;
    case.done(case.ask("paid", paid_for(100, terms("1")))).await;
    let order = subject.place(case.tenant, placed(&subject)).await;
    let new = NewDocument { to: Some(mailbox()), ..document(usual()) };
    subject.orders.save(case.tenant, change(&order, Some(new))).await.expect("saved");
    let stranger = subject.tenant().await;
    for customer in [None, Some(case.customer)] {
        let filter = PaidFilter { customer, at: vec![start()], now: start() };
        let ask = PageAsk { cursor: None, limit: 10, oldest_first: true };
        assert!(subject.books.paid(stranger, &filter, &ask).await.expect("a read").items.is_empty());
        assert_eq!(subject.books.paid(case.tenant, &filter, &ask).await.expect("a read").items.len(), 1);
    }
    assert_eq!(kept(&subject, stranger, 10).await, (Vec::new(), Vec::new()));
    assert_eq!(subject.books.series(stranger).await.expect("a read"), []);
    assert_eq!(
        (subject.books.size(stranger).await.expect("a read"), subject.books.size(case.tenant).await.expect("a read")),
        (0, 3)
    );
    let id = ["INV-2026-000001".to_owned()];
    assert!(subject.books.mailed(stranger, &id).await.expect("a read").is_empty());
    assert_eq!(subject.books.mailed(case.tenant, &id).await.expect("a read").len(), 1);
}
