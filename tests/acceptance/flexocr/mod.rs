//! B: "Credit System" of FlexOCR.

mod catalog;
mod free_tier;
mod invoices;
mod prices;
mod shortage;
mod support;
