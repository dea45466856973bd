//! A paid grant whose credits move from bucket to bucket.

use folio_domain::{Credits, CustomerId, Grant, GrantId, GrantState, Money, Source};

use crate::{at, usd};

/// A grant of so many millionths, bought for so many cents, untouched.
pub(crate) fn paid(price: i64, micros: i64) -> GrantState {
    let amount = Credits::from_micros(micros).expect("not negative");
    let grant = Grant {
        id: GrantId { customer: CustomerId(uuid::Uuid::nil()), number: 1 },
        source: Source::Pack,
        label: "Starter".into(),
        amount,
        cost: Some(usd(price)),
        priority: Grant::DEFAULT_PRIORITY,
        effective_at: at("2026-06-01T12:00:00Z"),
        expires_at: Some(at("2027-06-02T00:00:00Z")),
        granted_at: at("2026-06-01T12:00:00Z"),
        reason: None,
    };
    let none = Credits::ZERO;
    GrantState { grant, available: amount, held: none, consumed: none, expired: none, revoked: none }
}

/// The Starter pack: 100 credits for $19.00.
pub(crate) fn starter() -> GrantState {
    paid(1_900, 100 * Credits::SCALE)
}

/// Moves as much of `amount` as there is from one bucket to another; says how much.
pub(crate) fn shift(from: &mut Credits, to: &mut Credits, amount: Credits) -> Credits {
    let part = amount.min(*from);
    *from = *from - part;
    *to = *to + part;
    part
}

pub(crate) fn free(mut state: GrantState) -> GrantState {
    state.grant.cost = None::<Money>;
    state
}
