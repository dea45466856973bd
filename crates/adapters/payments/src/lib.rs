//! Payments: Stripe, and a stand-in for it in test mode.

mod amount;
mod http;

pub mod signature;
pub mod stripe;
pub mod stub;

/// The version of Stripe's API that both speak.
const API_VERSION: &str = "2025-08-27.basil";
