//! Many commands at once, each on its own.

use domain::rules::What;
use domain::{Credits, Refusal};

use super::Subject;
use super::asks::{capturing, credits, giving, holding, reversing, spending};
use super::case::{Case, other_request};
use super::spending::check_journal;
use super::walk::at_once;
use crate::{Command, PostError, Posted};

/// One that fails leaves the others untouched, and every answer stands where its command stood.
pub async fn each_command_of_a_batch_is_on_its_own(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let nobody = case.subject.new_customer().id;
    case.done(case.ask("spent", spending("1"))).await;
    let commands = vec![
        case.ask("a", spending("2")),
        case.ask("b", spending("100")),
        other_request(case.ask("spent", spending("3"))),
        Command { customer: nobody, ..case.ask("c", spending("1")) },
        case.ask_hold("d", 9, capturing(What::Rest)),
        case.ask_usage("e", 1, reversing(None)),
        case.ask("spent", spending("1")),
        case.ask("f", spending("3")),
    ];
    let outcomes = case.subject.ledger.post_all(commands).await;
    let mut outcomes = outcomes.into_iter();
    let mut next = || outcomes.next().expect("one answer each");
    assert_eq!(next().expect("written").balance.available, credits("7"));
    assert!(matches!(next(), Err(PostError::Refused(Refusal::InsufficientCredits { .. }))));
    assert!(matches!(next(), Err(PostError::KeyReused)));
    assert!(matches!(next(), Err(PostError::CustomerNotFound)));
    assert!(matches!(next(), Err(PostError::HoldNotFound)));
    assert!(matches!(next(), Err(PostError::UsageNotFound)));
    assert!(next().expect("replayed").replayed);
    assert_eq!(next().expect("written").balance.available, credits("4"));
    assert!(outcomes.next().is_none());
    check_journal(&case, 5).await;
}

/// Commands of one customer are decided in the order given: the later ones see what the earlier ones wrote.
pub async fn a_batch_is_decided_in_its_order(subject: Subject) {
    let case = Case::new(subject).await;
    let commands = vec![
        case.ask("too early", spending("5")),
        case.ask("grant", giving("10")),
        case.ask("spend", spending("5")),
        case.ask("hold", holding(4)),
        case.ask_hold("capture", 1, capturing(What::Units(1))),
        case.ask_usage("reverse the spend", 3, reversing(None)),
        case.ask_hold("rest", 1, capturing(What::Rest)),
        case.ask_usage("reverse the capture", 5, reversing(None)),
        case.ask_usage("twice", 3, reversing(None)),
    ];
    let mut outcomes = case.subject.ledger.post_all(commands).await;
    assert!(matches!(outcomes.pop(), Some(Err(PostError::Refused(Refusal::AlreadyReversed)))));
    assert!(matches!(outcomes.remove(0), Err(PostError::Refused(Refusal::InsufficientCredits { .. }))));
    let balances: Vec<Credits> =
        outcomes.into_iter().map(|outcome| outcome.expect("written").balance.available).collect();
    assert_eq!(balances, ["10", "5", "1", "1", "6", "6", "7"].map(credits));
    check_journal(&case, 8).await;
    assert_eq!(case.hold(1).await.progress.captured, credits("4"));
}

/// A key that stands twice in a batch happens once.
pub async fn r40_a_key_twice_in_a_batch_has_one_effect(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let commands = vec![
        case.ask("a", spending("2")),
        case.ask("a", spending("2")),
        other_request(case.ask("a", spending("3"))),
        case.ask("b", spending("100")),
        case.ask("b", spending("1")),
    ];
    let mut outcomes = case.subject.ledger.post_all(commands).await.into_iter();
    let mut next = || outcomes.next().expect("an answer each");
    let first = next().expect("written");
    assert!(!first.replayed);
    assert_eq!(next().expect("replayed"), Posted { replayed: true, ..first });
    assert!(matches!(next(), Err(PostError::KeyReused)));
    assert!(matches!(next(), Err(PostError::Refused(_))));
    assert!(!next().expect("a refusal spends no key").replayed);
    assert_eq!(case.balance().await.available, credits("7"));
}

/// A batch can be of many customers, of several tenants.
pub async fn a_batch_can_be_of_many_customers(subject: Subject) {
    let first = Case::with(subject, "10").await;
    let neighbour = first.neighbour().await;
    let stranger = first.stranger().await;
    let cases = [&first, &neighbour, &stranger];
    let commands = (0..30).map(|n| cases[n % 3].ask(&format!("grant {n}"), giving("1"))).collect();
    let outcomes = first.subject.ledger.post_all(commands).await;
    assert!(outcomes.iter().all(Result::is_ok));
    for (case, count) in cases.into_iter().zip([12, 11, 11]) {
        check_journal(case, count).await;
    }
    assert!(first.subject.ledger.post_all(Vec::new()).await.is_empty());
}

/// Batches at once, of the same keys, happen once.
pub async fn r40_the_same_batch_at_once_has_one_effect(subject: Subject) {
    let case = Case::with(subject, "1000").await;
    let batches = (0..8).map(|_| {
        let case = case.clone();
        async move {
            let commands = (0..50).map(|n| case.ask(&format!("line {n}"), spending("1"))).collect();
            case.subject.ledger.post_all(commands).await
        }
    });
    let outcomes: Vec<_> = at_once(batches).await.into_iter().flatten().map(|outcome| outcome.expect("done")).collect();
    assert_eq!(outcomes.iter().filter(|posted| !posted.replayed).count(), 50);
    assert_eq!(case.balance().await.available, credits("950"));
    check_journal(&case, 52).await;
}
