//! A visit to one of the hosted pages, as a payer's browser makes it.

use std::time::Duration;

use reqwest::StatusCode;
use thiserror::Error;

/// The card that always pays.
pub const GOOD_CARD: &str = "4242424242424242";

/// The page did not take the card.
#[derive(Debug, Error)]
pub enum VisitError {
    /// It answered something else than that it is done.
    #[error("the page answers {0}")]
    Refused(StatusCode),
    /// There was no answer.
    #[error("the page cannot be reached")]
    Unreachable(#[from] reqwest::Error),
}

/// Pays on the page at `url` with a test card, and stays there.
pub async fn pay(url: &str, card: &str) -> Result<(), VisitError> {
    let http = crate::http::builder().timeout(Duration::from_secs(20)).build()?;
    let form = [("card", card), ("expiry", "12/34"), ("action", "pay")];
    let status = http.post(url).form(&form).send().await?.status();
    // Paid: it leads back to the shop.
    if status.is_redirection() { Ok(()) } else { Err(VisitError::Refused(status)) }
}
