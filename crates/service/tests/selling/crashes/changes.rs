//! Lives in which plan or seats change, or all of it ends, in mid-period (R29–R31).

use domain::ChangeAt;
use folio_service::subscription::EndAt;

use super::Client::{Insists, Leaves};
use super::{Move, Story, same_wherever_it_stops};

/// Whoever asks an hour later gets other figures: nobody comes back.
async fn same_for_this_call(before: &'static [Move], call: &'static [Move]) {
    for client in [Leaves, Insists] {
        same_wherever_it_stops(Story { client, ..Story::of(before, call) }).await;
    }
}

#[tokio::test]
async fn r29_an_upgrade_comes_to_the_same_wherever_the_process_is_stopped() {
    let before = &[Move::Subscribe("basic", 1), Move::Days(10)];
    same_for_this_call(before, &[Move::Change("pro", ChangeAt::Usual)]).await;
}

#[tokio::test]
async fn r29_more_seats_come_to_the_same_wherever_the_process_is_stopped() {
    let before = &[Move::Subscribe("basic", 1), Move::Days(10)];
    same_for_this_call(before, &[Move::Seats(3, ChangeAt::Usual)]).await;
}

#[tokio::test]
async fn r30_a_downgrade_comes_to_the_same_wherever_the_process_is_stopped() {
    let before = &[Move::Subscribe("pro", 1), Move::Days(10)];
    same_for_this_call(before, &[Move::Change("basic", ChangeAt::Now)]).await;
}

#[tokio::test]
async fn r30_fewer_seats_come_to_the_same_wherever_the_process_is_stopped() {
    let before = &[Move::Subscribe("basic", 3), Move::Days(10)];
    same_for_this_call(before, &[Move::Seats(1, ChangeAt::Now)]).await;
}

#[tokio::test]
async fn r31_an_end_comes_to_the_same_wherever_the_process_is_stopped() {
    let before = &[Move::Subscribe("basic", 1), Move::Days(10)];
    same_for_this_call(before, &[Move::End(EndAt::NowWithRefund)]).await;
}
