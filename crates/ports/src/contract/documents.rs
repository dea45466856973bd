//! Documents: numbered without gaps, never changed, mailed once (R36).

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{
    CustomerId, Invoice, InvoiceFacts, InvoiceFlaw, InvoiceKind, InvoiceNumber, Locale, Paper, Settlement, TenantId,
};

use super::Subject;
use super::asks::{day, newest, start};
use super::case::reply;
use super::invoices::facts;
use super::sales::{change, credit, document, given_back, mailbox, odd_party, odd_taxed, placed, usual};
use super::texts::TEXTS;
use super::walk::{at_once, check_paging, walk};
use crate::{
    BuildDocument, Issued, IssuedFilter, MailStatus, NewDocument, Occasion, OrderChange, OutboxMail, PlacedOrder,
    Reply, StoreError,
};

fn number(text: &str) -> InvoiceNumber {
    text.parse().expect("a number")
}

/// Every document of a tenant, invoices before credit notes, oldest first.
async fn documents(subject: &Subject, tenant: TenantId) -> Vec<Issued> {
    let mut all = Vec::new();
    for credit_notes in [false, true] {
        let filter = IssuedFilter { customer: None, credit_notes };
        all.extend(walk(100, true, async |ask| subject.issued.list_issued(tenant, filter, &ask).await).await);
    }
    all
}

/// All that a document says comes back.
pub async fn r36_a_document_is_kept_to_the_letter(subject: Subject) {
    let tenant = subject.tenant().await;
    for (n, (text, locale)) in (1_i64..).zip(TEXTS.into_iter().zip(Locale::ALL.into_iter().cycle())) {
        let some = (n % 2 == 0).then(|| text.to_owned());
        let settlement = if n % 3 == 0 {
            Settlement::Due { by: "2028-02-29".parse().expect("a day") }
        } else {
            let on = "1999-12-31".parse().expect("a day");
            Settlement::Paid { on, method: some.clone(), reference: text.to_owned() }
        };
        let facts = InvoiceFacts {
            supplied_on: "2025-12-31".parse().expect("a day"),
            period: (n % 5 < 3).then(|| (day(n).date_naive(), day(n * (n % 5)).date_naive().max(day(n).date_naive()))),
            seller: odd_party(text),
            buyer: odd_party(text),
            settlement,
            locale,
            paper: if n % 2 == 0 { Paper::A4 } else { Paper::Letter },
            note: some.clone(),
            ..facts("INV-2026-000001")
        };
        let (corrects, issued_on) = (number("X-1-2025-1000000"), facts.supplied_on);
        let note = InvoiceKind::CreditNote { corrects, issued_on, reason: some };
        let kind = if n % 4 == 0 { note } else { InvoiceKind::Invoice };
        let whole = move |number| Invoice::new(kind.clone(), InvoiceFacts { number, ..facts.clone() }, odd_taxed(text));
        let build: BuildDocument = Box::new(whole.clone());
        let new = NewDocument { issued_at: day(n), ..document(build) };
        let order = placed(&subject);
        let (customer, id) = (order.order.customer, order.order.id);
        let number = subject.issue(tenant, order, new).await.expect("issued");
        let found = subject.issued.issued(tenant, &number).await.expect("a read");
        let invoice = whole(number).expect("consistent");
        assert_eq!(found, Some(Issued { invoice, customer, order: id, issued_at: day(n) }));
    }
    assert_eq!(subject.issued.issued(tenant, &number("INV-2026-000999")).await.expect("a read"), None);
}

/// Numbers are 1 to n, however many are issued at once and however many fail.
pub async fn r36_numbers_have_no_gaps(subject: Subject) {
    let tenant = subject.tenant().await;
    let mut orders = Vec::new();
    for _ in 0..50 {
        orders.push(subject.place(tenant, placed(&subject)).await);
    }
    let tasks = orders.iter().cloned().enumerate().map(|(n, order)| {
        let store = Arc::clone(&subject.orders);
        let build: BuildDocument = if n % 5 == 0 { Box::new(|_| Err(InvoiceFlaw::Sum)) } else { usual() };
        let version = if n % 5 == 1 { 9 } else { order.version };
        let new = NewDocument { to: Some(mailbox()), ..document(build) };
        async move { store.save(tenant, change(&PlacedOrder { version, ..order }, Some(new))).await }
    });
    let mut given = BTreeMap::new();
    for (n, outcome) in at_once(tasks).await.into_iter().enumerate() {
        match (n % 5, outcome) {
            (0, Err(StoreError::Fault(_))) | (1, Err(StoreError::Conflict)) => {
                assert_eq!(subject.order(tenant, orders[n].order.id).await, orders[n]);
            }
            (2.., Ok(saved)) => {
                assert_eq!(subject.order(tenant, saved.order.id).await, saved);
                let number = saved.invoice.expect("a number");
                assert_eq!(given.insert(number.sequence, saved.order.id), None, "{number} is given twice");
            }
            (_, outcome) => panic!("order {n} came to {outcome:?}"),
        }
    }
    assert!(given.keys().copied().eq(1..=30), "{given:?}");
    let kept = documents(&subject, tenant).await;
    let kept = kept.iter().map(|issued| (issued.invoice.facts().number.sequence, issued.order));
    assert_eq!(kept.collect::<BTreeMap<_, _>>(), given);
    let mails = subject.outbox.take(start(), day(1), 100).await.expect("taken");
    assert_eq!(mails.len(), 30);
}

/// Each year of each series of each tenant counts from 1.
pub async fn r36_each_year_of_a_series_counts_from_1(subject: Subject) {
    let (tenant, other) = (subject.tenant().await, subject.tenant().await);
    let steps = [
        (tenant, "INV", 2026, 1),
        (tenant, "INV", 2026, 2),
        (tenant, "INV", 2027, 1),
        (tenant, "INV-2", 2026, 1),
        (other, "INV", 2026, 1),
        (tenant, "INV", 2026, 3),
        (tenant, "INV", 2027, 2),
    ];
    for (whose, series, year, sequence) in steps {
        let new = NewDocument { series: series.to_owned(), year, ..document(usual()) };
        let number = subject.issue(whose, placed(&subject), new).await.expect("issued");
        assert_eq!(number, InvoiceNumber { series: series.to_owned(), year, sequence });
    }
}

/// A change that fails leaves the order, the numbers, the documents, the mails and the replies as they were.
pub async fn r36_a_failed_change_leaves_no_trace(subject: Subject) {
    let tenant = subject.tenant().await;
    let order = placed(&subject);
    subject.orders.place(tenant, &order, Some(&reply("first"))).await.expect("placed");
    let read = subject.order(tenant, order.order.id).await;
    let new = |build| NewDocument { to: Some(mailbox()), ..document(build) };
    let other_number: BuildDocument = Box::new(|number| usual()(InvoiceNumber { sequence: 9, ..number }));
    let spent = Reply { fingerprint: 1, ..reply("first") };
    let failing = [
        ("a flaw", &read, new(Box::new(|_| Err(InvoiceFlaw::Lines))), reply("key")),
        ("another number", &read, new(other_number), reply("key")),
        ("no such refund", &read, NewDocument { refund: Some(1), ..new(credit()) }, reply("key")),
        ("another year", &read, NewDocument { series: "bad".to_owned(), ..new(usual()) }, reply("key")),
        ("a spent key", &read, new(usual()), spent),
        ("a stale version", &order, new(usual()), reply("key")),
    ];
    for (what, placed, document, reply) in failing {
        let asked = OrderChange { reply: Some(reply), ..change(placed, Some(document)) };
        let outcome = subject.orders.save(tenant, asked).await;
        assert!(matches!(outcome, Err(StoreError::Fault(_) | StoreError::Conflict)), "{what}: {outcome:?}");
        assert_eq!(subject.order(tenant, order.order.id).await, read, "{what}");
        assert!(documents(&subject, tenant).await.is_empty(), "{what}");
        assert_eq!(subject.keys.reply(tenant, "key").await.expect("a read"), None, "{what}");
        assert!(subject.outbox.take(day(9), day(10), 10).await.expect("taken").is_empty(), "{what}");
    }
    let saved = subject.orders.save(tenant, change(&read, Some(new(usual())))).await.expect("saved");
    assert_eq!(saved.invoice, Some(number("INV-2026-000001")));
    let again = subject.orders.save(tenant, change(&saved, Some(new(usual())))).await;
    assert!(matches!(again, Err(StoreError::Fault(_))), "an order has one invoice, but: {again:?}");
    assert_eq!(documents(&subject, tenant).await.len(), 1);
}

/// A document is mailed once, to whom it says; its number is its refund's where it is of one.
pub async fn r36_a_document_is_mailed_once(subject: Subject) {
    let tenant = subject.tenant().await;
    let mut order = placed(&subject);
    order.refunds = vec![given_back(&order, 1, 1), given_back(&order, 2, 1)];
    let order = subject.place(tenant, order).await;
    let mailed = NewDocument { to: Some(mailbox()), mail_at: day(2), ..document(usual()) };
    let saved = subject.orders.save(tenant, change(&order, Some(mailed))).await.expect("saved");
    assert_eq!((&saved.invoice, saved.version), (&Some(number("INV-2026-000001")), 2));
    let note = NewDocument { refund: Some(2), series: "CN".to_owned(), ..document(credit()) };
    let saved = subject.orders.save(tenant, change(&saved, Some(note))).await.expect("saved");
    assert_eq!((saved.invoice, &saved.refunds[0].credit_note), (Some(number("INV-2026-000001")), &None));
    assert_eq!(saved.refunds[1].credit_note, Some(number("CN-2026-000001")));

    let mails = subject.outbox.mails(tenant, order.order.customer, &newest(10)).await.expect("a read");
    let mail = OutboxMail {
        id: "INV-2026-000001".to_owned(),
        customer: order.order.customer,
        to: mailbox(),
        occasion: Occasion::Document(number("INV-2026-000001")),
        status: MailStatus::Queued,
        written_at: day(2),
        due_at: Some(day(2)),
        tries: 0,
        error: None,
    };
    assert_eq!(mails.items, [mail]);
}

/// Documents are listed by their instant, then by their number.
pub async fn r36_documents_are_listed_and_filtered(subject: Subject) {
    let tenant = subject.tenant().await;
    let customers = [CustomerId(subject.uuid()), CustomerId(subject.uuid())];
    // In byte order: no language's order puts them so.
    let series = ["A-B", "AB", "A1", "B"];
    for n in 0..24 {
        let mut order = placed(&subject);
        order.order.customer = customers[n % 2];
        let build = if n % 3 == 0 { credit() } else { usual() };
        let issued_at = day(i64::from(n < 16));
        let new = NewDocument { series: series[n % 4].to_owned(), issued_at, ..document(build) };
        subject.issue(tenant, order, new).await.expect("issued");
    }
    let mut all = documents(&subject, tenant).await;
    assert_eq!(all.len(), 24);
    all.sort_by_key(|issued| (issued.issued_at, issued.invoice.facts().number.clone()));
    for customer in [None, Some(customers[0]), Some(customers[1]), Some(CustomerId(subject.uuid()))] {
        for credit_notes in [false, true] {
            let wanted = |issued: &&Issued| {
                customer.is_none_or(|customer| customer == issued.customer) && issued.is_credit_note() == credit_notes
            };
            let expected: Vec<_> = all.iter().filter(wanted).cloned().collect();
            let filter = IssuedFilter { customer, credit_notes };
            check_paging(&expected, async |ask| subject.issued.list_issued(tenant, filter, &ask).await).await;
        }
    }
}
