//! Reading the journal: lists, single records, and balances of the past.

use domain::rules::{NewGrant, What};
use domain::{Balance, Credits, EntryId, GrantId, GrantState, Hold, HoldId, HoldStatus, Instant, Kind};

use super::Subject;
use super::asks::{
    capturing, credits, day, extending_grant, giving, granting, holding, just_before, newest, nothing, reinstating,
    releasing, revoking, spending, start, terms, terms_until,
};
use super::case::Case;
use super::walk::{check_paging, walk};
use crate::{EntryFilter, HoldFilter, PageAsk, Recorded};

async fn entries(case: &Case, filter: EntryFilter) -> Vec<Recorded> {
    let journal = &case.subject.journal;
    let found = walk(4, true, async |ask| journal.entries(case.tenant, &filter, &ask).await).await;
    check_paging(&found, async |ask| journal.entries(case.tenant, &filter, &ask).await).await;
    found
}

fn of(case: &Case) -> EntryFilter {
    EntryFilter { customer: Some(case.customer), ..EntryFilter::default() }
}

/// A year of a customer: an entry a day from day 1 on, of several kinds.
async fn busy(subject: Subject) -> Case {
    let case = Case::with(subject, "100").await;
    let decisions = [
        spending("1"),
        holding(5),
        spending("2"),
        granting(NewGrant { priority: 200, ..terms_until("7", day(30)) }),
        holding(2),
        spending("3"),
        giving("1"),
        spending("4"),
        holding(1),
    ];
    for (n, decide) in (1..).zip(decisions) {
        case.subject.clock.set(day(n));
        case.done(case.ask(&format!("day {n}"), decide)).await;
    }
    case
}

/// A customer's entries are numbered from 1 without gaps, and each page of them shows each once.
pub async fn a_customers_entries_are_listed_in_their_order(subject: Subject) {
    let case = busy(subject).await;
    let neighbour = case.neighbour().await;
    neighbour.done(neighbour.ask("other", giving("1"))).await;
    let found = entries(&case, of(&case)).await;
    let sequences: Vec<u64> = found.iter().map(|recorded| recorded.entry.sequence).collect();
    assert_eq!(sequences, (1..=11).collect::<Vec<_>>());
    assert!(found.iter().all(|recorded| recorded.id == case.entry_id(recorded.entry.sequence)));
    assert_eq!(found.last().and_then(|recorded| recorded.key.as_deref()), Some("day 9"));
}

/// Filters let through what they name, on every page.
pub async fn entries_are_filtered_by_kind_and_instant(subject: Subject) {
    let case = busy(subject).await;
    let sequences = async |filter| -> Vec<u64> {
        entries(&case, filter).await.iter().map(|recorded| recorded.entry.sequence).collect()
    };
    assert_eq!(sequences(EntryFilter { kinds: vec![Kind::Usage], ..of(&case) }).await, [3, 5, 8, 10]);
    assert_eq!(sequences(EntryFilter { kinds: vec![Kind::Grant, Kind::Hold], ..of(&case) }).await, [2, 4, 6, 7, 9, 11]);
    assert_eq!(sequences(EntryFilter { kinds: vec![Kind::Expire], ..of(&case) }).await, [0_u64; 0]);
    assert_eq!(sequences(EntryFilter { from: Some(day(3)), until: Some(day(6)), ..of(&case) }).await, [5, 6, 7]);
    let ends = EntryFilter { from: Some(just_before(day(8))), ..of(&case) };
    assert_eq!(sequences(ends).await, [10, 11]);
    let both = EntryFilter { kinds: vec![Kind::Usage], until: Some(day(3)), ..of(&case) };
    assert_eq!(sequences(both).await, [3]);
}

/// Instants of filters are those that entries speak of, not those of their writing.
pub async fn r10_entries_are_filtered_by_what_they_speak_of(subject: Subject) {
    let case = busy(subject).await;
    case.subject.clock.set(day(90));
    case.done(case.nudge(nothing())).await;
    let at_end = EntryFilter { from: Some(day(30)), until: Some(day(31)), ..of(&case) };
    let found = entries(&case, at_end).await;
    assert_eq!(found.iter().map(|recorded| recorded.entry.kind).collect::<Vec<_>>(), [Kind::Expire]);
    assert!(entries(&case, EntryFilter { from: Some(day(31)), ..of(&case) }).await.is_empty());
}

/// A tenant's entries are listed by customer, then by number.
pub async fn a_tenants_entries_are_listed_by_customer(subject: Subject) {
    let first = Case::with(subject, "10").await;
    let second = first.neighbour().await;
    let stranger = first.stranger().await;
    for n in 0..3 {
        for case in [&first, &second, &stranger] {
            case.done(case.ask(&format!("{} {n}", case.customer), giving("1"))).await;
        }
    }
    let expected: Vec<Recorded> = [first.journal().await, second.journal().await].concat();
    assert_eq!(entries(&first, EntryFilter::default()).await, expected);
    let grants = EntryFilter { kinds: vec![Kind::Grant], ..EntryFilter::default() };
    assert_eq!(entries(&first, grants).await.len(), 7);
    assert_eq!(entries(&stranger, EntryFilter::default()).await, stranger.journal().await);
}

/// What is written during a walk neither hides nor doubles what was there.
pub async fn a_walk_is_steady_while_more_is_written(subject: Subject) {
    let case = busy(subject).await;
    let mut turn = 0;
    let found = walk(2, false, async |ask: PageAsk| {
        turn += 1;
        case.done(case.ask(&format!("meanwhile {turn}"), giving("1"))).await;
        case.subject.journal.entries(case.tenant, &of(&case), &ask).await
    })
    .await;
    let sequences: Vec<u64> = found.iter().map(|recorded| recorded.entry.sequence).collect();
    assert_eq!(sequences, (1..=12).rev().collect::<Vec<_>>());
}

/// One entry, one grant, one hold; nothing where there is none.
pub async fn single_records_are_found_by_id(subject: Subject) {
    let case = busy(subject).await;
    let (journal, tenant) = (&case.subject.journal, case.tenant);
    for recorded in case.journal().await {
        assert_eq!(journal.entry(tenant, recorded.id).await.expect("a read"), Some(recorded));
    }
    assert_eq!(journal.entry(tenant, case.entry_id(12)).await.expect("a read"), None);
    assert_eq!(journal.grant(tenant, case.grant_id(4)).await.expect("a read"), None);
    assert_eq!(journal.hold(tenant, case.hold_id(4)).await.expect("a read"), None);
    let customer = case.subject.new_customer().id;
    assert_eq!(journal.entry(tenant, EntryId { customer, sequence: 1 }).await.expect("a read"), None);
    assert_eq!(journal.grant(tenant, GrantId { customer, number: 1 }).await.expect("a read"), None);
    assert_eq!(journal.hold(tenant, HoldId { customer, number: 1 }).await.expect("a read"), None);
}

/// The balance of a past instant is that of the last entry effective by then, and stays so.
pub async fn r7_the_balance_of_a_past_instant_never_changes(subject: Subject) {
    let case = busy(subject).await;
    let at = async |at: Instant| -> Option<Balance> {
        case.subject.journal.balance_at(case.tenant, case.customer, at).await.expect("a read")
    };
    let entries = case.entries().await;
    let mut before = Vec::new();
    for hour in -1..=9 * 24 {
        let instant = start() + chrono::TimeDelta::hours(hour);
        let last = entries.iter().rev().find(|entry| entry.effective_at <= instant);
        assert_eq!(at(instant).await, last.map(|entry| entry.balance), "{hour} hours after the start");
        before.push((instant, at(instant).await));
    }
    assert_eq!(at(just_before(start())).await, None);
    assert_eq!(at(just_before(day(3))).await.expect("a balance").available, credits("94"));
    assert_eq!(at(day(3)).await.expect("a balance").available, credits("92"));

    case.subject.clock.set(day(90));
    case.done(case.ask("much later", spending("10"))).await;
    for (instant, balance) in before {
        assert_eq!(at(instant).await, balance);
    }
    let (before_end, at_end) = (at(just_before(day(30))).await, at(day(30)).await);
    assert_eq!(before_end.expect("a balance").available - at_end.expect("a balance").available, credits("7"));
    let nobody = case.subject.new_customer().id;
    assert_eq!(case.subject.journal.balance_at(case.tenant, nobody, day(1)).await.expect("a read"), None);
}

/// Every grant says where its credits are, and nothing is missing (R3).
pub async fn r3_a_grants_credits_are_all_somewhere(subject: Subject) {
    let case = Case::new(subject).await;
    let by_priority = |amount, priority| NewGrant { priority, ..terms_until(amount, day(10)) };
    for (n, amount) in ["10", "20", "30", "40"].into_iter().enumerate() {
        let priority = u16::try_from(n).expect("few");
        case.done(case.ask(amount, granting(by_priority(amount, priority)))).await;
    }
    case.done(case.ask("spend", spending("12"))).await;
    case.done(case.ask("hold", holding(10))).await;
    case.done(case.ask_hold("capture", 1, capturing(What::Units(4)))).await;
    case.done(case.ask("revoke", revoking(3))).await;
    case.done(case.ask_revoked("reinstate", 3, reinstating(3, "0.5"))).await;
    case.done(case.ask("take it again", revoking(3))).await;
    case.done(case.ask("extend", extending_grant(4, day(20)))).await;
    let told = async || -> Vec<[String; 5]> {
        let buckets = |state: GrantState| {
            let sum = [state.available, state.held, state.consumed, state.expired, state.revoked];
            assert_eq!(sum.into_iter().sum::<Credits>(), state.grant.amount);
            sum.map(|amount| amount.to_string())
        };
        case.grants().await.into_iter().map(buckets).collect()
    };
    let texts = |rows: [[&str; 5]; 4]| rows.map(|row| row.map(str::to_owned));
    let before = [["0", "0", "10", "0", "0"], ["8", "6", "6", "0", "0"], ["0", "0", "0", "0", "30"]];
    let [first, second, third] = before;
    assert_eq!(told().await, texts([first, second, third, ["40", "0", "0", "0", "0"]]));

    case.subject.clock.set(day(10));
    let expired = texts([first, ["0", "6", "6", "8", "0"], third, ["40", "0", "0", "0", "0"]]);
    assert_eq!(told().await, expired, "whether or not it has been written down");
    case.done(case.nudge(nothing())).await;
    assert_eq!(told().await, expired);
}

/// A customer's grants come with the book of the same snapshot, on as many pages as it takes.
pub async fn grants_are_listed_in_their_order(subject: Subject) {
    let case = Case::new(subject).await;
    let (journal, now) = (&case.subject.journal, start());
    for n in 1..=7 {
        case.done(case.ask(&format!("grant {n}"), granting(NewGrant { priority: 100 - n, ..terms("2") }))).await;
    }
    case.done(case.ask("spend", spending("5"))).await;
    case.done(case.ask("one more", giving("1"))).await;
    let all = case.grants().await;
    assert_eq!(all.iter().map(|state| state.grant.id.number).collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
    let (_, book) = journal.grants(case.tenant, case.customer, now, &newest(3)).await.expect("a read").expect("found");
    assert_eq!(book, case.book().await);
    check_paging(&all, async |ask| {
        let found = journal.grants(case.tenant, case.customer, now, &ask).await?;
        Ok(found.expect("the customer").0)
    })
    .await;
    let nobody = case.subject.new_customer().id;
    assert_eq!(journal.grants(case.tenant, nobody, now, &newest(3)).await.expect("a read"), None);
}

/// An extension shows in the grant's terms.
pub async fn r9_a_grant_shows_its_present_end(subject: Subject) {
    let case = Case::new(subject).await;
    case.done(case.ask("grant", granting(terms_until("5", day(10))))).await;
    for (key, end) in [("extend", day(20)), ("again", day(25))] {
        case.done(case.ask(key, extending_grant(1, end))).await;
        let grant = case.subject.journal.grant(case.tenant, case.grant_id(1)).await.expect("a read").expect("a grant");
        assert_eq!(grant.expires_at, Some(end));
        assert_eq!(case.grants().await.pop().expect("a grant").grant, grant);
        assert_eq!(case.book().await.grant(1).expect("open").expires_at, Some(end));
    }
}

/// Holds are listed by customer and number, all of them or those of a status.
pub async fn holds_are_listed_and_filtered(subject: Subject) {
    let first = Case::with(subject, "100").await;
    let second = first.neighbour().await;
    second.done(second.ask("credits", giving("10"))).await;
    let mut expected: Vec<Hold> = Vec::new();
    for (case, count) in [(&first, 5), (&second, 2)] {
        for n in 1..=count {
            case.done(case.ask(&format!("{} {n}", case.customer), holding(2))).await;
        }
        case.done(case.ask_hold(&format!("capture {}", case.customer), 1, capturing(What::Rest))).await;
        case.done(case.ask_hold(&format!("release {}", case.customer), 2, releasing())).await;
        for n in 1..=count {
            expected.push(case.hold(n).await);
        }
    }
    let journal = &first.subject.journal;
    let check = async |customer, status: Option<HoldStatus>| {
        let filter = HoldFilter { customer, status };
        let wanted = |hold: &&Hold| {
            customer.is_none_or(|id| id == hold.id.customer)
                && status.is_none_or(|status| status == hold.progress.status)
        };
        let wanted: Vec<Hold> = expected.iter().filter(wanted).cloned().collect();
        check_paging(&wanted, async |ask| journal.holds(first.tenant, &filter, &ask).await).await;
        wanted.len()
    };
    assert_eq!(check(None, None).await, 7);
    assert_eq!(check(Some(first.customer), None).await, 5);
    assert_eq!(check(None, Some(HoldStatus::Open)).await, 3);
    assert_eq!(check(None, Some(HoldStatus::Captured)).await, 2);
    assert_eq!(check(Some(second.customer), Some(HoldStatus::Released)).await, 1);
    assert_eq!(check(None, Some(HoldStatus::Expired)).await, 0);
}
