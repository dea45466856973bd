//! The rules of the ledger, each told by tests that bear its number.

#[path = "../ledger/mod.rs"]
mod ledger;
mod sugar;

mod captures;
mod catalogs;
mod free_credits;
mod freezes;
mod grants;
mod holds;
mod journal;
mod reinstatements;
mod releases;
mod reversals;
mod time;
