//! Subscriptions that are paid by bank transfer, by the year, or disputed after a part of it (R28, R35, R37).

use chrono::TimeDelta;
use domain::{ChangeAt, OrderStatus, PaymentWay, SubscriptionStatus as Status};
use folio_service::order::mark_paid;
use folio_service::subscription::{ChangeWanted, EndAt, Pay};
use ports::contract::payments::{Card, Outside as _};

use crate::subscriber::{PLANS, on_file, to, usd};
use crate::world::{World, credits, once};

const MONTH: TimeDelta = TimeDelta::days(31);

fn by_transfer() -> Pay {
    Pay { way: PaymentWay::Manual, method: None, return_url: None }
}

/// Plans by the year that give credits every month; the prices hold the tax.
fn yearly() -> String {
    let plans = "[plans]\n\
        year = { label = \"Year\", credits = 10, price = \"119.00\", every = \"P1Y\", grants_every = \"P1M\" }\n\
        large = { label = \"Large\", credits = 30, price = \"357.00\", every = \"P1Y\", grants_every = \"P1M\" }\n";
    PLANS.replace("[plans]\n", plans).replace("prices = \"exclusive\"", "prices = \"inclusive\"")
}

#[tokio::test]
async fn r28_a_first_transfer_is_awaited_as_long_as_its_order() {
    let world = World::with_plans().await;
    let ada = world.customer().await;
    let begun = world.try_subscribe(ada, "basic", by_transfer()).await.expect("begun");
    let (id, order) = (begun.kept.subscription.id, begun.order.expect("an order").order.id);
    world.wait(TimeDelta::days(20)).await;
    assert_eq!(world.status(id).await, Status::Incomplete);
    let key = once("paid");
    mark_paid(&world.ctx, &world.tenant, order, "transfer", &key).await.expect("paid");
    assert_eq!((world.status(id).await, world.available(ada).await), (Status::Active, credits(120)));
    world.books_are_right().await;
}

#[tokio::test]
async fn r28_a_renewal_by_transfer_that_does_not_come_is_dunned() {
    let world = World::with_plans().await;
    let ada = world.customer().await;
    let begun = world.try_subscribe(ada, "basic", by_transfer()).await.expect("begun");
    let (id, order) = (begun.kept.subscription.id, begun.order.expect("an order").order.id);
    mark_paid(&world.ctx, &world.tenant, order, "transfer", &once("paid")).await.expect("paid");
    world.wait(MONTH).await;
    assert_eq!(world.count(ada, OrderStatus::Open).await, 1);
    world.wait(TimeDelta::days(14)).await;
    assert_eq!(world.status(id).await, Status::PastDue);
    world.wait(TimeDelta::days(14)).await;
    assert_eq!((world.status(id).await, world.count(ada, OrderStatus::Open).await), (Status::Canceled, 0));
    world.books_are_right().await;
}

#[tokio::test]
async fn r28_the_card_that_was_left_at_a_checkout_renews() {
    let world = World::with_plans().await;
    let ada = world.customer_with(Card::Good).await;
    let old = folio_service::order::methods(&world.ctx, &world.tenant, ada).await.expect("methods")[0].id.clone();
    let pay = Pay { method: Some(old.clone()), ..on_file() };
    let id = world.try_subscribe(ada, "basic", pay).await.expect("subscribed").kept.subscription.id;
    folio_service::order::forget_method(&world.ctx, &world.tenant, ada, &old).await.expect("forgotten");
    world.wait(MONTH).await;
    assert_eq!(world.status(id).await, Status::PastDue);
    let checkout =
        Pay { way: PaymentWay::Checkout, method: None, return_url: Some("https://shop.example/back".into()) };
    let asked = world.pay_due(id, &checkout).await.expect("asked");
    let page = asked.order.and_then(|order| order.attempt).and_then(|attempt| attempt.url).expect("a page");
    world.provider.fake.pay(&page, Card::Good).await;
    world.wait(TimeDelta::minutes(5)).await;
    assert_eq!(world.status(id).await, Status::Active);
    world.wait(MONTH).await;
    assert_eq!((world.status(id).await, world.available(ada).await), (Status::Active, credits(100)));
    world.books_are_right().await;
}

#[tokio::test]
async fn r30_a_year_gives_back_what_stood_for_credits_to_come_as_well() {
    let world = World::selling(&yearly()).await;
    let (ada, id) = world.subscriber("large").await;
    let wanted = ChangeWanted { at: ChangeAt::Now, ..to("year") };
    world.change(id, &wanted).await.expect("changed");
    let [order] = &world.orders(ada).await[..] else { panic!("one order") };
    let refund = &order.refunds[0];
    // 238.00 of 357.00 with the tax, a twelfth of it for the credits that were taken back.
    assert_eq!((refund.gross, refund.net()), (usd(23_800), 20_000));
    assert_eq!(refund.parts[0].net, usd(1_667));
    world.books_are_right().await;
    world.end(id, EndAt::NowWithRefund).await.expect("ended");
    let [order] = &world.orders(ada).await[..] else { panic!("one order") };
    assert_eq!((order.status(), world.available(ada).await), (OrderStatus::Refunded, credits(20)));
    world.books_are_right().await;
}

#[tokio::test]
async fn r35_a_year_that_is_disputed_is_credited_in_whole() {
    let world = World::selling(&yearly()).await;
    let (ada, id) = world.subscriber("year").await;
    let [payment] = &world.provider.payments().await[..] else { panic!("one payment") };
    world.tell_dispute(payment).await.expect("heard");
    let [order] = &world.orders(ada).await[..] else { panic!("one order") };
    assert_eq!((order.status(), order.refunds[0].gross), (OrderStatus::Disputed, usd(11_900)));
    let [note] = &world.credit_notes().await[..] else { panic!("one credit note") };
    assert_eq!((note.invoice.gross(), world.status(id).await), (usd(11_900), Status::Canceled));
    world.books_are_right().await;
}
