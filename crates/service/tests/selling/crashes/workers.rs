//! Lives in which several are at it at once, each at its own pace: workers whose lease has run out, and a call that is
//! sent again before it was answered (R28, R32, R40).

use std::sync::Arc;

use chrono::TimeDelta;
use domain::ChangeAt;
use folio_service::Context;
use folio_service::subscription::EndAt;
use futures_util::future::join_all;
use ports::Clock as _;
use ports::contract::payments::Card;
use ports::fake::SetClock;
use proptest::prelude::*;

use super::{Move, Others, Outcome, Story, begun, same_wherever_it_stops};
use crate::dying::Process;
use crate::subscriber::wait_often;
use crate::world::World;

#[tokio::test]
async fn r28_a_renewal_comes_to_the_same_at_whatever_write_a_workers_lease_runs_out() {
    let renewal = Story { others: Others::AnotherWorker, ..Story::of(TEN_DAYS_IN, &[Move::Days(21)]) };
    same_wherever_it_stops(renewal).await;
}

/// What is done by several at once.
#[derive(Clone, Copy, Debug)]
struct Rush {
    before: &'static [Move],
    /// Then so many days pass.
    days: i64,
    step: Move,
    /// By how much the clock of each is ahead of that of the one before.
    ahead: TimeDelta,
}

/// A worker, and others who take its lease for over.
const WORKERS: Rush = Rush { before: &[], days: 0, step: Move::Days(0), ahead: TimeDelta::minutes(2) };
/// A call under one key.
const CALLS: Rush = Rush { before: TEN_DAYS_IN, ahead: TimeDelta::zero(), ..WORKERS };

const TEN_DAYS_IN: &[Move] = &[Move::Subscribe("basic", 2), Move::Days(10)];
const ON_TRIAL: &[Move] = &[Move::Subscribe("tried", 1)];
const WITHOUT_FUNDS: &[Move] = &[Move::Subscribe("basic", 1), Move::Leave(Card::DeclinedOnceSaved)];
const IN_ARREARS: &[Move] =
    &[Move::Subscribe("basic", 1), Move::Leave(Card::DeclinedOnceSaved), Move::Days(31), Move::Leave(Card::Good)];
const TO_BE_PAUSED: &[Move] = &[Move::Subscribe("basic", 1), Move::Pause(Some(5)), Move::Days(31)];
const PAUSED: &[Move] = &[Move::Subscribe("basic", 1), Move::Pause(None), Move::Days(31)];

const RUSHES: [Rush; 12] = [
    Rush { before: TEN_DAYS_IN, days: 21, ..WORKERS },
    Rush { before: ON_TRIAL, days: 14, ..WORKERS },
    Rush { before: WITHOUT_FUNDS, days: 31, ..WORKERS },
    Rush { before: IN_ARREARS, days: 1, ..WORKERS },
    Rush { before: TO_BE_PAUSED, days: 5, ..WORKERS },
    Rush { before: &[], step: Move::Subscribe("basic", 2), ..CALLS },
    Rush { step: Move::Change("pro", ChangeAt::Usual), ..CALLS },
    Rush { step: Move::Seats(3, ChangeAt::Usual), ..CALLS },
    Rush { step: Move::Seats(1, ChangeAt::Now), ..CALLS },
    Rush { step: Move::End(EndAt::NowWithRefund), ..CALLS },
    Rush { before: IN_ARREARS, step: Move::Pay, ..CALLS },
    Rush { before: PAUSED, step: Move::Resume, ..CALLS },
];

/// What it comes to where each of these goes at its pace.
async fn rushed(rush: &Rush, paces: &[Vec<u8>]) -> Outcome {
    let (world, ada) = begun(rush.before).await;
    world.pass(TimeDelta::days(rush.days));
    let mut each = Vec::new();
    for pace in paces {
        let clock = Arc::new(SetClock::at(world.clock.now()));
        each.push(World { ctx: Context { clock, ..Process::paced(&world.ctx, pace) }, ..world.clone() });
        world.pass(rush.ahead);
    }
    let answers = join_all(each.iter().map(|one| one.make(ada, rush.step, "the same key"))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    wait_often(&world.ctx, &world.clock).await;
    Outcome::of(&world, ada).await
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r32_several_at_once_come_to_what_one_alone_does(
        rush in prop::sample::select(RUSHES.as_slice()),
        paces in prop::collection::vec(prop::collection::vec(0..4_u8, 0..60), 2..=3),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let (alone, together) = runtime.block_on(async { (rushed(&rush, &[vec![]]).await, rushed(&rush, &paces).await) });
        prop_assert_eq!(together, alone);
    }
}
