//! Invoices as a line of text behind the first bytes of a PDF.

use domain::Invoice;

use crate::{InvoiceRenderer, RenderError, Rendered};

/// Renders number and amount, and nothing to look at.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainInvoices;

impl InvoiceRenderer for PlainInvoices {
    fn render(&self, invoice: &Invoice) -> Result<Rendered, RenderError> {
        let pdf = format!("%PDF-{} {}\n", invoice.facts().number, invoice.gross()).into_bytes();
        Ok(Rendered { pdf, pages: 1, e_invoice: None })
    }
}
