//! A mail as bytes (RFC 5322, MIME). The same mail is always the same bytes.

use std::time::SystemTime;

use lettre::Address;
use lettre::message::header::{ContentDisposition, ContentType, HeaderName, HeaderValue};
use lettre::message::{self, Body, Message, MultiPart, SinglePart};
use ports::{Attachment, Mail, MailError, Mailbox};
use sha2::{Digest as _, Sha256};

/// What goes over the wire.
pub(super) struct Ready {
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) bytes: Vec<u8>,
}

/// The mail as bytes, or why it can never be sent.
pub(super) fn ready(mail: &Mail) -> Result<Ready, MailError> {
    mail.check()?;
    let (from, to) = (mailbox(&mail.from)?, mailbox(&mail.to)?);
    let addresses = (from.email.clone(), to.email.clone());
    let mut message = Message::builder()
        .message_id(Some(mail.message_id()))
        .date(SystemTime::from(mail.written_at))
        .from(from)
        .to(to)
        .subject(mail.subject.clone())
        // Told to auto-responders, so that none answers to an invoice (RFC 3834).
        .raw_header(raw("Auto-Submitted", "auto-generated"));
    if let Some(reply_to) = &mail.reply_to {
        message = message.reply_to(mailbox(reply_to)?);
    }
    let bytes = message.multipart(body(mail)?).map_err(never)?.formatted();
    Ok(Ready { from: addresses.0, to: addresses.1, bytes })
}

fn body(mail: &Mail) -> Result<MultiPart, MailError> {
    let words = MultiPart::alternative()
        .boundary(boundary(mail, "words"))
        .singlepart(SinglePart::plain(mail.text.clone()))
        .singlepart(SinglePart::html(mail.html.clone()));
    if mail.attachments.is_empty() {
        return Ok(words);
    }
    let whole = MultiPart::mixed().boundary(boundary(mail, "whole")).multipart(words);
    mail.attachments.iter().try_fold(whole, |whole, attachment| Ok(whole.singlepart(attached(attachment)?)))
}

fn attached(attachment: &Attachment) -> Result<SinglePart, MailError> {
    let media_type = ContentType::parse(&attachment.media_type).map_err(never)?;
    // Always Base64: a relay that mends line ends would break a signature or a hash of the file.
    let content =
        Body::new_with_encoding(attachment.content.to_vec(), message::header::ContentTransferEncoding::Base64);
    let content = content.map_err(|_| MailError::Never("an attachment cannot be encoded".to_owned()))?;
    let part = SinglePart::builder().header(ContentDisposition::attachment(&attachment.name));
    Ok(part.header(media_type).body(content))
}

fn mailbox(mailbox: &Mailbox) -> Result<message::Mailbox, MailError> {
    let wrong = |_| MailError::Never(format!("not an address: {:?}", mailbox.address));
    let address: Address = mailbox.address.parse().map_err(wrong)?;
    Ok(message::Mailbox::new(mailbox.name.clone(), address))
}

/// Fixed for the mail, and nothing that its content could hold by chance or on purpose.
fn boundary(mail: &Mail, part: &str) -> String {
    let mut hash = Sha256::new();
    for piece in [part, &mail.id, &mail.text, &mail.html] {
        hash.update(piece);
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..20])
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn never(error: impl std::fmt::Display) -> MailError {
    MailError::Never(error.to_string())
}
