//! Customers of FlexOCR, who subscribe.

use chrono::TimeDelta;
use domain::rules::{self, NewUsage};
use domain::{
    ChangeAt, CustomerId, Line, Money, OrderStatus, PaymentWay, Source, SubscriptionId, SubscriptionStatus, TenantId,
};
use folio_service::subscription::{
    self, ChangeWanted, EndAt, Pay, Standing, Wanted, begin, cancel, change, pay, turn_due,
};
use folio_service::{Context, Failure, Kept, Once, sweep};
use ports::contract::payments::{Card, Outside as _};
use ports::fake::SetClock;
use ports::{EntryFilter, Happening, KeptSubscription, OrderFilter, PlacedOrder, SubscriptionFilter};

use crate::world::{World, all};

/// Tiers and no packs.
pub(crate) const PLANS: &str = include_str!("../../catalogs/flexocr.toml");

/// The same tiers, and more of them.
pub(crate) fn plans_and(more: &str) -> String {
    PLANS.replacen("[plans]\n", &format!("[plans]\n{more}\n"), 1)
}

/// Whoever pays with the card on file.
pub(crate) fn on_file() -> Pay {
    Pay { way: PaymentWay::Saved, method: None, return_url: None }
}

/// A request under this key.
pub(crate) fn once(key: &str) -> Once<'_, Standing> {
    Once { key: key.to_owned(), fingerprint: 1, render: &answer }
}

fn answer(standing: &Standing) -> (u16, String) {
    (200, standing.kept.subscription.status.word().to_owned())
}

fn done(kept: Kept<Standing>) -> Standing {
    match kept {
        Kept::Done(standing) => standing,
        Kept::Before(reply) => panic!("done before: {reply:?}"),
    }
}

/// A change of plan, at once where it can be.
pub(crate) fn to(plan: &str) -> ChangeWanted {
    ChangeWanted { plan: Some(plan.to_owned()), quantity: None, at: ChangeAt::Usual, by_operator: false, seen: None }
}

impl World {
    pub(crate) async fn with_plans() -> Self {
        Self::selling(PLANS).await
    }

    /// Leaves another card.
    pub(crate) async fn leave(&self, customer: CustomerId, card: Card) {
        let back = "https://shop.example/back".to_owned();
        let page = folio_service::order::save_method(&self.ctx, &self.tenant, customer, back).await.expect("a page");
        if let Some(bank) = self.provider.fake.pay(&page, card).await {
            self.provider.fake.confirm(&bank).await;
        }
    }

    pub(crate) async fn try_subscribe(&self, customer: CustomerId, plan: &str, pay: Pay) -> Result<Standing, Failure> {
        let wanted = Wanted { plan: plan.to_owned(), quantity: 1, by_operator: false, seen: None };
        let key = format!("subscribe-{}", self.ctx.ids.id());
        begin(&self.ctx, &self.tenant, customer, &wanted, pay, &once(&key)).await.map(done)
    }

    /// A customer on a plan, paid by a good card.
    pub(crate) async fn subscriber(&self, plan: &str) -> (CustomerId, SubscriptionId) {
        let customer = self.customer_with(Card::Good).await;
        let standing = self.try_subscribe(customer, plan, on_file()).await.expect("subscribed");
        assert_eq!(standing.kept.subscription.status, SubscriptionStatus::Active);
        (customer, standing.kept.subscription.id)
    }

    pub(crate) async fn standing(&self, id: SubscriptionId) -> Standing {
        subscription::subscription(&self.ctx, self.tenant.id, id).await.expect("a subscription")
    }

    /// Every subscription of a customer, oldest first.
    pub(crate) async fn subscriptions(&self, customer: CustomerId) -> Vec<KeptSubscription> {
        let filter = SubscriptionFilter { customer: Some(customer), status: None };
        let page = self.ctx.subscriptions.list_subscriptions(self.tenant.id, filter, &all()).await;
        page.expect("a list").items
    }

    pub(crate) async fn status(&self, id: SubscriptionId) -> SubscriptionStatus {
        self.standing(id).await.kept.subscription.status
    }

    pub(crate) async fn change(&self, id: SubscriptionId, wanted: &ChangeWanted) -> Result<Standing, Failure> {
        self.change_by(id, wanted, &on_file()).await
    }

    pub(crate) async fn change_by(
        &self,
        id: SubscriptionId,
        wanted: &ChangeWanted,
        by: &Pay,
    ) -> Result<Standing, Failure> {
        let key = format!("change-{}", self.ctx.ids.id());
        change(&self.ctx, &self.tenant, id, wanted, by, &once(&key)).await.map(done)
    }

    pub(crate) async fn end(&self, id: SubscriptionId, at: EndAt) -> Result<Standing, Failure> {
        let key = format!("end-{}", self.ctx.ids.id());
        cancel(&self.ctx, &self.tenant, id, at, &once(&key)).await.map(done)
    }

    pub(crate) async fn pay_due(&self, id: SubscriptionId, by: &Pay) -> Result<Standing, Failure> {
        let key = format!("pay-{}", self.ctx.ids.id());
        pay(&self.ctx, &self.tenant, id, by, &once(&key)).await.map(done)
    }

    /// Time passes, and the workers do what it brings.
    pub(crate) async fn wait(&self, time: TimeDelta) {
        self.pass(time);
        self.work().await;
    }

    /// The workers do what is due, until nothing is.
    pub(crate) async fn work(&self) {
        work(&self.ctx).await;
    }

    /// The same, by a process that may die over it.
    pub(crate) async fn try_to_work(&self) {
        // What fails is tried again.
        drop(sweep::sweep(&self.ctx).await);
        drop(turn_due(&self.ctx).await);
    }

    pub(crate) async fn orders(&self, customer: CustomerId) -> Vec<PlacedOrder> {
        let filter = OrderFilter { customer: Some(customer), status: None };
        self.ctx.orders.list(self.tenant.id, filter, &all()).await.expect("a list").items
    }

    /// How many orders are in this status.
    pub(crate) async fn count(&self, customer: CustomerId, status: OrderStatus) -> usize {
        self.orders(customer).await.iter().filter(|placed| placed.status() == status).count()
    }

    /// What was told of subscriptions, oldest first.
    pub(crate) async fn told(&self, customer: CustomerId) -> Vec<domain::SubscriptionEvent> {
        let of_subscription = |event: &ports::Event| match &event.what {
            Happening::Subscription { event, .. } => Some(*event),
            _ => None,
        };
        self.events(customer).await.iter().filter_map(of_subscription).collect()
    }

    /// Credits by where they came from.
    pub(crate) async fn available_of(&self, customer: CustomerId, source: Source) -> domain::Credits {
        let view = folio_service::balance::view(&self.ctx, self.tenant.id, customer).await.expect("a book");
        view.book.grants().iter().filter(|grant| grant.source == source).map(|grant| grant.available).sum()
    }

    /// Whether the free tier is given, rather than a plan in its place.
    pub(crate) async fn has_free_tier(&self, customer: CustomerId) -> bool {
        let view = folio_service::balance::view(&self.ctx, self.tenant.id, customer).await.expect("a book");
        view.book.free_tier.is_some_and(|tier| !tier.paused)
    }

    /// Every entry of the journal, oldest first: when, what, how much.
    pub(crate) async fn journal(&self, customer: CustomerId) -> Vec<String> {
        let filter = EntryFilter { customer: Some(customer), ..EntryFilter::default() };
        let (mut ask, mut lines) = (all(), Vec::new());
        loop {
            let page = self.ctx.journal.entries(self.tenant.id, &filter, &ask).await.expect("a page");
            lines.extend(page.items.iter().map(|recorded| {
                let entry = &recorded.entry;
                let moved: domain::Credits = entry.postings.iter().map(|posting| posting.amount).sum();
                format!("{} {} {moved}", entry.effective_at, entry.kind.word())
            }));
            let Some(next) = page.next else { return lines };
            ask.cursor = Some(next);
        }
    }

    /// The books are right, and reports tell of all that was sold.
    pub(crate) async fn books_are_right(&self) {
        let verdict = folio_service::books::verify(&self.ctx, &[self.tenant.id], |_, _| {}).await.expect("verified");
        assert_eq!(verdict.findings, Vec::new());
        self.revenue_adds_up().await;
    }
}

/// Work for so many credits.
pub(crate) async fn spend(ctx: &Context, tenant: TenantId, customer: CustomerId, credits: u64) {
    let (rate, cost) = (domain::Credits::whole(1), crate::world::credits(credits));
    let (operation, quantity) = ("extract".to_owned(), credits);
    let line = Line { name: None, operation, quantity, rate, cost, records: credits, document: None };
    let (reference, occurred_at, metadata) = (None, None, Vec::new());
    let usage = NewUsage { line, reference, occurred_at, catalog_version: 1, metadata };
    let decide = Box::new(move |draft: &mut domain::Draft| rules::record(draft, usage.clone()));
    ctx.ledger.post(ports::Command::new(tenant, customer, None, decide)).await.expect("credits");
}

/// The workers do what is due.
pub(crate) async fn work(ctx: &Context) {
    sweep::sweep(ctx).await.expect("swept");
    folio_service::order::attend_due(ctx).await.expect("attended");
    folio_service::order::end_due(ctx).await.expect("ended");
    turn_due(ctx).await.expect("turned");
}

/// Leases and second tries come after a while.
pub(crate) async fn wait_often(ctx: &Context, clock: &SetClock) {
    for _ in 0..4 {
        clock.advance(TimeDelta::minutes(15));
        work(ctx).await;
    }
}

pub(crate) fn usd(minor: i64) -> Money {
    Money { minor, currency: domain::Currency::USD }
}
