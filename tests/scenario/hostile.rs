//! Callers without manners: whatever they send, or do not send, the server stays up and answers the others.

mod flood;
mod garbage;
mod raw;
mod slow;
