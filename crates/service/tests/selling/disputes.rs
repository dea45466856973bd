//! Disputes that come while something else is under way: they wait for it, and are told again (R35).

use chrono::TimeDelta;
use domain::{CustomerId, OrderStatus, PaymentWay};
use folio_service::Failure;
use folio_service::order::{Heard, HeedError};
use ports::contract::payments::Card;
use ports::{About, GivenBackStatus, PlacedOrder, RefundStatus};

use crate::gate::Closed;
use crate::world::{World, credits, refunds};

/// The credits are taken, the customer is frozen, the money is credited: once, however often the bank says so.
async fn charged_back(world: &World, placed: &PlacedOrder, before: &[GivenBackStatus]) {
    let [payment] = &world.provider.payments().await[..] else { panic!("one payment") };
    for _ in 0..2 {
        assert_eq!(world.tell_dispute(payment).await.expect("heard"), Heard::Heeded);
        let found = world.look(placed.order.id).await;
        assert_eq!(found.status(), OrderStatus::Disputed);
        assert_eq!(refunds(&found), [before, &[GivenBackStatus::ChargedBack]].concat());
        let ada = placed.order.customer;
        assert_eq!((world.available(ada).await, world.is_frozen(ada).await), (credits(20), true));
        assert_eq!((world.invoices().await.len(), world.credit_notes().await.len()), (1, 1));
    }
}

/// The dispute cannot be heeded yet, and nothing has come of it.
async fn told_again(world: &World, ada: CustomerId, placed: &PlacedOrder) {
    let [payment] = &world.provider.payments().await[..] else { panic!("one payment") };
    let refused = world.tell_dispute(payment).await.expect_err("it has to be told again");
    assert!(matches!(refused, HeedError::Failure(Failure::Changed)), "{refused:?}");
    let found = world.look(placed.order.id).await;
    assert!(found.status() != OrderStatus::Disputed && !refunds(&found).contains(&GivenBackStatus::ChargedBack));
    assert!(!world.is_frozen(ada).await);
}

#[tokio::test]
async fn r35_a_dispute_of_a_payment_that_we_do_not_know_of_waits_for_it() {
    let world = World::new().await;
    let ada = world.customer_with(Card::Good).await;
    world.provider.script().in_the_dark = true;
    let placed = world.order(ada, PaymentWay::Saved).await;
    told_again(&world, ada, &placed).await;
    world.provider.script().in_the_dark = false;
    charged_back(&world, &placed, &[]).await;
}

#[tokio::test]
async fn r35_a_dispute_before_the_credits_are_there_waits_for_them() {
    let world = World::new().await;
    let ada = world.customer_with(Card::Good).await;
    world.gate.close(ada, Closed::Refused);
    let placed = world.order(ada, PaymentWay::Saved).await;
    assert!(placed.order.payment.is_some() && placed.grants.is_empty(), "{placed:?}");
    told_again(&world, ada, &placed).await;
    world.gate.open(ada);
    charged_back(&world, &placed, &[]).await;
}

#[tokio::test]
async fn r35_a_dispute_while_a_refund_is_under_way_waits_for_its_end() {
    let world = World::new().await;
    let ada = world.customer_with(Card::Good).await;
    let placed = world.sold(ada).await;
    world.provider.script().refunds_away = true;
    let begun = world.refund(&placed).await.expect("begun");
    assert_eq!((refunds(&begun), world.available(ada).await), (vec![GivenBackStatus::Pending], credits(20)));
    told_again(&world, ada, &placed).await;
    // What is disputed cannot be given back as well.
    world.provider.script().refunds_away = false;
    world.provider.script().refunds = Some(RefundStatus::Failed("charge_disputed".to_owned()));
    charged_back(&world, &placed, &[GivenBackStatus::Failed]).await;
}

#[tokio::test]
async fn r35_a_dispute_after_all_was_given_back_takes_nothing_more() {
    let world = World::new().await;
    let ada = world.customer_with(Card::Good).await;
    let placed = world.sold(ada).await;
    let refunded = world.refund(&placed).await.expect("given back");
    assert_eq!(refunded.status(), OrderStatus::Refunded);
    world.pass(TimeDelta::days(1));
    let [payment] = &world.provider.payments().await[..] else { panic!("one payment") };
    world.tell_dispute(payment).await.expect("heard");
    assert_eq!(refunds(&world.look(placed.order.id).await), [GivenBackStatus::Settled]);
    assert!(!world.is_frozen(ada).await);
}

#[tokio::test]
async fn r35_what_is_no_dispute_yet_changes_nothing() {
    let world = World::new().await;
    let ada = world.customer_with(Card::Good).await;
    let placed = world.sold(ada).await;
    // An inquiry is read as nothing of ours.
    assert_eq!(world.tell(About::Other).await.expect("heard"), Heard::NotOurs);
    assert_eq!(world.look(placed.order.id).await, placed);
    assert_eq!((world.available(ada).await, world.is_frozen(ada).await), (credits(120), false));
}
