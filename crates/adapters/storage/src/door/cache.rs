//! Books of recent customers. A book's sequence, checked by the write, tells when another process has
//! written: then the book is forgotten and read anew.

use std::num::NonZeroUsize;

use domain::{Book, CustomerId, TenantId};
use lru::LruCache;

/// Whose book.
pub(super) type Owner = (TenantId, CustomerId);

const BOOKS: NonZeroUsize = NonZeroUsize::new(50_000).expect("not zero");

pub(super) struct Cache(LruCache<Owner, Book>);

impl Cache {
    pub(super) fn new() -> Self {
        Self(LruCache::new(BOOKS))
    }

    pub(super) fn get(&mut self, owner: &Owner) -> Option<Book> {
        self.0.get(owner).cloned()
    }

    pub(super) fn put(&mut self, owner: Owner, book: Book) {
        self.0.put(owner, book);
    }

    pub(super) fn forget<'a>(&mut self, owners: impl Iterator<Item = &'a Owner>) {
        for owner in owners {
            self.0.pop(owner);
        }
    }
}
