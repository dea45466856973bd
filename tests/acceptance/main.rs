//! What was asked for, row by row of the acceptance page, over HTTP.
//!
//! Where a row says "buy", an order is placed and the operator marks it as paid; where it counts payments, the order is
//! paid at the provider. Its events and what can go wrong with them are under `scenario/selling`.

mod flexocr;
mod perfectparser;
mod picture;
mod seed;
