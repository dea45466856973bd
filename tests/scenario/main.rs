//! Stories that no single row tells: many at once, bad input, foreign keys, retries, restarts, years.

mod bad_input;
mod bad_upload;
mod clocks;
mod document;
mod furnished;
mod holds;
mod idempotency;
mod isolation;
mod job;
mod paging;
mod past;
mod replay;
mod restart;
mod secrets;
mod spenders;
mod surface;
