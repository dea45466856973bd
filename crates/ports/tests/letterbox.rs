//! The in-memory mailer keeps every promise of a mailer.

use std::sync::Arc;

use async_trait::async_trait;
use folio_ports::contract::mail::{Inbox, Post, Received, mail};
use folio_ports::fake::Letterbox;
use folio_ports::{MailError, Mailer as _};

struct Opened(Letterbox);

#[async_trait]
impl Inbox for Opened {
    async fn received(&self) -> Vec<Received> {
        let read = |mail: folio_ports::Mail| Received {
            message_id: mail.message_id(),
            from: mail.from,
            to: mail.to,
            date: mail.written_at.timestamp(),
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            attachments: mail.attachments,
        };
        self.0.sent().into_iter().map(read).collect()
    }
}

async fn fresh() -> Post {
    let letterbox = Letterbox::default();
    Post { mailer: Arc::new(letterbox.clone()), inbox: Arc::new(Opened(letterbox)), keep: Arc::new(()) }
}

folio_ports::mail_contract!(fresh);

#[tokio::test]
async fn an_answer_is_given_once_and_unknown_ones_may_have_arrived() {
    let letterbox = Letterbox::default();
    let jane = mail("one", "jane@customer.example");
    letterbox.answer_once("jane@customer.example", MailError::Again("busy".into()));
    letterbox.answer_once("jane@customer.example", MailError::Unknown("gone".into()));
    assert!(matches!(letterbox.send(&jane).await, Err(MailError::Again(_))));
    assert_eq!(letterbox.sent(), []);
    assert!(matches!(letterbox.send(&jane).await, Err(MailError::Unknown(_))));
    assert!(letterbox.send(&jane).await.is_ok());
    assert_eq!(letterbox.sent(), [jane.clone(), jane]);
}
