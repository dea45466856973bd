//! A: "Credits & Billing" of PerfectParser.

mod balance;
mod expiry;
mod modes;
mod packs;
mod pages;
mod purchases;
mod start;
mod trial;
