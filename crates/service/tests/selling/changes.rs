//! Subscriptions that change and end (R29–R31).

use chrono::TimeDelta;
use domain::{
    ChangeAt, CustomerId, OrderStatus, PaymentWay, Source, SubscriptionEvent as Told, SubscriptionId,
    SubscriptionStatus as Status,
};
use folio_service::Failure;
use folio_service::subscription::{ChangeWanted, EndAt, Pay, pause, preview_change};
use ports::contract::payments::Card;
use ports::{Occasion, RefundStatus};

use crate::dying::{Process, Stop};
use crate::provider::Ending;
use crate::subscriber::{on_file, once, spend, to, usd, wait_often};
use crate::world::{World, credits};

/// The month of May, in which every test begins.
const MONTH: TimeDelta = TimeDelta::days(31);

#[tokio::test]
async fn r29_an_upgrade_costs_what_its_preview_says_and_gives_the_rest() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    world.wait(TimeDelta::days(10)).await;
    // 21 of 31 days are left.
    let preview = preview_change(&world.ctx, world.tenant.id, id, &to("pro")).await.expect("a preview");
    assert_eq!((preview.quote.credit, preview.quote.charge), (usd(610), usd(1_965)));
    let bill = preview.bill.expect("to be paid");
    assert_eq!(bill.order.net, usd(1_355));
    let wanted = ChangeWanted { seen: Some(bill.order.gross), ..to("pro") };
    let changed = world.change(id, &wanted).await.expect("changed");
    assert_eq!(changed.kept.subscription.plan.code, "pro");
    let order = changed.order.expect("an order");
    assert_eq!((order.status(), order.order.gross), (OrderStatus::Paid, bill.order.gross));
    // 900·21/31 = 609.67…, rounded up to 0.1; the free tier's 20 are there until the month ends.
    assert_eq!(world.available(ada).await.to_string(), "729.7");
    let [_, invoice] = &world.invoices().await[..] else { panic!("two invoices") };
    assert_eq!(invoice.invoice.gross(), bill.order.gross);
    assert_eq!(invoice.invoice.lines().len(), 2);
    world.wait(TimeDelta::days(21)).await;
    assert_eq!(world.available(ada).await, credits(1_000));
    world.books_are_right().await;
}

#[tokio::test]
async fn r29_an_upgrade_that_is_declined_changes_nothing() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    world.leave(ada, Card::DeclinedOnceSaved).await;
    let before = world.available(ada).await;
    let changed = world.change(id, &to("pro")).await.expect("asked");
    assert_eq!((changed.kept.subscription.plan.code.as_str(), changed.kept.subscription.due), ("basic", None));
    assert_eq!(world.available(ada).await, before);
    assert_eq!(world.told(ada).await, [Told::Created, Told::ChangeFailed]);
    let mails = world.mails(ada).await;
    let said = mails
        .iter()
        .any(|mail| matches!(&mail.occasion, Occasion::SubscriptionChangeFailed { plan, .. } if plan == "Pro"));
    assert!(said, "{mails:?}");
    world.wait(TimeDelta::minutes(1)).await;
    assert_eq!((world.status(id).await, world.invoices().await.len()), (Status::Active, 1));
    world.books_are_right().await;
}

#[tokio::test]
async fn r30_a_downgrade_waits_for_the_periods_end() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("pro").await;
    let changed = world.change(id, &to("basic")).await.expect("arranged");
    assert_eq!(changed.kept.subscription.plan.code, "pro");
    world.wait(MONTH).await;
    let kept = world.standing(id).await.kept;
    assert_eq!(kept.subscription.plan.code, "basic");
    assert_eq!(world.available(ada).await, credits(100));
    let orders = world.orders(ada).await;
    assert_eq!(orders.iter().map(|placed| placed.order.net).collect::<Vec<_>>(), [usd(2_900), usd(900)]);
    world.books_are_right().await;
}

#[tokio::test]
async fn r30_a_downgrade_at_once_gives_money_back_and_takes_at_most_what_is_left() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("pro").await;
    world.wait(TimeDelta::days(10)).await;
    let wanted = ChangeWanted { at: ChangeAt::Now, ..to("basic") };
    let preview = preview_change(&world.ctx, world.tenant.id, id, &wanted).await.expect("a preview").quote;
    let changed = world.change(id, &wanted).await.expect("changed");
    assert_eq!(changed.kept.subscription.plan.code, "basic");
    // 900·21/31 credits and $20·21/31 go back.
    assert_eq!((preview.refund, preview.take_back.to_string()), (usd(1_355), "609.7".to_owned()));
    let [order] = &world.orders(ada).await[..] else { panic!("one order") };
    assert_eq!(order.status(), OrderStatus::PartlyRefunded);
    assert_eq!(order.refunds[0].net(), 1_355);
    let [note] = &world.credit_notes().await[..] else { panic!("one credit note") };
    assert_eq!(note.invoice.gross(), order.refunds[0].gross);
    assert_eq!(world.available_of(ada, Source::Plan).await.to_string(), "390.3");
    world.books_are_right().await;
    world.wait(TimeDelta::days(21)).await;
    assert_eq!(world.available(ada).await, credits(100));
    world.books_are_right().await;
}

#[tokio::test]
async fn r31_what_is_cancelled_ends_with_its_period_and_the_free_tier_follows() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    world.end(id, EndAt::PeriodEnd).await.expect("arranged");
    assert_eq!(world.status(id).await, Status::Active);
    world.wait(MONTH).await;
    assert_eq!(world.status(id).await, Status::Canceled);
    assert_eq!(world.available(ada).await, credits(20));
    assert_eq!((world.provider.settled().await, world.invoices().await.len()), (1, 1));
    // Whoever subscribes again has a new anchor.
    world.wait(TimeDelta::days(5)).await;
    let again = world.try_subscribe(ada, "pro", on_file()).await.expect("subscribed");
    assert_eq!(again.kept.subscription.period.start, world.ctx.clock.now());
    world.books_are_right().await;
}

#[tokio::test]
async fn r31_what_ends_at_once_gives_back_what_was_not_used() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    world.wait(TimeDelta::days(10)).await;
    let ended = world.end(id, EndAt::NowWithRefund).await.expect("ended");
    assert_eq!(ended.kept.subscription.status, Status::Canceled);
    let [order] = &world.orders(ada).await[..] else { panic!("one order") };
    assert_eq!(order.refunds.iter().map(ports::GivenBack::net).collect::<Vec<_>>(), [610]);
    // The free tier's month had been given before: nothing is gained by subscribing for a while.
    assert_eq!(world.available_of(ada, Source::FreeTier).await, credits(20));
    world.books_are_right().await;
}

#[tokio::test]
async fn r30_what_is_spent_while_a_downgrade_is_made_is_not_paid_back() {
    let mut world = World::with_plans().await;
    let (ada, id) = world.subscriber("pro").await;
    world.wait(TimeDelta::days(10)).await;
    let (others, tenant) = (world.ctx.clone(), world.tenant.id);
    let (process, ctx) = Process::of(&world.ctx, move || {
        let others = others.clone();
        async move { spend(&others, tenant, ada, 870).await }
    });
    world.ctx = ctx;
    process.stops_after(0, Stop::Overtaken);
    world.change(id, &ChangeWanted { at: ChangeAt::Now, ..to("basic") }).await.expect("changed");
    assert!(process.restart());
    // Of the 609.7 credits that were to be taken back 150 are left: 20 of the 870 were the free tier's.
    let [order] = &world.orders(ada).await[..] else { panic!("one order") };
    assert_eq!(order.refunds.iter().map(ports::GivenBack::net).collect::<Vec<_>>(), [1_355 * 1_500 / 6_097]);
    assert_eq!(world.available_of(ada, Source::Plan).await, credits(0));
    world.books_are_right().await;
}

#[tokio::test]
async fn r30_where_no_money_goes_back_the_credits_stay() {
    for ends in [false, true] {
        let world = World::with_plans().await;
        let (ada, id) = world.subscriber("pro").await;
        world.wait(TimeDelta::days(10)).await;
        world.provider.script().refunds = Some(RefundStatus::Failed("lost_or_stolen_card".to_owned()));
        if ends {
            world.end(id, EndAt::NowWithRefund).await.expect("ended");
        } else {
            world.change(id, &ChangeWanted { at: ChangeAt::Now, ..to("basic") }).await.expect("changed");
        }
        let tries = async || world.orders(ada).await[0].refunds.len();
        assert_eq!(tries().await, 1, "not all at once");
        wait_often(&world.ctx, &world.clock).await;
        assert_eq!((tries().await, world.available_of(ada, Source::Plan).await), (3, credits(1_000)));
        let note = world.standing(id).await.kept.note.expect("for the operator");
        assert!(note.contains("gives nothing back"), "{note}");
        assert_eq!(world.credit_notes().await.len(), 0);
        world.books_are_right().await;
    }
}

/// A customer on Basic who has been shown where to pay for Pro, an hour before the month ends.
async fn upgrading() -> (World, CustomerId, SubscriptionId) {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    world.wait(MONTH - TimeDelta::hours(1)).await;
    let by_page = Pay { way: PaymentWay::Checkout, method: None, return_url: Some("https://shop.example".to_owned()) };
    world.change_by(id, &to("pro"), &by_page).await.expect("a page");
    (world, ada, id)
}

#[tokio::test]
async fn r29_a_change_that_the_calendar_calls_off_is_told() {
    let (world, ada, id) = upgrading().await;
    world.wait(TimeDelta::hours(2)).await;
    assert_eq!(world.told(ada).await, [Told::Created, Told::ChangeFailed, Told::Renewed]);
    let mails = world.mails(ada).await;
    assert!(mails.iter().any(|mail| matches!(mail.occasion, Occasion::SubscriptionChangeFailed { .. })), "{mails:?}");
    assert_eq!(world.standing(id).await.kept.subscription.plan.code, "basic");
    world.books_are_right().await;
}

#[tokio::test]
async fn r31_a_payment_that_cannot_be_stopped_keeps_nothing_else_waiting() {
    let (world, ada, _) = upgrading().await;
    world.provider.script().ending = Ending::UnderWay;
    for _ in 0..8 {
        world.wait(TimeDelta::minutes(30)).await;
    }
    assert_eq!(world.told(ada).await.last(), Some(&Told::Renewed));
    assert_eq!(world.available(ada).await, credits(100));
    world.books_are_right().await;
}

#[tokio::test]
async fn r31_a_pause_ends_after_it_has_begun() {
    let world = World::with_plans().await;
    let (_, id) = world.subscriber("basic").await;
    let end = world.standing(id).await.kept.subscription.period.end;
    let pause = async |until, key| pause(&world.ctx, &world.tenant, id, Some(until), &once(key)).await;
    assert!(matches!(pause(end, "too soon").await, Err(Failure::Invalid(_))));
    pause(end + TimeDelta::days(1), "later").await.expect("arranged");
    world.wait(MONTH).await;
    assert_eq!(world.status(id).await, Status::Paused);
    assert!(matches!(pause(world.ctx.clock.now(), "past").await, Err(Failure::Invalid(_))));
    world.wait(TimeDelta::days(1)).await;
    assert_eq!(world.status(id).await, Status::Active);
}
