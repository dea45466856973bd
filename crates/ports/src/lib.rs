//! What Folio needs of the world, as traits. Adapters implement them, use cases call them.
//!
//! Ports follow consistency boundaries, not tables: everything that must change as one goes through one
//! method. Each port has one error type; the store's own fault rides along as its source.

mod audit;
mod books;
mod catalogs;
mod clocks;
mod customers;
mod documents;
mod due;
mod estimates;
mod events;
mod given_back;
mod invoices;
mod issue;
mod journal;
mod keys;
mod ledger;
mod letters;
mod mail;
mod orders;
mod outbox;
mod page;
mod payers;
mod payments;
mod sales;
mod subscriptions;
mod world;

#[cfg(feature = "testing")]
pub mod contract;
#[cfg(feature = "testing")]
pub mod fake;
#[cfg(feature = "testing")]
pub mod mock;

pub use audit::{Audit, AuditedBook, Snapshot};
pub use books::{Books, KeptDocument, KeptOrder, PaidAt, PaidFilter, PaidGrant, PaidGrants, Ungranted};
pub use catalogs::{Applied, Catalogs, Published};
pub use clocks::{Clocks, TestClock};
pub use customers::{CustomerBook, CustomerChange, Customers};
pub use documents::{Claim, CountError, PageCounter};
pub use due::DueWork;
pub use estimates::Estimates;
pub use events::{Event, EventFilter, Events, Happening};
pub use invoices::{InvoiceRenderer, RenderError, Rendered};
pub use journal::{EntryFilter, HoldFilter, Journal, Recorded};
pub use keys::{ApiKey, Caller, Keys, Tenants};
pub use ledger::{Command, CommandKey, Decide, Ledger, Opened, Opening, PostError, Posted};
pub use letters::{InvoiceLine, Letter, Letterhead, Letters, Statement, TaxDetails, Written};
pub use mail::{Attachment, Mail, MailError, Mailbox, Mailer, ParseMailboxError};
pub use orders::{
    Attempt, BuildDocument, GivenBack, GivenBackPart, GivenBackStatus, Issued, IssuedDocuments, IssuedFilter,
    NewDocument, OrderChange, OrderEnd, OrderFilter, Orders, PlacedOrder,
};
pub use outbox::{MailStatus, Occasion, Outbox, OutboxMail};
pub use page::{Page, PageAsk, Reply, StoreError};
pub use payers::{PayerRecord, Payers};
pub use payments::{
    About, ChargeAsk, CheckoutAsk, Decline, DisputeStatus, EventError, EventId, Method, MethodId, PayerAsk, PayerId,
    Payment, PaymentError, PaymentEvent, PaymentEvents, PaymentId, PaymentMethods, PaymentStatus, Payments, Presence,
    Reference, Refund, RefundAsk, RefundId, RefundStatus, SaveAsk,
};
pub use sales::Sales;
pub use subscriptions::{
    KeptSubscription, NumberedTask, Pot, SubscriptionChange, SubscriptionFilter, Subscriptions, Task,
};
pub use world::{Clock, Ids};

/// Whatever went wrong underneath.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;
