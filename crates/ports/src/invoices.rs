//! Rendering invoices.

use domain::Invoice;
use thiserror::Error;

use crate::Fault;

/// Why an invoice was not rendered.
#[derive(Debug, Error)]
pub enum RenderError {
    /// The structured e-invoice would break rules of EN 16931; which ones.
    #[error("the e-invoice would break EN 16931: {0}")]
    Refused(String),
    /// Something else went wrong underneath.
    #[error("the invoice could not be rendered")]
    Failed(#[source] Fault),
}

/// An invoice or a credit note as files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The PDF, with the e-invoice inside.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// The same e-invoice by itself: the XML as it stands in the PDF. Currencies with more than two decimals, which
    /// EN 16931 cannot state, have none.
    pub e_invoice: Option<String>,
}

/// Turns an invoice or a credit note into the PDF that is mailed, with the structured e-invoice inside (R36).
///
/// The same invoice always becomes the same bytes. It takes a core some milliseconds and waits for nothing.
#[cfg_attr(feature = "testing", mockall::automock)]
pub trait InvoiceRenderer: Send + Sync {
    /// The document as files.
    fn render(&self, invoice: &Invoice) -> Result<Rendered, RenderError>;
}
