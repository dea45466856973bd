//! Years under a test clock: the same ledger in one step, month by month or day by day (R27, R28).

use chrono::Months;
use domain::{ClockId, CustomerId, Instant, SubscriptionId};
use folio_service::clock::{advance, create};
use folio_service::customer::{SignUp, sign_up};
use folio_service::{Kept, order};
use ports::contract::payments::{Card, Outside as _};

use crate::subscriber::on_file;
use crate::world::World;

const BEGIN: &str = "2028-01-31T10:00:00Z";

/// A customer in Berlin on Basic, under a clock that shows the last day of a January.
async fn subscriber(world: &World) -> (ClockId, CustomerId, SubscriptionId) {
    let Kept::Done(clock) = create(&world.ctx, &world.tenant, at(BEGIN), None).await.expect("a clock") else {
        panic!("made now")
    };
    let asked = SignUp {
        email: Some("ada@example.com".to_owned()),
        zone: Some(chrono_tz::Europe::Berlin),
        clock: Some(clock.id),
        ..SignUp::default()
    };
    let customer = sign_up(&world.ctx, &world.tenant, asked, None).await.expect("signed up").customer.id;
    let page = order::save_method(&world.ctx, &world.tenant, customer, "https://shop.example".to_owned()).await;
    world.provider.fake.pay(&page.expect("a page"), Card::Good).await;
    let standing = world.try_subscribe(customer, "basic", on_file()).await.expect("subscribed");
    (clock.id, customer, standing.kept.subscription.id)
}

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

/// Dates and amounts of all invoices, what is available, and every entry of the journal.
async fn history(steps: impl Fn(Instant) -> Vec<Instant>) -> (Vec<String>, String, Vec<String>) {
    let world = World::with_plans().await;
    let (clock, ada, id) = subscriber(&world).await;
    for to in steps(at(BEGIN)) {
        advance(&world.ctx, world.tenant.id, clock, to).await.expect("advanced");
    }
    let kept = world.standing(id).await.kept;
    assert_eq!((kept.subscription.period.number, kept.tasks.len()), (60, 0));
    world.books_are_right().await;
    let orders = world.orders(ada).await;
    let invoices = orders.iter().map(|placed| format!("{} {}", placed.order.created_at, placed.order.gross)).collect();
    (invoices, world.available(ada).await.to_string(), world.journal(ada).await)
}

fn months(begin: Instant) -> Vec<Instant> {
    (1..=60).map(|month| begin + Months::new(month)).collect()
}

#[tokio::test]
async fn r27_five_years_renew_60_times_on_the_right_days_however_they_are_walked() {
    let leap = history(|begin| vec![begin + Months::new(60)]).await;
    assert_eq!(leap.0.len(), 61);
    let days: Vec<&str> = leap.0.iter().map(|line| line.split(' ').next().expect("a date")).collect();
    assert_eq!(days[..5], ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2028-05-31"]);
    assert_eq!((days[13], days[60]), ("2029-02-28", "2033-01-31"));
    assert_eq!(leap.1, "100");
    assert_eq!(history(months).await, leap);
    let by_day = |begin: Instant| {
        let end = begin + Months::new(60);
        let days = (end - begin).num_days();
        let mut steps: Vec<_> = (1..days).map(|day| begin + chrono::TimeDelta::days(day)).collect();
        steps.push(end);
        steps
    };
    assert_eq!(history(by_day).await, leap);
}
