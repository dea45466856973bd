//! A free tier that a plan's credits stand in for (R31).

use domain::{Kind, Refusal, rules};

use super::Subject;
use super::asks::{credits, day, free_tier_catalog, giving, nothing};
use super::case::{Case, refusal};
use super::walk::at_once;
use crate::Decide;

fn pausing() -> Decide {
    Box::new(rules::pause_free_tier)
}

fn resuming() -> Decide {
    Box::new(rules::resume_free_tier)
}

impl Case {
    async fn free(&self) -> Self {
        Self::of(self.subject.clone(), self.tenant, free_tier_catalog()).await
    }

    /// Whether the free tier is paused, and what is available.
    async fn tier(&self) -> (bool, String) {
        let book = self.book().await;
        (book.free_tier.as_ref().expect("a free tier").paused, book.balance().available.to_string())
    }
}

/// A paused free tier stays so with all that is written after it, and gives nothing by the clock.
pub async fn r31_a_paused_free_tier_is_kept_with_the_book(subject: Subject) {
    let case = Case::new(subject).await.free().await;
    assert_eq!(case.tier().await, (false, "20".to_owned()));
    let paused = case.done(case.ask("pause", pausing())).await;
    assert_eq!(case.tier().await, (true, "20".to_owned()));
    assert_eq!(refusal(case.post(case.ask("again", pausing())).await), Refusal::NothingToDo);
    let replay = case.done(case.ask("pause", pausing())).await;
    assert!(replay.replayed);
    assert_eq!(replay.entries, paused.entries);
    case.subject.clock.set(day(70));
    case.done(case.nudge(nothing())).await;
    assert_eq!(case.tier().await, (true, "0".to_owned()));
    case.done(case.ask("bought", giving("5"))).await;
    assert_eq!(case.tier().await, (true, "5".to_owned()));
    assert!(case.subject.due.books(None, day(1_000), 10).await.expect("a read").is_empty());
    let entries = case.entries().await;
    assert_eq!(entries.iter().filter(|entry| entry.kind == Kind::PauseFreeTier).count(), 1);
    assert_eq!(entries.iter().find(|entry| entry.kind == Kind::PauseFreeTier), paused.entries.last());
}

/// It goes on with the month that is running; resumed by many at once, it gives that month's credits once.
pub async fn r31_a_resumed_free_tier_goes_on_with_its_months(subject: Subject) {
    let case = Case::new(subject).await.free().await;
    case.done(case.ask("pause", pausing())).await;
    case.done(case.ask("resume", resuming())).await;
    assert_eq!(case.tier().await, (false, "20".to_owned()), "this month's were given before");
    case.done(case.ask("pause again", pausing())).await;
    case.subject.clock.set(day(70));
    let asks = (0..8).map(|n| case.posting(case.ask(&format!("resume {n}"), resuming())));
    let (done, refused): (Vec<_>, Vec<_>) = at_once(asks).await.into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (1, 7));
    for refused in refused {
        assert_eq!(refusal(refused), Refusal::NothingToDo);
    }
    assert_eq!(case.tier().await, (false, "20".to_owned()));
    assert_eq!(case.moved(Kind::Grant).await, credits("40"));
    assert_eq!(case.entries().await.iter().filter(|entry| entry.kind == Kind::ResumeFreeTier).count(), 2);
    case.subject.clock.set(day(100));
    case.done(case.nudge(nothing())).await;
    assert_eq!((case.tier().await, case.moved(Kind::Grant).await), ((false, "20".to_owned()), credits("60")));
}
