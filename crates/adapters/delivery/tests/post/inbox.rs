//! A directory of mail, read as a receiver reads it.

use std::fs;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use mail_parser::{Address, Message, MessageParser, MimeHeaders as _};
use ports::contract::mail::{Inbox, Received};
use ports::{Attachment, Mailbox};

/// The files `*.eml` of a directory.
pub(crate) struct Folder(pub(crate) PathBuf);

#[async_trait]
impl Inbox for Folder {
    async fn received(&self) -> Vec<Received> {
        raw(&self.0).iter().map(|bytes| read(bytes)).collect()
    }
}

/// The mails as they lie there, by file name.
pub(crate) fn raw(directory: &Path) -> Vec<Vec<u8>> {
    let files = fs::read_dir(directory).expect("a directory").map(|file| file.expect("a file").path());
    let mut mails: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "eml")).collect();
    mails.sort();
    mails.iter().map(|path| fs::read(path).expect("a mail")).collect()
}

fn read(bytes: &[u8]) -> Received {
    let message = MessageParser::default().parse(bytes).expect("a mail");
    Received {
        message_id: format!("<{}>", message.message_id().expect("an id")),
        from: mailbox(message.from()),
        to: mailbox(message.to()),
        date: message.date().expect("a date").to_timestamp(),
        subject: message.subject().expect("a subject").to_owned(),
        text: lines(&message.body_text(0).expect("a text")),
        html: lines(&message.body_html(0).expect("a page")),
        attachments: attachments(&message),
    }
}

fn mailbox(header: Option<&Address<'_>>) -> Mailbox {
    let all: Vec<_> = header.expect("a header").iter().collect();
    assert_eq!(all.len(), 1, "one address");
    let text = |text: Option<&str>| text.map(str::to_owned);
    Mailbox { name: text(all[0].name()), address: text(all[0].address()).expect("an address") }
}

/// Mail ends lines its own way.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn attachments(message: &Message<'_>) -> Vec<Attachment> {
    let read = |part: &mail_parser::MessagePart<'_>| {
        let kind = part.content_type().expect("a type");
        Attachment {
            name: part.attachment_name().expect("a name").to_owned(),
            media_type: format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()),
            content: part.contents().to_vec().into(),
        }
    };
    message.attachments().map(read).collect()
}
