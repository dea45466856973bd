//! `folio mail`.

use clap::Subcommand;
use domain::Locale;
use ports::Written;
use serde_json::json;
use service::mail::{Template, preview};

use super::database::{self, Database};
use super::exit::Exit;
use super::output::{self, Format};
use super::value;

/// Look at mail.
#[derive(Debug, Subcommand)]
pub(crate) enum Mail {
    /// Show what mails of a kind say, with the tenant's catalog in force and a customer who is made up. Nothing is sent.
    Preview {
        /// Which mail: invoice, refund, `payment_failed`, `renewal_failed`, `subscription_ended`,
        /// `subscription_change_failed` or `quote_request`.
        #[arg(value_parser = value::template)]
        template: Template,
        /// Whose, by name or id.
        #[arg(long, env = "FOLIO_TENANT", value_name = "TENANT")]
        tenant: String,
        /// The customer's locale, such as de-DE; the seller's unless you say.
        #[arg(long, env = "FOLIO_MAIL_LOCALE", value_parser = value::locale)]
        locale: Option<Locale>,
        /// Only the HTML, for a browser.
        #[arg(long, env = "FOLIO_MAIL_HTML")]
        html: bool,
        #[command(flatten)]
        database: Database,
    },
}

impl Mail {
    pub(crate) async fn run(self, format: Format) -> anyhow::Result<Exit> {
        let Self::Preview { template, tenant, locale, html: only_html, database } = self;
        let written = database.with(async |ctx| {
            let tenant = database::tenant(ctx, &tenant).await?.id;
            Ok(preview(ctx, tenant, template, locale).await?)
        });
        let Written { subject, text, html } = written.await?;
        match format {
            _ if only_html => output::data(html)?,
            Format::Json => {
                let template = template.word();
                output::json(&json!({"template": template, "subject": subject, "text": text, "html": html}))?;
            }
            Format::Table => output::data(format_args!("Subject: {subject}\n\n{text}"))?,
        }
        Ok(Exit::Done)
    }
}
