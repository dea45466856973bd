//! Who may be connected: so many at once, and who has waited longest for a request makes room (ADR 0011).

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use lru::LruCache;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Connections without a request at hand, those first that have been so for longest.
type Waiting = Arc<Mutex<LruCache<u64, Arc<Notify>>>>;

/// The places for connections.
pub(crate) struct Seats {
    free: Arc<Semaphore>,
    waiting: Waiting,
    next: AtomicU64,
}

/// A connection's place; free again when it is dropped.
pub(crate) struct Seat {
    number: u64,
    asked: AtomicBool,
    lost: Arc<Notify>,
    waiting: Waiting,
    _place: OwnedSemaphorePermit,
}

impl Seats {
    /// So many.
    #[must_use]
    pub(crate) fn new(connections: usize) -> Self {
        let free = Arc::new(Semaphore::new(connections));
        Self { free, waiting: Arc::new(Mutex::new(LruCache::unbounded())), next: AtomicU64::new(0) }
    }

    /// A place, another's if there is no free one. `None` if everyone has a request at hand.
    pub(crate) async fn take(&self) -> Option<Seat> {
        let free = Arc::clone(&self.free);
        let place = match Arc::clone(&free).try_acquire_owned() {
            Ok(place) => place,
            Err(_) if self.evict() => free.acquire_owned().await.ok()?,
            Err(_) => return None,
        };
        let seat = Seat {
            number: self.next.fetch_add(1, Ordering::Relaxed),
            asked: AtomicBool::new(false),
            lost: Arc::default(),
            waiting: Arc::clone(&self.waiting),
            _place: place,
        };
        seat.waits();
        Some(seat)
    }

    /// Takes the place of who has waited longest, if anyone waits.
    pub(crate) fn evict(&self) -> bool {
        let longest = self.waiting.lock().ok().and_then(|mut waiting| waiting.pop_lru());
        longest.inspect(|(_, lost)| lost.notify_one()).is_some()
    }
}

impl Seat {
    /// A request has arrived: nobody takes the place while it is at hand.
    pub(crate) fn serves(&self) {
        self.asked.store(true, Ordering::Relaxed);
        if let Ok(mut waiting) = self.waiting.lock() {
            waiting.pop(&self.number);
        }
    }

    /// The next request may take its time.
    pub(crate) fn waits(&self) {
        if let Ok(mut waiting) = self.waiting.lock() {
            waiting.put(self.number, Arc::clone(&self.lost));
        }
    }

    /// Whether it ever had a request.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Returns when someone else needs the place.
    pub(crate) async fn lost(&self) {
        self.lost.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Ok(mut waiting) = self.waiting.lock() {
            waiting.pop(&self.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn who_has_waited_longest_makes_room() {
        let seats = Seats::new(2);
        let first = seats.take().await.unwrap();
        let second = seats.take().await.unwrap();
        // The first has asked since: the second has waited longer.
        first.serves();
        first.waits();
        let mut third = Box::pin(seats.take());
        assert!(third.as_mut().now_or_never().is_none(), "nobody has gone yet");
        assert!(second.lost().now_or_never().is_some() && first.lost().now_or_never().is_none());
        drop(second);
        assert!(third.await.is_some());
    }

    #[tokio::test]
    async fn who_has_a_request_at_hand_keeps_the_place() {
        let seats = Seats::new(1);
        let only = seats.take().await.unwrap();
        only.serves();
        assert!(seats.take().await.is_none());
        assert!(only.lost().now_or_never().is_none());
        drop(only);
        assert!(seats.take().await.is_some());
    }
}
