//! Mail that waits to be sent. It is queued in the transaction of what it tells of.

use async_trait::async_trait;
use domain::{Credits, CustomerId, Instant, InvoiceNumber, Money, OrderId, SubscriptionId, TenantId};

use crate::{Event, Mailbox, Page, PageAsk, Reply, StoreError};

/// What a mail is about. What it says is put together when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// An invoice or a credit note was issued.
    Document(InvoiceNumber),
    /// The payment of an order was declined.
    PaymentFailed {
        /// Which order.
        order: OrderId,
        /// Why, in words for the customer.
        reason: String,
    },
    /// An attempt to charge a subscription's renewal was declined (R28).
    RenewalFailed {
        /// Which subscription.
        subscription: SubscriptionId,
        /// The plan, as customers know it.
        plan: String,
        /// What was to be paid.
        amount: Money,
        /// When it is tried again; `None`: not by itself.
        retry_at: Option<Instant>,
        /// When the subscription ends unless it is paid before.
        ends_at: Instant,
        /// Whether the customer has to agree to the payment with the bank.
        action_required: bool,
    },
    /// A subscription is over (R28, R31).
    SubscriptionEnded {
        /// Which subscription.
        subscription: SubscriptionId,
        /// The plan, as customers know it.
        plan: String,
        /// Whether because it was not paid; as arranged otherwise.
        unpaid: bool,
    },
    /// A change of a subscription is off: it was not paid (R29).
    SubscriptionChangeFailed {
        /// Which subscription.
        subscription: SubscriptionId,
        /// The plan that was asked for, as customers know it.
        plan: String,
        /// Why, in words for the customer.
        reason: String,
    },
    /// A customer wants a quote; for the operator.
    QuoteRequest {
        /// The credits they need.
        credits: Credits,
        /// What they say.
        message: String,
    },
}

/// Where a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailStatus {
    /// It is to be sent, or sent again.
    Queued,
    /// The next server has taken it over.
    Sent,
    /// It will never arrive.
    Failed,
}

impl MailStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Queued, Self::Sent, Self::Failed];

    /// Its word in the API and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    /// The status with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// A mail of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxMail {
    /// What makes it this mail within the tenant: the document's number, the order's id. See [`Mail::id`](crate::Mail).
    pub id: String,
    /// Whose customer it is about.
    pub customer: CustomerId,
    /// Who gets it.
    pub to: Mailbox,
    /// What it is about.
    pub occasion: Occasion,
    /// Where it is.
    pub status: MailStatus,
    /// When it was queued: the mail's `Date`.
    pub written_at: Instant,
    /// When it is tried next, by the real clock; `None` unless it is queued.
    pub due_at: Option<Instant>,
    /// How often it was tried.
    pub tries: u32,
    /// Why the last try failed, for the operator.
    pub error: Option<String>,
}

impl OutboxMail {
    /// A mail that nobody has tried to send, due at once.
    #[must_use]
    pub fn new(id: String, customer: CustomerId, to: Mailbox, occasion: Occasion, written_at: Instant) -> Self {
        let (status, due_at) = (MailStatus::Queued, Some(written_at));
        Self { id, customer, to, occasion, status, written_at, due_at, tries: 0, error: None }
    }
}

/// Mails that wait.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Queues a mail, once: one with the same id is left as it is, and tells nothing.
    async fn queue(
        &self,
        tenant: TenantId,
        mail: &OutboxMail,
        event: Option<&Event>,
        reply: Option<&Reply>,
    ) -> Result<(), StoreError>;

    /// Takes mails that are due at `at`, the longest due first, for whoever asks: until `until` nobody else gets
    /// them, and a taker who dies has lost nothing. Each take counts as a try.
    async fn take(&self, at: Instant, until: Instant, limit: u32) -> Result<Vec<(TenantId, OutboxMail)>, StoreError>;

    /// Writes down what came of a try: `status`, `due_at` and `error` of the mail. A mail that is not queued any more
    /// stays as it is, and only the last taker has it tried again: nobody else can make it go out twice.
    async fn tried(&self, tenant: TenantId, mail: &OutboxMail) -> Result<(), StoreError>;

    /// A customer's mails, newest first unless asked otherwise.
    async fn mails(
        &self,
        tenant: TenantId,
        customer: CustomerId,
        page: &PageAsk,
    ) -> Result<Page<OutboxMail>, StoreError>;
}
