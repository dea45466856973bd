//! What is there can be spent, in burn order, and never more (R3, R5, R6).

use domain::rules::{NewGrant, What};
use domain::{Balance, Book, Credits, Currency, Entry, Kind, Money, Recount, Refusal};

use super::Subject;
use super::asks::{
    capturing, credits, day, giving, granting, holding, line, newest, nothing, recording, reversing, spending,
    spending_units, terms, terms_until, usage_of,
};
use super::case::{Case, refusal};
use super::walk::at_once;
use crate::{EntryFilter, PostError};

/// 64 spenders who want 256 credits of 100 get exactly 100.
pub async fn r6_many_spenders_at_once_get_exactly_what_there_is(subject: Subject) {
    let case = Case::with(subject, "100").await;
    let spenders = (0..64).map(|spender| {
        let case = case.clone();
        async move {
            let mut spent = Credits::ZERO;
            for turn in 0..4 {
                match case.post(case.ask(&format!("{spender}/{turn}"), spending("1"))).await {
                    Ok(posted) => spent = spent + posted.entries.iter().map(Entry::amount).sum(),
                    Err(PostError::Refused(Refusal::InsufficientCredits { .. })) => {}
                    Err(other) => panic!("only the balance says no: {other}"),
                }
            }
            spent
        }
    });
    let spent: Credits = at_once(spenders).await.into_iter().sum();
    assert_eq!(spent, credits("100"));
    assert_eq!(case.balance().await, Balance::default());
    check_journal(&case, 102).await;
}

/// Holds that arrive at once promise no credit twice.
pub async fn r6_many_holds_at_once_promise_only_what_there_is(subject: Subject) {
    let case = Case::with(subject, "100").await;
    let tasks = (0..64).map(|n| case.posting(case.ask(&format!("hold {n}"), holding(3))));
    let placed = at_once(tasks).await.into_iter().filter_map(Result::ok);
    let mut numbers: Vec<u32> = placed.map(|posted| posted.hold.expect("a hold").id.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=33).collect::<Vec<_>>());
    let balance = case.balance().await;
    assert_eq!((balance.available, balance.held), (credits("1"), credits("99")));
    check_journal(&case, 35).await;
}

/// Credits that come and go at once all count.
pub async fn r3_credits_given_and_spent_at_once_add_up(subject: Subject) {
    let case = Case::with(subject, "100").await;
    let tasks = (0..60).map(|n| {
        let decide = if n % 3 == 0 { giving("2.5") } else { spending("0.1") };
        case.posting(case.ask(&format!("command {n}"), decide))
    });
    assert!(at_once(tasks).await.iter().all(Result::is_ok));
    assert_eq!(case.balance().await.available, credits("146"));
    check_journal(&case, 62).await;
}

/// A spend draws on one grant after the other, by priority, end, cost, start and number.
pub async fn r5_grants_burn_in_their_order(subject: Subject) {
    let case = Case::new(subject).await;
    let paid = |minor| Some(Money { minor, currency: Currency::USD });
    let grants = [
        terms("1"),
        NewGrant { cost: paid(900), ..terms_until("1", day(30)) },
        NewGrant { cost: paid(100), ..terms_until("1", day(30)) },
        terms_until("1", day(30)),
        terms_until("1", day(10)),
        NewGrant { priority: 0, ..terms("1") },
        NewGrant { priority: u16::MAX, ..terms_until("1", day(1)) },
    ];
    for (n, terms) in grants.into_iter().enumerate() {
        case.done(case.ask(&format!("grant {n}"), granting(terms))).await;
    }
    let posted = case.done(case.ask("all", spending("6.5"))).await;
    let entry = posted.entries.first().expect("an entry");
    let drawn: Vec<(u32, Credits)> =
        entry.postings.iter().map(|posting| (posting.grant.number, posting.amount)).collect();
    let whole = credits("1");
    let order = [(6, whole), (5, whole), (4, whole), (3, whole), (2, whole), (1, whole), (7, credits("0.5"))];
    assert_eq!(drawn, order);
    assert_eq!(case.entries().await.last(), Some(entry));
}

/// An operation that costs nothing is recorded without a balance.
pub async fn r24_a_free_operation_needs_no_balance(subject: Subject) {
    let case = Case::new(subject).await;
    let posted = case.done(case.ask("free", recording(usage_of(line(5, "0"))))).await;
    assert!(posted.entries.first().expect("an entry").postings.is_empty());
    assert_eq!(case.entries().await.last(), posted.entries.first());
}

/// The smallest and the largest amounts are kept exactly, and a thousand grants in one book.
pub async fn r1_a_book_holds_a_thousand_grants_and_its_largest_sum(subject: Subject) {
    let case = Case::new(subject).await;
    let most = Credits::MAX.to_string();
    let commands = (0..1_000).map(|n| case.ask(&format!("grant {n}"), giving(&most))).collect();
    let posted = case.subject.ledger.post_all(commands).await;
    assert!(posted.iter().all(Result::is_ok));
    assert_eq!(case.balance().await.available, Credits::MAX_BALANCE);
    let above = refusal(case.post(case.ask("above", giving("0.000001"))).await);
    assert_eq!(above, Refusal::AmountTooLarge);

    let micro = case.done(case.ask("micro", spending("0.000001"))).await;
    let left = Credits::MAX_BALANCE - credits("0.000001");
    assert_eq!(micro.balance.available, left);
    let units = recording(usage_of(line(1_000_000_000_000_000, "0.000001")));
    let largest = case.done(case.ask("largest", units)).await;
    assert_eq!(largest.balance.available, left - Credits::MAX);
    check_journal(&case, 1_003).await;
}

/// One usage can draw on a thousand grants, and be given back to all of them.
pub async fn r5_one_usage_draws_on_a_thousand_grants(subject: Subject) {
    let case = Case::new(subject).await;
    let commands = (0..1_000).map(|n| case.ask(&format!("grant {n}"), giving("0.5"))).collect();
    assert!(case.subject.ledger.post_all(commands).await.iter().all(Result::is_ok));
    let spent = case.done(case.ask("all", spending_units(500))).await;
    assert_eq!(spent.entries.first().expect("an entry").postings.len(), 1_000);
    assert!(case.book().await.grants().is_empty());
    let back = case.done(case.ask_usage("back", spent.sequence, reversing(None))).await;
    assert_eq!(back.balance.available, credits("500"));
    assert_eq!(case.book().await.grants().len(), 1_000);
    check_journal(&case, 1_003).await;
}

/// Grants and holds that are gone leave their numbers to nobody else.
pub async fn numbers_of_grants_and_holds_are_never_given_twice(subject: Subject) {
    let case = Case::with(subject, "1").await;
    case.done(case.ask("spend", spending("1"))).await;
    case.done(case.ask("more", giving("1"))).await;
    let Book { grants_made, holds_made, .. } = case.book().await;
    assert_eq!((grants_made, holds_made), (2, 0));
    case.done(case.ask("hold", holding(1))).await;
    case.done(case.ask_hold("capture", 1, capturing(What::Rest))).await;
    case.done(case.ask("again", giving("1"))).await;
    let second = case.done(case.ask("hold again", holding(1))).await;
    assert_eq!(second.hold.expect("a hold").id.number, 2);
    let numbers: Vec<u32> = case.grants().await.iter().map(|state| state.grant.id.number).collect();
    assert_eq!(numbers, [1, 2, 3]);
}

/// Ledger time never runs backwards, whatever the clock does.
pub async fn r7_time_never_runs_backwards(subject: Subject) {
    let case = Case::new(subject).await;
    case.done(case.ask("grant", granting(terms_until("5", day(10))))).await;
    case.done(case.ask("for ever", giving("1"))).await;
    case.subject.clock.set(day(10));
    case.done(case.nudge(nothing())).await;
    case.subject.clock.set(day(2));
    let posted = case.done(case.ask("late", spending("1"))).await;
    assert_eq!(posted.entries.first().expect("an entry").at, day(10));
    assert!(posted.balance.available.is_zero());
    check_journal(&case, 5).await;
}

/// What is answered is what is read, at once (R41).
pub async fn r41_a_read_shows_what_was_answered(subject: Subject) {
    let case = Case::with(subject, "100").await;
    for n in 0..20 {
        let posted = case.done(case.ask(&format!("spend {n}"), spending("1.5"))).await;
        let book = case.book().await;
        assert_eq!((book.balance(), book.sequence), (posted.balance, posted.sequence));
        let filter = EntryFilter { customer: Some(case.customer), ..EntryFilter::default() };
        let last = case.subject.journal.entries(case.tenant, &filter, &newest(1)).await.expect("a read").items;
        assert_eq!(last.into_iter().map(|recorded| recorded.entry).collect::<Vec<_>>(), posted.entries);
    }
}

/// Reads beside writes see books that were, never half of one (R41).
pub async fn r41_reads_beside_writes_see_whole_commands(subject: Subject) {
    let case = Case::with(subject, "64").await;
    let writes = (0..64).map(|n| {
        let case = case.clone();
        async move {
            case.done(case.ask(&format!("hold {n}"), holding(1))).await;
            let balance = case.balance().await;
            assert_eq!(balance.available + balance.held, credits("64"));
        }
    });
    at_once(writes).await;
    let holds = case.entries().await.iter().filter(|entry| entry.kind == Kind::Hold).count();
    assert_eq!(holds, 64);
}

/// That a journal has so many entries without a gap, each with the balance that follows from those before it, and
/// adds up to the book (R4).
pub(crate) async fn check_journal(case: &Case, count: u64) {
    let mut recount = Recount::default();
    for recorded in case.journal().await {
        recount.add(&recorded.entry).expect("the journal adds up");
        assert_eq!(recorded.id, case.entry_id(recorded.entry.sequence));
    }
    let book = case.book().await;
    recount.compare(&book).expect("the book is what the journal adds up to");
    assert_eq!(book.sequence, count);
}
