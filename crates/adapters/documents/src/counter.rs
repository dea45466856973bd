//! The counter: as many documents at a time as there are cores, off the async threads.

use std::sync::Arc;
use std::thread::available_parallelism;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{Document, PageRule};
use ports::{Claim, CountError, PageCounter};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::Reader;
use crate::apart::Workers;
use crate::count::{Counted, count};
use crate::kind::Kind;

/// Counts pages on this machine; as many documents at a time as it has cores.
#[derive(Clone, Debug)]
pub struct Counter {
    cores: Arc<Semaphore>,
    workers: Option<Arc<Workers>>,
}

impl Counter {
    /// A counter that reads documents in this process: only for files that can be trusted.
    #[must_use]
    pub fn new() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self { cores: Arc::new(Semaphore::new(cores)), workers: None }
    }

    /// A counter that reads documents in processes apart; but for a picture, whose first bytes say it all.
    #[must_use]
    pub fn apart(reader: Reader) -> Self {
        Self { workers: Some(Arc::new(Workers::new(reader))), ..Self::new() }
    }

    /// Runs work on a core of its own. A panic of a parser fails the file, not the service.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, CountError> + Send + 'static,
    ) -> Result<T, CountError> {
        let core = Arc::clone(&self.cores).acquire_owned().await.expect("the semaphore is never closed");
        let done = spawn_blocking(move || {
            // Held to the end of the work, also where the caller has stopped waiting.
            let _core = core;
            work()
        });
        done.await.unwrap_or_else(|_| Err(CountError::Failed("the file cannot be read".to_owned())))
    }
}

impl Default for Counter {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl PageCounter for Counter {
    async fn count(&self, file: Bytes, claim: Claim) -> Result<Document, CountError> {
        let apart = match &self.workers {
            Some(workers) if Kind::picture(&file).is_none() => Some(workers.count(&file, &claim).await?),
            _ => None,
        };
        self.run(move || {
            let Counted { kind, pages } = apart.map_or_else(|| count(&file, &claim), Ok)?;
            Ok(Document {
                sha256: Some(hex::encode(Sha256::digest(&file))),
                media_type: Some(kind.media_type().to_owned()),
                pages,
                rule: Some(PageRule::CURRENT),
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    async fn counted(file: impl Into<Bytes>) -> Document {
        Counter::new().count(file.into(), Claim::default()).await.unwrap()
    }

    #[tokio::test]
    async fn a_document_is_counted_with_its_evidence() {
        let document = counted(samples::pdf(7, "Contract")).await;
        assert_eq!(document.pages, 7);
        assert_eq!(document.media_type.as_deref(), Some("application/pdf"));
        assert_eq!(document.rule, Some(PageRule(1)));
    }

    #[tokio::test]
    async fn the_hash_is_the_sha_256_of_the_bytes_in_lower_case_hex() {
        let document = counted(&b"GIF89a"[..]).await;
        let hash = "610f5ae4d76e332636a17bd357fd6ce99029316a99d320280d4d77a746bf29e8";
        assert_eq!(document.sha256.as_deref(), Some(hash));
    }

    #[tokio::test]
    async fn a_tiff_has_its_frames_and_any_other_picture_one() {
        assert_eq!(counted(samples::tiff(3)).await.pages, 3);
        assert_eq!(counted(samples::png()).await.pages, 1);
    }

    #[tokio::test]
    async fn the_content_tells_the_type_and_not_the_name() {
        let claim = Claim { name: Some("scan.png".into()), media_type: Some("image/png".into()) };
        let document = Counter::new().count(samples::pdf(2, "Scan").into(), claim).await.unwrap();
        assert_eq!((document.pages, document.media_type.as_deref()), (2, Some("application/pdf")));
    }

    #[tokio::test]
    async fn a_panic_fails_the_file_and_frees_its_core() {
        let counter = Counter { cores: Arc::new(Semaphore::new(1)), workers: None };
        let failed = counter.run::<u64>(|| panic!("a parser's bug")).await;
        assert_eq!(failed, Err(CountError::Failed("the file cannot be read".into())));
        assert_eq!(counter.run(|| Ok(1)).await, Ok(1));
    }
}
