//! PDFs that kill their reader fail; the service lives on. This program is also the reader that it starts.

#![expect(clippy::unwrap_used, reason = "a test's main, too, may panic")]

use std::env;

use folio_documents::{Counter, Reader, read_pdf, samples};
use ports::{Claim, CountError, PageCounter as _};

const ARGUMENT: &str = "read-pdf";

fn main() {
    if env::args().nth(1).as_deref() == Some(ARGUMENT) {
        return read_pdf().unwrap();
    }
    an_honest_pdf_is_counted();
    a_refusal_comes_through();
    a_stack_overflow_fails_the_file();
    a_memory_bomb_fails_the_file();
    a_reader_that_does_not_start_fails_the_file();
}

fn an_honest_pdf_is_counted() {
    assert_eq!(counted(samples::pdf(300, "Contract")), Ok(300));
}

fn a_refusal_comes_through() {
    assert_eq!(counted(samples::pdf(0, "Empty")), failed("the PDF has no pages"));
}

/// Every stream's length is behind the next stream.
fn a_stack_overflow_fails_the_file() {
    let link = |id: u32| format!("{id} 0 obj\n<</Length {} 0 R>>stream\n\nendstream\nendobj\n", id + 1);
    let chain = (1..20_000).map(link).collect::<Vec<_>>().concat();
    assert_eq!(counted(format!("%PDF-1.7\n{chain}trailer\n<</Root 1 0 R>>\n").into()), failed(DIED));
}

/// A thousand entries for one object of four megabytes.
fn a_memory_bomb_fails_the_file() {
    let content = " ".repeat(4_000_000);
    let head = format!("%PDF-1.7\n1 0 obj\n<</Length 4000000>>stream\n{content}\nendstream\nendobj\n");
    let entries = "0000000009 00000 n \n".repeat(1_000);
    let trailer = format!("trailer\n<</Size 1000/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", head.len());
    assert_eq!(counted(format!("{head}xref\n0 1000\n{entries}{trailer}").into()), failed(DIED));
}

fn a_reader_that_does_not_start_fails_the_file() {
    let reader = Reader::new("/no/such/program", ARGUMENT);
    assert_eq!(counted_by(reader, samples::pdf(1, "A")), failed("the reader of PDFs did not start"));
}

const DIED: &str = "the PDF takes more time or memory to read than is allowed";

fn failed(why: &str) -> Result<u64, CountError> {
    Err(CountError::Failed(why.to_owned()))
}

fn counted(pdf: Vec<u8>) -> Result<u64, CountError> {
    counted_by(Reader::new(env::current_exe().unwrap(), ARGUMENT), pdf)
}

#[tokio::main]
async fn counted_by(reader: Reader, pdf: Vec<u8>) -> Result<u64, CountError> {
    let document = Counter::apart(reader).count(pdf.into(), Claim::default()).await;
    document.map(|document| document.pages)
}
