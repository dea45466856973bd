//! What is due, where some of it cannot be done: it keeps nothing else waiting.

use chrono::TimeDelta;
use domain::{OrderStatus, PaymentWay};
use folio_service::order::{attend_due, end_due};
use ports::Clock as _;
use ports::contract::payments::Card;

use crate::dying::{Process, Stop};
use crate::gate::Closed;
use crate::provider::Ending;
use crate::world::{World, credits};

#[tokio::test]
async fn r33_an_order_that_cannot_be_taken_on_keeps_no_other_waiting() {
    let world = World::new().await;
    let [ada, bob] = [world.customer_with(Card::Good).await, world.customer_with(Card::Good).await];
    world.provider.script().in_the_dark = true;
    let [first, second] = [world.order(ada, PaymentWay::Saved).await, world.order(bob, PaymentWay::Saved).await];
    assert_eq!([first.status(), second.status()], [OrderStatus::Pending; 2]);
    world.provider.script().in_the_dark = false;
    world.gate.close(ada, Closed::Broken);
    world.pass(TimeDelta::minutes(1));
    assert_eq!(attend_due(&world.ctx).await.expect("the others are attended to"), 2);
    assert_eq!(world.look(second.order.id).await.status(), OrderStatus::Paid);
    let stuck = world.look(first.order.id).await;
    assert!(stuck.grants.is_empty() && stuck.ask_at > Some(world.clock.now()), "{stuck:?}");
    // Not due again at once, and later than the time before.
    assert_eq!(attend_due(&world.ctx).await.expect("nothing to do"), 0);
    world.pass(TimeDelta::hours(1));
    assert_eq!(attend_due(&world.ctx).await.expect("tried again"), 1);
    let again = world.look(first.order.id).await;
    assert!(again.asked > stuck.asked && again.grants.is_empty(), "{again:?}");
    world.gate.open(ada);
    world.pass(TimeDelta::hours(1));
    attend_due(&world.ctx).await.expect("attended");
    assert_eq!(world.look(first.order.id).await.status(), OrderStatus::Paid);
    assert_eq!((world.available(ada).await, world.available(bob).await), (credits(120), credits(120)));
    assert_eq!((world.provider.settled().await, world.invoices().await.len()), (2, 2));
}

#[tokio::test]
async fn r33_orders_that_cannot_be_ended_keep_no_later_one_from_ending() {
    const STUCK: usize = 230;
    let world = World::new().await;
    let ada = world.customer().await;
    let mut stuck = Vec::new();
    for _ in 0..STUCK {
        stuck.push(world.order(ada, PaymentWay::Checkout).await.order.id);
    }
    world.pass(TimeDelta::seconds(1));
    let later = world.order(ada, PaymentWay::Manual).await;
    world.provider.script().ending = Ending::Away;
    world.clock.set(later.order.expires_at);
    end_due(&world.ctx).await.expect("what can be ended is ended");
    assert_eq!(world.look(later.order.id).await.status(), OrderStatus::Expired);
    for id in &stuck {
        assert_eq!(world.look(*id).await.status(), OrderStatus::Pending);
    }
    world.provider.script().ending = Ending::Usual;
    world.pass(TimeDelta::hours(1));
    assert_eq!(end_due(&world.ctx).await.expect("ended"), STUCK as u64);
    for id in &stuck {
        assert_eq!(world.look(*id).await.status(), OrderStatus::Expired);
    }
    assert_eq!(end_due(&world.ctx).await.expect("nothing to do"), 0);
}

/// A bank debit is under way for days, and a provider can be away for long: it is not asked every second.
#[tokio::test]
async fn r33_an_order_that_cannot_be_ended_is_tried_again_later_and_later() {
    for ending in [Ending::Away, Ending::UnderWay] {
        let world = World::new().await;
        let placed = world.order(world.customer().await, PaymentWay::Checkout).await;
        world.provider.script().ending = ending;
        world.clock.set(placed.order.expires_at);
        let mut last = None;
        for round in 0..12 {
            assert_eq!(end_due(&world.ctx).await.expect("tried"), 1, "round {round}");
            assert_eq!(end_due(&world.ctx).await.expect("nothing to do"), 0, "at once after round {round}");
            let stuck = world.look(placed.order.id).await;
            let wait = stuck.end_at.expect("a later try") - world.clock.now();
            assert!(stuck.status() == OrderStatus::Pending && Some(wait) >= last, "{wait} after {last:?}");
            assert!(wait <= TimeDelta::hours(1), "{wait}");
            last = Some(wait);
            world.clock.set(world.clock.now() + wait);
        }
        assert_eq!(last, Some(TimeDelta::hours(1)));
        world.provider.script().ending = Ending::Usual;
        assert_eq!(end_due(&world.ctx).await.expect("ended"), 1);
        assert_eq!(world.look(placed.order.id).await.status(), OrderStatus::Expired);
    }
}

/// Its payment is called off first: whoever asks the provider at that moment hears of it.
#[tokio::test]
async fn r33_an_order_that_is_asked_about_while_it_expires_has_expired() {
    let mut world = World::new().await;
    let placed = world.order(world.customer().await, PaymentWay::Checkout).await;
    let others = world.ctx.clone();
    let (process, ctx) = Process::of(&world.ctx, move || {
        let others = others.clone();
        async move { assert_eq!(attend_due(&others).await.expect("asked"), 1) }
    });
    world.ctx = ctx;
    world.clock.set(placed.order.expires_at);
    process.stops_after(0, Stop::Preceded);
    assert_eq!(end_due(&world.ctx).await.expect("ended"), 1);
    assert!(process.restart());
    assert_eq!(world.look(placed.order.id).await.status(), OrderStatus::Expired);
}
