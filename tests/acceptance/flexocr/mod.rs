//! B: "Credit System" of FlexOCR.

mod catalog;
mod changes;
mod free_tier;
mod invoices;
mod plan_mails;
mod plans;
mod prices;
mod shortage;
mod support;
