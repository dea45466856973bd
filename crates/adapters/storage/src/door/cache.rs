//! What recent commands left: the books of their customers, the holds they named, the keys they spent. A book's
//! sequence, checked by the write, tells when another process has written: then the book is forgotten and read anew,
//! and with it all that rests on it.

use std::hash::{BuildHasher as _, RandomState};
use std::num::NonZeroUsize;

use domain::{Book, CustomerId, Hold, HoldId, TenantId};
use lru::LruCache;
use ports::CommandKey;

/// Whose book.
pub(super) type Owner = (TenantId, CustomerId);

const BOOKS: NonZeroUsize = NonZeroUsize::new(50_000).expect("not zero");
const HOLDS: NonZeroUsize = NonZeroUsize::new(20_000).expect("not zero");
const KEYS: NonZeroUsize = NonZeroUsize::new(200_000).expect("not zero");

/// When a book was read. A hold changes only together with its customer's book, so it is as true as the reading of
/// the book that it was remembered with.
type Reading = u64;

pub(super) struct Cache {
    books: LruCache<Owner, (Reading, Book)>,
    holds: LruCache<(TenantId, HoldId), (Reading, Hold)>,
    /// Hashes suffice: one that meets another by chance costs a query.
    keys: LruCache<u64, ()>,
    hasher: RandomState,
    readings: Reading,
}

impl Cache {
    pub(super) fn new() -> Self {
        Self {
            books: LruCache::new(BOOKS),
            holds: LruCache::new(HOLDS),
            keys: LruCache::new(KEYS),
            hasher: RandomState::new(),
            readings: 0,
        }
    }

    pub(super) fn book(&mut self, owner: &Owner) -> Option<Book> {
        self.books.get(owner).map(|(_, book)| book.clone())
    }

    pub(super) fn hold(&mut self, tenant: TenantId, id: HoldId) -> Option<Hold> {
        let (now, _) = self.books.peek(&(tenant, id.customer))?;
        let (then, hold) = self.holds.get(&(tenant, id))?;
        (then == now).then(|| hold.clone())
    }

    /// Whether a key was spent lately.
    pub(super) fn has_key(&self, tenant: TenantId, key: &CommandKey) -> bool {
        self.keys.contains(&self.hash(tenant, key))
    }

    pub(super) fn put_book(&mut self, owner: Owner, book: Book) {
        self.readings += 1;
        let readings = self.readings;
        let (_, known) = self.books.get_or_insert_mut(owner, || (readings, book.clone()));
        *known = book;
    }

    /// Remembers a hold, if its customer's book is.
    pub(super) fn put_hold(&mut self, tenant: TenantId, hold: Hold) {
        if let Some((reading, _)) = self.books.peek(&(tenant, hold.id.customer)) {
            self.holds.put((tenant, hold.id), (*reading, hold));
        }
    }

    pub(super) fn put_key(&mut self, tenant: TenantId, key: &CommandKey) {
        self.keys.put(self.hash(tenant, key), ());
    }

    pub(super) fn forget<'a>(&mut self, owners: impl Iterator<Item = &'a Owner>) {
        for owner in owners {
            self.books.pop(owner);
        }
    }

    fn hash(&self, tenant: TenantId, key: &CommandKey) -> u64 {
        self.hasher.hash_one((tenant, &key.text))
    }
}

#[cfg(test)]
mod tests {
    use domain::{Credits, EstimateId, HoldStatus, Instant, Progress, ResultMode};
    use uuid::Uuid;

    use super::*;

    fn hold(customer: CustomerId) -> Hold {
        let at = Instant::UNIX_EPOCH;
        Hold {
            id: HoldId { customer, number: 1 },
            estimate: EstimateId(Uuid::nil()),
            lines: Vec::new(),
            left_out: Vec::new(),
            mode: ResultMode::default(),
            amount: Credits::ZERO,
            draws: Vec::new(),
            progress: Progress {
                status: HoldStatus::Open,
                captured: Credits::ZERO,
                released: Credits::ZERO,
                items: Vec::new(),
                expires_at: at,
                closed_at: None,
            },
            created_at: at,
            catalog_version: 1,
            reference: None,
            metadata: Vec::new(),
        }
    }

    #[test]
    fn a_hold_is_forgotten_with_the_book_it_was_read_with() {
        let (mut cache, tenant, customer) = (Cache::new(), TenantId(Uuid::nil()), CustomerId(Uuid::nil()));
        let (book, hold) = (Book::new(customer, Instant::UNIX_EPOCH), hold(customer));
        cache.put_hold(tenant, hold.clone());
        assert_eq!(cache.hold(tenant, hold.id), None, "no book, no hold");
        cache.put_book((tenant, customer), book.clone());
        cache.put_hold(tenant, hold.clone());
        cache.put_book((tenant, customer), book.clone());
        assert_eq!(cache.hold(tenant, hold.id).as_ref(), Some(&hold), "our own writes keep it");
        cache.forget([(tenant, customer)].iter());
        cache.put_book((tenant, customer), book);
        assert_eq!(cache.hold(tenant, hold.id), None, "another reading, another hold");
    }

    #[test]
    fn keys_are_known_by_tenant() {
        let (mut cache, here, there) = (Cache::new(), TenantId(Uuid::nil()), TenantId(Uuid::max()));
        let key = CommandKey { text: "job-7".to_owned(), fingerprint: 7 };
        cache.put_key(here, &key);
        assert!(cache.has_key(here, &key) && !cache.has_key(there, &key));
    }
}
