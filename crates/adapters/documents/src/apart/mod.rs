//! Reading documents in processes apart. A file of a few kilobytes can make its parser take gigabytes, overflow the
//! stack or spin, and no process survives that: here only a worker dies, and the kernel holds its limits.

mod frame;
mod pool;
mod worker;

pub use pool::Reader;
pub(crate) use pool::Workers;
pub use worker::read_documents;
