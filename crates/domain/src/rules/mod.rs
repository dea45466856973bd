//! What can be done to a book: each rule takes a [`Draft`](crate::Draft), and writes or refuses.

mod capture;
mod free_tier;
mod freeze;
mod grant;
mod hold;
mod open;
mod record;
mod release;
mod reverse;

pub use capture::{Capture, CaptureItem, Overage, What, capture};
pub use free_tier::{pause_free_tier, resume_free_tier};
pub use freeze::{freeze, unfreeze};
pub use grant::{NewGrant, extend_grant, grant, reinstate, revoke, revoke_part};
pub use hold::{NewHold, extend_hold, hold};
pub use open::open;
pub use record::{NewUsage, record};
pub use release::{ReleaseReason, lapse, release};
pub use reverse::{Reversal, reverse};
