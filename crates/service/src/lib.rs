//! Use cases, one a file: ask the world once, decide through the write door, answer plain data.

pub mod balance;
pub mod books;
pub mod capture;
pub mod catalog;
pub mod clock;
mod context;
pub mod customer;
pub mod estimate;
pub mod explain;
mod failure;
pub mod freeze;
pub mod grant;
pub mod hold;
mod issue;
pub mod key;
pub mod mail;
mod once;
pub mod order;
mod price;
mod provider;
pub mod publish;
pub mod quote;
pub mod record;
pub mod report;
pub mod reverse;
pub mod subscription;
pub mod sweep;
pub mod verify;

pub use context::{Context, InForce, Priced};
pub use failure::{Failure, Insufficient, Invalid, chain};
pub use once::{Kept, Once};
pub use price::{AskedItem, File, Job, Units, Work};
pub use provider::{Provider, Providers};
