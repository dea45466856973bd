//! A process that dies at any write of a subscription's life leaves what the next one brings to the same end.

use chrono::TimeDelta;
use domain::{ChangeAt, CustomerId, OrderStatus, SubscriptionEvent, SubscriptionId};
use folio_service::subscription::{ChangeWanted, EndAt};

use crate::dying::Process;
use crate::subscriber::to;
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
async fn life(plan: &str, death: Option<(u32, bool)>, act: impl AsyncFn(&World, SubscriptionId)) -> (Outcome, bool) {
    let mut world = World::with_plans().await;
    let (ada, id) = world.subscriber(plan).await;
    world.wait(TimeDelta::days(10)).await;
    let (process, ctx) = Process::of(&world.ctx);
    world.ctx = ctx;
    if let Some((writes, on_disk)) = death {
        process.dies_after(writes, on_disk);
    }
    act(&world, id).await;
    let died = process.restart();
    // Leases and second tries come after a while.
    for _ in 0..4 {
        world.wait(TimeDelta::minutes(15)).await;
    }
    (Outcome::of(&world, ada, id).await, died)
}

/// Every death leads to one of the ends that a life without it can have.
async fn same_whenever_it_dies(plan: &str, act: impl AsyncFn(&World, SubscriptionId), or_nothing: bool) {
    let (whole, _) = life(plan, None, &act).await;
    let (nothing, _) = life(plan, None, async |_: &World, _: SubscriptionId| {}).await;
    assert_ne!(whole, nothing);
    let mut deaths = 0;
    for (writes, on_disk) in (0..MOST).flat_map(|writes| [(writes, false), (writes, true)]) {
        let (outcome, died) = life(plan, Some((writes, on_disk)), &act).await;
        let begun = writes > 0 || on_disk;
        let expected = if or_nothing && !begun { &nothing } else { &whole };
        assert_eq!(&outcome, expected, "dead after {writes} writes, on disk: {on_disk}");
        deaths += u32::from(died);
        if !died {
            break;
        }
    }
    assert!(deaths > 5, "only {deaths}");
}

#[tokio::test]
async fn r28_a_renewal_comes_to_the_same_wherever_the_process_dies() {
    let renew = async |world: &World, _: SubscriptionId| {
        world.pass(TimeDelta::days(21));
        world.try_to_work().await;
    };
    same_whenever_it_dies("basic", renew, false).await;
}

#[tokio::test]
async fn r29_an_upgrade_comes_to_the_same_wherever_the_process_dies() {
    let upgrade = async |world: &World, id: SubscriptionId| drop(world.change(id, &to("pro")).await);
    same_whenever_it_dies("basic", upgrade, true).await;
}

#[tokio::test]
async fn r30_a_downgrade_comes_to_the_same_wherever_the_process_dies() {
    let wanted = ChangeWanted { at: ChangeAt::Now, ..to("basic") };
    let downgrade = async |world: &World, id: SubscriptionId| drop(world.change(id, &wanted).await);
    same_whenever_it_dies("pro", downgrade, true).await;
}

#[tokio::test]
async fn r31_an_end_comes_to_the_same_wherever_the_process_dies() {
    let end = async |world: &World, id: SubscriptionId| drop(world.end(id, EndAt::NowWithRefund).await);
    same_whenever_it_dies("basic", end, true).await;
}
