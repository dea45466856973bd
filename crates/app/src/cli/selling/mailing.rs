//! Who carries the mail: an SMTP server, or a directory.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use delivery::{Login, MailDirectory, Security, Smtp, SmtpConfig};
use percent_encoding::percent_decode_str;
use ports::{Mailbox, Mailer};
use url::Url;

use crate::cli::exit::usage;
use crate::cli::secret;
use crate::wire::Wired;

/// The longest that one step of handing a mail over may take.
const STEP: Duration = Duration::from_secs(30);
const PASSWORD: &str = "FOLIO_SMTP_PASSWORD";

/// Who carries the mail.
#[derive(Debug, Args)]
#[command(next_help_heading = "Mail")]
pub(crate) struct Mailing {
    /// Where mail is laid, a file each.
    #[arg(long, env = "FOLIO_MAIL_DIRECTORY", default_value = "folio-mail", value_name = "DIRECTORY")]
    mail_directory: PathBuf,
    #[arg(
        long,
        help = "The server that sends it instead: smtps://USER@HOST:PORT (TLS), smtp://USER@HOST:PORT (STARTTLS), \
                smtp://HOST:PORT?tls=none (neither)",
        env = "FOLIO_SMTP_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    smtp_url: Option<String>,
    #[arg(
        long,
        help = "The user's password; or in FOLIO_SMTP_PASSWORD",
        env = "FOLIO_SMTP_PASSWORD_FILE",
        value_name = "FILE"
    )]
    smtp_password_file: Option<PathBuf>,
    /// Who mails come from, such as "Folio <billing@example.com>"; needed with --smtp-url.
    #[arg(long, env = "FOLIO_MAIL_FROM", value_name = "MAILBOX")]
    mail_from: Option<Mailbox>,
}

impl Mailing {
    pub(super) fn wire(&self, wired: &mut Wired) -> anyhow::Result<()> {
        wired.ctx.mailer = Some(self.mailer()?);
        if let Some(sender) = &self.mail_from {
            wired.ctx.sender = sender.clone();
        }
        Ok(())
    }

    fn mailer(&self) -> anyhow::Result<Arc<dyn Mailer>> {
        let Some(url) = &self.smtp_url else {
            let directory = MailDirectory::open(&self.mail_directory);
            let told = || format!("cannot make the directory for mail, {}", self.mail_directory.display());
            return Ok(Arc::new(directory.with_context(told)?));
        };
        let server = Server::read(url).map_err(|what| usage(format_args!("--smtp-url: {what}")))?;
        if self.mail_from.is_none() {
            return Err(usage("--mail-from: who do mails come from?"));
        }
        let password = secret::read(PASSWORD, self.smtp_password_file.as_deref())?;
        Ok(Arc::new(Smtp::new(server.config(password)?)?))
    }
}

/// What the address of an SMTP server says.
#[derive(Debug, PartialEq, Eq)]
struct Server {
    security: Security,
    user: Option<String>,
    host: String,
    port: u16,
}

impl Server {
    fn read(text: &str) -> Result<Self, &'static str> {
        const FORM: &str = "smtps://USER@HOST:PORT or smtp://USER@HOST:PORT";
        let url = Url::parse(text).map_err(|_| FORM)?;
        if url.password().is_some() {
            return Err("no password stands here, where others could read it");
        }
        let (security, usual) = match (url.scheme(), url.query()) {
            ("smtps", None) => (Security::Tls, 465),
            ("smtp", None) => (Security::StartTls, 587),
            ("smtp", Some("tls=none")) => (Security::Plain, 25),
            _ => return Err(FORM),
        };
        let host = url.host_str().map(|host| host.trim_matches(['[', ']'])).filter(|host| !host.is_empty());
        let host = host.filter(|_| matches!(url.path(), "" | "/") && url.fragment().is_none()).ok_or(FORM)?;
        let user = percent_decode_str(url.username()).decode_utf8().map_err(|_| FORM)?.into_owned();
        let user = Some(user).filter(|user| !user.is_empty());
        Ok(Self { security, user, host: host.to_owned(), port: url.port().unwrap_or(usual) })
    }

    fn config(self, password: Option<String>) -> anyhow::Result<SmtpConfig> {
        let Self { security, user, host, port } = self;
        let login = match (user, password) {
            (Some(user), Some(password)) => Some(Login { user, password }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(usage(format_args!("--smtp-url has a user: {PASSWORD} or a file is missing")));
            }
            (None, Some(_)) => return Err(usage("--smtp-url has no user to whom the password belongs")),
        };
        Ok(SmtpConfig { host, port, security, login, trusted: None, step_timeout: STEP })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(security: Security, user: Option<&str>, host: &str, port: u16) -> Server {
        Server { security, user: user.map(str::to_owned), host: host.to_owned(), port }
    }

    #[test]
    fn a_servers_address_says_how_it_is_spoken_to() {
        let table = [
            ("smtps://ada@mail.example.com", server(Security::Tls, Some("ada"), "mail.example.com", 465)),
            ("smtp://mail.example.com:2525", server(Security::StartTls, None, "mail.example.com", 2525)),
            (
                "smtp://a@b.example@mail.example.com",
                server(Security::StartTls, Some("a@b.example"), "mail.example.com", 587),
            ),
            ("smtp://a%40b@mail.example.com", server(Security::StartTls, Some("a@b"), "mail.example.com", 587)),
            ("smtp://localhost:1025?tls=none", server(Security::Plain, None, "localhost", 1025)),
            ("smtps://[::1]:465", server(Security::Tls, None, "::1", 465)),
        ];
        for (text, expected) in table {
            assert_eq!(Server::read(text), Ok(expected), "{text}");
        }
        for wrong in
            ["mail.example.com", "http://a.example", "smtp://", "smtps://a.example?tls=none", "smtp://a.example/b"]
        {
            assert!(Server::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_not_shown_and_belongs_to_a_user() {
        let refused = Server::read("smtps://ada:hunter2@mail.example.com").unwrap_err();
        assert!(!refused.contains("hunter2"), "{refused}");
        let config = |user, password: Option<&str>| {
            server(Security::Tls, user, "mail.example.com", 465).config(password.map(str::to_owned))
        };
        assert!(config(Some("ada"), None).is_err() && config(None, Some("hunter2")).is_err());
        assert!(config(None, None).unwrap().login.is_none());
        assert_eq!(config(Some("ada"), Some("hunter2")).unwrap().login.unwrap().password, "hunter2");
    }
}
