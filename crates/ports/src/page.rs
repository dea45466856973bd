//! What lists and writes of every port share.

use domain::{EntryId, TenantId};
use thiserror::Error;

use crate::Fault;

/// Which part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAsk {
    /// Where the page before ended: its [`Page::next`].
    pub cursor: Option<String>,
    /// At most so many items.
    pub limit: u32,
    /// Oldest first; newest first otherwise.
    pub oldest_first: bool,
}

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The same page of something made of each item.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next: self.next }
    }
}

/// An answer kept under an idempotency key, in the same transaction as the effect it tells of (R40).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The key.
    pub key: String,
    /// Tells one request body from another.
    pub fingerprint: u64,
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
}

/// Why a store did not answer.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The cursor is not one of this list's.
    #[error("not a cursor of this list")]
    BadCursor,
    /// Someone else was first: the key, name or version is taken.
    #[error("someone else was first")]
    Conflict,
    /// An entry's row cannot be read: someone else has changed it.
    #[error("{what}, of entry {entry}")]
    Damaged {
        /// Whose customer.
        tenant: TenantId,
        /// Which entry.
        entry: EntryId,
        /// What of it.
        what: String,
    },
    /// The store cannot be reached: try again soon.
    #[error("the store cannot be reached")]
    Unavailable(#[source] Fault),
    /// The store failed.
    #[error("the store failed")]
    Fault(#[source] Fault),
}
