//! Time and ids: values that the domain is given, never takes.

use domain::Instant;

/// The real clock.
#[cfg_attr(feature = "testing", mockall::automock)]
pub trait Clock: Send + Sync {
    /// Now, in whole milliseconds.
    fn now(&self) -> Instant;
}

/// Sources of what nobody may guess.
pub trait Ids: Send + Sync {
    /// The 128 bits of a fresh, time-ordered id (UUID version 7).
    fn id(&self) -> u128;

    /// 256 random bits.
    fn secret(&self) -> [u8; 32];
}
