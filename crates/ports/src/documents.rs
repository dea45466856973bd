//! Counting the pages of documents.

use async_trait::async_trait;
use bytes::Bytes;
use domain::Document;
use thiserror::Error;

/// What the caller says a file is. Types are told by content; this only makes for a better refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Its name.
    pub name: Option<String>,
    /// Its declared media type.
    pub media_type: Option<String>,
}

/// Why a file's pages were not counted.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CountError {
    /// Not a type whose pages Folio counts.
    #[error("files of this type cannot be counted: {0}")]
    Unsupported(String),
    /// A type whose pages Folio counts, but this file's cannot be: damaged, locked, or not what it says.
    #[error("{0}")]
    Failed(String),
}

/// Counts pages from bytes, by [`domain::PageRule::CURRENT`].
#[cfg_attr(feature = "testing", mockall::automock)]
#[async_trait]
pub trait PageCounter: Send + Sync {
    /// The document's type, hash and pages; never a guess.
    async fn count(&self, file: Bytes, claim: Claim) -> Result<Document, CountError>;
}
