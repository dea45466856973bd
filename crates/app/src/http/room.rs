//! Room for the bytes that all requests at hand bring together.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many bytes at once.
#[derive(Clone, Debug)]
pub(crate) struct Room(Arc<Semaphore>);

/// What one request takes of a room, until it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Share(Option<OwnedSemaphorePermit>);

impl Room {
    /// An empty one.
    #[must_use]
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes)))
    }

    /// How many bytes have room.
    #[must_use]
    pub(crate) fn left(&self) -> u64 {
        self.0.available_permits() as u64
    }

    /// Takes room for so many bytes more, if there is any.
    pub(crate) fn take(&self, share: &mut Share, bytes: usize) -> bool {
        let Some(more) = u32::try_from(bytes).ok().and_then(|n| Arc::clone(&self.0).try_acquire_many_owned(n).ok())
        else {
            return false;
        };
        match &mut share.0 {
            Some(taken) => taken.merge(more),
            none => *none = Some(more),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_request_took_is_free_again_when_it_is_gone() {
        let room = Room::new(10);
        let (mut one, mut other) = (Share::default(), Share::default());
        assert!(room.take(&mut one, 4) && room.take(&mut one, 3) && room.take(&mut other, 3));
        assert_eq!(room.left(), 0);
        assert!(!room.take(&mut other, 1));
        drop(one);
        assert_eq!(room.left(), 7);
        assert!(room.take(&mut other, 7) && !room.take(&mut other, 1));
    }
}
