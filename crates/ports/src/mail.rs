//! Sending mail.

use std::str::FromStr;

use async_trait::async_trait;
use bytes::Bytes;
use domain::Instant;
use thiserror::Error;

use crate::Fault;

/// Who a mail is from or for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mailbox {
    /// What they are called.
    pub name: Option<String>,
    /// Their address: `billing@example.com`.
    pub address: String,
}

/// The text is not a mailbox.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not an address, with or without a name: Folio <billing@example.com>")]
pub struct ParseMailboxError;

/// As people write it: `Folio <billing@example.com>`, or the address alone.
impl FromStr for Mailbox {
    type Err = ParseMailboxError;

    fn from_str(text: &str) -> Result<Self, ParseMailboxError> {
        let (name, address) = match text.trim().strip_suffix('>') {
            Some(text) => text.split_once('<').ok_or(ParseMailboxError)?,
            None => ("", text.trim()),
        };
        let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        check_line("a name", name.as_deref().unwrap_or_default()).map_err(|_| ParseMailboxError)?;
        check_address(address).map_err(|_| ParseMailboxError)?;
        Ok(Self { name, address: address.to_owned() })
    }
}

/// A file that comes with a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type: `application/pdf`.
    pub media_type: String,
    /// Its bytes.
    pub content: Bytes,
}

/// One message to one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// What makes it this mail, such as the outbox row it comes from: 1 to 100 of `A-Z`, `a-z`, `0-9`, `_`, `.` and `-`.
    /// A repeated send has the same [`Message-ID`](Mail::message_id), by which receivers recognise it.
    pub id: String,
    /// Its `Date`: when it was written, which stays through repeated sends.
    pub written_at: Instant,
    /// Who sends it.
    pub from: Mailbox,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Mailbox>,
    /// Who gets it.
    pub to: Mailbox,
    /// Its subject.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// What comes with it.
    pub attachments: Vec<Attachment>,
}

/// Why a mail was not sent, or nobody knows whether it was.
#[derive(Debug, Error)]
pub enum MailError {
    /// Nobody has got it: the server is away, busy, wants it later, or does not like us. Try again later.
    #[error("the mail can be sent later: {0}")]
    Again(#[source] Fault),
    /// It will never arrive: the address is wrong or gone, or the mail itself is refused. The text is for the operator.
    #[error("the mail cannot be sent: {0}")]
    Never(String),
    /// It was handed over and the answer is missing. A repeated send may make it arrive twice, with one `Message-ID`.
    #[error("the mail may have been sent: {0}")]
    Unknown(#[source] Fault),
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one mail; done when the next server has taken it over.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

impl Mail {
    /// The longest subject, name or file name, in bytes.
    pub const MAX_LINE: usize = 500;

    /// Its `Message-ID`: `<id@domain>` with the sender's domain. The same for every send of the same mail.
    #[must_use]
    pub fn message_id(&self) -> String {
        format!("<{}@{}>", self.id, self.from.address.rsplit('@').next().unwrap_or_default())
    }

    /// Refuses what could break out of its header, whatever a library may make of it.
    /// Every [`Mailer`] asks this first.
    pub fn check(&self) -> Result<(), MailError> {
        let id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        if !(1..=100).contains(&self.id.len()) || !self.id.bytes().all(id) {
            return Err(MailError::Never("the mail's id is not 1 to 100 of A-Z, a-z, 0-9, _, . and -".to_owned()));
        }
        for mailbox in [&self.from, &self.to].into_iter().chain(&self.reply_to) {
            check_address(&mailbox.address)?;
            check_line("a name", mailbox.name.as_deref().unwrap_or_default())?;
        }
        check_line("the subject", &self.subject)?;
        for attachment in &self.attachments {
            check_line("a file name", &attachment.name)?;
            check_line("a media type", &attachment.media_type)?;
        }
        Ok(())
    }
}

fn check_line(what: &str, text: &str) -> Result<(), MailError> {
    // U+2028 and U+2029 end lines in some readers.
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if text.len() > Mail::MAX_LINE || text.chars().any(breaks) {
        return Err(MailError::Never(format!("{what} is not one line of at most {} bytes", Mail::MAX_LINE)));
    }
    Ok(())
}

/// One plain address (a dot-atom on both sides): no quoting, no comments, no lists, no name around it.
fn check_address(address: &str) -> Result<(), MailError> {
    let special = |c: char| c.is_control() || c.is_whitespace() || "()<>[],;:\\\"@".contains(c);
    let atoms = |part: &str| part.split('.').all(|atom| !atom.is_empty() && !atom.contains(special));
    // A program that takes addresses as arguments would read a leading hyphen as an option.
    let plain = |(user, domain): (&str, &str)| atoms(user) && atoms(domain) && !user.starts_with('-');
    if address.len() > 254 || !address.split_once('@').is_some_and(plain) {
        return Err(MailError::Never(format!("not an address: {:?}", address.chars().take(254).collect::<String>())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_an_address_with_or_without_a_name() {
        let read = |text: &str| text.parse::<Mailbox>().map(|read| (read.name.unwrap_or_default(), read.address));
        let address = "billing@example.com".to_owned();
        assert_eq!(read(" Folio & Co <billing@example.com> "), Ok(("Folio & Co".to_owned(), address.clone())));
        assert_eq!(read("billing@example.com"), Ok((String::new(), address)));
        for wrong in ["", "Folio", "Folio <>", "Folio billing@example.com", "a@b>", "<a@b", "A\nB <a@b>", "A <a@b> c"] {
            assert_eq!(read(wrong), Err(ParseMailboxError), "{wrong:?}");
        }
    }
}
