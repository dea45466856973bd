//! A process that dies at any write of a subscription's life leaves what the next one brings to the same end; and others
//! that come before it or overtake it at any write bring about nothing else (R32).

use chrono::TimeDelta;
use domain::{ChangeAt, CustomerId, OrderStatus, SubscriptionEvent, SubscriptionId};
use folio_service::subscription::{ChangeWanted, EndAt};

use crate::dying::{Process, Stop};
use crate::subscriber::{to, wait_often};
use crate::world::World;

/// More writes than any move here makes.
const MOST: u32 = 60;

/// What a life came to: what each party has to show for it.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    settled: usize,
    invoices: Vec<String>,
    credit_notes: Vec<String>,
    mails: usize,
    available: String,
    plan: String,
    status: &'static str,
    told: Vec<SubscriptionEvent>,
    orders: Vec<(OrderStatus, i64, usize)>,
}

impl Outcome {
    async fn of(world: &World, ada: CustomerId, id: SubscriptionId) -> Self {
        let subscription = world.standing(id).await.kept.subscription;
        let gross = |documents: Vec<ports::Issued>| documents.iter().map(|it| it.invoice.gross().to_string()).collect();
        let order = |placed: &ports::PlacedOrder| (placed.status(), placed.order.gross.minor, placed.refunds.len());
        world.books_are_right().await;
        Self {
            settled: world.provider.settled().await,
            invoices: gross(world.invoices().await),
            credit_notes: gross(world.credit_notes().await),
            mails: world.mails(ada).await.len(),
            available: world.available(ada).await.to_string(),
            plan: subscription.plan.code,
            status: subscription.status.word(),
            told: world.told(ada).await,
            orders: world.orders(ada).await.iter().map(order).collect(),
        }
    }
}

/// The life of a subscription in which `act` happens, ten days into a period.
async fn life(plan: &str, stop: Option<(u32, Stop)>, act: impl AsyncFn(&World, SubscriptionId)) -> (Outcome, bool) {
    let mut world = World::with_plans().await;
    let (ada, id) = world.subscriber(plan).await;
    world.wait(TimeDelta::days(10)).await;
    let (others, clock) = (world.ctx.clone(), world.clock.clone());
    let (process, ctx) = Process::of(&world.ctx, move || {
        let (others, clock) = (others.clone(), clock.clone());
        async move { wait_often(&others, &clock).await }
    });
    world.ctx = ctx;
    if let Some((writes, stop)) = stop {
        process.stops_after(writes, stop);
    }
    act(&world, id).await;
    let stopped = process.restart();
    wait_often(&world.ctx, &world.clock).await;
    (Outcome::of(&world, ada, id).await, stopped)
}

/// Every stop leads to one of the ends that a life without it can have.
async fn same_wherever_it_stops(plan: &str, act: impl AsyncFn(&World, SubscriptionId), or_nothing: bool) {
    let (whole, _) = life(plan, None, &act).await;
    let (nothing, _) = life(plan, None, async |_: &World, _: SubscriptionId| {}).await;
    assert_ne!(whole, nothing);
    for stop in [Stop::Before, Stop::After, Stop::Preceded, Stop::Overtaken] {
        let mut stops = 0;
        for writes in 0..MOST {
            let (outcome, stopped) = life(plan, Some((writes, stop)), &act).await;
            let begun = writes > 0 || stop != Stop::Before;
            let expected = if or_nothing && !begun { &nothing } else { &whole };
            assert_eq!(&outcome, expected, "{stop:?} after {writes} writes");
            stops += u32::from(stopped);
            if !stopped {
                break;
            }
        }
        assert!(stops > 2, "{stop:?}: only {stops}");
    }
}

#[tokio::test]
async fn r28_a_renewal_comes_to_the_same_wherever_the_process_is_stopped() {
    let renew = async |world: &World, _: SubscriptionId| {
        world.pass(TimeDelta::days(21));
        world.try_to_work().await;
    };
    same_wherever_it_stops("basic", renew, false).await;
}

#[tokio::test]
async fn r29_an_upgrade_comes_to_the_same_wherever_the_process_is_stopped() {
    let upgrade = async |world: &World, id: SubscriptionId| drop(world.change(id, &to("pro")).await);
    same_wherever_it_stops("basic", upgrade, true).await;
}

#[tokio::test]
async fn r30_a_downgrade_comes_to_the_same_wherever_the_process_is_stopped() {
    let wanted = ChangeWanted { at: ChangeAt::Now, ..to("basic") };
    let downgrade = async |world: &World, id: SubscriptionId| drop(world.change(id, &wanted).await);
    same_wherever_it_stops("pro", downgrade, true).await;
}

#[tokio::test]
async fn r31_an_end_comes_to_the_same_wherever_the_process_is_stopped() {
    let end = async |world: &World, id: SubscriptionId| drop(world.end(id, EndAt::NowWithRefund).await);
    same_wherever_it_stops("basic", end, true).await;
}
