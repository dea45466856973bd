//! What was asked for, row by row of the acceptance page, over HTTP.
//!
//! Money does not move yet: where a row says "buy", the operator grants the pack.

mod flexocr;
mod perfectparser;
mod picture;
mod seed;
