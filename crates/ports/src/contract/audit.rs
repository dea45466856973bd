//! Snapshots of the whole ledger, that add up (R4).

use std::collections::BTreeMap;

use domain::rules::What;
use domain::{CustomerId, Entry, EntryId, Recount, TenantId};

use super::Subject;
use super::asks::{
    capturing, day, freezing, giving, granting, holding, lapsing, nothing, reinstating, releasing, reversing, revoking,
    spending, terms_until, unfreezing,
};
use super::case::Case;
use crate::{AuditedBook, Snapshot};

async fn entries(snapshot: &mut dyn Snapshot, limit: u32) -> Vec<(TenantId, EntryId, Entry)> {
    let mut all = Vec::new();
    loop {
        let some = snapshot.entries(limit).await.expect("a read");
        assert!(some.len() <= limit as usize);
        if some.is_empty() {
            return all;
        }
        all.extend(some);
    }
}

async fn books(snapshot: &mut dyn Snapshot, limit: u32) -> Vec<AuditedBook> {
    let mut all = Vec::new();
    loop {
        let some = snapshot.books(limit).await.expect("a read");
        assert!(some.len() <= limit as usize);
        if some.is_empty() {
            return all;
        }
        all.extend(some);
    }
}

/// Three customers of two tenants, with all that can happen.
async fn history(subject: Subject) -> [Case; 3] {
    let first = Case::with(subject, "100").await;
    let cases = [first.clone(), first.stranger().await, first.neighbour().await];
    for case in &cases {
        let key = |what: &str| format!("{what} {}", case.customer);
        case.done(case.ask(&key("grant"), granting(terms_until("50", day(5))))).await;
        let usage = case.done(case.ask(&key("spend"), spending("7"))).await.sequence;
        case.done(case.ask_usage(&key("back"), usage, reversing(None))).await;
        for number in 1..=3 {
            case.done(case.ask(&key(&format!("hold {number}")), holding(5))).await;
        }
        case.done(case.ask_hold(&key("capture"), 1, capturing(What::Units(2)))).await;
        case.done(case.ask_hold(&key("release"), 2, releasing())).await;
        let given = case.done(case.ask(&key("more"), giving("9"))).await;
        let grant = given.entries.first().expect("an entry").postings.first().expect("a posting").grant;
        case.done(case.ask(&key("revoke"), revoking(grant.number))).await;
        case.done(case.ask_revoked(&key("reinstate"), grant.number, reinstating(grant.number, "4"))).await;
        case.done(case.ask(&key("freeze"), freezing())).await;
    }
    first.subject.clock.set(day(6));
    first.done(first.nudge(nothing())).await;
    cases
}

/// Entries add up to the books, and the books' held credits to their open holds.
pub async fn r4_a_snapshot_adds_up(subject: Subject) {
    let cases = history(subject).await;
    for limit in [1, 7, 1_000] {
        let mut snapshot = cases[0].subject.audit.snapshot().await.expect("a snapshot");
        let size = snapshot.size().await.expect("a read");
        let entries = entries(&mut *snapshot, limit).await;
        let books = books(&mut *snapshot, limit).await;
        assert_eq!(entries.len() as u64, size);
        let places: Vec<_> = entries.iter().map(|(tenant, id, _)| (*tenant, *id)).collect();
        assert!(places.is_sorted(), "by tenant, customer and number");
        assert!(books.is_sorted_by_key(|audited| (audited.tenant, audited.book.customer)));
        assert_eq!(books.len(), cases.len());

        let mut recounts: BTreeMap<(TenantId, CustomerId), Recount> = BTreeMap::new();
        for (tenant, id, entry) in &entries {
            assert_eq!(id.sequence, entry.sequence);
            recounts.entry((*tenant, id.customer)).or_default().add(entry).expect("the journal adds up");
        }
        for AuditedBook { tenant, book, held_by_holds } in &books {
            let recount = recounts.get(&(*tenant, book.customer)).expect("a journal");
            recount.compare(book).expect("the book is what its journal adds up to");
            assert_eq!(book.balance().held, *held_by_holds);
            assert!(!held_by_holds.is_zero());
        }
    }
}

/// A snapshot tells what the other ports tell.
pub async fn r4_a_snapshot_is_what_others_read(subject: Subject) {
    let cases = history(subject).await;
    let mut snapshot = cases[0].subject.audit.snapshot().await.expect("a snapshot");
    let (entries, books) = (entries(&mut *snapshot, 5).await, books(&mut *snapshot, 2).await);
    for case in &cases {
        let own = entries.iter().filter(|(tenant, id, _)| (*tenant, id.customer) == (case.tenant, case.customer));
        assert_eq!(own.map(|(_, _, entry)| entry.clone()).collect::<Vec<_>>(), case.entries().await);
        let book = case.book().await;
        assert!(books.iter().any(|audited| audited.tenant == case.tenant && audited.book == book));
    }
}

/// What is written after a snapshot was opened does not show in it.
pub async fn r4_a_snapshot_stands_still(subject: Subject) {
    let cases = history(subject).await;
    let [case, ..] = &cases;
    let mut snapshot = case.subject.audit.snapshot().await.expect("a snapshot");
    let before = case.book().await;
    case.done(case.ask("meanwhile", giving("1"))).await;
    let late = case.neighbour().await;
    let size = snapshot.size().await.expect("a read");
    let mut some = snapshot.entries(3).await.expect("a read");
    case.done(case.ask("in between", unfreezing())).await;
    case.done(case.ask_hold("the end", 3, lapsing())).await;
    some.extend(entries(&mut *snapshot, 3).await);
    assert_eq!(some.len() as u64, size);
    let books = books(&mut *snapshot, 3).await;
    assert!(books.iter().all(|audited| audited.book.customer != late.customer));
    let own = books.iter().find(|audited| audited.book.customer == case.customer).expect("the customer");
    assert_eq!((&own.book, own.held_by_holds), (&before, before.balance().held));
}

/// A ledger in which nothing happened has nothing to tell.
pub async fn an_empty_ledger_has_an_empty_snapshot(subject: Subject) {
    subject.tenant().await;
    let mut snapshot = subject.audit.snapshot().await.expect("a snapshot");
    assert_eq!(snapshot.size().await.expect("a read"), 0);
    assert!(entries(&mut *snapshot, 10).await.is_empty());
    assert!(books(&mut *snapshot, 10).await.is_empty());
}
