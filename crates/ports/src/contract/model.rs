//! A long random life, lived in the store and in memory alike: every answer and every read is the same.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::rules::{CaptureItem, NewGrant, NewHold, What};
use domain::{ClockId, Outcome, Span};

use super::Subject;
use super::asks::{
    capture, capturing_as, extending_grant, extending_hold, free_tier_catalog, freezing, granting, lapsing, line,
    new_hold, nothing, placing, reinstating, releasing, reversing, revoking, spending, start, terms, unfreezing,
};
use super::case::{Case, other_request};
use super::walk::walk;
use crate::fake::Memory;
use crate::{Clock as _, Command, Decide, HoldFilter};

/// Numbers that look random and are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    /// Some number below `below`.
    fn roll<N: TryFrom<u64>>(&mut self, below: u64) -> N {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below).try_into().ok().expect("a number of the wanted size")
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.roll::<usize>(choices.len() as u64)]
    }

    /// Once in so many times.
    fn once_in(&mut self, times: u64) -> bool {
        self.roll::<u64>(times) == 0
    }
}

/// Something that can be asked of any store any number of times.
#[derive(Clone, Copy)]
struct Ask {
    who: usize,
    key: u64,
    dice: u64,
    /// How many grants, holds and entries the customer had: the latest are the most worth naming.
    made: (u32, u32, u64),
}

impl Ask {
    /// The command that these dice make. Not all of what they name exists.
    fn command(self, case: &Case) -> Command {
        let mut dice = Dice(self.dice);
        let key = self.key.to_string();
        let (grants, holds, entries) = self.made;
        let grant = grants.saturating_sub(dice.roll(4));
        let hold = (holds + 1).saturating_sub(dice.roll(5));
        let usage = entries.saturating_sub(dice.roll(12));
        match dice.roll(20) {
            0..3 => case.ask(&key, granting(any_terms(&mut dice, case))),
            3..5 => case.ask(&key, spending(dice.one_of(&["0.1", "1", "2.5", "7"]))),
            5..7 => case.ask(&key, placing(any_hold(&mut dice))),
            7..10 => case.ask_hold(&key, hold, any_capture(&mut dice)),
            10 => case.ask_hold(&key, hold, releasing()),
            11 => case.ask_hold(&key, hold, extending_hold(Span::hours(dice.roll(100)))),
            12..14 => case.ask_usage(&key, usage, reversing(dice.one_of(&[None, Some(1)]))),
            14 => case.ask(&key, revoking(grant)),
            15 => case.ask(&key, extending_grant(grant, case.subject.clock.now() + TimeDelta::days(9))),
            16..18 => case.ask_revoked(&key, grant, reinstating(grant, dice.one_of(&["0", "0.7", "3", "10"]))),
            18 if dice.once_in(3) => case.ask(&key, freezing()),
            18 => case.ask(&key, unfreezing()),
            19 if dice.once_in(2) => Command { hold: Some(case.hold_id(hold)), ..case.nudge(lapsing()) },
            _ => case.nudge(nothing()),
        }
    }
}

fn any_terms(dice: &mut Dice, case: &Case) -> NewGrant {
    let now = case.subject.clock.now();
    let soon = now + TimeDelta::days(dice.roll(9));
    NewGrant {
        effective_at: dice.one_of(&[None, None, Some(now), Some(now + TimeDelta::days(1))]),
        expires_at: dice.one_of(&[None, Some(now + TimeDelta::days(2)), Some(soon)]),
        priority: dice.one_of(&[100, 101, 102]),
        ..terms(dice.one_of(&["3", "10", "20.7"]))
    }
}

fn any_hold(dice: &mut Dice) -> NewHold {
    let lines = vec![line(dice.roll::<u64>(5) + 1, "1"), line(dice.roll::<u64>(9) + 1, "0.3")];
    NewHold { partial: dice.once_in(2), ttl: Span::hours(dice.roll::<u32>(30) + 1), ..new_hold(lines) }
}

fn any_capture(dice: &mut Dice) -> Decide {
    let mut item = || CaptureItem {
        item: dice.roll(2),
        quantity: dice.one_of(&[None, Some(0), Some(1), Some(3)]),
        outcome: dice.one_of(&Outcome::ALL),
    };
    let items = vec![item(), item()];
    let what = match dice.roll(4) {
        0 => What::Rest,
        1 => What::Units(2),
        two_or_three => What::Items(items.into_iter().skip(two_or_three - 2).collect()),
    };
    capturing_as(capture(what, dice.once_in(4)))
}

/// The same tenant with the same three customers: one lives by a test clock, one has a free tier.
async fn settle_in(subject: &Subject) -> ([Case; 3], ClockId) {
    let case = Case::new(subject.clone()).await;
    let clock = case.subject.test_clock(case.tenant, start()).await;
    let free = Case::of(subject.clone(), case.tenant, free_tier_catalog()).await;
    let frozen = case.living_by(clock).await;
    ([case, free, frozen], clock)
}

async fn check_same(store: &Case, memory: &Case, clock: ClockId) {
    assert_eq!(store.read().await, memory.read().await);
    assert_eq!(store.journal().await, memory.journal().await);
    assert_eq!(store.grants().await, memory.grants().await);
    let filter = HoldFilter { customer: Some(store.customer), status: None };
    let holds = async |case: &Case| {
        walk(9, true, async |ask| case.subject.journal.holds(case.tenant, &filter, &ask).await).await
    };
    assert_eq!(holds(store).await, holds(memory).await);
    let until = store.subject.clock.now();
    for by in [None, Some(clock)] {
        let due = async |case: &Case| {
            let mut books = case.subject.due.books(by, until, 99).await.expect("a read");
            let mut holds = case.subject.due.holds(by, until, 99).await.expect("a read");
            // What has been due for equally long comes in any order.
            books.sort_unstable();
            holds.sort_unstable();
            (books, holds)
        };
        assert_eq!(due(store).await, due(memory).await);
    }
    let next = async |case: &Case| case.subject.due.next(clock, until).await.expect("a read");
    assert_eq!(next(store).await, next(memory).await);
}

/// Eight commands of these customers, new ones and old ones again: the more was asked, the more is asked again.
async fn next_batch(cases: &[Case; 3], dice: &mut Dice, turn: u64, asked: &[Ask]) -> Vec<Ask> {
    let mut made = Vec::new();
    for case in cases {
        let book = case.book().await;
        made.push((book.grants_made, book.holds_made, book.sequence));
    }
    let mut any = |n| {
        let (who, key) = (dice.roll(3), turn * 100 + n);
        let new = Ask { who, key, dice: dice.roll::<u64>(u64::MAX) | 1, made: made[who] };
        asked.get(dice.roll::<usize>(2_000)).copied().unwrap_or(new)
    };
    (0..8).map(&mut any).collect()
}

async fn live(subject: Subject, seed: u64) {
    let memory = Memory::new(Arc::new(subject.clock.clone()));
    let model = Subject::of(Arc::new(memory), subject.clock.clone(), ());
    let (stored, clock) = settle_in(&subject).await;
    let (modelled, _) = settle_in(&model).await;
    let mut dice = Dice(seed);
    let mut asked: Vec<Ask> = Vec::new();
    for turn in 0..120 {
        let batch = next_batch(&stored, &mut dice, turn, &asked).await;
        asked.extend(&batch);
        let reused = dice.once_in(10);
        let commands = |cases: &[Case; 3]| -> Vec<Command> {
            let commands = batch.iter().map(|ask| ask.command(&cases[ask.who]));
            if reused { commands.map(other_request).collect() } else { commands.collect() }
        };
        let (answers, expected) = (commands(&stored), commands(&modelled));
        let answers = subject.ledger.post_all(answers).await;
        let expected = model.ledger.post_all(expected).await;
        assert_eq!(answers.len(), expected.len());
        for (place, (answer, expected)) in answers.iter().zip(&expected).enumerate() {
            // Errors carry faults, which cannot be compared; their texts can.
            assert_eq!(format!("{answer:?}"), format!("{expected:?}"), "turn {turn}, command {place}");
        }

        subject.clock.advance(TimeDelta::minutes(dice.roll(180)));
        if dice.once_in(3) {
            let to = start() + TimeDelta::hours(dice.roll(400));
            for case in [&stored[0], &modelled[0]] {
                case.subject.clocks.set(case.tenant, clock, to).await.expect("set");
            }
        }
        if turn % 20 == 19 {
            for (store, memory) in stored.iter().zip(&modelled) {
                check_same(store, memory, clock).await;
            }
        }
    }
}

/// One life.
pub async fn a_random_life_is_the_same_as_in_memory(subject: Subject) {
    live(subject, 0x9E37_79B9_7F4A_7C15).await;
}

/// Another.
pub async fn another_random_life_is_the_same_as_in_memory(subject: Subject) {
    live(subject, 0xD1B5_4A32_D192_ED03).await;
}

/// A third.
pub async fn a_third_random_life_is_the_same_as_in_memory(subject: Subject) {
    live(subject, 0x8CB9_2BA7_2F3D_8DD7).await;
}
