//! Documents that kill their reader fail; the service lives on. This program is also the reader that it starts.

#![expect(clippy::unwrap_used, reason = "a test's main, too, may panic")]

use std::env;
use std::io::Write as _;
use std::time::Duration;

use folio_documents::{Counter, Reader, read_documents, samples};
use ports::{Claim, CountError, PageCounter as _};
use tokio::time::timeout;

const ARGUMENT: &str = "read-documents";
const NONSENSE: &str = "answer-nonsense";

fn main() {
    match env::args().nth(1).as_deref() {
        Some(ARGUMENT) => read_documents().unwrap(),
        Some(NONSENSE) => std::io::stdout().write_all(&[0xff; 64]).unwrap(),
        _ => test(),
    }
}

#[tokio::main]
async fn test() {
    honest_documents_are_counted_one_after_another().await;
    many_at_once_are_counted().await;
    a_refusal_comes_through().await;
    a_claim_comes_through().await;
    a_stack_overflow_fails_the_file().await;
    a_memory_bomb_fails_the_file().await;
    a_file_that_takes_too_long_fails().await;
    one_that_died_harms_no_other().await;
    a_caller_that_does_not_wait_harms_no_other().await;
    a_reader_that_does_not_start_fails_the_file().await;
    a_reader_that_answers_nonsense_fails_the_file().await;
}

async fn honest_documents_are_counted_one_after_another() {
    let counter = counter();
    for pages in 1..100 {
        assert_eq!(counted(&counter, samples::pdf(pages, "Contract")).await, Ok(pages.into()));
        assert_eq!(counted(&counter, samples::pptx(pages)).await, Ok(pages.into()));
    }
    assert_eq!(counted(&counter, samples::png()).await, Ok(1));
}

async fn many_at_once_are_counted() {
    let counter = counter();
    let counts = (1..=50).map(|pages| {
        let counter = counter.clone();
        tokio::spawn(async move { counted(&counter, samples::tiff(pages)).await })
    });
    for (count, pages) in counts.collect::<Vec<_>>().into_iter().zip(1..) {
        assert_eq!(count.await.unwrap(), Ok(pages));
    }
}

async fn a_refusal_comes_through() {
    assert_eq!(counted(&counter(), samples::pdf(0, "Empty")).await, failed("the PDF has no pages"));
    let unsupported = Err(CountError::Unsupported("application/gzip".to_owned()));
    assert_eq!(counted(&counter(), b"\x1f\x8b\x08\0".to_vec()).await, unsupported);
}

async fn a_claim_comes_through() {
    let claim = Claim { name: Some("a.csv".to_owned()), media_type: None };
    let document = counter().count("x".repeat(9_000).into(), claim).await.unwrap();
    assert_eq!((document.pages, document.media_type.as_deref()), (1, Some("text/csv")));
}

/// Every stream's length is behind the next stream.
async fn a_stack_overflow_fails_the_file() {
    let link = |id: u32| format!("{id} 0 obj\n<</Length {} 0 R>>stream\n\nendstream\nendobj\n", id + 1);
    let chain = (1..20_000).map(link).collect::<Vec<_>>().concat();
    let pdf = format!("%PDF-1.7\n{chain}trailer\n<</Root 1 0 R>>\n");
    assert_eq!(counted(&counter(), pdf.into()).await, failed(DIED));
}

/// A thousand entries for one object of four megabytes.
fn memory_bomb() -> Vec<u8> {
    let content = " ".repeat(4_000_000);
    let head = format!("%PDF-1.7\n1 0 obj\n<</Length 4000000>>stream\n{content}\nendstream\nendobj\n");
    let entries = "0000000009 00000 n \n".repeat(1_000);
    let trailer = format!("trailer\n<</Size 1000/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", head.len());
    format!("{head}xref\n0 1000\n{entries}{trailer}").into()
}

async fn a_memory_bomb_fails_the_file() {
    assert_eq!(counted(&counter(), memory_bomb()).await, failed(DIED));
}

/// So many documents, each with 32 768 pages that are one and the same.
fn time_bomb(documents: u32) -> Vec<u8> {
    let branch = |id: u32| format!("{id} 0 obj\n<</Kids[{0} 0 R {0} 0 R]>>\nendobj\n", id + 1);
    let tower = (2..17).map(branch).collect::<Vec<_>>().concat();
    let catalog = "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n";
    let pdf = format!("%PDF-1.7\n{catalog}{tower}17 0 obj\n<</Type/Page>>\nendobj\ntrailer\n<</Root 1 0 R>>\n");
    let names: Vec<String> = (0..documents).map(|number| format!("{number}.pdf")).collect();
    let members: Vec<_> = names.iter().map(|name| (name.as_str(), pdf.as_bytes())).collect();
    samples::zip(&members)
}

async fn a_file_that_takes_too_long_fails() {
    assert_eq!(counted(&counter(), time_bomb(1)).await, Ok(1 << 15));
    assert_eq!(counted(&counter(), time_bomb(1_000)).await, failed(DIED));
}

async fn one_that_died_harms_no_other() {
    let counter = counter();
    for _ in 0..3 {
        assert_eq!(counted(&counter, samples::pdf(3, "Before")).await, Ok(3));
        assert_eq!(counted(&counter, memory_bomb()).await, failed(DIED));
        assert_eq!(counted(&counter, samples::pdf(4, "After")).await, Ok(4));
    }
}

async fn a_caller_that_does_not_wait_harms_no_other() {
    let (counter, long) = (counter(), time_bomb(1_000));
    for pages in 1..10 {
        let abandoned = timeout(Duration::ZERO, counted(&counter, long.clone())).await;
        assert!(abandoned.is_err());
        assert_eq!(counted(&counter, samples::pdf(pages, "Other")).await, Ok(pages.into()));
    }
}

async fn a_reader_that_does_not_start_fails_the_file() {
    let counter = Counter::apart(Reader::new("/no/such/program", ARGUMENT));
    assert_eq!(counted(&counter, samples::pdf(1, "A")).await, failed("the reader of documents did not start"));
    assert_eq!(counted(&counter, samples::png()).await, Ok(1), "a picture needs none");
}

async fn a_reader_that_answers_nonsense_fails_the_file() {
    let counter = Counter::apart(Reader::new(env::current_exe().unwrap(), NONSENSE));
    assert_eq!(counted(&counter, samples::pdf(1, "A")).await, failed(DIED));
}

const DIED: &str = "the file takes more time or memory to read than is allowed";

fn failed(why: &str) -> Result<u64, CountError> {
    Err(CountError::Failed(why.to_owned()))
}

fn counter() -> Counter {
    Counter::apart(Reader::new(env::current_exe().unwrap(), ARGUMENT))
}

async fn counted(counter: &Counter, file: Vec<u8>) -> Result<u64, CountError> {
    let document = counter.count(file.into(), Claim::default()).await;
    document.map(|document| document.pages)
}
