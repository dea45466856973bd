//! Orders that the operator marks as paid, again and again: one grant, one invoice (R32, R40).

use domain::{OrderRefusal, OrderStatus, PaymentWay};
use folio_service::order::mark_paid;
use folio_service::{Failure, Kept};
use ports::PlacedOrder;

use crate::gate::Closed;
use crate::world::{World, credits, done, once};

async fn mark(world: &World, placed: &PlacedOrder, reference: &str, key: &str) -> Result<Kept<PlacedOrder>, Failure> {
    mark_paid(&world.ctx, &world.tenant, placed.order.id, reference, &once(key)).await
}

async fn sold_once(world: &World, placed: &PlacedOrder) {
    assert_eq!(world.look(placed.order.id).await.status(), OrderStatus::Paid);
    assert_eq!((world.available(placed.order.customer).await, world.invoices().await.len()), (credits(120), 1));
    assert_eq!(world.mails(placed.order.customer).await.len(), 1);
}

#[tokio::test]
async fn r40_marking_again_answers_as_before_and_another_payment_is_refused() {
    let world = World::new().await;
    let placed = world.order(world.customer().await, PaymentWay::Manual).await;
    done(mark(&world, &placed, "SEPA 1", "mark-1").await.expect("marked"));
    let Ok(Kept::Before(reply)) = mark(&world, &placed, "SEPA 1", "mark-1").await else { panic!("not a replay") };
    assert_eq!(reply.body, "paid");
    let paid = world.look(placed.order.id).await;
    let again = done(mark(&world, &placed, "SEPA 1", "mark-2").await.expect("it is paid so"));
    assert_eq!((again.order.payment, again.grants), (paid.order.payment, paid.grants));
    let refused = mark(&world, &placed, "SEPA 2", "mark-3").await.expect_err("it is paid");
    assert!(matches!(refused, Failure::Order(OrderRefusal::NotOpen(OrderStatus::Paid))), "{refused:?}");
    sold_once(&world, &placed).await;
}

#[tokio::test]
async fn r32_marking_that_stopped_half_way_goes_on_with_the_same_payment_only() {
    for how in [Closed::Refused, Closed::Broken] {
        let world = World::new().await;
        let ada = world.customer().await;
        let placed = world.order(ada, PaymentWay::Manual).await;
        world.gate.close(ada, how);
        match mark(&world, &placed, "SEPA 1", "mark-1").await {
            Ok(kept) => assert_eq!(done(kept).status(), OrderStatus::Pending, "{how:?}"),
            Err(failure) => assert!(matches!(failure, Failure::Fault(_)), "{failure:?}"),
        }
        let half = world.look(placed.order.id).await;
        assert!(half.order.payment.is_some() && half.grants.is_empty(), "{half:?}");
        world.gate.open(ada);
        let refused = mark(&world, &placed, "SEPA 2", "mark-2").await.expect_err("another payment");
        assert!(matches!(refused, Failure::Order(OrderRefusal::NotOpen(_))), "{refused:?}");
        assert_eq!(done(mark(&world, &placed, "SEPA 1", "mark-3").await.expect("marked")).status(), OrderStatus::Paid);
        sold_once(&world, &placed).await;
    }
}
