//! The real clock and real randomness: the only place that asks for either.

use domain::{Instant, instant};
use ports::{Clock, Ids};

/// The world as it is.
pub(crate) struct World;

#[expect(clippy::disallowed_methods, reason = "this is where time and ids come from")]
impl Clock for World {
    fn now(&self) -> Instant {
        instant(std::time::SystemTime::now().into())
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where time and ids come from")]
impl Ids for World {
    fn id(&self) -> u128 {
        uuid::Uuid::now_v7().as_u128()
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).expect("the system has randomness");
        secret
    }
}
