//! A bank that wants to hear its customer, where nobody is there to answer (R34).

use chrono::TimeDelta;
use domain::{Money, OrderStatus, PaymentWay};
use folio_service::order::{Terms, agree, attend_due, top_up_due};
use ports::contract::payments::Card;
use ports::{Occasion, OrderFilter, PaymentStatus, PlacedOrder};

use crate::provider::Ending;
use crate::world::{CATALOG, World, all, credits};

/// The payment is stopped, so that no later click takes money; the customer is told, once.
async fn given_up(world: &World, placed: &PlacedOrder) {
    let [payment] = &world.provider.payments().await[..] else { panic!("one payment") };
    assert_eq!(payment.status, PaymentStatus::Canceled);
    for _ in 0..2 {
        let found = world.look(placed.order.id).await;
        assert_eq!((found.status(), found.ask_at), (OrderStatus::Failed, None));
        let mails = world.mails(placed.order.customer).await;
        let [mail] = &mails[..] else { panic!("one mail: {mails:?}") };
        let Occasion::PaymentFailed { order, reason } = &mail.occasion else { panic!("{mail:?}") };
        assert!(*order == placed.order.id && reason.contains("confirm"), "{reason}");
        world.tell_of(payment).await.expect("heard");
    }
    assert_eq!((world.provider.settled().await, world.invoices().await.len()), (0, 0));
}

#[tokio::test]
async fn r34_a_charge_that_nobody_can_confirm_fails_and_is_told() {
    let nowhere = CATALOG.replace("top_up = \"https://perfectparser.example/pricing\"\n", "");
    assert_ne!(nowhere, CATALOG);
    let world = World::selling(&nowhere).await;
    let ada = world.customer_with(Card::AsksOwner).await;
    let placed = world.order(ada, PaymentWay::Saved).await;
    assert_eq!((placed.status(), &placed.return_url), (OrderStatus::Failed, &None));
    given_up(&world, &placed).await;
    assert_eq!(world.available(ada).await, credits(20));
}

#[tokio::test]
async fn r34_a_top_up_that_nobody_can_confirm_fails_and_is_told() {
    let world = World::new().await;
    let ada = world.customer_with(Card::AsksOwner).await;
    let amount = Money { minor: 1_900, currency: domain::Currency::USD };
    let monthly_cap = Money { minor: 9_500, ..amount };
    let terms = Terms { pack: "starter".to_owned(), amount, below: credits(30), monthly_cap, by_operator: true };
    agree(&world.ctx, &world.tenant, ada, terms).await.expect("agreed");
    top_up_due(&world.ctx).await.expect("bought");
    let filter = OrderFilter { customer: Some(ada), status: None };
    let orders = world.ctx.orders.list(world.tenant.id, filter, &all()).await.expect("a list").items;
    let [placed] = &orders[..] else { panic!("one order: {orders:?}") };
    given_up(&world, placed).await;
}

#[tokio::test]
async fn r33_a_charge_that_cannot_be_stopped_yet_is_asked_about_again() {
    let nowhere = CATALOG.replace("top_up = \"https://perfectparser.example/pricing\"\n", "");
    let world = World::selling(&nowhere).await;
    let ada = world.customer_with(Card::AsksOwner).await;
    world.provider.script().ending = Ending::UnderWay;
    let placed = world.order(ada, PaymentWay::Saved).await;
    assert_eq!((placed.status(), world.mails(ada).await.len()), (OrderStatus::Pending, 0));
    world.provider.script().ending = Ending::Usual;
    world.pass(TimeDelta::hours(1));
    attend_due(&world.ctx).await.expect("attended");
    given_up(&world, &placed).await;
}
