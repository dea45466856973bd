//! Mail as files: for trying, for hosts without a mail server, and for programs that fetch it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use ports::{Mail, MailError, Mailer};

use super::message;

/// Lays every mail into a directory as `<id>.eml`. A repeated send replaces the file with the same one.
#[derive(Clone, Debug)]
pub struct MailDirectory(PathBuf);

impl MailDirectory {
    /// Mail into this directory, which is made where it is missing.
    pub fn open(directory: impl Into<PathBuf>) -> io::Result<Self> {
        let directory = directory.into();
        fs::create_dir_all(&directory)?;
        Ok(Self(directory))
    }
}

#[async_trait]
impl Mailer for MailDirectory {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let bytes = message::ready(mail)?.bytes;
        let (directory, id) = (self.0.clone(), mail.id.clone());
        let written = tokio::task::spawn_blocking(move || lay(&directory, &id, &bytes)).await;
        // A repeated send writes the same file: what is half done is safely done again.
        written.map_err(io::Error::other).flatten().map_err(|error| MailError::Again(error.into()))
    }
}

/// Whole or not at all, and there after a power cut. Readers of `*.eml` never see a part of one.
fn lay(directory: &Path, id: &str, bytes: &[u8]) -> io::Result<()> {
    let mut draft = tempfile::Builder::new().prefix(".draft-").tempfile_in(directory)?;
    draft.write_all(bytes)?;
    draft.as_file().sync_all()?;
    draft.persist(directory.join(format!("{id}.eml")))?;
    File::open(directory)?.sync_all()
}
