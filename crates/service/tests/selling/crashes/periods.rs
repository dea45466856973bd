//! Lives in which a period begins or ends: subscribing, renewals, trials, pauses (R28, R31, R32).

use folio_service::subscription::EndAt;

use super::Client::{ComesBack, Insists, Leaves};
use super::{Move, Story, begun, same_wherever_it_stops};
use crate::dying::{Process, at_every_write};
use crate::subscriber::wait_often;
use crate::world::World;

const TEN_DAYS_IN: &[Move] = &[Move::Subscribe("basic", 1), Move::Days(10)];

#[tokio::test]
async fn r32_subscribing_comes_to_the_same_wherever_the_process_is_stopped() {
    for client in [Leaves, Insists, ComesBack] {
        same_wherever_it_stops(Story { client, ..Story::of(&[], &[Move::Subscribe("basic", 2)]) }).await;
    }
}

#[tokio::test]
async fn r28_a_renewal_comes_to_the_same_wherever_the_process_is_stopped() {
    same_wherever_it_stops(Story::of(TEN_DAYS_IN, &[Move::Days(21)])).await;
}

#[tokio::test]
async fn r28_the_end_of_a_trial_comes_to_the_same_wherever_the_process_is_stopped() {
    let tried = &[Move::Subscribe("tried", 1), Move::Days(10)];
    same_wherever_it_stops(Story::of(tried, &[Move::Days(4)])).await;
}

#[tokio::test]
async fn r31_a_pause_and_its_end_come_to_the_same_wherever_the_process_is_stopped() {
    let by_call = &[Move::Pause(None), Move::Days(21), Move::Days(5), Move::Resume];
    let by_itself = &[Move::Pause(Some(5)), Move::Days(21), Move::Days(5)];
    for client in [Insists, ComesBack] {
        same_wherever_it_stops(Story { client, ..Story::of(TEN_DAYS_IN, by_call) }).await;
        same_wherever_it_stops(Story { client, ..Story::of(TEN_DAYS_IN, by_itself) }).await;
    }
}

#[tokio::test]
async fn r31_who_ends_it_and_subscribes_again_is_on_the_new_plan_wherever_the_process_is_stopped() {
    let again = &[Move::End(EndAt::Now), Move::Subscribe("pro", 1)];
    for client in [Insists, ComesBack] {
        same_wherever_it_stops(Story { client, ..Story::of(TEN_DAYS_IN, again) }).await;
    }
}

#[tokio::test]
async fn r31_who_subscribes_again_while_it_ends_has_no_free_tier_beside_the_plan() {
    at_every_write(async |writes, stop| {
        let (alive, ada) = begun(TEN_DAYS_IN).await;
        let again = async move |world: &World| world.make(ada, Move::Subscribe("pro", 1), "again").await;
        let others = alive.clone();
        let (process, ctx) = Process::of(&alive.ctx, move || {
            let others = others.clone();
            async move { drop(again(&others).await) }
        });
        process.stops_after(writes, stop);
        drop(World { ctx, ..alive.clone() }.make(ada, Move::End(EndAt::Now), "the end").await);
        wait_often(&alive.ctx, &alive.clock).await;
        // Refused where it has not ended.
        drop(again(&alive).await);
        assert!(!alive.has_free_tier(ada).await, "{stop:?} after {writes} writes");
        process.restart()
    })
    .await;
}
