//! Invoices as a line of text behind the first bytes of a PDF.

use domain::Invoice;

use crate::{InvoiceRenderer, RenderError};

/// Renders number and amount, and nothing to look at.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainInvoices;

impl InvoiceRenderer for PlainInvoices {
    fn render(&self, invoice: &Invoice) -> Result<Vec<u8>, RenderError> {
        Ok(format!("%PDF-{} {}\n", invoice.facts().number, invoice.gross()).into_bytes())
    }
}
