//! The periods of a subscription: always counted from its anchor, never from one another (R27).

use crate::proration::Rest;
use crate::{Anchor, Instant};

/// A turn of a subscription, or of its grants: `[start, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Counted from 0; grants' periods within their paid period.
    pub number: u32,
    /// Its beginning.
    pub start: Instant,
    /// Its end: exclusive.
    pub end: Instant,
    /// Months from the anchor to its end.
    pub end_month: u32,
}

impl Period {
    /// The first period from the anchor on.
    pub(super) fn first(anchor: Anchor, start: Instant, months: u32) -> Self {
        Self { number: 0, start, end: boundary(anchor, months), end_month: months }
    }

    /// A period of the same beginning with another length.
    pub(super) fn resized(self, anchor: Anchor, old_months: u32, new_months: u32) -> Self {
        let end_month = self.end_month.saturating_sub(old_months).saturating_add(new_months);
        Self { end: boundary(anchor, end_month), end_month, ..self }
    }

    /// The period of `months` that lies after this one and has `now` in it; those between are passed over (R28).
    pub(super) fn next(self, anchor: Anchor, months: u32, now: Instant) -> Self {
        let mut next = self;
        loop {
            let end_month = next.end_month.saturating_add(months.max(1));
            let number = next.number.saturating_add(1);
            next = Self { number, start: next.end, end: boundary(anchor, end_month), end_month };
            if now < next.end || next.end == Instant::MAX_UTC {
                return next;
            }
        }
    }

    /// The first of the grants' periods of this one, of `months`.
    pub(super) fn first_grants(self, anchor: Anchor, all: u32, months: u32) -> Self {
        Self { number: 0, ..self }.resized(anchor, all, months)
    }

    /// What is left of it at `at`.
    pub(super) fn rest(self, at: Instant) -> Rest {
        Rest::of(self.start, self.end, at)
    }
}

/// The instant so many months after the anchor; the last there is, past the calendar's end.
pub(super) fn boundary(anchor: Anchor, months: u32) -> Instant {
    anchor.boundary(months).unwrap_or(Instant::MAX_UTC)
}
