//! The ledger on disk: SQLite and Postgres behind one set of ports.
//!
//! `door` is the write side: one committer gathers what waits, decides it in memory and commits it as
//! one transaction. Everything else is plain reading and small writes through sea-orm.

mod audit;
mod books;
mod catalogs;
mod checkpoint;
mod clocks;
mod connect;
mod customers;
mod documents;
mod door;
mod due;
mod entity;
mod estimates;
mod events;
mod journal;
mod keys;
mod lite;
mod migration;
mod orders;
mod outbox;
mod paid;
mod payers;
mod row;
mod sql;
mod subscriptions;

pub use connect::{ConnectError, Store};
