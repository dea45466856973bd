//! Orders that are called off, or end, while nobody knows whether they are paid: the money is found (R33).

use chrono::TimeDelta;
use domain::{OrderRefusal, OrderStatus, PaymentWay};
use folio_service::Failure;
use folio_service::order::{attend_due, end_due};
use ports::contract::payments::{Card, Outside as _};
use ports::{PaymentStatus, PlacedOrder};

use crate::world::{World, credits};

/// A charge was made; its answer is lost, and it is not listed yet.
async fn in_doubt(world: &World) -> PlacedOrder {
    let ada = world.customer_with(Card::Good).await;
    world.provider.script().in_the_dark = true;
    let placed = world.order(ada, PaymentWay::Saved).await;
    assert_eq!((placed.status(), world.provider.settled().await), (OrderStatus::Pending, 1));
    placed
}

fn listed(world: &World) {
    world.provider.script().in_the_dark = false;
}

/// Nothing was granted for money that came too late, and the operator is told of it.
async fn noted(world: &World, placed: &PlacedOrder, status: OrderStatus) {
    let [payment] = &world.provider.payments().await[..] else { panic!("one payment") };
    world.tell_of(payment).await.expect("heard");
    let found = world.look(placed.order.id).await;
    let note = found.note.clone().unwrap_or_default();
    assert!(note.contains(&payment.id.0), "the money is lost: {note:?}");
    assert_eq!((found.status(), found.grants.len(), world.invoices().await.len()), (status, 0, 0));
    assert_eq!(world.available(placed.order.customer).await, credits(20));
    // Told again, it stays told, and is not asked about for ever.
    world.tell_of(payment).await.expect("heard");
    let again = world.look(placed.order.id).await;
    assert_eq!((again.note, again.ask_at), (found.note, None));
}

#[tokio::test]
async fn r33_while_someone_asks_for_the_money_an_order_is_not_called_off() {
    let world = World::new().await;
    let placed = in_doubt(&world).await;
    assert!(matches!(world.cancel(&placed).await, Err(Failure::Changed)));
    listed(&world);
    world.pass(TimeDelta::minutes(1));
    attend_due(&world.ctx).await.expect("attended");
    let paid = world.look(placed.order.id).await;
    assert_eq!((paid.status(), paid.grants.len(), world.provider.settled().await), (OrderStatus::Paid, 1, 1));
}

#[tokio::test]
async fn r33_an_order_whose_charge_is_found_is_paid_and_not_called_off() {
    let world = World::new().await;
    let placed = in_doubt(&world).await;
    listed(&world);
    world.pass(TimeDelta::minutes(3));
    let refused = world.cancel(&placed).await.expect_err("it is paid");
    assert!(matches!(refused, Failure::Order(OrderRefusal::NotOpen(OrderStatus::Paid))), "{refused:?}");
    assert_eq!((world.available(placed.order.customer).await, world.invoices().await.len()), (credits(120), 1));
}

#[tokio::test]
async fn r33_money_that_shows_after_an_order_was_called_off_is_noted() {
    let world = World::new().await;
    let placed = in_doubt(&world).await;
    world.pass(TimeDelta::minutes(3));
    assert_eq!(world.cancel(&placed).await.expect("called off").status(), OrderStatus::Canceled);
    listed(&world);
    noted(&world, &placed, OrderStatus::Canceled).await;
}

#[tokio::test]
async fn r33_money_that_shows_after_an_order_has_ended_is_noted() {
    let world = World::new().await;
    let placed = in_doubt(&world).await;
    world.clock.set(placed.order.expires_at);
    assert_eq!(end_due(&world.ctx).await.expect("ended"), 1);
    assert_eq!(world.look(placed.order.id).await.status(), OrderStatus::Expired);
    listed(&world);
    noted(&world, &placed, OrderStatus::Expired).await;
}

#[tokio::test]
async fn r33_a_page_that_shows_after_its_order_was_called_off_is_closed() {
    let world = World::new().await;
    let ada = world.customer().await;
    world.provider.script().in_the_dark = true;
    let placed = world.order(ada, PaymentWay::Checkout).await;
    world.pass(TimeDelta::minutes(3));
    assert_eq!(world.cancel(&placed).await.expect("called off").status(), OrderStatus::Canceled);
    listed(&world);
    let [payment] = &world.provider.payments().await[..] else { panic!("one page") };
    let PaymentStatus::RequiresAction(Some(page)) = &payment.status else { panic!("no page: {payment:?}") };
    world.tell_of(payment).await.expect("heard");
    world.provider.fake.pay(page, Card::Good).await;
    assert_eq!(world.provider.payments().await[0].status, PaymentStatus::Canceled);
    let found = world.look(placed.order.id).await;
    assert_eq!((found.status(), found.order.payment), (OrderStatus::Canceled, None));
}
