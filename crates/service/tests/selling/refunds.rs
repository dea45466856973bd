//! Refunds that the provider takes back (R35).

use domain::OrderStatus;
use ports::contract::payments::Card;
use ports::{About, GivenBackStatus, PlacedOrder, RefundId, RefundStatus};

use crate::world::{World, credits, refunds};

/// The provider tells that something became of the order's first refund.
async fn told(world: &World, placed: &PlacedOrder) -> PlacedOrder {
    let [payment] = &world.provider.payments().await[..] else { panic!("one payment") };
    let (id, payment) = (RefundId("re_1".to_owned()), payment.clone());
    world.tell(About::Refund { id, reference: payment.reference, payment: Some(payment.id) }).await.expect("heard");
    world.look(placed.order.id).await
}

#[tokio::test]
async fn r35_a_refund_that_fails_on_its_way_gives_the_credits_back_once() {
    let world = World::new().await;
    let ada = world.customer_with(Card::Good).await;
    let placed = world.sold(ada).await;
    world.provider.script().refunds = Some(RefundStatus::Pending);
    let begun = world.refund(&placed).await.expect("begun");
    assert_eq!((refunds(&begun), begun.status()), (vec![GivenBackStatus::Pending], OrderStatus::Paid));
    assert_eq!((world.available(ada).await, world.credit_notes().await.len()), (credits(20), 0));
    world.provider.script().refunds = Some(RefundStatus::Failed("expired_or_canceled_card".to_owned()));
    for _ in 0..2 {
        let failed = told(&world, &placed).await;
        assert_eq!((refunds(&failed), failed.status()), (vec![GivenBackStatus::Failed], OrderStatus::Paid));
        assert!(failed.note.is_some_and(|note| note.contains("expired_or_canceled_card")));
        assert_eq!((world.available(ada).await, world.credit_notes().await.len()), (credits(120), 0));
    }
    // Another one can be asked for, and is one of its own.
    let again = world.refund(&placed).await.expect("begun");
    assert_eq!((refunds(&again), again.refunds[1].number), (vec![GivenBackStatus::Failed; 2], 2));
    assert_eq!(world.available(ada).await, credits(120));
}

/// The credit note is out, and the money has to go another way: credits that came back would be given for nothing.
#[tokio::test]
async fn r35_money_that_comes_back_after_a_refund_had_settled_is_noted() {
    let world = World::new().await;
    let ada = world.customer_with(Card::Good).await;
    let placed = world.sold(ada).await;
    let refunded = world.refund(&placed).await.expect("given back");
    assert_eq!((refunded.status(), refunded.note), (OrderStatus::Refunded, None));
    world.provider.script().refunds = Some(RefundStatus::Failed("lost_or_stolen_card".to_owned()));
    for _ in 0..2 {
        let found = told(&world, &placed).await;
        assert_eq!((refunds(&found), found.status()), (vec![GivenBackStatus::Settled], OrderStatus::Refunded));
        assert!(found.note.is_some_and(|note| note.contains("lost_or_stolen_card")));
        assert_eq!((world.available(ada).await, world.credit_notes().await.len()), (credits(20), 1));
    }
}
