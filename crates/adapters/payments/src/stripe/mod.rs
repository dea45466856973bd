//! Stripe, as far as Folio needs it: checkout sessions, payment intents, refunds, customers, cards, events.
//!
//! Every POST carries an idempotency key that is made from our reference, and the reference itself as metadata, so that
//! what came of a request can be found when its answer was lost.

mod client;
mod decline;
mod events;
mod keys;
mod methods;
mod payments;
mod wire;

use std::fmt;
use std::time::Duration;

use client::Client;
use ports::Reference;

/// How to reach Stripe, or the [stub](crate::stub).
#[derive(Clone)]
pub struct Settings {
    /// `https://api.stripe.com`, without a slash at the end.
    pub base_url: String,
    /// `sk_live_…`, `sk_test_…` or a restricted key. Never shown.
    pub secret_key: String,
    /// The endpoint's signing secrets, `whsec_…`: two while they rotate. Never shown.
    pub webhook_secrets: Vec<String>,
    /// How long one attempt may take. There are two.
    pub timeout: Duration,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base_url, secret_key: _, webhook_secrets, timeout } = self;
        f.debug_struct("Settings")
            .field("base_url", base_url)
            .field("secret_key", &"[hidden]")
            .field("webhook_secrets", &format_args!("[{} hidden]", webhook_secrets.len()))
            .field("timeout", timeout)
            .finish()
    }
}

/// The real provider.
#[derive(Clone)]
pub struct Stripe {
    client: Client,
    webhook_secrets: Vec<String>,
}

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe").field("client", &self.client).finish_non_exhaustive()
    }
}

/// The key has characters that no header can carry.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("this is not a key of the payment provider")]
pub struct UnusableKey;

impl Stripe {
    /// Says nothing to Stripe yet.
    pub fn new(settings: Settings) -> Result<Self, UnusableKey> {
        let Settings { base_url, secret_key, webhook_secrets, timeout } = settings;
        Ok(Self { client: Client::new(&base_url, &secret_key, timeout)?, webhook_secrets })
    }
}

/// Where our reference is in Stripe's objects.
const REFERENCE: &str = "folio_reference";

/// Our reference in an object's metadata.
fn reference(metadata: &std::collections::BTreeMap<String, String>) -> Option<Reference> {
    metadata.get(REFERENCE).and_then(|text| Reference::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_shown() {
        let settings = Settings {
            base_url: "https://api.stripe.com".to_owned(),
            secret_key: "sk_live_SECRET".to_owned(),
            webhook_secrets: vec!["whsec_SECRET".to_owned()],
            timeout: Duration::from_secs(1),
        };
        let shown = format!("{settings:?} {settings:#?} {:?}", Stripe::new(settings.clone()).unwrap());
        assert!(!shown.contains("SECRET"), "{shown}");
        assert!(shown.contains("https://api.stripe.com"), "{shown}");
        assert_eq!(Stripe::new(Settings { secret_key: "sk\n".to_owned(), ..settings }).unwrap_err(), UnusableKey);
    }
}
