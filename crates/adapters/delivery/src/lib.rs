//! Telling people: mail by SMTP or as files, and the letters in it.

mod letters;
mod mail;

pub use letters::Templates;
pub use mail::{Login, MailDirectory, Security, Smtp, SmtpConfig, SmtpConfigError};
