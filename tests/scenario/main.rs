//! Stories that no single row tells: many at once, bad input, foreign keys, retries, restarts, years.

mod bad_input;
mod bad_upload;
mod batch;
mod billing_details;
mod books;
mod clocks;
mod document;
mod freezes;
mod furnished;
mod holds;
mod hostile;
mod idempotency;
mod isolation;
mod job;
mod paging;
mod past;
mod payment_stub;
mod queries;
mod replay;
mod reports;
mod restart;
mod secrets;
mod selling;
mod spenders;
mod surface;
mod terms_of_sale;
