//! Subscriptions: they begin, renew, fail, recover, change and end, over time and over what goes wrong (R26–R31).

use chrono::TimeDelta;
use domain::{ChangeAt, OrderStatus, PaymentWay, Source, SubscriptionEvent as Told, SubscriptionStatus as Status};
use folio_service::Failure;
use folio_service::subscription::{ChangeWanted, EndAt, Pay, preview_change};
use ports::contract::payments::{Card, Outside as _};
use ports::{Decline, Occasion};

use crate::subscriber::{on_file, to, usd};
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
async fn r32_money_for_a_charge_that_is_not_due_any_more_goes_back() {
    let world = World::with_plans().await;
    let ada = world.customer().await;
    let checkout =
        Pay { way: PaymentWay::Checkout, method: None, return_url: Some("https://shop.example/back".into()) };
    let standing = world.try_subscribe(ada, "basic", checkout).await.expect("begun");
    assert_eq!(standing.kept.subscription.status, Status::Incomplete);
    let order = standing.order.expect("an order");
    let page = order.attempt.and_then(|attempt| attempt.url).expect("a page");
    // It ends at the provider as well: nobody can pay it any more. Where that is not possible the money goes back.
    world.provider.script().unstoppable = true;
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
