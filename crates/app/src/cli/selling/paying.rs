//! Who takes the money: Stripe for live tenants, and for those in test mode a stand-in that this server serves itself.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use payments::stripe::{self, Stripe};
use payments::stub::{self, Script, Stub, Webhook};
use ports::Ids;
use service::Provider;

use crate::cli::exit::usage;
use crate::cli::secret;
use crate::http::STUB;
use crate::wire::Wired;

/// How long one attempt at a request to a provider may take.
const TIMEOUT: Duration = Duration::from_secs(20);
const STRIPE: &str = "https://api.stripe.com";
const STRIPE_KEY: &str = "FOLIO_STRIPE_SECRET_KEY";
const STRIPE_WEBHOOK: &str = "FOLIO_STRIPE_WEBHOOK_SECRET";

/// Who takes the money.
#[derive(Debug, Args)]
#[command(next_help_heading = "Payments")]
pub(crate) struct Paying {
    /// Do without what stands in for Stripe, below /stripe, for tenants in test mode.
    #[arg(long, env = "FOLIO_NO_PAYMENT_STUB")]
    no_payment_stub: bool,
    #[arg(
        long,
        help = "Its key, for Stripe's own clients; or in FOLIO_PAYMENT_STUB_KEY. A new one at each start, unless said",
        env = "FOLIO_PAYMENT_STUB_KEY_FILE",
        value_name = "FILE"
    )]
    payment_stub_key_file: Option<PathBuf>,
    #[arg(
        long,
        help = "The key with which Stripe takes money for live tenants; or in FOLIO_STRIPE_SECRET_KEY",
        env = "FOLIO_STRIPE_SECRET_KEY_FILE",
        value_name = "FILE"
    )]
    stripe_secret_key_file: Option<PathBuf>,
    #[arg(
        long,
        help = "The secret that signs its events, two while they rotate; or in FOLIO_STRIPE_WEBHOOK_SECRET",
        env = "FOLIO_STRIPE_WEBHOOK_SECRET_FILE",
        value_name = "FILE"
    )]
    stripe_webhook_secret_file: Option<PathBuf>,
}

/// Where the server is, without slashes at the ends.
pub(super) struct Addresses {
    /// For itself.
    pub(super) here: String,
    /// For browsers.
    pub(super) public: String,
}

impl Paying {
    pub(super) fn wire(&self, wired: &mut Wired, at: &Addresses) -> anyhow::Result<()> {
        wired.ctx.providers.live = self.live()?;
        if !self.no_payment_stub {
            let (provider, stub) = self.test(wired, at)?;
            wired.ctx.providers.test = Some(provider);
            wired.stub = Some(stub);
        }
        Ok(())
    }

    fn live(&self) -> anyhow::Result<Option<Provider>> {
        let Some(secret_key) = secret::read(STRIPE_KEY, self.stripe_secret_key_file.as_deref())? else {
            return Ok(None);
        };
        let secrets = secret::read(STRIPE_WEBHOOK, self.stripe_webhook_secret_file.as_deref())?;
        let secrets = secrets.ok_or_else(|| usage(format_args!("Stripe's events need {STRIPE_WEBHOOK} or a file")))?;
        if !secret_key.contains("_live_") {
            tracing::warn!("Stripe's key is for its test mode: live tenants are paid in play money");
        }
        let webhook_secrets = secrets.split([',', ' ', '\n']).map(str::trim).filter(|secret| !secret.is_empty());
        let settings = stripe::Settings {
            base_url: STRIPE.to_owned(),
            secret_key,
            webhook_secrets: webhook_secrets.map(str::to_owned).collect(),
            timeout: TIMEOUT,
        };
        Ok(Some(Provider::new(Stripe::new(settings)?)))
    }

    fn test(&self, wired: &Wired, at: &Addresses) -> anyhow::Result<(Provider, Stub)> {
        let ids = &*wired.ctx.ids;
        let key = secret::read("FOLIO_PAYMENT_STUB_KEY", self.payment_stub_key_file.as_deref())?;
        let secret_key = key.unwrap_or_else(|| fresh("sk_test_", ids));
        let webhook = Webhook { url: format!("{}/v1/payments/events", at.here), secret: fresh("whsec_", ids) };
        let settings = stripe::Settings {
            base_url: format!("{}{STUB}", at.here),
            secret_key: secret_key.clone(),
            webhook_secrets: vec![webhook.secret.clone()],
            timeout: TIMEOUT,
        };
        let provider = Provider::new(Stripe::new(settings)?);
        let settings = stub::Settings {
            public_url: format!("{}{STUB}", at.public),
            secret_key,
            seed: seed(ids),
            script: Script { webhook: Some(webhook), ..Script::default() },
            retries: None,
        };
        Ok((provider, Stub::new(settings, wired.ctx.clock.clone())))
    }
}

fn fresh(prefix: &str, ids: &dyn Ids) -> String {
    format!("{prefix}{}", hex::encode(ids.secret()))
}

/// One that was not there before: ids of an earlier start must not come again, nor be guessed.
fn seed(ids: &dyn Ids) -> u64 {
    u64::from_be_bytes(*ids.secret().first_chunk().expect("32 bytes begin with 8"))
}
