//! The shapes of answers, one file a thing.

mod advice;
mod billing;
mod catalog;
mod customer;
mod entry;
mod estimate;
mod event;
mod grant;
mod hold;
mod invoice;
mod list;
mod mail;
mod order;
mod revenue;
mod selling;
mod subscription;
mod subscription_preview;
mod usage;

pub(crate) use advice::AdviceBody;
pub(crate) use billing::{BillingBody, BillingRequest};
pub(crate) use catalog::{AppliedBody, CatalogBody, ChangeBody, DiffBody, OperationBody, PackBody, PlanBody};
pub(crate) use customer::{BalanceBody, BalanceView, CustomerBody};
pub(crate) use entry::EntryBody;
pub(crate) use estimate::{DrawBody, EstimateBody, LineBody};
pub(crate) use event::EventBody;
pub(crate) use grant::GrantBody;
pub(crate) use hold::{HoldBody, PostedHold};
pub(crate) use invoice::InvoiceBody;
pub(crate) use list::{List, Nullable, page};
pub(crate) use mail::{MailBody, MailPreviewBody};
pub(crate) use order::{OrderBody, OrderPreviewBody, RefundPreviewBody};
pub(crate) use revenue::{RevenueAtBody, RevenueDuringBody, by_currency};
pub(crate) use selling::{OrderTermsBody, RefundTermsBody, SellerBody, TaxBody};
pub(crate) use subscription::SubscriptionBody;
pub(crate) use subscription_preview::{ChangePreviewBody, StartPreviewBody};
pub(crate) use usage::{ExplanationBody, PostedUsage, ReversalBody, UsageBody};
