//! What becomes of the ledger when its server, its database or its disk fails under load (R45).
//!
//! Hosts drive a mixed load over HTTP and remember what they were told; the audit replays the entries that the API
//! lists, with arithmetic of its own, and compares.

mod ask;
mod audit;
mod clock;
mod dice;
mod disk;
mod host;
mod kill;
mod load;
mod outage;
mod pair;
mod renewals;
mod silence;
mod skewed;
mod stop;
mod subscribers;
mod trial;
mod workers;
