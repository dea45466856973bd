//! Mail by SMTP.
//!
//! One connection for each mail, and each step under its own eye: only so can it be told whether a mail that failed
//! may have arrived.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use ports::{Fault, Mail, MailError, Mailer};
use thiserror::Error;
use tokio::time::timeout;

use super::message::{self, Ready};

/// The longest of a server's words that are kept.
const MAX_WORDS: usize = 300;

/// How a connection is made safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (port 465).
    Tls,
    /// TLS after `STARTTLS` (port 587); a server that does not offer it gets no mail.
    StartTls,
    /// None: only for a server on this machine or in this network, and never with a login.
    Plain,
}

/// Who we are to the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The user's name.
    pub user: String,
    /// The password. It is never shown.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

/// The server that takes our mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpConfig {
    /// Its name; its certificate has to bear it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is made safe.
    pub security: Security,
    /// Who we are, where it wants to know.
    pub login: Option<Login>,
    /// Certificates (PEM) to trust besides the usual ones.
    pub trusted: Option<Vec<u8>>,
    /// The longest that one step may take: connecting with all of its greetings, naming the recipient, the mail itself.
    pub step_timeout: Duration,
}

/// Why this server cannot be used.
#[derive(Debug, Error)]
pub enum SmtpConfigError {
    /// A password would be readable on its way.
    #[error("a login needs TLS or STARTTLS")]
    LoginInTheClear,
    /// The certificates cannot be read, or the host is no name.
    #[error("the TLS settings are not usable")]
    Tls(#[source] SmtpError),
}

/// Sends mail by SMTP.
pub struct Smtp {
    config: SmtpConfig,
    tls: TlsParameters,
    hello: ClientId,
}

impl Smtp {
    /// Ready to send; nothing is connected yet.
    pub fn new(config: SmtpConfig) -> Result<Self, SmtpConfigError> {
        if config.security == Security::Plain && config.login.is_some() {
            return Err(SmtpConfigError::LoginInTheClear);
        }
        let mut tls = TlsParameters::builder(config.host.clone());
        if let Some(pem) = &config.trusted {
            tls = tls.add_root_certificate(Certificate::from_pem(pem).map_err(SmtpConfigError::Tls)?);
        }
        let tls = tls.build().map_err(SmtpConfigError::Tls)?;
        Ok(Self { config, tls, hello: ClientId::default() })
    }

    /// A connection that is safe, and that knows us. Nothing is lost where it fails.
    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let SmtpConfig { host, port, security, login, .. } = &self.config;
        let tls = || self.tls.clone();
        let at_once = (*security == Security::Tls).then(tls);
        let server = (host.as_str(), *port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, None, &self.hello, at_once, None).await?;
        if *security == Security::StartTls {
            connection.starttls(tls(), &self.hello).await?;
        }
        if let Some(Login { user, password }) = login {
            let credentials = Credentials::new(user.clone(), password.clone());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await?;
        }
        Ok(connection)
    }

    /// One step, under the time limit.
    async fn step<T>(&self, step: impl Future<Output = T> + Send) -> Result<T, Fault> {
        timeout(self.config.step_timeout, step).await.map_err(Fault::from)
    }

    async fn hand_over(&self, connection: &mut AsyncSmtpConnection, mail: &Ready) -> Result<(), MailError> {
        self.step(address(connection, mail)).await.map_err(MailError::Again)??;
        let answer = self.step(connection.message(&mail.bytes)).await.map_err(MailError::Unknown)?;
        match answer {
            Ok(_) => Ok(()),
            Err(error) if error.is_transient() => Err(again(error)),
            Err(error) if error.is_permanent() => Err(refused(error)),
            // The last dot may have been read: only the answer is missing.
            Err(error) => Err(MailError::Unknown(error.into())),
        }
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let mail = message::ready(mail)?;
        let mut connection = self.step(self.connect()).await.map_err(MailError::Again)?.map_err(again)?;
        let answer = self.hand_over(&mut connection, &mail).await;
        // Whatever becomes of the farewell, the answer stands.
        let _ = self.step(connection.abort()).await;
        answer
    }
}

/// Sender, recipient and `DATA`: until here the server has nothing that it could deliver.
async fn address(connection: &mut AsyncSmtpConnection, mail: &Ready) -> Result<(), MailError> {
    let mut parameters = Vec::new();
    if [&mail.from, &mail.to].into_iter().any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(MailError::Never("the server takes only addresses in ASCII".to_owned()));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    // Refusing the sender says nothing about the recipient: it is ours to settle.
    connection.command(MailFrom::new(Some(mail.from.clone()), parameters)).await.map_err(again)?;
    connection.command(Rcpt::new(mail.to.clone(), Vec::new())).await.map_err(refused)?;
    connection.command(Data).await.map_err(again)?;
    Ok(())
}

fn again(error: SmtpError) -> MailError {
    MailError::Again(error.into())
}

/// A `5xx` ends it, except where it says that we have no leave to send (`530`, `535`, `5.7.x`): that is ours to settle.
fn refused(error: SmtpError) -> MailError {
    let words = words(&error);
    let no_leave = error.status().is_some_and(|code| code.to_string().starts_with("53")) || words.contains(": 5.7.");
    if error.is_permanent() && !no_leave { MailError::Never(words) } else { again(error) }
}

/// The server's words, on one line.
fn words(error: &SmtpError) -> String {
    error.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_WORDS).collect()
}
