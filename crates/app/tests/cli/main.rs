//! The command line, as scripts use it: the binary is run, and its output and exit codes are looked at.

mod bench;
mod catalogs;
mod demo;
mod errors;
mod estimates;
mod keys;
mod ledger;
mod mails;
mod serve;
