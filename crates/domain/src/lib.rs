//! The rules of the ledger, and nothing else: no clock, no I/O, no async, no SQL, no JSON.
//!
//! A customer's [`Book`] is what a decision needs. A rule takes a [`Draft`] of it and either writes
//! [`Entry`]s at its end or answers a [`Refusal`]. Whoever holds the pen (storage) commits what was
//! written. The numbers R1, R2, … name the rules in `docs/rules.md`.

#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod advice;
mod amount;
mod audit;
mod balance;
mod billing;
mod billing_details;
mod book;
mod catalog;
mod country;
mod customer;
mod draft;
mod entry;
mod estimate;
mod grant;
mod hold;
mod id;
mod invoice;
mod kind;
mod locale;
mod money;
mod order;
mod party;
mod period;
mod plan;
mod prices;
mod proration;
mod refund;
mod refusal;
mod revenue;
mod rewind;
pub mod rules;
mod subscription;
mod tax;
mod taxed;
mod top_up;
mod usage;
mod vat_id;

pub use advice::{Advice, Basket, advise};
pub use amount::{Credits, ParseCreditsError};
pub use audit::{Discrepancy, Recount};
pub use balance::{Balance, Expiring, Standing};
pub use billing_details::Billing;
pub use book::{Book, FreeTier, OpenGrant};
pub use catalog::{
    Catalog, CatalogFlaw, FreeTierTerms, Links, Operation, Pack, Per, Policies, Trial, Unpriced, Validity,
};
pub use country::Country;
pub use customer::{Customer, CustomerRef, Mode, Tenant};
pub use draft::{Draft, PastUsage, Revoked, Written};
pub use entry::{Detail, Entry, Posting};
pub use estimate::{Document, Estimate, Line, PageRule, ResultMode};
pub use grant::{Grant, GrantState, Source};
pub use hold::{Hold, HoldStatus, ItemProgress, Progress};
pub use id::{
    ClockId, CustomerId, EntryId, EstimateId, EventId, GrantId, HoldId, KeyId, OrderId, ParseIdError, SubscriptionId,
    TenantId, UsageId,
};
pub use invoice::{
    Invoice, InvoiceFacts, InvoiceFlaw, InvoiceKind, InvoiceNumber, ParseInvoiceNumberError, Settlement,
};
pub use iso_currency::Currency;
pub use kind::{Bucket, Kind};
pub use locale::Locale;
pub use money::{Money, UnitPrice, portion, portion_half_up};
pub use order::{
    ChargeTry, NewChargeOrder, NewLine, NewOrder, Order, OrderEvent, OrderLine, OrderRefusal, OrderStatus, OrderTerms,
    Paid, Payment, PaymentWay,
};
pub use party::{Paper, Party, Seller};
pub use period::{Anchor, ParseSpanError, Span, end_of_day_after};
pub use plan::Plan;
pub use prices::{Prices, TaxRounding};
pub use refund::{Chargeback, Purchase, Refund, RefundAsk, RefundRefusal, RefundTerms};
pub use refusal::Refusal;
pub use revenue::{Revenue, RevenueChange, RevenueTotals};
pub use rewind::Rewind;
pub use subscription::{
    Act, AtPeriodEnd, CancelAt, ChangeAsk, ChangeAt, Charge, ChargeFor, ChargeState, Decline, Dunning, DunningTerms,
    NewSubscription, Next, PendingChange, Period, PlanGrant, PlanTerms, Quote, Settled, Slack, Subscription,
    SubscriptionEvent, SubscriptionRefusal, SubscriptionStatus, SubscriptionTerms,
};
pub use tax::{NoTaxRate, ParseTaxRateError, TaxCategory, TaxRate, TaxRow, TaxRule, TaxTreatment, Taxpayer};
pub use taxed::{InvoiceLine, Sale, TaxTotal, Taxed, Untaxable};
pub use top_up::{BadConsent, Consent, NoTopUp, Off, TopUp};
pub use usage::{Outcome, Reversed, Usage};
pub use vat_id::{ParseVatIdError, VatId};

/// An instant of ledger time: UTC, whole milliseconds.
pub type Instant = chrono::DateTime<chrono::Utc>;

/// `at`, cut to the millisecond that ledger time, the wire and the store all share (R7).
#[must_use]
pub fn instant(at: Instant) -> Instant {
    use chrono::SubsecRound as _;
    at.trunc_subsecs(3)
}
