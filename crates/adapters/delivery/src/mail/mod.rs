//! Mail: one message, handed to an SMTP server or laid into a directory.

mod directory;
mod message;
mod smtp;

pub use directory::MailDirectory;
pub use smtp::{Login, Security, Smtp, SmtpConfig, SmtpConfigError};
