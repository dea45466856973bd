//! The write door: the one way in which a ledger changes.

use async_trait::async_trait;
use domain::{Balance, Customer, CustomerId, Draft, Entry, GrantId, Hold, HoldId, Refusal, TenantId, UsageId};
use thiserror::Error;

use crate::Fault;

/// A pure decision about one customer's book: writes entries or refuses. It may run more than once, so
/// it has no effect of its own.
pub type Decide = Box<dyn Fn(&mut Draft) -> Result<(), Refusal> + Send + Sync>;

/// The caller's idempotency key with a fingerprint of what was asked under it (R40).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommandKey {
    /// The key. Unique within the tenant, for ever.
    pub text: String,
    /// Tells one request body from another.
    pub fingerprint: u64,
}

/// Something to be decided and written.
pub struct Command {
    /// Whose customer.
    pub tenant: TenantId,
    /// Whose book.
    pub customer: CustomerId,
    /// What makes it happen once. `None` only for the workers' nudges, which are idempotent by themselves.
    pub key: Option<CommandKey>,
    /// The hold that the decision needs: it finds it in [`Draft::hold`].
    pub hold: Option<HoldId>,
    /// The usage that the decision needs: it finds it in [`Draft::past`].
    pub usage: Option<UsageId>,
    /// The grants that the decision puts revoked credits back into: it finds them in [`Draft::revoked`].
    pub revoked: Vec<GrantId>,
    /// The decision.
    pub decide: Decide,
}

impl Command {
    /// A command that names nothing but its customer.
    #[must_use]
    pub fn new(tenant: TenantId, customer: CustomerId, key: Option<CommandKey>, decide: Decide) -> Self {
        Self { tenant, customer, key, hold: None, usage: None, revoked: Vec::new(), decide }
    }
}

/// What a command came to, durable on disk (R45).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The command's own entries, in order.
    pub entries: Vec<Entry>,
    /// The hold that it named or placed, as it was right after.
    pub hold: Option<Hold>,
    /// The balance right after (R41).
    pub balance: Balance,
    /// The journal's length right after.
    pub sequence: u64,
    /// This is what an earlier command with the same key did; nothing was written now (R40).
    pub replayed: bool,
}

/// A book to be opened for a new customer.
pub struct Opening {
    /// Whose customer.
    pub tenant: TenantId,
    /// Who; the id is taken only if the customer is really new.
    pub customer: Customer,
    /// What makes it happen once.
    pub key: Option<CommandKey>,
    /// Writes the first entries.
    pub decide: Decide,
}

/// The customer that an opening led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The customer: the new one, or the one that has this external id or came of this key.
    pub customer: Customer,
    /// Whether it was made now.
    pub created: bool,
    /// Whether an earlier command with the same key made it.
    pub replayed: bool,
}

/// Why a command was not written.
#[derive(Debug, Error)]
pub enum PostError {
    /// The rules said no. Nothing was written, and the key is not spent (R40).
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key was spent on another request (R40).
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The tenant has no such customer.
    #[error("no such customer")]
    CustomerNotFound,
    /// The customer has no such hold.
    #[error("no such hold")]
    HoldNotFound,
    /// The customer has no such usage.
    #[error("no such usage")]
    UsageNotFound,
    /// The customer has no such grant.
    #[error("no such grant")]
    GrantNotFound,
    /// Too many commands wait already: try again soon. Nothing was written.
    #[error("too many commands are waiting")]
    Busy,
    /// The store cannot be reached: try again soon. Nothing was written.
    #[error("the store cannot be reached")]
    Unavailable(#[source] Fault),
    /// The store failed while committing: written or not, nobody knows yet. The same key finds out (R45).
    #[error("the outcome of the commit is not known")]
    OutcomeUnknown(#[source] Fault),
    /// The store failed before anything was written.
    #[error("the store failed")]
    Fault(#[source] Fault),
}

/// The write door. Entries of one customer never interleave; what is answered is durable.
#[cfg_attr(feature = "testing", mockall::automock)]
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Reads the customer's book at ledger time, asks the decision, and writes its entries durably, as
    /// one. A key seen before returns what it wrote then, without asking.
    async fn post(&self, command: Command) -> Result<Posted, PostError>;

    /// The same for many commands, each on its own: one refused leaves the others untouched.
    /// Commands of one customer are decided in the order given.
    async fn post_all(&self, commands: Vec<Command>) -> Vec<Result<Posted, PostError>>;

    /// Opens the book of a new customer, or finds the one with the same external id or key.
    async fn open(&self, opening: Opening) -> Result<Opened, PostError>;
}
