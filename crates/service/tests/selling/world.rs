//! A tenant whose customers buy, and the world around them.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::{Credits, CustomerId, KeyId, Mode, OrderId, PaymentWay, Tenant, TenantId};
use folio_service::customer::{SignUp, sign_up};
use folio_service::order::{self, Heard, HeedError, RefundWanted, Wanted};
use folio_service::{Context, Failure, InForce, Kept, Once, Provider, Providers, balance};
use ports::contract::payments::{Card, Outside as _};
use ports::fake::{CountingIds, FakeProvider, Memory, PlainInvoices, SetClock};
use ports::mock::MockPageCounter;
use ports::{
    About, ApiKey, Clock as _, DisputeStatus, GivenBackStatus, Ids as _, Issued, IssuedFilter, Letter, Letterhead,
    Letters, Mailbox, OutboxMail, PageAsk, Payment, PlacedOrder, Tenants as _, Written,
};
use uuid::Uuid;

use crate::gate::Gate;
use crate::provider::Scripted;

/// The price list of the shop.
pub(crate) const CATALOG: &str = include_str!("../../catalogs/perfectparser.toml");
pub(crate) const BACK: &str = "https://shop.example/back";

/// A tenant, what it is wired to, and the time. Clones are the same world.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) ctx: Context,
    pub(crate) clock: SetClock,
    pub(crate) provider: Scripted,
    pub(crate) gate: Gate,
    pub(crate) tenant: Tenant,
}

/// Letters are not what is looked at here.
struct NoWords;

impl Letters for NoWords {
    fn write(&self, _: &Letterhead, _: &Letter) -> Written {
        Written { subject: String::new(), text: String::new(), html: String::new() }
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::selling(CATALOG).await
    }

    /// A tenant in test mode with this catalog, at noon of 1 May.
    pub(crate) async fn selling(catalog: &str) -> Self {
        let clock = SetClock::at("2026-05-01T12:00:00Z".parse().expect("an instant"));
        let (store, ids) = (Memory::new(Arc::new(clock.clone())), CountingIds::default());
        let provider = Scripted::new(FakeProvider::new(Arc::new(clock.clone())));
        let gate = Gate::before(store.clone());
        let id = TenantId(Uuid::from_u128(ids.id()));
        let tenant = Tenant { id, name: "house".to_owned(), mode: Mode::Test, created_at: clock.now() };
        let key = ApiKey {
            id: KeyId(Uuid::from_u128(ids.id())),
            tenant: id,
            customer: None,
            name: "operator".to_owned(),
            scopes: Vec::new(),
            hash: ids.secret(),
            hint: "hint".to_owned(),
            created_at: clock.now(),
            expires_at: None,
            revoked_at: None,
        };
        store.create(&tenant, catalog, &key).await.expect("a tenant");
        let store = Arc::new(store);
        let ctx = Context {
            audit: store.clone(),
            books: store.clone(),
            catalogs: store.clone(),
            clock: Arc::new(clock.clone()),
            clocks: store.clone(),
            customers: store.clone(),
            documents: store.clone(),
            due: store.clone(),
            estimates: store.clone(),
            events: store.clone(),
            ids: Arc::new(ids),
            in_force: InForce::default(),
            journal: store.clone(),
            keys: store.clone(),
            ledger: Arc::new(gate.clone()),
            letters: Arc::new(NoWords),
            mailer: None,
            orders: store.clone(),
            outbox: store.clone(),
            pages: Arc::new(MockPageCounter::new()),
            payers: store.clone(),
            providers: Providers { test: Some(Provider::new(provider.clone())), live: None },
            renderer: Arc::new(PlainInvoices),
            sender: Mailbox { name: None, address: "billing@example.com".to_owned() },
            subscriptions: store.clone(),
            tenants: store,
        };
        Self { ctx, clock, provider, gate, tenant }
    }

    /// Signs a customer up, who can be mailed and has 20 credits.
    pub(crate) async fn customer(&self) -> CustomerId {
        let asked = SignUp { email: Some("ada@example.com".to_owned()), ..SignUp::default() };
        sign_up(&self.ctx, &self.tenant, asked, None).await.expect("signed up").customer.id
    }

    /// The same, with a card left at the provider.
    pub(crate) async fn customer_with(&self, card: Card) -> CustomerId {
        let customer = self.customer().await;
        let page = order::save_method(&self.ctx, &self.tenant, customer, BACK.to_owned()).await.expect("a page");
        if let Some(bank) = self.provider.fake.pay(&page, card).await {
            self.provider.fake.confirm(&bank).await;
        }
        customer
    }

    /// Orders a Starter pack, to be paid in this way.
    pub(crate) async fn order(&self, customer: CustomerId, way: PaymentWay) -> PlacedOrder {
        let wanted = Wanted { packs: vec![("starter".to_owned(), 1)], way, by_operator: true, seen: None };
        let back = (way == PaymentWay::Checkout).then(|| BACK.to_owned());
        let key = format!("order-{}", self.ctx.ids.id());
        let placed = order::place(&self.ctx, &self.tenant, customer, &wanted, None, back, &once(&key)).await;
        done(placed.expect("placed"))
    }

    /// The same, paid by the card on file.
    pub(crate) async fn sold(&self, customer: CustomerId) -> PlacedOrder {
        let placed = self.order(customer, PaymentWay::Saved).await;
        assert_eq!(placed.status(), domain::OrderStatus::Paid);
        placed
    }

    pub(crate) async fn cancel(&self, placed: &PlacedOrder) -> Result<PlacedOrder, Failure> {
        order::cancel(&self.ctx, &self.tenant, placed.order.id, None).await.map(done)
    }

    /// Gives all back that is left.
    pub(crate) async fn refund(&self, placed: &PlacedOrder) -> Result<PlacedOrder, Failure> {
        let wanted = RefundWanted { by_operator: true, ..RefundWanted::default() };
        let key = format!("refund-{}", self.ctx.ids.id());
        order::refund(&self.ctx, &self.tenant, placed.order.id, &wanted, &once(&key)).await.map(done)
    }

    pub(crate) async fn look(&self, id: OrderId) -> PlacedOrder {
        order::order(&self.ctx, self.tenant.id, id).await.expect("an order")
    }

    /// The provider tells of something.
    pub(crate) async fn tell(&self, about: About) -> Result<Heard, HeedError> {
        let body = self.provider.event_about(about);
        order::heed(&self.ctx, "signed", &body).await
    }

    /// The provider tells that something became of a payment.
    pub(crate) async fn tell_of(&self, payment: &Payment) -> Result<Heard, HeedError> {
        self.tell(About::Payment { id: payment.id.clone(), reference: payment.reference.clone() }).await
    }

    /// The provider tells that a payment is disputed.
    pub(crate) async fn tell_dispute(&self, payment: &Payment) -> Result<Heard, HeedError> {
        let (payment, amount) = (payment.id.clone(), payment.amount);
        self.tell(About::Dispute { payment, amount, status: DisputeStatus::Open }).await
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
    }

    pub(crate) async fn available(&self, customer: CustomerId) -> Credits {
        balance::view(&self.ctx, self.tenant.id, customer).await.expect("a book").book.balance().available
    }

    pub(crate) async fn is_frozen(&self, customer: CustomerId) -> bool {
        balance::view(&self.ctx, self.tenant.id, customer).await.expect("a book").book.frozen_since.is_some()
    }

    pub(crate) async fn invoices(&self) -> Vec<Issued> {
        self.issued(false).await
    }

    pub(crate) async fn credit_notes(&self) -> Vec<Issued> {
        self.issued(true).await
    }

    async fn issued(&self, credit_notes: bool) -> Vec<Issued> {
        let filter = IssuedFilter { customer: None, credit_notes };
        self.ctx.documents.list_issued(self.tenant.id, filter, &all()).await.expect("a list").items
    }

    pub(crate) async fn mails(&self, customer: CustomerId) -> Vec<OutboxMail> {
        self.ctx.outbox.mails(self.tenant.id, customer, &all()).await.expect("a list").items
    }
}

/// The first hundred, oldest first.
pub(crate) fn all() -> PageAsk {
    PageAsk { cursor: None, limit: 100, oldest_first: true }
}

/// A request under this key.
pub(crate) fn once(key: &str) -> Once<'_, PlacedOrder> {
    Once { key: key.to_owned(), fingerprint: 1, render: &answer }
}

fn answer(placed: &PlacedOrder) -> (u16, String) {
    (200, placed.status().word().to_owned())
}

/// What was done now.
pub(crate) fn done(kept: Kept<PlacedOrder>) -> PlacedOrder {
    match kept {
        Kept::Done(placed) => placed,
        Kept::Before(reply) => panic!("done before: {reply:?}"),
    }
}

pub(crate) fn credits(number: u64) -> Credits {
    number.to_string().parse().expect("credits")
}

/// Where the refunds of an order are.
pub(crate) fn refunds(placed: &PlacedOrder) -> Vec<GivenBackStatus> {
    placed.refunds.iter().map(|refund| refund.status).collect()
}
