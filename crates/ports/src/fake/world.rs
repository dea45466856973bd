//! Time and ids under a test's control.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta};
use domain::Instant;

use crate::{Clock, Ids};

/// A clock that shows what a test sets. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct SetClock(Arc<AtomicI64>);

impl SetClock {
    /// A clock that shows `at`, cut to the millisecond.
    #[must_use]
    pub fn at(at: Instant) -> Self {
        Self(Arc::new(AtomicI64::new(at.timestamp_millis())))
    }

    /// Shows `at` from now on: later or earlier than before.
    pub fn set(&self, at: Instant) {
        self.0.store(at.timestamp_millis(), Ordering::SeqCst);
    }

    /// Moves forward by `by`.
    pub fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Instant {
        DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).expect("a test sets instants of the calendar")
    }
}

/// Ids that count up, the same in every run. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct CountingIds(Arc<AtomicU64>);

impl CountingIds {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst).saturating_add(1)
    }
}

impl Ids for CountingIds {
    fn id(&self) -> u128 {
        // The bits of a UUID version 7, with the count as its time: ids sort in the order of their birth.
        const VERSION_AND_VARIANT: u128 = 0x7000_8000_0000_0000_0000;
        u128::from(self.next()) << 80 | VERSION_AND_VARIANT
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0xA5; 32];
        secret[..8].copy_from_slice(&self.next().to_be_bytes());
        secret
    }
}
