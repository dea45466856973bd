//! What every [`Mailer`] promises. An adapter's test says how one is made, and how what it sent is read back.

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::asks::start;
use crate::{Attachment, Mail, MailError, Mailbox, Mailer};

/// Where the sent mail can be looked at, as a receiver reads it.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// All that has arrived. The order is the inbox's own.
    async fn received(&self) -> Vec<Received>;
}

/// A mail, read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its `Message-ID`, in its angle brackets.
    pub message_id: String,
    /// The name and the address of its `From`.
    pub from: Mailbox,
    /// The name and the address of its `To`.
    pub to: Mailbox,
    /// Its `Date`, in seconds since 1970.
    pub date: i64,
    /// Its subject.
    pub subject: String,
    /// Its plain text.
    pub text: String,
    /// Its HTML.
    pub html: String,
    /// What came with it.
    pub attachments: Vec<Attachment>,
}

/// A mailer with its inbox.
#[derive(Clone)]
pub struct Post {
    /// The mailer.
    pub mailer: Arc<dyn Mailer>,
    /// What it sent.
    pub inbox: Arc<dyn Inbox>,
    /// What has to live as long as they do: a temporary directory, a server.
    pub keep: Arc<dyn Any + Send + Sync>,
}

/// A plain mail.
#[must_use]
pub fn mail(id: &str, to: &str) -> Mail {
    let mailbox = |address: &str| Mailbox { name: None, address: address.to_owned() };
    Mail {
        id: id.to_owned(),
        written_at: start(),
        from: mailbox("billing@operator.example"),
        reply_to: None,
        to: mailbox(to),
        subject: "Your invoice".to_owned(),
        text: "Thank you.\n".to_owned(),
        html: "<p>Thank you.</p>".to_owned(),
        attachments: Vec::new(),
    }
}

async fn arrived(post: &Post, mail: &Mail) -> Vec<Received> {
    let received = post.inbox.received().await.into_iter();
    received.filter(|received| received.message_id == mail.message_id()).collect()
}

/// Letters of all sorts, lines that SMTP gives a meaning to, and bytes that are no text.
pub async fn a_mail_arrives_as_it_was_written(post: Post) {
    let mut mail = mail("whole-1", "jane@customer.example");
    mail.from.name = Some("Prüfung, \"Söhne\" <& Co>".to_owned());
    mail.to.name = Some("Zoë O'Hara 王小明".to_owned());
    mail.reply_to = Some(Mailbox { name: None, address: "help@operator.example".to_owned() });
    mail.subject = format!("Rechnung №\u{a0}7 — {}", "Grüße ".repeat(40).trim_end());
    mail.text = format!(".\n..\nFrom here: 19,00 €\n{}\n=3D=\n\n.end\n", "x".repeat(2_000));
    mail.html = mail.html.replace("Thank you.", "19,00&nbsp;€ für <b>Zoë</b>");
    mail.attachments = vec![
        Attachment {
            name: "Rechnung № 7 (größer).pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            content: (0..=255).cycle().take(100_000).collect(),
        },
        Attachment { name: "empty.txt".to_owned(), media_type: "text/plain".to_owned(), content: Bytes::new() },
    ];
    post.mailer.send(&mail).await.expect("sent");
    let expected = Received {
        message_id: "<whole-1@operator.example>".to_owned(),
        from: mail.from.clone(),
        to: mail.to.clone(),
        date: mail.written_at.timestamp(),
        subject: mail.subject.clone(),
        text: mail.text.clone(),
        html: mail.html.clone(),
        attachments: mail.attachments.clone(),
    };
    assert_eq!(arrived(&post, &mail).await, [expected]);
}

/// Whether both copies arrive or only one: nobody takes them for two mails.
pub async fn a_repeated_send_has_the_same_message_id(post: Post) {
    let mail = mail("again-1", "jane@customer.example");
    let before = post.inbox.received().await;
    for _ in 0..2 {
        post.mailer.send(&mail).await.expect("sent");
    }
    let received = post.inbox.received().await;
    let fresh: Vec<_> = received.iter().filter(|received| !before.contains(received)).collect();
    assert!(!fresh.is_empty());
    assert!(fresh.iter().all(|received| received.message_id == "<again-1@operator.example>"), "{fresh:?}");
}

/// No value becomes a header, a recipient or a command.
pub async fn what_could_break_out_of_a_header_is_refused(post: Post) {
    let before = post.inbox.received().await.len();
    let attacks = ["\r\nBcc: eve@attacker.example", "\nX: y", "\r", "\0", "\u{85}", "\u{2028}X: y", "\r\n\r\nbody"];
    for attack in attacks {
        let good = mail("attack-1", "jane@customer.example");
        let evil = format!("Jane{attack}");
        let mailbox = Mailbox { name: Some(evil.clone()), ..good.to.clone() };
        let file = |name: &str, media_type: &str| Attachment {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            content: Bytes::new(),
        };
        let mails = [
            Mail { id: evil.clone(), ..good.clone() },
            Mail { to: mailbox.clone(), ..good.clone() },
            Mail { from: Mailbox { address: good.from.address.clone(), ..mailbox.clone() }, ..good.clone() },
            Mail { reply_to: Some(mailbox), ..good.clone() },
            Mail { subject: evil.clone(), ..good.clone() },
            Mail { to: Mailbox { name: None, address: format!("jane@customer.example{attack}") }, ..good.clone() },
            Mail { to: Mailbox { name: None, address: format!("jane{attack}@customer.example") }, ..good.clone() },
            Mail { attachments: vec![file(&evil, "text/plain")], ..good.clone() },
            Mail { attachments: vec![file("a.txt", &format!("text/plain{attack}"))], ..good.clone() },
        ];
        for mail in mails {
            let answer = post.mailer.send(&mail).await;
            assert!(matches!(answer, Err(MailError::Never(_))), "{mail:?}: {answer:?}");
        }
    }
    assert_eq!(post.inbox.received().await.len(), before, "nothing was sent");
}

/// One recipient, written plainly.
pub async fn what_is_no_address_is_refused(post: Post) {
    let before = post.inbox.received().await.len();
    let long = format!("{}@customer.example", "a".repeat(250));
    let table = [
        "",
        "@",
        "jane",
        "jane@",
        "@customer.example",
        "jane@customer.example,eve@attacker.example",
        "jane@customer.example eve@attacker.example",
        "Jane <jane@customer.example>",
        "jane@@customer.example",
        "jane@[127.0.0.1]",
        "\"jane doe\"@customer.example",
        "jane(comment)@customer.example",
        "-oQ/tmp@customer.example",
        "jane..doe@customer.example",
        "jane@customer..example",
        &long,
    ];
    for address in table {
        let answer = post.mailer.send(&mail("address-1", address)).await;
        assert!(matches!(answer, Err(MailError::Never(_))), "{address:?}: {answer:?}");
    }
    assert_eq!(post.inbox.received().await.len(), before, "nothing was sent");
}

/// None is lost, none is mixed up with another.
pub async fn many_mails_at_once_arrive_each_once(post: Post) {
    let mails: Vec<_> = (0..20).map(|n| mail(&format!("many-{n}"), &format!("many-{n}@customer.example"))).collect();
    let sends = mails.iter().cloned().map(|mail| {
        let mailer = post.mailer.clone();
        tokio::spawn(async move { mailer.send(&mail).await })
    });
    for send in sends.collect::<Vec<_>>() {
        send.await.expect("no panic").expect("sent");
    }
    for mail in &mails {
        let received = arrived(&post, mail).await;
        assert_eq!(received.iter().map(|received| &received.to).collect::<Vec<_>>(), [&mail.to]);
    }
}
