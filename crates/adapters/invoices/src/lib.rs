//! Invoices as PDF/A-3b with the Factur-X e-invoice inside (R36): laid out here, written by krilla, stated and
//! checked by en16931.

mod einvoice;
mod face;
mod letter;
mod paint;
mod sheet;
mod table;
mod words;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{NaiveDate, NaiveTime};
use domain::Invoice;
use en16931_formats::Syntax;
use en16931_formats::zugferd::{self, EmbedOptions, Metadata};
use ports::{InvoiceRenderer, RenderError, Rendered};
use thiserror::Error;

use face::{Face, Faces};
use paint::About;
use sheet::Fonts;

/// Latin, Greek and Cyrillic, the currencies' signs.
const REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.ttf");

/// The bytes are not a font that can be embedded.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not a TrueType or OpenType font that can be embedded")]
pub struct FontError;

/// Renders invoices. Made once and shared: it keeps its fonts' tables.
pub struct PdfInvoices {
    fonts: Fonts,
}

impl PdfInvoices {
    /// With the bundled font, and `more` font files for characters that it lacks (Chinese, Japanese, Korean, …), which
    /// are tried in order. A character that no font has is printed as `?`; the e-invoice inside still has it. Scripts
    /// that need shaping (Arabic, Devanagari) come out as single letters.
    pub fn new(more: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, FontError> {
        let face = |bytes: Vec<u8>| Face::new(&Arc::new(bytes)).map(Arc::new).ok_or(FontError);
        let more: Vec<_> = more.into_iter().map(face).collect::<Result<_, _>>()?;
        let faces = |own: &[u8]| {
            let own = face(own.to_vec())?;
            Ok(Faces([own].into_iter().chain(more.iter().cloned()).collect()))
        };
        Ok(Self { fonts: Fonts { regular: faces(REGULAR)?, bold: faces(BOLD)? } })
    }
}

impl InvoiceRenderer for PdfInvoices {
    fn render(&self, invoice: &Invoice) -> Result<Rendered, RenderError> {
        let facts = invoice.facts();
        let sheet = letter::write(&self.fonts, invoice);
        let pages = sheet.pages.len();
        let title = format!("{} {}", words::title(invoice), facts.number);
        let author = facts.seller.name.clone();
        let about = About {
            title: title.clone(),
            author: author.clone(),
            language: facts.locale.tag().to_owned(),
            day: facts.issued_on,
        };
        let pdf = paint::paint(&sheet, about).map_err(|told| RenderError::Failed(told.into()))?;
        if !einvoice::can_state(invoice) {
            return Ok(Rendered { pdf, pages, e_invoice: None });
        }
        let proof = einvoice::e_invoice(invoice).map_err(RenderError::Refused)?;
        let options = EmbedOptions {
            metadata: Some(Metadata { title: title.clone(), subject: title, author }),
            modified: Some(midnight(facts.issued_on)),
            ..EmbedOptions::default()
        };
        let pdf = zugferd::embed(&pdf, &proof, &options).map_err(|error| RenderError::Failed(error.into()))?;
        let e_invoice = Some(en16931_formats::write(&proof, Syntax::Cii).xml);
        Ok(Rendered { pdf, pages, e_invoice })
    }
}

/// The day's first instant, which stands in the file so that the same invoice is the same bytes.
fn midnight(day: NaiveDate) -> SystemTime {
    let seconds = day.and_time(NaiveTime::MIN).and_utc().timestamp();
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}
