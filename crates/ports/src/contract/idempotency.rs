//! A command happens once, however often it is sent (R40).

use domain::rules::{CaptureItem, What};
use domain::{Outcome, Refusal};

use super::Subject;
use super::asks::{
    bare_catalog, capture, capturing, capturing_as, credits, giving, holding, lapsing, line, new_hold, nothing,
    placing, refusing, releasing, spending,
};
use super::case::{Case, other_request, refusal};
use super::walk::at_once;
use crate::{Command, PostError, Posted};

/// A key seen before answers what it wrote then, whatever has happened since, and asks nobody.
pub async fn r40_a_replay_answers_what_was_written_then(subject: Subject) {
    let case = Case::with(subject, "100").await;
    let first = case.done(case.ask("a", spending("30"))).await;
    assert!(!first.replayed);
    case.done(case.ask("b", spending("5"))).await;
    case.done(case.ask("c", giving("7"))).await;

    let again = case.done(case.ask("a", refusing())).await;
    assert_eq!(again, Posted { replayed: true, ..first });
    assert_eq!(again.balance.available, credits("70"));
    assert_eq!(case.journal().await.len(), 5);
}

/// A hold that moved on is replayed as it was.
pub async fn r40_a_replay_shows_the_hold_as_it_was(subject: Subject) {
    let case = Case::with(subject, "100").await;
    let lines = vec![line(10, "1"), line(4, "0.5")];
    let placed = case.done(case.ask("hold", placing(new_hold(lines)))).await;
    let item = CaptureItem { item: 0, quantity: Some(3), outcome: Outcome::Completed };
    let part = capture(What::Items(vec![item]), false);
    let captured = case.done(case.ask_hold("part", 1, capturing_as(part))).await;
    let released = case.done(case.ask_hold("rest", 1, releasing())).await;
    assert_eq!(released.hold.as_ref(), Some(&case.hold(1).await));

    let replay = |posted: Posted| Posted { replayed: true, ..posted };
    assert_eq!(case.done(case.ask("hold", refusing())).await, replay(placed));
    assert_eq!(case.done(case.ask_hold("part", 1, refusing())).await, replay(captured));
    assert_eq!(case.done(case.ask_hold("rest", 1, refusing())).await, replay(released));
}

/// A command of many entries is replayed with all of them, in order.
pub async fn r40_a_replay_has_all_entries_of_its_command(subject: Subject) {
    let case = Case::with(subject, "100").await;
    case.done(case.ask("hold", placing(new_hold(vec![line(10, "1"), line(5, "2")])))).await;
    let items = vec![
        CaptureItem { item: 1, quantity: Some(2), outcome: Outcome::Completed },
        CaptureItem { item: 0, quantity: Some(4), outcome: Outcome::Completed },
        CaptureItem { item: 0, quantity: Some(1), outcome: Outcome::Failed },
    ];
    let first = case.done(case.ask_hold("work", 1, capturing_as(capture(What::Items(items), true)))).await;
    assert!(first.entries.len() >= 4, "two captures, a failed unit and the rest: {:?}", first.entries);
    let again = case.done(case.ask_hold("work", 1, refusing())).await;
    assert_eq!(again, Posted { replayed: true, ..first });
}

/// A key is for one request.
pub async fn r40_a_key_spent_on_another_request_is_reused(subject: Subject) {
    let case = Case::with(subject, "100").await;
    case.done(case.ask("a", spending("30"))).await;
    let outcome = case.post(other_request(case.ask("a", spending("31")))).await;
    assert!(matches!(outcome, Err(PostError::KeyReused)), "{outcome:?}");
    assert_eq!(case.balance().await.available, credits("70"));
}

/// A refusal stores nothing: the same request works once there is enough.
pub async fn r40_a_refusal_spends_no_key(subject: Subject) {
    let case = Case::with(subject, "10").await;
    let refused = refusal(case.post(case.ask("a", spending("30"))).await);
    assert!(matches!(refused, Refusal::InsufficientCredits { required, .. } if required == credits("30")));
    assert_eq!(case.journal().await.len(), 2);
    case.done(case.ask("top up", giving("20"))).await;
    let posted = case.done(case.ask("a", spending("30"))).await;
    assert!(!posted.replayed);
    assert!(posted.balance.available.is_zero());
}

/// The same command sent many times at once is done once, and everyone hears the same.
pub async fn r40_commands_with_one_key_at_once_have_one_effect(subject: Subject) {
    let case = Case::with(subject, "100").await;
    let tasks = (0..32).map(|_| case.posting(case.ask("one", holding(3))));
    let answers: Vec<Posted> = at_once(tasks).await.into_iter().map(|answer| answer.expect("an answer")).collect();

    assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
    let first = answers.first().expect("an answer").clone();
    for answer in answers {
        assert_eq!(Posted { replayed: true, ..answer }, Posted { replayed: true, ..first.clone() });
    }
    assert_eq!(case.journal().await.len(), 3);
    assert_eq!(case.balance().await.held, credits("3"));
}

/// A key belongs to a tenant: to all of its customers, and to nobody else.
pub async fn r40_keys_are_unique_within_the_tenant(subject: Subject) {
    let case = Case::with(subject, "100").await;
    let neighbour = case.neighbour().await;
    let stranger = case.stranger().await;
    case.done(case.ask("a", spending("1"))).await;

    let outcome = neighbour.post(other_request(neighbour.ask("a", giving("5")))).await;
    assert!(matches!(outcome, Err(PostError::KeyReused)), "{outcome:?}");
    let elsewhere = stranger.done(stranger.ask("a", giving("5"))).await;
    assert!(!elsewhere.replayed);
    assert_eq!(elsewhere.balance.available, credits("5"));
}

/// Keys are compared to the letter.
pub async fn r40_keys_that_look_alike_are_different(subject: Subject) {
    let case = Case::with(subject, "100").await;
    let alike = ["key", "Key", "key ", " key", "kéy", "ke\u{301}y", "k%y", "k_y", "key\n", "🔑"];
    for key in alike {
        let posted = case.done(other_request(case.ask(key, spending("1")))).await;
        assert!(!posted.replayed, "{key:?} is new");
    }
    for key in alike {
        assert!(case.done(other_request(case.ask(key, refusing()))).await.replayed, "{key:?} is spent");
    }
    assert_eq!(case.balance().await.available, credits("90"));
}

/// An opening and a command cannot share a key.
pub async fn r40_openings_and_commands_share_their_keys(subject: Subject) {
    let case = Case::with(subject, "100").await;
    let subject = &case.subject;
    subject.open(case.tenant, subject.new_customer(), Some("opened"), bare_catalog()).await.expect("a new customer");
    let outcome = case.post(other_request(case.ask("opened", spending("1")))).await;
    assert!(matches!(outcome, Err(PostError::KeyReused)), "{outcome:?}");

    case.done(other_request(case.ask("posted", spending("1")))).await;
    let outcome = subject.open(case.tenant, subject.new_customer(), Some("posted"), bare_catalog()).await;
    assert!(matches!(outcome, Err(PostError::KeyReused)), "{outcome:?}");
}

/// A command that wrote nothing leaves nothing behind, not even its key.
pub async fn r40_a_command_without_effect_leaves_no_trace(subject: Subject) {
    let case = Case::with(subject, "100").await;
    let before = case.read().await;
    for command in [case.nudge(nothing()), case.ask("a", nothing())] {
        let posted = case.done(command).await;
        assert_eq!((posted.entries.len(), posted.sequence, posted.replayed), (0, 2, false));
        assert_eq!(posted.balance, before.book.balance());
    }
    assert_eq!(case.read().await, before);
    let posted = case.done(other_request(case.ask("a", spending("1")))).await;
    assert!(!posted.replayed);
}

/// What workers ask for has no key, and happens once by itself.
pub async fn r40_a_nudge_done_twice_does_nothing_twice(subject: Subject) {
    let case = Case::with(subject, "100").await;
    let placed = case.done(case.ask("hold", holding(3))).await.hold.expect("a hold");
    case.subject.clock.set(placed.progress.expires_at);
    let nudge = || Command { hold: Some(placed.id), ..case.nudge(lapsing()) };
    let first = case.done(nudge()).await;
    assert_eq!(first.entries.len(), 1);
    let second = case.done(nudge()).await;
    assert_eq!((second.entries.len(), second.hold), (0, first.hold));
    assert!(case.journal().await.last().expect("an entry").key.is_none());
}

/// A replay after the hold is gone does not capture again.
pub async fn r40_a_capture_sent_twice_charges_once(subject: Subject) {
    let case = Case::with(subject, "10").await;
    case.done(case.ask("hold", holding(10))).await;
    let command = || case.ask_hold("units", 1, capturing(What::Units(4)));
    let first = case.done(command()).await;
    assert_eq!(case.done(command()).await, Posted { replayed: true, ..first });
    assert_eq!(case.hold(1).await.progress.captured, credits("4"));
}
