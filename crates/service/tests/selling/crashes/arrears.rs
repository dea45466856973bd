//! Lives in which a renewal is declined, tried again, and paid by another card (R28).

use ports::contract::payments::Card;

use super::Client::{ComesBack, Insists, Leaves};
use super::{Move, Story, same_wherever_it_stops};

/// The card on file pays no more.
const WITHOUT_FUNDS: &[Move] = &[Move::Subscribe("basic", 1), Move::Leave(Card::DeclinedOnceSaved), Move::Days(10)];
/// A renewal was declined, and was again on the day after.
const IN_ARREARS: &[Move] = &[
    Move::Subscribe("basic", 1),
    Move::Leave(Card::DeclinedOnceSaved),
    Move::Days(31),
    Move::Days(1),
    Move::Leave(Card::Good),
];

#[tokio::test]
async fn r28_arrears_come_to_the_same_wherever_the_process_is_stopped() {
    let then = &[Move::Days(21), Move::Days(1), Move::Leave(Card::Good), Move::Pay];
    same_wherever_it_stops(Story { client: ComesBack, ..Story::of(WITHOUT_FUNDS, then) }).await;
}

#[tokio::test]
async fn r28_paying_what_is_due_comes_to_the_same_wherever_the_process_is_stopped() {
    for client in [Leaves, Insists] {
        same_wherever_it_stops(Story { client, ..Story::of(IN_ARREARS, &[Move::Pay]) }).await;
    }
}
