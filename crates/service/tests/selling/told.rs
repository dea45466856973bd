//! What is told of orders: each step once and in order, whoever dies over it or comes at the same time (R39).

use chrono::TimeDelta;
use domain::{CustomerId, OrderId, PaymentWay};
use folio_service::order::{RefundWanted, Wanted, cancel, end_due, mark_paid, place, refund};
use folio_service::subscription::{EndAt, Pay};
use ports::contract::payments::{Card, Outside as _};
use ports::{About, Clock as _, Decline, Event, EventFilter, Happening, PaymentStatus, RefundId, RefundStatus};

use crate::dying::{Process, Stop, at_every_write};
use crate::provider::Ending;
use crate::subscriber::{spend, usd, wait_often};
use crate::world::{BACK, CATALOG, World, all, credits, once};

impl World {
    /// All that was told of a customer, oldest first.
    pub(crate) async fn events(&self, customer: CustomerId) -> Vec<Event> {
        let filter = EventFilter { customer: Some(customer) };
        let (mut ask, mut events) = (all(), Vec::new());
        loop {
            let page = self.ctx.events.list_events(self.tenant.id, filter, &ask).await.expect("a page");
            events.extend(page.items);
            let Some(next) = page.next else { return events };
            ask.cursor = Some(next);
        }
    }

    /// The same in words.
    pub(crate) async fn facts(&self, customer: CustomerId) -> Vec<String> {
        let fact = |event: &Event| match &event.what {
            Happening::Order { event, status, amount, .. } => format!("{} {} {amount}", event.word(), status.word()),
            Happening::CreditsRevoked { credits, .. } => format!("credits.revoked {credits}"),
            Happening::Subscription { event, plan, quantity, status, .. } => {
                format!("subscription.{} {quantity} {plan} {}", event.word(), status.word())
            }
            Happening::QuoteRequested { credits, .. } => format!("quote.requested {credits}"),
        };
        self.events(customer).await.iter().map(fact).collect()
    }

    /// The workers work for an hour, and the provider tells of all that it knows.
    async fn hears_of_all(&self) {
        wait_often(&self.ctx, &self.clock).await;
        for payment in self.provider.payments().await {
            self.tell_of(&payment).await.expect("heard");
            let (id, reference) = (RefundId("re_1".to_owned()), payment.reference);
            self.tell(About::Refund { id, reference, payment: Some(payment.id) }).await.expect("heard");
        }
    }
}

/// Who comes before a process, or overtakes it.
#[derive(Clone, Copy, Debug)]
enum Others {
    /// The workers and the provider.
    Usual,
    /// Before them someone who does the same as the process.
    Twin,
}

/// What may become of a purchase.
#[derive(Clone, Copy, Debug)]
enum Way {
    Bought,
    Transferred,
    Declined,
    OtherMoney,
    Expired,
    CalledOff,
    Refunded,
    RefundRefused,
    ChargedBack,
}

impl Way {
    /// What has happened before. What is bought at once is ordered later.
    async fn begin(self, world: &World, ada: CustomerId) {
        match self {
            Self::Bought => {}
            Self::Transferred => drop(world.order(ada, PaymentWay::Manual).await),
            Self::Declined => {
                let (code, message) = ("insufficient_funds".to_owned(), "No.".to_owned());
                world.provider.script().declines = Some(Decline { hard: false, code, message });
            }
            Self::OtherMoney => world.provider.script().takes = Some(usd(1)),
            Self::Expired | Self::CalledOff => drop(world.order(ada, PaymentWay::Checkout).await),
            Self::Refunded | Self::ChargedBack => drop(world.sold(ada).await),
            Self::RefundRefused => {
                world.sold(ada).await;
                world.provider.script().refunds = Some(RefundStatus::Failed("lost_or_stolen_card".to_owned()));
            }
        }
    }

    /// What someone does about it: again and again, until they are answered.
    async fn act(self, world: &World, ada: CustomerId) {
        let (ctx, tenant) = (&world.ctx, &world.tenant);
        let order = world.orders(ada).await.pop();
        let id = order.as_ref().map_or(OrderId(uuid::Uuid::nil()), |placed| placed.order.id);
        match self {
            Self::Bought | Self::Declined | Self::OtherMoney => {
                let packs = vec![("starter".to_owned(), 1)];
                let wanted = Wanted { packs, way: PaymentWay::Saved, by_operator: true, seen: None };
                let back = Some(BACK.to_owned());
                drop(place(ctx, tenant, ada, &wanted, None, back, &once("order")).await);
            }
            Self::Transferred => drop(mark_paid(ctx, tenant, id, "SEPA", &once("paid")).await),
            Self::Expired => {
                let end = order.map_or(world.clock.now(), |placed| placed.order.expires_at);
                world.clock.set(end.max(world.clock.now()));
                drop(end_due(ctx).await);
            }
            Self::CalledOff => drop(cancel(ctx, tenant, id, Some(&once("cancel"))).await),
            Self::Refunded | Self::RefundRefused => {
                let wanted = RefundWanted { by_operator: true, ..RefundWanted::default() };
                drop(refund(ctx, tenant, id, &wanted, &once("refund")).await);
            }
            Self::ChargedBack => {
                let payments = world.provider.payments().await;
                let settled = payments.iter().find(|payment| payment.status == PaymentStatus::Settled);
                drop(world.tell_dispute(settled.expect("a payment")).await);
            }
        }
    }

    /// What is told of it in the end, and whether the process was stopped on the way.
    async fn live(self, who: Others, stop: Option<(u32, Stop)>) -> (Vec<String>, bool) {
        let world = World::new().await;
        let ada = world.customer_with(Card::Good).await;
        self.begin(&world, ada).await;
        let others = world.clone();
        let (process, ctx) = Process::of(&world.ctx, move || {
            let others = others.clone();
            async move {
                if matches!(who, Others::Twin) {
                    self.act(&others, ada).await;
                }
                others.hears_of_all().await;
            }
        });
        if let Some((writes, stop)) = stop {
            process.stops_after(writes, stop);
        }
        self.act(&World { ctx, ..world.clone() }, ada).await;
        let stopped = process.restart();
        for _ in 0..2 {
            self.act(&world, ada).await;
            world.hears_of_all().await;
        }
        world.books_are_right().await;
        let [placed] = &world.orders(ada).await[..] else { panic!("one order") };
        for event in world.events(ada).await {
            let (Happening::Order { order, .. } | Happening::CreditsRevoked { order, .. }) = event.what else {
                panic!("{event:?}")
            };
            assert_eq!(order, placed.order.id);
            assert!(event.at >= placed.order.created_at && event.at <= world.clock.now(), "{event:?}");
        }
        (world.facts(ada).await, stopped)
    }

    /// It comes to these facts, wherever a process is stopped.
    async fn tells(self, facts: &[&str]) {
        for who in [Others::Usual, Others::Twin] {
            assert_eq!(self.live(who, None).await.0, facts);
            at_every_write(async |writes, stop| {
                let (told, stopped) = self.live(who, Some((writes, stop))).await;
                assert_eq!(told, facts, "{self:?}: {stop:?} by {who:?} after {writes} writes");
                stopped
            })
            .await;
        }
    }
}

#[tokio::test]
async fn r39_a_paid_order_is_told_once() {
    Way::Bought.tells(&["order.paid paid $19.00"]).await;
    Way::Transferred.tells(&["order.paid paid $19.00"]).await;
}

#[tokio::test]
async fn r39_an_order_that_fails_is_told_once() {
    Way::Declined.tells(&["order.failed failed $19.00"]).await;
    Way::OtherMoney.tells(&["order.failed failed $19.00"]).await;
}

#[tokio::test]
async fn r39_an_order_that_ends_unpaid_is_told_once() {
    Way::Expired.tells(&["order.expired expired $19.00"]).await;
    Way::CalledOff.tells(&["order.canceled canceled $19.00"]).await;
}

#[tokio::test]
async fn r39_a_refund_is_told_once_with_the_credits_that_are_gone() {
    let whole = ["order.paid paid $19.00", "order.refunded refunded $19.00", "credits.revoked 100"];
    Way::Refunded.tells(&whole).await;
    Way::RefundRefused.tells(&["order.paid paid $19.00", "order.refund_failed paid $19.00"]).await;
}

#[tokio::test]
async fn r39_a_chargeback_is_told_once_with_the_credits_that_are_gone() {
    let taken = ["order.paid paid $19.00", "payment.disputed disputed $19.00", "credits.revoked 100"];
    Way::ChargedBack.tells(&taken).await;
}

#[tokio::test]
async fn r39_each_part_of_a_refund_is_told_once_its_money_is_on_its_way() {
    let world = World::new().await;
    let ada = world.customer_with(Card::Good).await;
    let id = world.sold(ada).await.order.id;
    let part = |credits| RefundWanted { credits, by_operator: true, reason: None };
    world.provider.script().refunds = Some(RefundStatus::Pending);
    let first = part(Some(credits(40)));
    refund(&world.ctx, &world.tenant, id, &first, &once("first")).await.expect("begun");
    world.hears_of_all().await;
    assert_eq!(world.facts(ada).await, ["order.paid paid $19.00"]);
    world.provider.script().refunds = None;
    world.hears_of_all().await;
    refund(&world.ctx, &world.tenant, id, &part(None), &once("rest")).await.expect("given back");
    let told = [
        "order.paid paid $19.00",
        "order.refunded partly_refunded $7.60",
        "credits.revoked 40",
        "order.refunded refunded $11.40",
        "credits.revoked 60",
    ];
    assert_eq!(world.facts(ada).await, told);
}

#[tokio::test]
async fn r39_of_a_chargeback_only_what_is_left_is_revoked() {
    for (used, revoked) in [(40, Some("credits.revoked 60")), (100, None)] {
        let world = World::new().await;
        let ada = world.customer_with(Card::Good).await;
        world.sold(ada).await;
        spend(&world.ctx, world.tenant.id, ada, used).await;
        Way::ChargedBack.act(&world, ada).await;
        let disputed = ["order.paid paid $19.00", "payment.disputed disputed $19.00"];
        assert_eq!(world.facts(ada).await, disputed.into_iter().chain(revoked).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn r39_credits_that_were_free_are_revoked_as_well() {
    let gift = "[packs]\ngift = { label = \"Gift\", credits = 10, price = \"0.00\", expires_after = \"never\" }\n";
    let world = World::selling(&CATALOG.replace("[packs]\n", gift)).await;
    let ada = world.customer_with(Card::Good).await;
    for (key, packs) in [("gift", &["gift"][..]), ("both", &["gift", "starter"])] {
        let packs = packs.iter().map(|pack| ((*pack).to_owned(), 1)).collect();
        let wanted = Wanted { packs, way: PaymentWay::Saved, by_operator: true, seen: None };
        place(&world.ctx, &world.tenant, ada, &wanted, None, None, &once(key)).await.expect("placed");
    }
    Way::ChargedBack.act(&world, ada).await;
    let told =
        ["order.paid paid $0.00", "order.paid paid $19.00", "payment.disputed disputed $19.00", "credits.revoked 110"];
    assert_eq!(world.facts(ada).await, told);
}

#[tokio::test]
async fn r39_money_that_comes_after_an_order_was_called_off_tells_nothing_more() {
    let world = World::new().await;
    let ada = world.customer_with(Card::Good).await;
    world.provider.script().in_the_dark = true;
    let placed = world.order(ada, PaymentWay::Saved).await;
    world.pass(TimeDelta::minutes(3));
    world.cancel(&placed).await.expect("called off");
    world.provider.script().in_the_dark = false;
    world.hears_of_all().await;
    assert!(world.look(placed.order.id).await.note.is_some(), "the money is noted");
    assert_eq!(world.facts(ada).await, ["order.canceled canceled $19.00"]);
}

#[tokio::test]
async fn r39_the_orders_of_a_subscription_are_told_with_it() {
    let world = World::with_plans().await;
    let (ada, id) = world.subscriber("basic").await;
    world.leave(ada, Card::DeclinedOnceSaved).await;
    world.wait(TimeDelta::days(31)).await;
    world.end(id, EndAt::Now).await.expect("ended");
    Way::ChargedBack.act(&world, ada).await;
    world.hears_of_all().await;
    let told = [
        "subscription.created 1 basic active",
        "order.paid paid $10.71",
        "subscription.past_due 1 basic past_due",
        "order.failed failed $10.71",
        "subscription.canceled 1 basic canceled",
        "payment.disputed disputed $10.71",
    ];
    assert_eq!(world.facts(ada).await, told);
}

#[tokio::test]
async fn r39_a_charge_that_is_disputed_ends_its_subscription_first() {
    let world = World::with_plans().await;
    let (ada, _) = world.subscriber("basic").await;
    for _ in 0..2 {
        Way::ChargedBack.act(&world, ada).await;
        world.hears_of_all().await;
    }
    let told = [
        "subscription.created 1 basic active",
        "order.paid paid $10.71",
        "subscription.canceled 1 basic canceled",
        "payment.disputed disputed $10.71",
        "credits.revoked 100",
    ];
    assert_eq!(world.facts(ada).await, told);
}

#[tokio::test]
async fn r39_money_that_was_not_due_any_more_is_told_when_it_goes_back() {
    let world = World::with_plans().await;
    let ada = world.customer().await;
    let checkout = Pay { way: PaymentWay::Checkout, method: None, return_url: Some(BACK.to_owned()) };
    let begun = world.try_subscribe(ada, "basic", checkout).await.expect("begun");
    let page = begun.order.and_then(|order| order.attempt).and_then(|attempt| attempt.url).expect("a page");
    world.provider.script().ending = Ending::Away;
    world.end(begun.kept.subscription.id, EndAt::Now).await.expect("ended");
    world.provider.fake.pay(&page, Card::Good).await;
    world.hears_of_all().await;
    let told = ["subscription.canceled 1 basic canceled", "order.refunded refunded $10.71"];
    assert_eq!(world.facts(ada).await, told);
}
