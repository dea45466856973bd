//! A process that dies at any write of a subscription's life leaves what the next one brings to the same end; and others
//! that come before it or overtake it at any write bring about nothing else (R32).

mod arrears;
mod changes;
mod periods;
mod workers;

use chrono::TimeDelta;
use domain::{CustomerId, OrderStatus};
use folio_service::Context;
use folio_service::subscription::turn_due;
use ports::contract::payments::Card;
use ports::fake::SetClock;

use crate::dying::{Process, Stop, at_every_write};
use crate::moves::Move;
use crate::subscriber::{plans_and, wait_often};
use crate::world::World;

/// A plan that is tried first.
const TRIED: &str = r#"tried = { label = "Tried", credits = 300, price = "19.00", every = "P1M", trial_for = "P14D" }"#;

/// A life.
#[derive(Clone, Copy, Debug)]
struct Story {
    /// What went well.
    before: &'static [Move],
    /// What the process may be stopped in.
    then: &'static [Move],
    client: Client,
    others: Others,
}

impl Story {
    const fn of(before: &'static [Move], then: &'static [Move]) -> Self {
        Self { before, then, client: Client::Insists, others: Others::Everyone }
    }
}

/// What a customer does whose call was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Client {
    /// Nothing: what was begun goes on by itself.
    Leaves,
    /// Sends it again under the same key (R40), and goes on before any worker has come.
    Insists,
    /// Sends it again after an hour, in which the workers did what there was to do.
    ComesBack,
}

/// Who comes before the process at a write, or overtakes it.
#[derive(Clone, Copy, Debug)]
enum Others {
    /// All workers, for an hour.
    Everyone,
    /// One that takes subscriptions on as soon as the process's lease has run out.
    AnotherWorker,
}

impl Others {
    async fn work(self, ctx: &Context, clock: &SetClock) {
        match self {
            Self::Everyone => wait_often(ctx, clock).await,
            Self::AnotherWorker => {
                clock.advance(TimeDelta::minutes(2));
                turn_due(ctx).await.expect("turned");
            }
        }
    }
}

/// What a life came to: what each party has to show for it.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    settled: usize,
    invoices: Vec<String>,
    credit_notes: Vec<String>,
    mails: usize,
    available: String,
    /// Every entry of the journal that moves anything.
    moved: Vec<String>,
    free_tier: bool,
    /// Plan, seats, status and period of each.
    subscriptions: Vec<(String, u32, &'static str, u32)>,
    /// All that was told, in its order.
    facts: Vec<String>,
    orders: Vec<(OrderStatus, i64, usize)>,
}

impl Outcome {
    async fn of(world: &World, ada: CustomerId) -> Self {
        let gross = |documents: Vec<ports::Issued>| documents.iter().map(|it| it.invoice.gross().to_string()).collect();
        let order = |placed: &ports::PlacedOrder| (placed.status(), placed.order.gross.minor, placed.refunds.len());
        let subscription = |kept: ports::KeptSubscription| {
            assert_eq!((kept.tasks.len(), kept.note), (0, None), "nothing is left to be done");
            let it = kept.subscription;
            (it.plan.code, it.plan.quantity, it.status.word(), it.period.number)
        };
        let what = |line: &String| line.split_once(" UTC ").expect("an instant first").1.to_owned();
        let mut moved: Vec<_> =
            world.journal(ada).await.iter().map(what).filter(|line| !line.ends_with(" 0")).collect();
        moved.sort();
        world.books_are_right().await;
        Self {
            settled: world.provider.settled().await,
            invoices: gross(world.invoices().await),
            credit_notes: gross(world.credit_notes().await),
            mails: world.mails(ada).await.len(),
            available: world.available(ada).await.to_string(),
            moved,
            free_tier: world.has_free_tier(ada).await,
            subscriptions: world.subscriptions(ada).await.into_iter().map(subscription).collect(),
            facts: world.facts(ada).await,
            orders: world.orders(ada).await.iter().map(order).collect(),
        }
    }
}

/// A customer with a good card, for whom all goes well.
async fn begun(before: &[Move]) -> (World, CustomerId) {
    let world = World::selling(&plans_and(TRIED)).await;
    let ada = world.customer_with(Card::Good).await;
    for (place, step) in before.iter().enumerate() {
        world.make(ada, *step, &format!("before {place}")).await.expect("it goes well");
    }
    (world, ada)
}

/// What the life comes to, and whether the process was stopped in it.
async fn live(story: &Story, stop: Option<(u32, Stop)>) -> (Outcome, bool) {
    let (mut world, ada) = begun(story.before).await;
    let (alive, clock) = (world.ctx.clone(), world.clock.clone());
    let (others, there) = (story.others, (alive.clone(), clock.clone()));
    let (process, ctx) = Process::of(&world.ctx, move || {
        let (alive, clock) = there.clone();
        async move { others.work(&alive, &clock).await }
    });
    world.ctx = ctx;
    if let Some((writes, stop)) = stop {
        process.stops_after(writes, stop);
    }
    let mut stopped = false;
    for (place, step) in story.then.iter().enumerate() {
        let key = format!("then {place}");
        let mut answer = world.make(ada, *step, &key).await;
        stopped |= process.restart();
        if story.client != Client::Insists {
            wait_often(&alive, &clock).await;
        }
        if story.client != Client::Leaves && answer.is_err() {
            answer = world.make(ada, *step, &key).await;
        }
        assert!(answer.is_ok() || story.client == Client::Leaves, "{step:?}: {answer:?}");
    }
    wait_often(&alive, &clock).await;
    (Outcome::of(&world, ada).await, stopped)
}

/// Every stop leads to the end that the life has without it. Of a call that died before anything was written, and that
/// nobody makes again, nothing comes.
async fn same_wherever_it_stops(story: Story) {
    let (whole, _) = live(&story, None).await;
    let (nothing, _) = live(&Story { then: &[Move::Days(0)], ..story }, None).await;
    assert_ne!(whole, nothing);
    at_every_write(async |writes, stop| {
        let (outcome, stopped) = live(&story, Some((writes, stop))).await;
        let unheard = story.client == Client::Leaves && stop == Stop::Before && writes == 0;
        assert_eq!(&outcome, if unheard { &nothing } else { &whole }, "{story:?}: {stop:?} after {writes} writes");
        stopped
    })
    .await;
}
