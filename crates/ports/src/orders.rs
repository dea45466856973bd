//! Orders, with all that selling them has led to. An order is the consistency boundary of its payment, its refunds and
//! its documents: it changes as one, under a version.

use async_trait::async_trait;
use domain::{
    ClockId, Credits, CustomerId, GrantId, Instant, Invoice, InvoiceFlaw, InvoiceNumber, Locale, Money, Order, OrderId,
    OrderStatus, Party, Taxed, TenantId,
};

use crate::{Event, Mailbox, MethodId, Page, PageAsk, PayerRecord, PaymentId, RefundId, Reply, StoreError};

/// An order and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedOrder {
    /// The order.
    pub order: Order,
    /// Its lines with their tax, as its invoice says them.
    pub taxed: Taxed,
    /// Who buys, as its documents name them.
    pub buyer: Party,
    /// In which language its documents are written.
    pub locale: Locale,
    /// The test clock that its customer lives by.
    pub clock: Option<ClockId>,
    /// Where the payer lands after the provider's page.
    pub return_url: Option<String>,
    /// The saved method that is to be charged.
    pub method: Option<MethodId>,
    /// The payment at the provider that is to settle it.
    pub attempt: Option<Attempt>,
    /// What its lines granted, in their order; empty until the credits are there (R32). Of a charge: what the plan has
    /// given for it so far.
    pub grants: Vec<GrantId>,
    /// Its invoice (R36).
    pub invoice: Option<InvoiceNumber>,
    /// Of a charge with an invoice: the period of its subscription that it has paid for, from its start to its end,
    /// exclusive.
    pub period: Option<(Instant, Instant)>,
    /// What was given back, in order (R35).
    pub refunds: Vec<GivenBack>,
    /// What the operator has to look at: money that the order does not explain, a payment that was declined.
    pub note: Option<String>,
    /// When the provider is to be asked about it, by the real clock; `None`: there is nothing to ask.
    pub ask_at: Option<Instant>,
    /// When ending it is tried again, by the real clock, as it could not be ended before; `None`: at its end.
    pub end_at: Option<Instant>,
    /// How often it was asked in vain.
    pub asked: u32,
    /// The version that it was read at; 0: not kept yet.
    pub version: u64,
}

/// A payment at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its id there; `None` while the outcome of making it is not known (R33).
    pub id: Option<PaymentId>,
    /// Where the payer can act, if they have to.
    pub url: Option<String>,
    /// When it was begun, by the real clock.
    pub begun_at: Instant,
}

/// Where a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GivenBackStatus {
    /// Its credits are taken back; the provider has not said that the money is on its way.
    Pending,
    /// The money is on its way back for good.
    Settled,
    /// It came to nothing: the credits are there again.
    Failed,
    /// The bank took the money back itself (R35).
    ChargedBack,
}

impl GivenBackStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Settled, Self::Failed, Self::ChargedBack];

    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Settled => "settled",
            Self::Failed => "failed",
            Self::ChargedBack => "charged_back",
        }
    }

    /// The status with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// What was taken back of one grant, and the money for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenBackPart {
    /// Which grant.
    pub grant: GrantId,
    /// How many credits.
    pub credits: Credits,
    /// Money for them, net of tax.
    pub net: Money,
    /// The tax on it.
    pub tax: Money,
}

/// A refund of an order, or a chargeback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenBack {
    /// Its place among the order's, from 1; with the order's id it is the provider's idempotency key (R33).
    pub number: u32,
    /// Where it is.
    pub status: GivenBackStatus,
    /// By grant.
    pub parts: Vec<GivenBackPart>,
    /// Money, net of tax and the tax on it, that stands for no grant: for credits that were still to come, or because
    /// nothing was delivered for it.
    pub ungranted: Option<(Money, Money)>,
    /// The task of a subscription that it was begun by.
    pub task: Option<u32>,
    /// The money that goes back, tax included; of a chargeback, of what the bank took all but the receivable.
    pub gross: Money,
    /// What the customer owes after a chargeback, in minor units: for credits that were used, held or expired.
    pub receivable: i64,
    /// Why.
    pub reason: Option<String>,
    /// Its id at the provider.
    pub provider_id: Option<RefundId>,
    /// Its credit note (R36).
    pub credit_note: Option<InvoiceNumber>,
    /// When it was begun, by the customer's time.
    pub created_at: Instant,
    /// When it came to nothing, by the same.
    pub failed_at: Option<Instant>,
}

impl GivenBack {
    /// Whether its money counts as given back (R37): unless it came to nothing.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.status != GivenBackStatus::Failed
    }

    /// All credits that it takes back.
    #[must_use]
    pub fn credits(&self) -> Credits {
        self.parts.iter().map(|part| part.credits).sum()
    }

    /// Its money without tax, in minor units.
    #[must_use]
    pub fn net(&self) -> i64 {
        let ungranted = self.ungranted.map_or(0, |(net, _)| net.minor);
        self.parts.iter().map(|part| part.net.minor).fold(ungranted, i64::saturating_add)
    }
}

impl PlacedOrder {
    /// Whether it was paid, and what it pays for is still to be delivered, or to be sent back.
    #[must_use]
    pub fn is_undelivered(&self) -> bool {
        self.order.payment.is_some() && self.invoice.is_none() && self.refunds.is_empty()
    }

    /// Whether reports read the order itself, as its grants do not tell all (R37): a charge pays for what is still to
    /// come, and money that went back counts for a time.
    #[must_use]
    pub fn is_in_reports(&self) -> bool {
        (self.order.charge.is_some() && self.order.payment.is_some()) || !self.refunds.is_empty()
    }

    /// Where it is, as it is told: paid only once the credits are there (R32).
    #[must_use]
    pub fn status(&self) -> OrderStatus {
        match self.order.status {
            OrderStatus::Paid if self.invoice.is_none() => OrderStatus::Pending,
            status => status,
        }
    }

    /// When it is to be ended, while it [waits for a payment](OrderStatus::awaits_payment).
    #[must_use]
    pub fn ends_at(&self) -> Option<Instant> {
        self.order.status.awaits_payment().then(|| self.end_at.unwrap_or(self.order.expires_at))
    }

    /// The refund that is under way.
    #[must_use]
    pub fn refund_under_way(&self) -> Option<&GivenBack> {
        self.refunds.iter().find(|refund| refund.status == GivenBackStatus::Pending)
    }

    /// The [number](GivenBack::number) of its next refund.
    #[must_use]
    pub fn next_refund(&self) -> u32 {
        u32::try_from(self.refunds.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// A refund of it that is begun now, by the customer's time, of no grant yet.
    #[must_use]
    pub fn new_refund(&self, gross: Money, now: Instant) -> GivenBack {
        GivenBack {
            number: self.next_refund(),
            status: GivenBackStatus::Pending,
            parts: Vec::new(),
            ungranted: None,
            task: None,
            gross,
            receivable: 0,
            reason: None,
            provider_id: None,
            credit_note: None,
            created_at: now,
            failed_at: None,
        }
    }

    /// The order with this refund begun: it is taken on at `ask_at`, unless somebody does before.
    #[must_use]
    pub fn refunding(mut self, refund: GivenBack, ask_at: Instant) -> Self {
        self.refunds.push(refund);
        Self { ask_at: Some(ask_at), asked: 0, ..self }
    }

    /// What was given back of one of its grants so far, net of tax and the tax, in minor units.
    #[must_use]
    pub fn refunded(&self, grant: GrantId) -> (i64, i64) {
        let counted = self.refunds.iter().filter(|refund| refund.counts());
        let parts = counted.flat_map(|refund| &refund.parts).filter(|part| part.grant == grant);
        parts.fold((0_i64, 0_i64), |(net, tax), part| {
            (net.saturating_add(part.net.minor), tax.saturating_add(part.tax.minor))
        })
    }
}

/// Builds a document around the number that it gets.
pub type BuildDocument = Box<dyn Fn(InvoiceNumber) -> Result<Invoice, InvoiceFlaw> + Send + Sync>;

/// An invoice or a credit note that is to be numbered (R36).
pub struct NewDocument {
    /// What its number begins with.
    pub series: String,
    /// The year of its date: the numbers of each year count from 1.
    pub year: i32,
    /// Builds it.
    pub build: BuildDocument,
    /// Which refund of the order it is of; the order's invoice where `None`.
    pub refund: Option<u32>,
    /// When it is issued.
    pub issued_at: Instant,
    /// Who it is mailed to, if anyone.
    pub to: Option<Mailbox>,
    /// When it is mailed, by the real clock.
    pub mail_at: Instant,
}

/// A change of an order, with what goes with it: all of it or nothing.
pub struct OrderChange {
    /// The order after it, with the version that it was read at.
    pub placed: PlacedOrder,
    /// Its invoice, or a credit note.
    pub document: Option<NewDocument>,
    /// What is told of it (R39).
    pub events: Vec<Event>,
    /// The answer to keep under the caller's idempotency key, in the place of the one that [`Orders::place`] may have
    /// kept under it.
    pub reply: Option<Reply>,
}

impl OrderChange {
    /// A change that nobody is told of.
    #[must_use]
    pub const fn untold(placed: PlacedOrder) -> Self {
        Self { placed, document: None, events: Vec::new(), reply: None }
    }
}

/// Which orders are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// Only with this [status](PlacedOrder::status).
    pub status: Option<OrderStatus>,
}

/// Where an order stands among those that end: by its end, by id within an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderEnd {
    /// When it is to be ended.
    pub at: Instant,
    /// The order.
    pub order: OrderId,
    /// Whose.
    pub tenant: TenantId,
}

/// Orders.
#[async_trait]
pub trait Orders: Send + Sync {
    /// Keeps a new order, at version 1. [`StoreError::Conflict`] where the reply's key is spent.
    async fn place(&self, tenant: TenantId, placed: &PlacedOrder, reply: Option<&Reply>) -> Result<(), StoreError>;

    /// Keeps a new order, at version 1, together with its payer's record, who has it under way: a purchase that nobody
    /// asked for is made once, whoever crashes and however many try (R34). [`StoreError::Conflict`] where the record
    /// has changed since it was read.
    async fn place_top_up(&self, tenant: TenantId, placed: &PlacedOrder, payer: &PayerRecord)
    -> Result<(), StoreError>;

    /// Changes an order, and answers it with its new version and the number of the document.
    /// [`StoreError::Conflict`] where it has changed since it was read, or the reply's key was spent on another request:
    /// then nothing is told.
    ///
    /// A document gets the next number of its series: no gaps and none twice, however many are issued at once and
    /// whoever crashes (R36). Its mail waits in the [`Outbox`](crate::Outbox), once.
    async fn save(&self, tenant: TenantId, change: OrderChange) -> Result<PlacedOrder, StoreError>;

    /// One order.
    async fn get(&self, tenant: TenantId, id: OrderId) -> Result<Option<PlacedOrder>, StoreError>;

    /// Those of these orders that there are, in any order; a page's worth of them.
    async fn some(&self, tenant: TenantId, ids: &[OrderId]) -> Result<Vec<PlacedOrder>, StoreError>;

    /// The order of whichever tenant: providers know no tenants.
    async fn find(&self, id: OrderId) -> Result<Option<(TenantId, PlacedOrder)>, StoreError>;

    /// Orders, by id: newest first unless asked otherwise.
    async fn list(
        &self,
        tenant: TenantId,
        filter: OrderFilter,
        page: &PageAsk,
    ) -> Result<Page<PlacedOrder>, StoreError>;

    /// Orders whose `ask_at` is at or before `at`, the longest due first.
    async fn to_ask(&self, at: Instant, limit: u32) -> Result<Vec<(TenantId, OrderId)>, StoreError>;

    /// Orders that [are to be ended](PlacedOrder::ends_at) at or before `at`, by this test clock or by the real one
    /// where `None`; the longest due first, those after `after` only.
    /// [`DueWork::next`](crate::DueWork::next) knows their ends as well.
    async fn to_end(
        &self,
        clock: Option<ClockId>,
        at: Instant,
        after: Option<OrderEnd>,
        limit: u32,
    ) -> Result<Vec<OrderEnd>, StoreError>;
}

/// An invoice or a credit note that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The document.
    pub invoice: Invoice,
    /// Who it is for.
    pub customer: CustomerId,
    /// Of which order.
    pub order: OrderId,
    /// When it was issued.
    pub issued_at: Instant,
}

/// Which documents are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IssuedFilter {
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// Only credit notes where true, only invoices where false.
    pub credit_notes: bool,
}

/// Documents that were issued. They are never changed (R36).
#[async_trait]
pub trait IssuedDocuments: Send + Sync {
    /// One document.
    async fn issued(&self, tenant: TenantId, number: &InvoiceNumber) -> Result<Option<Issued>, StoreError>;

    /// Documents, newest first unless asked otherwise; those of one instant by number.
    async fn list_issued(
        &self,
        tenant: TenantId,
        filter: IssuedFilter,
        page: &PageAsk,
    ) -> Result<Page<Issued>, StoreError>;
}
