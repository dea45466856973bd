//! Catalogs as code: the file that a product's prices and terms are written in (R21).

mod billing;
mod diff;
mod file;
mod section;
mod shipped;
mod value;

pub use diff::{Change, ChangeKind, diff};
pub use file::{MAX_BYTES, parse};
pub use shipped::{SHIPPED, shipped};
