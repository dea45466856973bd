//! What an export came to.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::cli::output::count;

/// What an export came to.
pub(super) struct Tally {
    begun: Instant,
    took: Duration,
    /// Documents so far.
    pub(super) documents: u64,
    /// Those of which a file was not there yet.
    written: u64,
    pages: usize,
    /// How long each PDF took to render; the quickest first at the end.
    renders: Vec<Duration>,
}

impl Tally {
    pub(super) fn begin() -> Self {
        Self { begun: Instant::now(), took: Duration::ZERO, documents: 0, written: 0, pages: 0, renders: Vec::new() }
    }

    pub(super) fn rendered(&mut self, took: Duration, pages: usize) {
        self.renders.push(took);
        self.pages += pages;
    }

    pub(super) fn kept(&mut self, is_new: bool) {
        self.documents += 1;
        self.written += u64::from(is_new);
    }

    pub(super) fn end(mut self) -> Self {
        self.took = self.begun.elapsed();
        self.renders.sort_unstable();
        self
    }

    #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
    fn pages_per_second(&self) -> f64 {
        self.pages as f64 / self.took.as_secs_f64().max(f64::EPSILON)
    }

    /// How long so many of a hundred PDFs took at most, in milliseconds.
    fn milliseconds(&self, percent: usize) -> Option<f64> {
        let took = self.renders.get(self.renders.len() * percent / 100)?;
        Some(hundredths(took.as_secs_f64() * 1e3))
    }

    pub(super) fn as_json(&self, directory: &Path) -> serde_json::Value {
        json!({
            "directory": directory.display().to_string(), "documents": self.documents, "written": self.written,
            "pages": self.pages, "seconds": hundredths(self.took.as_secs_f64()),
            "pages_per_second": hundredths(self.pages_per_second()),
            "pdf_milliseconds": {"p50": self.milliseconds(50), "p99": self.milliseconds(99)},
        })
    }

    pub(super) fn as_text(&self, directory: &Path) -> String {
        let number = |number: u64, word| count(usize::try_from(number).unwrap_or(usize::MAX), word);
        let documents = number(self.documents, "document");
        let Some(median) = self.milliseconds(50) else { return "No documents were issued in this time.".to_owned() };
        format!(
            "{documents} in {}, {} of them new: {} in {:.1} s, {:.0} pages a second, {median} ms for the median PDF.",
            directory.display(),
            self.written,
            count(self.pages, "page"),
            self.took.as_secs_f64(),
            self.pages_per_second(),
        )
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
