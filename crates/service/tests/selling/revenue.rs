//! What was paid is accounted for at every instant, also where credits come month by month (R37).

use chrono::{Months, TimeDelta};
use domain::{ChangeAt, CustomerId, Instant, OrderStatus, Revenue, RevenueTotals, SubscriptionId};
use folio_service::report::{RevenueOf, revenue};
use folio_service::subscription::EndAt;
use ports::contract::payments::Card;
use ports::{GivenBack, OrderFilter, RefundStatus};
use proptest::prelude::*;

use crate::moves::Move;
use crate::subscriber::{plans_and, spend};
use crate::world::{World, all};

/// Plans by the year that give credits every month; what a month of the larger one costs is no whole cent.
const YEARS: &str = r#"year = { label = "Year", credits = 100, price = "120.00", every = "P1Y", grants_every = "P1M" }
large = { label = "Large", credits = 300, price = "250.00", every = "P1Y", grants_every = "P1M" }
same = { label = "Same", credits = 100, price = "11.11", every = "P1M" }"#;

impl World {
    /// What is told of all customers; of now where no instant is named.
    async fn revenue(&self, at: Option<Instant>) -> RevenueTotals {
        let told = revenue(&self.ctx, self.tenant.id, None, RevenueOf::Instant(at), &all()).await.expect("a report");
        let totals = told.totals.expect("of a first page");
        let mut sum = RevenueTotals::default();
        told.page.items.iter().flat_map(|one| one.revenue.rows()).for_each(|row| sum.add(row));
        assert_eq!(sum, totals);
        totals
    }

    /// All that orders brought, and all that went back of it, is told.
    pub(crate) async fn revenue_adds_up(&self) {
        let totals = self.revenue(None).await;
        let orders = self.ctx.orders.list(self.tenant.id, OrderFilter::default(), &all()).await.expect("a list").items;
        let of_charges = orders.iter().filter(|placed| placed.order.charge.is_some() || placed.invoice.is_some());
        let paid = of_charges.filter(|placed| placed.order.payment.is_some()).map(|placed| placed.order.net.minor);
        let back = orders.iter().flat_map(|placed| &placed.refunds).filter(|refund| refund.counts());
        let rows = totals.rows().iter();
        let figures = rows.map(|row| {
            let Revenue { price, deferred, recognised, breakage, refunded } = *row;
            assert!([deferred, recognised, breakage, refunded].iter().all(|part| *part >= 0), "{row:?}");
            assert_eq!(deferred + recognised + breakage + refunded, price.minor, "{row:?}");
            (price.minor, refunded)
        });
        let told = figures.fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
        assert_eq!(told, (paid.sum::<i64>(), back.map(GivenBack::net).sum::<i64>()), "{orders:#?}");
    }
}

/// Deferred, recognised, breakage and refunded, of one currency.
fn parts(totals: &RevenueTotals) -> [i64; 4] {
    let [Revenue { deferred, recognised, breakage, refunded, .. }] = *totals.rows() else { panic!("{totals:?}") };
    [deferred, recognised, breakage, refunded]
}

#[tokio::test]
async fn r37_a_year_is_deferred_until_its_credits_are_used_or_end() {
    let world = World::selling(&plans_and(YEARS)).await;
    let (ada, _) = world.subscriber("year").await;
    let begin = world.ctx.clock.now();
    let mut told = vec![(begin, [12_000, 0, 0, 0])];
    for month in 1..=12_u32 {
        // The free tier is paused; 30 of each month's 100 credits are used, and 70 end with it.
        world.pass(TimeDelta::hours(1));
        spend(&world.ctx, world.tenant.id, ada, if month == 1 { 50 } else { 30 }).await;
        let past = i64::from(month) - 1;
        told.push((world.ctx.clock.now(), [12_000 - 1_000 * past - 300, 300 * (past + 1), 700 * past, 0]));
        world.clock.set(begin + Months::new(month));
        world.work().await;
        world.books_are_right().await;
        if month < 12 {
            let used = 300 * i64::from(month);
            told.push((world.ctx.clock.now(), [12_000 - 1_000 * i64::from(month), used, 700 * i64::from(month), 0]));
        }
    }
    // The next year is paid.
    assert_eq!(parts(&world.revenue(None).await), [12_000, 3_600, 8_400, 0]);
    for (at, figures) in told {
        assert_eq!(parts(&world.revenue(Some(at)).await), figures, "at {at}");
    }
}

/// A subscription to a year of which four months' credits came, and three months' have ended.
async fn in_the_fourth_month(world: &World) -> SubscriptionId {
    let (_, id) = world.subscriber("year").await;
    for days in [31, 30, 31, 8] {
        world.wait(TimeDelta::days(days)).await;
    }
    assert_eq!(parts(&world.revenue(None).await), [9_000, 0, 3_000, 0]);
    id
}

#[tokio::test]
async fn r37_a_year_that_ends_without_money_back_is_earned_at_its_end() {
    let world = World::selling(&plans_and(YEARS)).await;
    let id = in_the_fourth_month(&world).await;
    world.end(id, EndAt::Now).await.expect("ended");
    assert_eq!(parts(&world.revenue(None).await), [1_000, 0, 11_000, 0]);
    let before = world.ctx.clock.now() - TimeDelta::milliseconds(1);
    assert_eq!(parts(&world.revenue(Some(before)).await), [9_000, 0, 3_000, 0]);
    world.books_are_right().await;
}

#[tokio::test]
async fn r37_money_for_months_to_come_is_given_back_or_earned() {
    for (said, refunded) in [(None, true), (Some(RefundStatus::Pending), true), (Some(lost()), false)] {
        let world = World::selling(&plans_and(YEARS)).await;
        let id = in_the_fourth_month(&world).await;
        world.provider.script().refunds = said;
        world.end(id, EndAt::NowWithRefund).await.expect("ended");
        for _ in 0..4 {
            world.wait(TimeDelta::minutes(15)).await;
        }
        // 265 of 365 days are left; the credits of 21 of the fourth month's 30 days were taken back.
        let [deferred, recognised, breakage, back] = parts(&world.revenue(None).await);
        assert_eq!((recognised, back > 8_000), (0, refunded));
        assert_eq!((deferred, breakage > 10_000), (if refunded { 12_000 - back - breakage } else { 1_000 }, !refunded));
        world.books_are_right().await;
    }
}

fn lost() -> RefundStatus {
    RefundStatus::Failed("lost_or_stolen_card".to_owned())
}

/// One thing that happens to a customer on a yearly plan.
#[derive(Clone, Debug)]
enum Step {
    Make(Move),
    Spend(u64),
    /// What the provider says of refunds from now on.
    Refunds(Option<RefundStatus>),
    /// The bank takes the latest payment back.
    Dispute,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let plan = prop::sample::select(vec!["year", "large", "same", "basic", "pro"]);
    let at = prop::sample::select(vec![ChangeAt::Usual, ChangeAt::Now, ChangeAt::PeriodEnd]);
    let end = prop::sample::select(vec![EndAt::PeriodEnd, EndAt::Now, EndAt::NowWithRefund]);
    let days = prop::sample::select(vec![1_i64, 10, 31, 31, 31, 200, 366]);
    let card = prop::sample::select(vec![Card::Good, Card::Good, Card::DeclinedOnceSaved]);
    let said = prop::sample::select(vec![None, None, Some(RefundStatus::Pending), Some(lost())]);
    let step = prop_oneof![
        2 => (plan.clone(), 1..3_u32).prop_map(|(plan, seats)| Step::Make(Move::Subscribe(plan, seats))),
        3 => (plan, at.clone()).prop_map(|(plan, at)| Step::Make(Move::Change(plan, at))),
        2 => (1..4_u32, at).prop_map(|(seats, at)| Step::Make(Move::Seats(seats, at))),
        2 => end.prop_map(|end| Step::Make(Move::End(end))),
        1 => Just(Step::Make(Move::Pause(Some(5)))),
        1 => Just(Step::Make(Move::Resume)),
        1 => Just(Step::Make(Move::Pay)),
        1 => card.prop_map(|card| Step::Make(Move::Leave(card))),
        8 => days.prop_map(|days| Step::Make(Move::Days(days))),
        4 => (1..150_u64).prop_map(Step::Spend),
        1 => said.prop_map(Step::Refunds),
        1 => Just(Step::Dispute),
    ];
    prop::collection::vec(step, 1..30)
}

async fn step(world: &World, ada: CustomerId, step: &Step, place: usize) {
    match step {
        // What is refused changes nothing.
        Step::Make(step) if world.subscriptions(ada).await.is_empty() && !matches!(step, Move::Subscribe(..)) => {}
        Step::Make(step) => drop(world.make(ada, *step, &format!("step {place}")).await),
        Step::Spend(credits) if world.available(ada).await >= crate::world::credits(*credits) => {
            if !world.is_frozen(ada).await {
                spend(&world.ctx, world.tenant.id, ada, *credits).await;
            }
        }
        Step::Spend(_) => {}
        Step::Refunds(said) => world.provider.script().refunds.clone_from(said),
        Step::Dispute => {
            let orders = world.orders(ada).await;
            let paid = orders.iter().rfind(|placed| placed.order.status == OrderStatus::Paid);
            let id = paid.and_then(|placed| placed.attempt.as_ref()?.id.clone());
            let payments = world.provider.payments().await;
            if let Some(payment) = payments.iter().find(|payment| Some(&payment.id) == id.as_ref()) {
                drop(world.tell_dispute(payment).await);
            }
        }
    }
    world.work().await;
}

/// Lives a life; after each step all is accounted for, and at its end it is told of each day as it was on it.
async fn live(steps: &[Step]) {
    let world = World::selling(&plans_and(YEARS)).await;
    let ada = world.customer_with(Card::Good).await;
    world.make(ada, Move::Subscribe("year", 1), "the first").await.expect("subscribed");
    let mut told = Vec::new();
    for (place, one) in steps.iter().enumerate() {
        if matches!(one, Step::Make(Move::Days(_))) {
            told.push((world.ctx.clock.now(), world.revenue(None).await));
        }
        step(&world, ada, one, place).await;
        world.books_are_right().await;
    }
    world.pass(TimeDelta::days(1));
    for (at, then) in told {
        assert_eq!(world.revenue(Some(at)).await, then, "at {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r37_whatever_happens_to_a_year_all_of_its_price_is_somewhere(steps in steps()) {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(live(&steps));
    }
}
