//! Years under a test clock: the same ledger in one step, month by month or day by day (R27, R28).

use chrono::{Months, TimeDelta};
use domain::{ChangeAt, ClockId, CustomerId, Instant};
use folio_service::clock::{advance, create};
use folio_service::customer::{SignUp, sign_up};
use folio_service::subscription::EndAt;
use folio_service::{Kept, order};
use ports::contract::payments::{Card, Outside as _};
use proptest::prelude::*;

use crate::moves::Move;
use crate::subscriber::plans_and;
use crate::world::World;

const BEGIN: &str = "2028-01-31T10:00:00Z";

/// Beside Basic and Pro: credits that stay, a trial, and longer periods with their credits in parts.
const MORE: &str = r#"
stays = { label = "Stays", credits = 300, price = "19.00", every = "P1M", rollover = 2 }
tried = { label = "Tried", credits = 300, price = "19.00", every = "P1M", trial_for = "P14D" }
quarterly = { label = "Quarterly", credits = 900, price = "49.00", every = "P3M", rollover = 1 }
yearly = { label = "Yearly", credits = 1_000, price = "290.00", every = "P1Y", grants_every = "P1M" }
tried_yearly = { label = "Tried yearly", credits = 300, price = "190.00", every = "P1Y", grants_every = "P3M", rollover = 1, trial_for = "P14D" }
"#;
const PLANS: [&str; 7] = ["basic", "pro", "stays", "tried", "quarterly", "yearly", "tried_yearly"];

/// How a clock is brought from one instant to another.
type Walk = fn(Instant, Instant) -> Vec<Instant>;

const LEAP: Walk = |_, to| vec![to];
const MONTHS: Walk = |from, to| {
    let later = (1..).map(|month| from + Months::new(month));
    later.take_while(|at| *at < to).chain([to]).collect()
};
const DAYS: Walk = |from, to| {
    let later = (1..).map(|day| from + TimeDelta::days(day));
    later.take_while(|at| *at < to).chain([to]).collect()
};

/// A customer in Berlin with a good card, under a clock that shows the last day of a January.
struct Clocked {
    world: World,
    clock: ClockId,
    shown: Instant,
    ada: CustomerId,
    walk: Walk,
}

impl Clocked {
    async fn begin(walk: Walk) -> Self {
        let (world, shown) = (World::selling(&plans_and(MORE)).await, at(BEGIN));
        let Kept::Done(clock) = create(&world.ctx, &world.tenant, shown, None).await.expect("a clock") else {
            panic!("made now")
        };
        let asked = SignUp {
            email: Some("ada@example.com".to_owned()),
            zone: Some(chrono_tz::Europe::Berlin),
            clock: Some(clock.id),
            ..SignUp::default()
        };
        let ada = sign_up(&world.ctx, &world.tenant, asked, None).await.expect("signed up").customer.id;
        let page = order::save_method(&world.ctx, &world.tenant, ada, "https://shop.example".to_owned()).await;
        world.provider.fake.pay(&page.expect("a page"), Card::Good).await;
        Self { world, clock: clock.id, shown, ada, walk }
    }

    async fn wait_until(&mut self, to: Instant) {
        for at in (self.walk)(self.shown, to) {
            advance(&self.world.ctx, self.world.tenant.id, self.clock, at).await.expect("advanced");
        }
        self.shown = to;
    }

    /// Dates and amounts of all orders with what was given back of them, what is available, and every entry of the
    /// journal.
    async fn history(&self) -> (Vec<String>, String, Vec<String>) {
        self.world.books_are_right().await;
        let orders = self.world.orders(self.ada).await;
        let lines = orders.iter().map(|placed| {
            let back: Vec<_> = placed.refunds.iter().map(|refund| refund.gross.to_string()).collect();
            format!("{} {} {} {back:?}", placed.order.created_at, placed.order.gross, placed.status().word())
        });
        (lines.collect(), self.world.available(self.ada).await.to_string(), self.world.journal(self.ada).await)
    }
}

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

/// Five years of a plan.
async fn five_years(plan: &'static str, seats: u32, walk: Walk) -> (Vec<String>, String, Vec<String>) {
    let mut clocked = Clocked::begin(walk).await;
    clocked.world.make(clocked.ada, Move::Subscribe(plan, seats), "subscribe").await.expect("subscribed");
    clocked.wait_until(clocked.shown + Months::new(60)).await;
    let [kept] = &clocked.world.subscriptions(clocked.ada).await[..] else { panic!("one subscription") };
    assert_eq!(kept.tasks, []);
    clocked.history().await
}

fn days(orders: &[String]) -> Vec<&str> {
    orders.iter().map(|line| line.split(' ').next().expect("a date")).collect()
}

#[tokio::test]
async fn r27_five_years_renew_60_times_on_the_right_days_however_they_are_walked() {
    let leap = five_years("basic", 1, LEAP).await;
    let days = days(&leap.0);
    assert_eq!(days.len(), 61);
    assert_eq!(days[..5], ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"]);
    assert_eq!((days[13], days[60]), ("2029-02-28", "2033-01-31"));
    assert_eq!(leap.1, "100");
    assert_eq!(five_years("basic", 1, MONTHS).await, leap);
    assert_eq!(five_years("basic", 1, DAYS).await, leap);
}

#[tokio::test]
async fn r27_five_years_by_the_year_give_credits_60_times_however_they_are_walked() {
    let leap = five_years("yearly", 2, LEAP).await;
    let expected: Vec<_> = (2028..=2033).map(|year| format!("{year}-01-31")).collect();
    assert_eq!(days(&leap.0), expected);
    let granted = leap.2.iter().filter(|line| line.ends_with(" grant 2000")).count();
    assert_eq!((granted, leap.1.as_str()), (61, "2000"));
    assert_eq!(five_years("yearly", 2, MONTHS).await, leap);
    assert_eq!(five_years("yearly", 2, DAYS).await, leap);
}

fn moves() -> impl Strategy<Value = Vec<(i64, Move)>> {
    let plan = || prop::sample::select(PLANS.as_slice());
    let when = || prop::sample::select(vec![ChangeAt::Usual, ChangeAt::Now, ChangeAt::PeriodEnd]);
    let end = prop::sample::select(vec![EndAt::PeriodEnd, EndAt::Now, EndAt::NowWithRefund]);
    let card = prop::sample::select(vec![Card::Good, Card::Good, Card::DeclinedOnceSaved, Card::AsksOwner]);
    let step = prop_oneof![
        2 => (plan(), 1..4_u32).prop_map(|(plan, seats)| Move::Subscribe(plan, seats)),
        4 => (plan(), when()).prop_map(|(plan, at)| Move::Change(plan, at)),
        4 => (1..4_u32, when()).prop_map(|(seats, at)| Move::Seats(seats, at)),
        1 => end.prop_map(Move::End),
        1 => prop::option::of(1..90_i64).prop_map(Move::Pause),
        2 => Just(Move::Resume),
        1 => Just(Move::Pay),
        1 => card.prop_map(Move::Leave),
        2 => (0..=100_u64).prop_map(Move::Spend),
    ];
    prop::collection::vec((prop_oneof![Just(0), 0..48_i64, 0..24 * 100_i64], step), 1..20)
}

/// What comes of a life: which of its moves were made, and its history.
async fn life(
    first: &'static str,
    moves: &[(i64, Move)],
    walk: Walk,
) -> (Vec<bool>, (Vec<String>, String, Vec<String>)) {
    let mut clocked = Clocked::begin(walk).await;
    clocked.world.make(clocked.ada, Move::Subscribe(first, 1), "first").await.expect("subscribed");
    let mut made = Vec::new();
    for (place, (hours, step)) in moves.iter().enumerate() {
        clocked.wait_until(clocked.shown + TimeDelta::hours(*hours)).await;
        made.push(clocked.world.make(clocked.ada, *step, &format!("move {place}")).await.is_ok());
    }
    clocked.wait_until(clocked.shown + Months::new(4)).await;
    (made, clocked.history().await)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r28_a_life_leaves_the_same_ledger_however_it_is_walked(
        first in prop::sample::select(PLANS.as_slice()),
        moves in moves(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let leapt = life(first, &moves, LEAP).await;
            prop_assert_eq!(&life(first, &moves, MONTHS).await, &leapt);
            prop_assert_eq!(&life(first, &moves, DAYS).await, &leapt);
            Ok(())
        })?;
    }
}
