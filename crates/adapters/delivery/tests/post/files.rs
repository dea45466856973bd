//! Mail as files.

use std::fs;
use std::sync::Arc;

use folio_delivery::MailDirectory;
use ports::contract::mail::{Post, mail};
use ports::{MailError, Mailer as _};

use crate::inbox::{Folder, raw};

async fn fresh() -> Post {
    let home = tempfile::tempdir().expect("a directory");
    let directory = home.path().join("new/mail");
    let mailer = MailDirectory::open(&directory).expect("a directory");
    Post { mailer: Arc::new(mailer), inbox: Arc::new(Folder(directory)), keep: Arc::new(home) }
}

ports::mail_contract!(fresh);

#[tokio::test]
async fn a_repeated_send_is_the_same_file_byte_by_byte() {
    let home = tempfile::tempdir().expect("a directory");
    let mailer = MailDirectory::open(home.path()).expect("a directory");
    let mail = mail("one", "jane@customer.example");
    mailer.send(&mail).await.expect("sent");
    let first = raw(home.path());
    mailer.send(&mail).await.expect("sent");
    assert_eq!(raw(home.path()), first);
    let names: Vec<_> =
        fs::read_dir(home.path()).expect("a directory").map(|file| file.expect("a file").file_name()).collect();
    assert_eq!(names, ["one.eml"], "no drafts are left");
}

#[tokio::test]
async fn a_directory_that_is_gone_is_for_later() {
    let home = tempfile::tempdir().expect("a directory");
    let mailer = MailDirectory::open(home.path().join("mail")).expect("a directory");
    fs::remove_dir(home.path().join("mail")).expect("removed");
    let answer = mailer.send(&mail("one", "jane@customer.example")).await;
    assert!(matches!(answer, Err(MailError::Again(_))), "{answer:?}");
}
