//! Refunds: whose they are, of what, and what becomes of those that the provider takes back (R35).

use chrono::TimeDelta;
use domain::{CustomerId, OrderStatus, PaymentWay, RefundRefusal};
use folio_service::Failure;
use folio_service::order::{RefundWanted, Wanted, mark_paid, place, refund_preview};
use ports::contract::payments::Card;
use ports::{About, GivenBackStatus, PlacedOrder, RefundId, RefundStatus};

use crate::world::{CATALOG, World, credits, done, once, refunds};

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

async fn mark(world: &World, placed: &PlacedOrder) -> PlacedOrder {
    let key = format!("mark-{}", placed.order.id);
    done(mark_paid(&world.ctx, &world.tenant, placed.order.id, "SEPA", &once(&key)).await.expect("marked"))
}

/// Ordering two, and having both back one after the other, is no way around the terms.
#[tokio::test]
async fn r35_the_first_purchase_is_the_one_that_was_paid_first() {
    let world = World::new().await;
    let ada = world.customer().await;
    let [early, late] = [world.order(ada, PaymentWay::Manual).await, world.order(ada, PaymentWay::Manual).await];
    let wanted = RefundWanted::default();
    let preview = async |placed: &PlacedOrder| {
        refund_preview(&world.ctx, world.tenant.id, placed.order.id, &wanted).await.map(|preview| preview.credits)
    };
    mark(&world, &late).await;
    assert_eq!(preview(&late).await.expect("the first"), credits(100));
    world.refund(&late).await.expect("begun");
    world.pass(TimeDelta::minutes(1));
    mark(&world, &early).await;
    let refused = preview(&early).await.expect_err("the second");
    assert!(matches!(refused, Failure::Refund(RefundRefusal::NotFirstPurchase)), "{refused:?}");
}

async fn sold_with_a_gift(world: &World, customer: CustomerId) -> PlacedOrder {
    let packs = ["gift", "starter", "small"].map(|pack| (pack.to_owned(), 1)).to_vec();
    let wanted = Wanted { packs, way: PaymentWay::Manual, by_operator: true, seen: None };
    let placed = place(&world.ctx, &world.tenant, customer, &wanted, None, None, &once("order")).await;
    mark(world, &done(placed.expect("placed"))).await
}

#[tokio::test]
async fn r35_a_grant_that_cannot_be_refunded_does_not_keep_the_others() {
    let gift = "[packs]\ngift = { label = \"Gift\", credits = 10, price = \"0.00\", expires_after = \"never\" }\n";
    let world = World::selling(&CATALOG.replace("[packs]\n", gift)).await;
    let placed = sold_with_a_gift(&world, world.customer().await).await;
    let preview = async |text: &str| {
        let credits = Some(text.parse().expect("credits"));
        let wanted = RefundWanted { credits, by_operator: true, reason: None };
        match refund_preview(&world.ctx, world.tenant.id, placed.order.id, &wanted).await {
            Ok(preview) => Ok(preview.parts.iter().map(|part| (part.grant, part.credits)).collect::<Vec<_>>()),
            Err(Failure::Refund(refusal)) => Err(refusal),
            Err(other) => panic!("{other:?}"),
        }
    };
    let [_, starter, small] = placed.grants[..] else { panic!("three grants") };
    assert_eq!(preview("120").await, Ok(vec![(starter, credits(100)), (small, credits(20))]));
    assert_eq!(preview("350").await, Ok(vec![(starter, credits(100)), (small, credits(250))]));
    assert_eq!(preview("351").await, Err(RefundRefusal::TooMuch(credits(350))), "the gift was free");
    assert_eq!(preview("0").await, Err(RefundRefusal::TooSmall));
}

#[tokio::test]
async fn r35_a_refund_that_the_operator_makes_at_the_provider_is_noted() {
    let world = World::new().await;
    let ada = world.customer_with(Card::Good).await;
    let placed = world.sold(ada).await;
    let [payment] = &world.provider.payments().await[..] else { panic!("one payment") };
    let (id, payment) = (RefundId("re_by_hand".to_owned()), Some(payment.id.clone()));
    let strange = About::Refund { id, reference: None, payment };
    for _ in 0..2 {
        world.tell(strange.clone()).await.expect("heard");
        let noted = world.look(placed.order.id).await;
        assert!(noted.note.as_ref().is_some_and(|note| note.contains("re_by_hand")), "{noted:?}");
        assert_eq!((noted.status(), noted.refunds.len(), noted.ask_at), (OrderStatus::Paid, 0, None));
    }
    assert_eq!((world.available(ada).await, world.credit_notes().await.len()), (credits(120), 0));
}
