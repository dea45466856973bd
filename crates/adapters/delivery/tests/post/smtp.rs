//! Mail by SMTP.

use std::sync::Arc;
use std::time::Duration;

use folio_delivery::{Login, Security, Smtp, SmtpConfig, SmtpConfigError};
use ports::contract::mail::{Post, mail};
use ports::{Mail, MailError, Mailbox, Mailer as _};

use crate::inbox::Folder;
use crate::server::Server;

async fn fresh() -> Post {
    let server = Server::start(Security::StartTls);
    Post { mailer: Arc::new(server.mailer()), inbox: Arc::new(Folder(server.mail())), keep: Arc::new(server) }
}

ports::mail_contract!(fresh);

fn to(user: &str) -> Mail {
    mail("one", &format!("{user}@customer.example"))
}

/// What a mail to this recipient of a plain server comes to, and how many mails the server has then.
async fn outcome(user: &str) -> (Result<(), MailError>, usize) {
    let server = Server::start(Security::Plain);
    let answer = server.mailer().send(&to(user)).await;
    (answer, server.accepted().len())
}

#[tokio::test]
async fn starttls_and_tls_with_a_login_deliver() {
    for security in [Security::StartTls, Security::Tls] {
        let server = Server::start(security);
        server.mailer().send(&to("jane")).await.expect("sent");
        let accepted = server.accepted();
        assert_eq!(accepted.len(), 1);
        assert!(accepted[0].starts_with(b"X-Recipient: jane@customer.example\r\n"));
    }
}

#[tokio::test]
async fn greylisted_mail_is_sent_again_and_arrives_once() {
    let server = Server::start(Security::Plain);
    let first = server.mailer().send(&to("grey")).await;
    assert!(matches!(&first, Err(MailError::Again(fault)) if fault.to_string().contains("Greylisted")), "{first:?}");
    assert_eq!(server.accepted().len(), 0);
    server.mailer().send(&to("grey")).await.expect("sent");
    assert_eq!(server.accepted().len(), 1);
}

#[tokio::test]
async fn an_address_that_is_gone_is_never_tried_again() {
    let (answer, accepted) = outcome("bounce").await;
    assert!(matches!(&answer, Err(MailError::Never(words)) if words.contains("No such user here")), "{answer:?}");
    assert_eq!(accepted, 0);
}

#[tokio::test]
async fn mail_that_is_refused_for_what_it_says_is_never_tried_again() {
    let (answer, accepted) = outcome("spam").await;
    assert!(matches!(&answer, Err(MailError::Never(words)) if words.contains("Looks like spam")), "{answer:?}");
    assert_eq!(accepted, 0);
}

#[tokio::test]
async fn what_is_ours_or_the_servers_to_settle_is_tried_again() {
    for user in ["full", "relay"] {
        let (answer, accepted) = outcome(user).await;
        assert!(matches!(answer, Err(MailError::Again(_))), "{user}: {answer:?}");
        assert_eq!(accepted, 0);
    }
    let server = Server::start(Security::Plain);
    let nobody = Mailbox { name: None, address: "nobody@operator.example".to_owned() };
    let answer = server.mailer().send(&Mail { from: nobody, ..to("jane") }).await;
    assert!(matches!(answer, Err(MailError::Again(_))), "{answer:?}");
}

#[tokio::test]
async fn a_connection_that_drops_before_the_mail_is_for_later() {
    let (answer, accepted) = outcome("drop-early").await;
    assert!(matches!(answer, Err(MailError::Again(_))), "{answer:?}");
    assert_eq!(accepted, 0);
}

#[tokio::test]
async fn a_connection_that_drops_after_the_mail_leaves_it_unknown_and_the_copy_recognisable() {
    let server = Server::start(Security::Plain);
    let answer = server.mailer().send(&to("drop-late")).await;
    assert!(matches!(answer, Err(MailError::Unknown(_))), "{answer:?}");
    server.mailer().send(&to("drop-late")).await.expect("sent");
    let accepted = server.accepted();
    assert_eq!(accepted.len(), 2);
    assert_eq!(accepted[0], accepted[1]);
}

#[tokio::test]
async fn a_server_that_falls_silent_is_not_waited_for() {
    let server = Server::start(Security::Plain);
    let mailer = Smtp::new(SmtpConfig { step_timeout: Duration::from_secs(2), ..server.config() }).expect("a mailer");
    let early = mailer.send(&to("silent-early")).await;
    assert!(matches!(early, Err(MailError::Again(_))), "{early:?}");
    let late = mailer.send(&to("silent-late")).await;
    assert!(matches!(late, Err(MailError::Unknown(_))), "{late:?}");
}

#[tokio::test]
async fn a_server_that_is_away_is_for_later() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("a port").port();
    drop(listener);
    let server = Server::start(Security::Plain);
    let mailer = Smtp::new(SmtpConfig { port, ..server.config() }).expect("a mailer");
    let answer = mailer.send(&to("jane")).await;
    assert!(matches!(answer, Err(MailError::Again(_))), "{answer:?}");
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_that_we_cannot_trust() {
    for security in [Security::StartTls, Security::Tls] {
        let server = Server::start(security);
        let strangers = SmtpConfig { trusted: None, ..server.config() };
        let another_name = SmtpConfig { host: "127.0.0.1".to_owned(), ..server.config() };
        for config in [strangers, another_name] {
            let answer = Smtp::new(config).expect("a mailer").send(&to("jane")).await;
            assert!(matches!(answer, Err(MailError::Again(_))), "{answer:?}");
        }
        assert_eq!(server.accepted().len(), 0);
    }
    // One that offers no STARTTLS is not spoken to in the clear.
    let server = Server::start(Security::Plain);
    let wary = SmtpConfig { security: Security::StartTls, ..server.config() };
    let answer = Smtp::new(wary).expect("a mailer").send(&to("jane")).await;
    assert!(matches!(answer, Err(MailError::Again(_))), "{answer:?}");
    assert_eq!(server.accepted().len(), 0);
}

#[tokio::test]
async fn a_wrong_password_is_ours_to_settle() {
    let server = Server::start(Security::StartTls);
    let login = Login { user: "folio".to_owned(), password: "wrong".to_owned() };
    let mailer = Smtp::new(SmtpConfig { login: Some(login), ..server.config() }).expect("a mailer");
    let answer = mailer.send(&to("jane")).await;
    assert!(matches!(answer, Err(MailError::Again(_))), "{answer:?}");
    assert_eq!(server.accepted().len(), 0);
}

#[test]
fn a_password_goes_over_no_open_line_and_into_no_log() {
    let login = Login { user: "folio".to_owned(), password: "a password".to_owned() };
    assert!(!format!("{login:?}").contains("a password"));
    let config = SmtpConfig {
        host: "localhost".to_owned(),
        port: 25,
        security: Security::Plain,
        login: Some(login),
        trusted: None,
        step_timeout: Duration::from_secs(2),
    };
    assert!(matches!(Smtp::new(config), Err(SmtpConfigError::LoginInTheClear)));
}
