//! Subscriptions: they begin, renew, fail and recover, over time and over what goes wrong (R26–R28, R32–R35).

use chrono::TimeDelta;
use domain::{OrderStatus, PaymentWay, Source, SubscriptionEvent as Told, SubscriptionStatus as Status};
use folio_service::Failure;
use folio_service::subscription::{EndAt, Pay};
use ports::contract::payments::{Card, Outside as _};
use ports::{Decline, Occasion};

use crate::gate::Closed;
use crate::provider::Ending;
use crate::subscriber::{on_file, usd};
use crate::world::{World, credits};

/// The month of May, in which every test begins.
const MONTH: TimeDelta = TimeDelta::days(31);

#[tokio::test]
async fn r32_a_subscription_gives_credits_in_the_free_tiers_place_once_it_is_paid() {
    let world = World::with_plans().await;
    let ada = world.customer_with(Card::Good).await;
    assert_eq!(world.available(ada).await, credits(20));
    let standing = world.try_subscribe(ada, "basic", on_file()).await.expect("subscribed");
    assert_eq!(standing.kept.subscription.status, Status::Active);
    assert!(standing.kept.tasks.is_empty(), "{:?}", standing.kept.tasks);
    let order = standing.order.expect("an order");
    assert_eq!((order.status(), order.order.net), (OrderStatus::Paid, usd(900)));
    assert_eq!(world.available_of(ada, Source::Plan).await, credits(100));
    let [invoice] = &world.invoices().await[..] else { panic!("one invoice") };
    assert_eq!(invoice.invoice.gross(), order.order.gross);
    assert_eq!((world.provider.settled().await, world.mails(ada).await.len()), (1, 1));
    assert_eq!(world.told(ada).await, [Told::Created]);
    // The month of the free tier ends, and no other begins.
    world.wait(MONTH - TimeDelta::seconds(1)).await;
    assert_eq!(world.available(ada).await, credits(120));
    world.wait(TimeDelta::seconds(2)).await;
    assert_eq!(world.available(ada).await, credits(100));
    world.books_are_right().await;
}

#[tokio::test]
async fn r28_a_renewal_charges_once_expires_what_is_left_and_grants_anew() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    world.wait(MONTH).await;
    for _ in 0..3 {
        world.work().await;
    }
    let renewed = world.standing(id).await.kept;
    assert_eq!(renewed.subscription.period.number, 1);
    assert_eq!(renewed.subscription.period.start.to_rfc3339(), "2026-06-01T12:00:00+00:00");
    assert_eq!(world.available(ada).await, credits(100));
    assert_eq!((world.provider.settled().await, world.invoices().await.len()), (2, 2));
    assert_eq!(world.told(ada).await, [Told::Created, Told::Renewed]);
    world.books_are_right().await;
}

#[tokio::test]
async fn r28_a_declined_renewal_is_tried_on_schedule_and_ends_on_day_14() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    world.leave(ada, Card::DeclinedOnceSaved).await;
    world.wait(MONTH).await;
    assert_eq!(world.status(id).await, Status::PastDue);
    assert_eq!(world.available(ada).await, credits(0));
    for (day, tries) in [(1, 2), (2, 2), (3, 3), (4, 3), (5, 4), (6, 4), (7, 5), (8, 5), (13, 5)] {
        let at = "2026-06-01T12:00:00Z".parse::<domain::Instant>().expect("an instant") + TimeDelta::days(day);
        world.wait(at - world.ctx.clock.now()).await;
        assert_eq!(world.count(ada, OrderStatus::Failed).await, tries, "on day {day}");
        assert_eq!((world.status(id).await, world.available(ada).await), (Status::PastDue, credits(0)));
    }
    world.wait(TimeDelta::days(1)).await;
    assert_eq!(world.status(id).await, Status::Canceled);
    // The free tier follows, to the end of its own month.
    assert_eq!(world.available_of(ada, Source::FreeTier).await, credits(20));
    assert_eq!(world.told(ada).await.last(), Some(&Told::Canceled));
    assert_eq!((world.provider.settled().await, world.invoices().await.len()), (1, 1));
    // The invoice, one mail for each try, and that it is over.
    let mails = world.mails(ada).await;
    let retries = mails.iter().filter_map(|mail| match &mail.occasion {
        Occasion::RenewalFailed { retry_at, .. } => Some(retry_at.map(|at| at.to_rfc3339())),
        _ => None,
    });
    let days = ["02", "04", "06", "08"].map(|day| Some(format!("2026-06-{day}T12:00:00+00:00")));
    assert_eq!(retries.collect::<Vec<_>>(), [&days[..], &[None]].concat());
    let over = &mails.last().expect("a mail").occasion;
    assert!(matches!(over, Occasion::SubscriptionEnded { unpaid: true, .. }), "{over:?}");
    assert_eq!(mails.len(), 7);
    world.books_are_right().await;
}

#[tokio::test]
async fn r28_a_card_replaced_in_between_pays_at_the_next_try_and_keeps_the_anchor() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    world.leave(ada, Card::DeclinedOnceSaved).await;
    world.wait(MONTH).await;
    world.leave(ada, Card::Good).await;
    world.wait(TimeDelta::days(1)).await;
    let kept = world.standing(id).await.kept;
    assert_eq!((kept.subscription.status, kept.subscription.dunning), (Status::Active, None));
    assert_eq!(kept.subscription.period.end.to_rfc3339(), "2026-07-01T12:00:00+00:00");
    assert_eq!(world.available(ada).await, credits(100));
    assert_eq!(world.told(ada).await, [Told::Created, Told::PastDue, Told::Renewed]);
    world.books_are_right().await;
}

#[tokio::test]
async fn r28_a_hard_decline_waits_for_the_customer() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    let stolen = Decline { hard: true, code: "stolen_card".to_owned(), message: "The card was stolen.".to_owned() };
    world.provider.script().declines = Some(stolen);
    world.wait(MONTH).await;
    world.wait(TimeDelta::days(7)).await;
    assert_eq!(world.count(ada, OrderStatus::Failed).await, 1);
    world.provider.script().declines = None;
    let paid = world.pay_due(id, &on_file()).await.expect("paid");
    assert_eq!(paid.kept.subscription.status, Status::Active);
    assert_eq!(world.available(ada).await, credits(100));
    assert!(matches!(world.pay_due(id, &on_file()).await, Err(Failure::Subscription(_))));
    world.books_are_right().await;
}

#[tokio::test]
async fn r28_a_renewal_that_the_bank_asks_about_is_paid_with_the_customer_there() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    world.leave(ada, Card::AsksOwner).await;
    world.wait(MONTH).await;
    assert_eq!(world.status(id).await, Status::PastDue);
    assert!(world.told(ada).await.contains(&Told::ActionRequired));
    let there = Pay { return_url: Some("https://shop.example/back".to_owned()), ..on_file() };
    let asked = world.pay_due(id, &there).await.expect("asked");
    let url = asked.order.and_then(|order| order.attempt).and_then(|attempt| attempt.url).expect("the bank's page");
    world.provider.fake.confirm(&url).await;
    world.wait(TimeDelta::minutes(5)).await;
    assert_eq!(world.status(id).await, Status::Active);
    assert_eq!(world.available(ada).await, credits(100));
    world.books_are_right().await;
}

#[tokio::test]
async fn r33_a_renewal_whose_answer_is_lost_is_charged_once() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    world.provider.script().in_the_dark = true;
    world.wait(MONTH).await;
    assert_eq!((world.status(id).await, world.available(ada).await), (Status::Active, credits(0)));
    world.provider.script().in_the_dark = false;
    world.wait(TimeDelta::minutes(30)).await;
    assert_eq!(world.available(ada).await, credits(100));
    assert_eq!((world.provider.settled().await, world.invoices().await.len()), (2, 2));
    world.books_are_right().await;
}

#[tokio::test]
async fn r28_credits_that_were_paid_and_could_not_be_given_in_their_period_are_given_after_it() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    world.gate.close(ada, Closed::Broken);
    world.wait(MONTH).await;
    assert_eq!((world.provider.settled().await, world.available(ada).await), (2, credits(0)));
    world.pass(MONTH);
    world.gate.open(ada);
    world.work().await;
    // Those of the second period, which lasts from now, and those of the third.
    assert_eq!(world.available(ada).await, credits(200));
    assert_eq!((world.status(id).await, world.invoices().await.len()), (Status::Active, 3));
    world.books_are_right().await;
}

#[tokio::test]
async fn r32_money_for_a_charge_that_is_not_due_any_more_goes_back() {
    let world = World::with_plans().await;
    let ada = world.customer().await;
    let checkout =
        Pay { way: PaymentWay::Checkout, method: None, return_url: Some("https://shop.example/back".into()) };
    let standing = world.try_subscribe(ada, "basic", checkout).await.expect("begun");
    assert_eq!(standing.kept.subscription.status, Status::Incomplete);
    let order = standing.order.expect("an order");
    let page = order.attempt.and_then(|attempt| attempt.url).expect("a page");
    assert_eq!(world.provider.titles(), ["Basic"]);
    // It ends at the provider as well: nobody can pay it any more. Where that is not possible the money goes back.
    world.provider.script().ending = Ending::Away;
    world.end(standing.kept.subscription.id, EndAt::Now).await.expect("ended");
    world.provider.fake.pay(&page, Card::Good).await;
    world.wait(TimeDelta::minutes(5)).await;
    world.wait(TimeDelta::minutes(5)).await;
    let placed = world.look(order.order.id).await;
    assert_eq!(placed.status(), OrderStatus::Refunded);
    assert_eq!((world.available(ada).await, world.invoices().await.len()), (credits(20), 0));
    world.books_are_right().await;
}

#[tokio::test]
async fn r32_a_checkout_begins_a_subscription_and_its_card_renews_it() {
    let world = World::with_plans().await;
    let ada = world.customer().await;
    let checkout =
        Pay { way: PaymentWay::Checkout, method: None, return_url: Some("https://shop.example/back".into()) };
    let standing = world.try_subscribe(ada, "basic", checkout).await.expect("begun");
    let page = standing.order.and_then(|order| order.attempt).and_then(|attempt| attempt.url).expect("a page");
    world.provider.fake.pay(&page, Card::Good).await;
    world.wait(TimeDelta::minutes(1)).await;
    let id = standing.kept.subscription.id;
    assert_eq!(world.status(id).await, Status::Active);
    world.wait(MONTH).await;
    assert_eq!((world.status(id).await, world.available(ada).await), (Status::Active, credits(100)));
    world.books_are_right().await;
}

#[tokio::test]
async fn r35_a_charge_that_the_bank_takes_back_ends_the_subscription() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    let [payment] = &world.provider.payments().await[..] else { panic!("one payment") };
    world.tell_dispute(payment).await.expect("heard");
    assert_eq!(world.status(id).await, Status::Canceled);
    assert_eq!(world.available_of(ada, Source::Plan).await, credits(0));
    assert!(world.is_frozen(ada).await);
    world.books_are_right().await;
}
