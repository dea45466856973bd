//! A customer of a subject, and short ways to ask for what a promise is about.

use std::sync::Arc;

use domain::{
    Balance, Billing, Book, Catalog, Credits, Customer, CustomerId, Entry, EntryId, GrantId, GrantState, Hold, HoldId,
    KeyId, Kind, Mode, Refusal, Tenant, TenantId, UsageId,
};
use uuid::Uuid;

use super::Subject;
use super::asks::{bare_catalog, giving, opening, start};
use super::walk::walk;
use crate::{
    ApiKey, Clock as _, Command, CommandKey, CustomerBook, Decide, EntryFilter, Ids as _, Opened, Opening, PageAsk,
    PostError, Posted, Recorded, Reply,
};

/// Larger than an `i64`: a store must keep all 64 bits.
const FINGERPRINT: u64 = 0xFEDC_BA98_7654_3210;

impl Subject {
    pub(crate) fn uuid(&self) -> Uuid {
        Uuid::from_u128(self.ids.id())
    }

    /// A tenant in test mode.
    pub(crate) async fn tenant(&self) -> TenantId {
        let tenant = self.new_tenant();
        self.tenants.create(&tenant, "first", &self.new_key(tenant.id)).await.expect("a tenant is made");
        tenant.id
    }

    pub(crate) fn new_tenant(&self) -> Tenant {
        let id = TenantId(self.uuid());
        Tenant { id, name: format!("tenant {id}"), mode: Mode::Test, created_at: start() }
    }

    pub(crate) fn new_key(&self, tenant: TenantId) -> ApiKey {
        ApiKey {
            id: KeyId(self.uuid()),
            tenant,
            customer: None,
            name: "a key".to_owned(),
            scopes: vec!["ledger:write".to_owned(), "customers:read".to_owned()],
            hash: self.ids.secret(),
            hint: "wxyz".to_owned(),
            created_at: start(),
            expires_at: None,
            revoked_at: None,
        }
    }

    pub(crate) fn new_customer(&self) -> Customer {
        Customer {
            id: CustomerId(self.uuid()),
            external_id: None,
            name: None,
            email: None,
            zone: chrono_tz::UTC,
            clock: None,
            created_at: self.clock.now(),
            metadata: Vec::new(),
            billing: Billing::default(),
        }
    }

    /// Opens a book on these terms, with or without a key.
    pub(crate) async fn open(
        &self,
        tenant: TenantId,
        customer: Customer,
        key: Option<&str>,
        catalog: Catalog,
    ) -> Result<Opened, PostError> {
        let key = key.map(command_key);
        self.ledger.open(Opening { tenant, customer, key, decide: opening(catalog) }).await
    }
}

pub(crate) fn command_key(text: &str) -> CommandKey {
    CommandKey { text: text.to_owned(), fingerprint: FINGERPRINT }
}

/// The same command as another request under its key.
pub(crate) fn other_request(mut command: Command) -> Command {
    command.key = command.key.map(|key| CommandKey { fingerprint: key.fingerprint ^ 1, ..key });
    command
}

pub(crate) fn reply(key: &str) -> Reply {
    Reply {
        key: key.to_owned(), fingerprint: FINGERPRINT, status: 201, body: "{\"said\": \"grüß 'dich'\"}".to_owned()
    }
}

/// Why the rules said no.
pub(crate) fn refusal(outcome: Result<Posted, PostError>) -> Refusal {
    match outcome {
        Err(PostError::Refused(refusal)) => refusal,
        other => panic!("the rules refuse this, but: {other:?}"),
    }
}

/// One customer of one tenant.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) subject: Subject,
    pub(crate) tenant: TenantId,
    pub(crate) customer: CustomerId,
}

impl Case {
    /// A new tenant's new customer, at the start of time.
    pub(crate) async fn new(subject: Subject) -> Self {
        subject.clock.set(start());
        let tenant = subject.tenant().await;
        Self::of(subject, tenant, bare_catalog()).await
    }

    /// The same, with so many credits.
    pub(crate) async fn with(subject: Subject, amount: &str) -> Self {
        let case = Self::new(subject).await;
        case.done(case.ask("first credits", giving(amount))).await;
        case
    }

    /// A new customer of this tenant.
    pub(crate) async fn of(subject: Subject, tenant: TenantId, catalog: Catalog) -> Self {
        let customer = subject.new_customer();
        let opened = subject.open(tenant, customer, None, catalog).await.expect("a book is opened");
        Self { subject, tenant, customer: opened.customer.id }
    }

    /// Another customer of the same tenant.
    pub(crate) async fn neighbour(&self) -> Self {
        Self::of(self.subject.clone(), self.tenant, bare_catalog()).await
    }

    /// A customer of another tenant.
    pub(crate) async fn stranger(&self) -> Self {
        let tenant = self.subject.tenant().await;
        Self::of(self.subject.clone(), tenant, bare_catalog()).await
    }

    pub(crate) fn ask(&self, key: &str, decide: Decide) -> Command {
        Command { key: Some(command_key(key)), ..self.nudge(decide) }
    }

    /// A worker's command: it has no key.
    pub(crate) fn nudge(&self, decide: Decide) -> Command {
        Command::new(self.tenant, self.customer, None, decide)
    }

    /// A command that names this customer's hold of that number.
    pub(crate) fn ask_hold(&self, key: &str, number: u32, decide: Decide) -> Command {
        Command { hold: Some(self.hold_id(number)), ..self.ask(key, decide) }
    }

    /// A command that names this customer's usage at that place.
    pub(crate) fn ask_usage(&self, key: &str, sequence: u64, decide: Decide) -> Command {
        Command { usage: Some(self.usage_id(sequence)), ..self.ask(key, decide) }
    }

    /// A command that names this customer's grant of that number, whose credits were revoked.
    pub(crate) fn ask_revoked(&self, key: &str, number: u32, decide: Decide) -> Command {
        Command { revoked: vec![self.grant_id(number)], ..self.ask(key, decide) }
    }

    pub(crate) const fn grant_id(&self, number: u32) -> GrantId {
        GrantId { customer: self.customer, number }
    }

    pub(crate) const fn hold_id(&self, number: u32) -> HoldId {
        HoldId { customer: self.customer, number }
    }

    pub(crate) const fn entry_id(&self, sequence: u64) -> EntryId {
        EntryId { customer: self.customer, sequence }
    }

    pub(crate) const fn usage_id(&self, sequence: u64) -> UsageId {
        UsageId { customer: self.customer, sequence }
    }

    pub(crate) async fn post(&self, command: Command) -> Result<Posted, PostError> {
        self.subject.ledger.post(command).await
    }

    /// Posts what must succeed.
    pub(crate) async fn done(&self, command: Command) -> Posted {
        self.post(command).await.expect("the command is written")
    }

    /// A post that can be spawned.
    pub(crate) fn posting(&self, command: Command) -> impl Future<Output = Result<Posted, PostError>> + Send + use<> {
        let ledger = Arc::clone(&self.subject.ledger);
        async move { ledger.post(command).await }
    }

    pub(crate) async fn read(&self) -> CustomerBook {
        self.subject.customers.get(self.tenant, self.customer).await.expect("a read").expect("the customer")
    }

    pub(crate) async fn book(&self) -> Book {
        self.read().await.book
    }

    pub(crate) async fn balance(&self) -> Balance {
        self.book().await.balance()
    }

    /// The whole journal, oldest first.
    pub(crate) async fn journal(&self) -> Vec<Recorded> {
        let filter = EntryFilter { customer: Some(self.customer), ..EntryFilter::default() };
        walk(100, true, async |ask| self.subject.journal.entries(self.tenant, &filter, &ask).await).await
    }

    /// The entries of the whole journal, oldest first.
    pub(crate) async fn entries(&self) -> Vec<Entry> {
        self.journal().await.into_iter().map(|recorded| recorded.entry).collect()
    }

    /// How many credits all entries of a kind moved.
    pub(crate) async fn moved(&self, kind: Kind) -> Credits {
        self.entries().await.iter().filter(|entry| entry.kind == kind).map(Entry::amount).sum()
    }

    pub(crate) async fn hold(&self, number: u32) -> Hold {
        self.subject.journal.hold(self.tenant, self.hold_id(number)).await.expect("a read").expect("the hold")
    }

    /// Every grant with where its credits are, oldest first.
    pub(crate) async fn grants(&self) -> Vec<GrantState> {
        let now = self.subject.clock.now();
        walk(100, true, async |ask: PageAsk| {
            let found = self.subject.journal.grants(self.tenant, self.customer, now, &ask).await?;
            Ok(found.expect("the customer").0)
        })
        .await
    }
}
