//! Idempotency keys that are spent on failures. Stripe answers a key that has failed with that failure for good: the
//! ask needs the next key then, `pay-1-2` after `pay-1`. Every process comes by the same keys in the same order, so
//! none does with its own what another has done.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

/// How many asks are remembered. One that is forgotten begins with its first key, and learns anew that it is spent.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1_000).expect("not zero");

/// How far an ask has come through its keys.
#[derive(Clone, Copy, Default)]
struct Tried {
    /// How many have failed.
    spent: u32,
    /// How many of them need not be heard of again: they have done nothing, or nothing that matters.
    done_with: u32,
}

/// What asks have come to, by their first keys. Clones are the same.
#[derive(Clone)]
pub(super) struct Keys(Arc<Mutex<LruCache<String, Tried>>>);

impl Keys {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(REMEMBERED))))
    }

    /// Which of an ask's keys is to be sent, from 0: one that may have done something is not passed over.
    pub(super) fn place(&self, first: &str) -> u32 {
        self.tried(first).done_with
    }

    /// How many of an ask's keys have failed.
    pub(super) fn spent(&self, first: &str) -> u32 {
        self.tried(first).spent
    }

    /// The key in this place has failed.
    pub(super) fn failed(&self, first: &str, place: u32) {
        self.change(first, |tried| tried.spent = tried.spent.max(place.saturating_add(1)));
    }

    /// The first `spent` keys need not be heard of again.
    pub(super) fn done_with(&self, first: &str, spent: u32) {
        if spent > 0 {
            self.change(first, |tried| tried.done_with = tried.done_with.max(spent));
        }
    }

    fn tried(&self, first: &str) -> Tried {
        self.lock().get(first).copied().unwrap_or_default()
    }

    fn change(&self, first: &str, change: impl FnOnce(&mut Tried)) {
        change(self.lock().get_or_insert_mut_ref(first, Tried::default));
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<String, Tried>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An ask's key in a place, from 0: the first one, then with `-2` behind it.
pub(super) fn key(first: &str, place: u32) -> String {
    match place {
        0 => first.to_owned(),
        _ => format!("{first}-{}", place.saturating_add(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_failed_is_passed_over_once_it_is_done_with() {
        let keys = Keys::new();
        assert_eq!(key("pay-1", keys.place("pay-1")), "pay-1");
        keys.failed("pay-1", 0);
        assert_eq!((keys.spent("pay-1"), keys.place("pay-1")), (1, 0));
        keys.done_with("pay-1", 1);
        assert_eq!(key("pay-1", keys.place("pay-1")), "pay-1-2");
        // A look that began before this one failed says nothing of it; nor does who still hears of the first.
        keys.failed("pay-1", 1);
        keys.done_with("pay-1", 1);
        keys.failed("pay-1", 0);
        assert_eq!((keys.spent("pay-1"), keys.place("pay-1")), (2, 1));
        assert_eq!(keys.place("pay-2"), 0);
    }
}
