//! Double entry: balances follow from the journal, and a recount finds what does not fit (R4).

use folio_domain::{Book, Bucket, Credits, Discrepancy, Draft, Entry, Kind, Posting, Recount, rules};

use crate::ledger::{Ledger, Names};
use crate::sugar::{HOUR, credits, day, pages, terms, units};

/// A journal with most kinds of entries.
fn life() -> Ledger {
    let mut ledger = Ledger::with(&[("5", Some(day(2))), ("9", None)]);
    ledger.give(folio_domain::rules::NewGrant { effective_at: Some(day(1)), ..terms("2", None) });
    let usage = ledger.record(pages(3)).expect("a usage");
    let hold = ledger.hold(vec![pages(6)]).expect("a hold");
    ledger.capture(hold, &units(2)).expect("a capture");
    ledger.go(day(1)).lapse(hold);
    ledger.go(day(3)).reverse(usage, Some(1)).expect("a reversal");
    let grant = ledger.grant_id(2);
    let taken = |draft: &mut Draft| rules::revoke_part(draft, grant, credits("2"), None);
    ledger.post(Names::default(), taken).expect("a revocation");
    let names = Names { revoked: Some(2), ..Names::default() };
    ledger.post(names, |draft| rules::reinstate(draft, grant, credits("1"), None)).expect("a reinstatement");
    ledger.post(Names::default(), |draft| rules::freeze(draft, None)).expect("a freeze");
    ledger.post(Names::default(), |draft| rules::unfreeze(draft, None)).expect("an unfreezing");
    ledger.post(Names::default(), |draft| rules::freeze(draft, None)).expect("a freeze");
    ledger
}

fn recount(journal: &[Entry], book: &Book) -> Result<(), Discrepancy> {
    let mut recount = Recount::default();
    journal.iter().try_for_each(|entry| recount.add(entry))?;
    recount.compare(book)
}

/// At which entry the recount stops, once the journal has been tampered with.
fn found(tamper: impl FnOnce(&mut Vec<Entry>)) -> u64 {
    let ledger = life();
    let mut journal = ledger.journal.clone();
    tamper(&mut journal);
    recount(&journal, &ledger.book).expect_err("a discrepancy").sequence
}

fn entry_of(journal: &mut [Entry], kind: Kind) -> &mut Entry {
    journal.iter_mut().find(|entry| entry.kind == kind).expect("an entry of this kind")
}

#[test]
fn r4_the_journal_adds_up_to_the_book() {
    let ledger = life();
    assert_eq!(recount(&ledger.journal, &ledger.book), Ok(()));
}

#[test]
fn r4_every_kind_that_moves_credits_moves_them_between_two_buckets() {
    for kind in Kind::ALL {
        assert!(kind.flow().is_none_or(|(from, to)| from != to), "{kind:?}");
        assert_eq!(Kind::from_word(kind.word()), Some(kind));
        // Nothing but a grant creates credits, and nothing takes them out of the book again.
        assert_eq!(kind.flow().is_some_and(|(from, _)| from == Bucket::Issued), kind == Kind::Grant);
        assert!(kind.flow().is_none_or(|(_, to)| to != Bucket::Issued), "{kind:?}");
    }
}

#[test]
fn r4_every_entry_carries_the_balance_after_it() {
    let ledger = life();
    let mut balance = Credits::ZERO;
    let active = |grant: u32, entry: &Entry| grant != 3 || entry.effective_at >= day(1);
    for entry in &ledger.journal {
        if entry.kind == Kind::Activate {
            balance = balance + credits("2");
        }
        let counted = entry.postings.iter().filter(|p| active(p.grant.number, entry));
        let moved: Credits = counted.map(|posting| posting.amount).sum();
        match entry.kind.flow() {
            Some((_, Bucket::Available)) => balance = balance + moved,
            Some((Bucket::Available, _)) => balance = balance - moved,
            _ => {}
        }
        assert_eq!(entry.balance.available, balance, "after entry {}", entry.sequence);
    }
}

#[test]
fn r4_a_missing_entry_is_found() {
    assert_eq!(found(|journal| drop(journal.remove(4))), 6);
    assert_eq!(found(|journal| drop(journal.remove(0))), 2);
    // The last one is missed by the book.
    let last = u64::try_from(life().journal.len()).unwrap() - 1;
    assert_eq!(found(|journal| drop(journal.pop())), last);
}

#[test]
fn r4_entries_out_of_order_are_found() {
    assert_eq!(found(|journal| journal.swap(3, 4)), 5);
    assert_eq!(found(|journal| journal[5].at = day(-1)), 6);
    assert_eq!(found(|journal| journal[5].effective_at = day(-1)), 6);
}

#[test]
fn r4_an_entry_that_speaks_of_the_future_is_found() {
    assert_eq!(found(|journal| journal[2].effective_at = day(0) + HOUR), 3);
}

#[test]
fn r4_a_changed_amount_is_found_where_it_stands() {
    let kinds = Kind::ALL.into_iter().filter(|kind| kind.flow().is_some());
    for kind in kinds {
        let mut expected = 0;
        let stopped = found(|journal| {
            let entry = entry_of(journal, kind);
            expected = entry.sequence;
            entry.postings[0].amount = entry.postings[0].amount - credits("0.000001");
        });
        assert_eq!(stopped, expected, "{kind:?}");
    }
}

#[test]
fn r4_a_grant_that_brings_less_than_its_terms_say_is_found() {
    // Even where every balance was made to fit.
    let stopped = found(|journal| {
        entry_of(journal, Kind::Grant).postings[0].amount = credits("4");
        for entry in journal.iter_mut().filter(|entry| entry.sequence > 1) {
            entry.balance.available = entry.balance.available - credits("1");
        }
    });
    assert_eq!(stopped, 2);
}

#[test]
fn r4_a_usage_that_costs_other_than_it_moved_is_found() {
    let mut expected = 0;
    let stopped = found(|journal| {
        let entry = entry_of(journal, Kind::Usage);
        expected = entry.sequence;
        let folio_domain::Detail::Usage(usage) = &mut entry.detail else { panic!("not a usage") };
        usage.cost = usage.cost + credits("1");
    });
    assert_eq!(stopped, expected);
}

#[test]
fn r4_a_second_birth_of_a_grant_is_found() {
    let mut expected = 0;
    let stopped = found(|journal| {
        let mut grants = journal.iter_mut().filter(|entry| entry.kind == Kind::Grant);
        let first = grants.next().expect("a grant").detail.clone();
        let second = grants.next().expect("another");
        expected = second.sequence;
        second.detail = first;
        second.postings[0].grant.number = 1;
    });
    assert_eq!(stopped, expected);
}

#[test]
fn r4_legs_of_a_kind_that_moves_nothing_are_found() {
    let stopped = found(|journal| {
        let grant = journal[1].postings[0].grant;
        journal[0].postings.push(Posting { grant, amount: credits("1") });
    });
    assert_eq!(stopped, 1);
}

#[test]
fn r3_more_reinstated_than_revoked_is_found() {
    // Even where every balance was made to fit.
    let mut expected = 0;
    let stopped = found(|journal| {
        let entry = entry_of(journal, Kind::Reinstate);
        expected = entry.sequence;
        entry.postings[0].amount = entry.postings[0].amount + credits("1.000001");
        for entry in journal.iter_mut().filter(|entry| entry.sequence >= expected) {
            entry.balance.available = entry.balance.available + credits("1.000001");
        }
    });
    assert_eq!(stopped, expected);
}

#[test]
fn r35_a_freeze_that_does_not_fit_is_found() {
    let mut last = 0;
    // Frozen twice, and unfrozen without having been frozen.
    for (kind, stays) in [(Kind::Unfreeze, Kind::Freeze), (Kind::Freeze, Kind::Unfreeze)] {
        let stopped = found(|journal| {
            let missing = entry_of(journal, kind).clone();
            journal.retain(|entry| entry.sequence != missing.sequence);
            for entry in journal.iter_mut().filter(|entry| entry.sequence > missing.sequence) {
                entry.sequence -= 1;
            }
            assert_eq!(journal[usize::try_from(missing.sequence).unwrap() - 1].kind, stays);
            last = missing.sequence;
        });
        assert_eq!(stopped, last, "{kind:?}");
    }
}

#[test]
fn r35_a_book_that_forgot_its_freeze_is_found() {
    let ledger = life();
    assert!(ledger.book.frozen_since.is_some());
    for since in [None, Some(day(0))] {
        let mut book = ledger.book.clone();
        book.frozen_since = since;
        recount(&ledger.journal, &book).unwrap_err();
    }
}

#[test]
fn r4_a_changed_balance_is_found() {
    assert_eq!(found(|journal| journal[5].balance.held = credits("99")), 6);
    assert_eq!(found(|journal| journal[5].balance.available = credits("99")), 6);
}

#[test]
fn r4_a_book_that_differs_from_its_journal_is_found() {
    let ledger = life();
    let tampered = |change: fn(&mut folio_domain::OpenGrant)| {
        let mut grants = ledger.book.grants().to_vec();
        change(&mut grants[0]);
        recount(&ledger.journal, &ledger.book.clone().with_grants(grants))
    };
    assert_eq!(tampered(|_| {}), Ok(()));
    tampered(|grant| grant.available = grant.available + credits("1")).unwrap_err();
    tampered(|grant| grant.held = grant.held + credits("1")).unwrap_err();
    tampered(|grant| grant.number = 77).unwrap_err();
    let emptied = ledger.book.clone().with_grants(Vec::new());
    recount(&ledger.journal, &emptied).unwrap_err();
}
