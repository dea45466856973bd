//! From what a caller asks to priced lines (R13).

use bytes::Bytes;
use domain::{Catalog, Document, Line, Per, ResultMode, Unpriced};
use ports::{Claim, PageCounter};

use crate::Failure;

/// The most files, or items, that one call takes.
pub(crate) const MOST_ITEMS: usize = 50;

/// How much of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// So many of its units.
    Quantity(u64),
    /// Changes × pages, for operations priced so.
    Changes {
        /// How many changes.
        changes: u64,
        /// Of how many pages.
        pages: u64,
    },
}

impl Units {
    pub(crate) fn count(self, at: &str, per: Per) -> Result<u64, Failure> {
        match (self, per) {
            (Self::Quantity(quantity), _) => Ok(quantity),
            (Self::Changes { changes, pages }, Per::ChangePage) => changes.checked_mul(pages).ok_or_else(|| {
                Failure::invalid(format!("{at}/changes"), "out_of_range", "changes × pages is too large")
            }),
            (Self::Changes { .. }, Per::Page) => Err(Failure::invalid(
                format!("{at}/changes"),
                "not_applicable",
                "this operation is priced per page: give a quantity",
            )),
        }
    }
}

/// One line of a job, as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedItem {
    /// What the caller calls it.
    pub name: Option<String>,
    /// Its operation, where it is not the job's.
    pub operation: Option<String>,
    /// How much.
    pub units: Units,
    /// What the caller knows of the document.
    pub document: Option<Document>,
}

/// A file whose pages are to be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What the caller calls it, and says it is.
    pub claim: Claim,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What a job consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Lines with known quantities.
    Items(Vec<AskedItem>),
    /// Files.
    Files(Vec<File>),
}

/// A job, as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The operation of every line that names none.
    pub operation: Option<String>,
    /// How results are laid out, for this job.
    pub mode: Option<String>,
    /// How results are laid out by default: the parser's own setting (A10).
    pub result_mode: Option<String>,
    /// What it consists of.
    pub work: Work,
}

/// The job's mode: its own, else the parser's, else one record a file (A10).
pub(crate) fn mode(job: &Job) -> Result<ResultMode, Failure> {
    let (pointer, word) = match (&job.mode, &job.result_mode) {
        (Some(mode), _) => ("/mode", mode),
        (None, Some(mode)) => ("/result_mode", mode),
        (None, None) => return Ok(ResultMode::default()),
    };
    ResultMode::from_word(word).ok_or_else(|| {
        Failure::bad_request(pointer, "unknown", format!("{word:?} is not one_per_file or one_per_page"))
    })
}

/// The job's lines, counted and priced.
pub(crate) async fn lines(pages: &dyn PageCounter, catalog: &Catalog, job: &Job) -> Result<Vec<Line>, Failure> {
    let mode = mode(job)?;
    match &job.work {
        Work::Items(items) => item_lines(catalog, job.operation.as_deref(), mode, items),
        Work::Files(files) => file_lines(pages, catalog, job.operation.as_deref(), mode, files).await,
    }
}

fn item_lines(
    catalog: &Catalog,
    operation: Option<&str>,
    mode: ResultMode,
    items: &[AskedItem],
) -> Result<Vec<Line>, Failure> {
    check_count(items.len(), "/items")?;
    let line = |(place, item): (usize, &AskedItem)| {
        let at = format!("/items/{place}");
        let code = operation_of(catalog, &at, item.operation.as_deref().or(operation))?;
        let quantity = quantity(catalog, &at, code, item.units)?;
        let priced = catalog.line(code, quantity, mode, item.name.clone(), item.document.clone());
        priced.map_err(|unpriced| unpriceable(&at, &unpriced))
    };
    items.iter().enumerate().map(line).collect()
}

async fn file_lines(
    pages: &dyn PageCounter,
    catalog: &Catalog,
    operation: Option<&str>,
    mode: ResultMode,
    files: &[File],
) -> Result<Vec<Line>, Failure> {
    check_count(files.len(), "/files")?;
    let code = operation_of(catalog, "", operation)?;
    let mut lines = Vec::with_capacity(files.len());
    for (place, file) in files.iter().enumerate() {
        let name = file.claim.name.clone();
        let document = pages
            .count(file.bytes.clone(), file.claim.clone())
            .await
            .map_err(|error| Failure::Uncountable { place, name: name.clone(), error })?;
        let line = catalog.line(code, document.pages, mode, name, Some(document));
        lines.push(line.map_err(|unpriced| unpriceable(&format!("/files/{place}"), &unpriced))?);
    }
    Ok(lines)
}

fn check_count(count: usize, pointer: &str) -> Result<(), Failure> {
    match count {
        0 => Err(Failure::bad_request(pointer, "empty", "there is nothing to do")),
        1..=MOST_ITEMS => Ok(()),
        _ => Err(Failure::TooManyFiles(MOST_ITEMS)),
    }
}

fn operation_of<'a>(catalog: &Catalog, at: &str, operation: Option<&'a str>) -> Result<&'a str, Failure> {
    let pointer = format!("{at}/operation");
    let code = operation.ok_or_else(|| Failure::invalid(&pointer, "missing", "name an operation of the catalog"))?;
    if catalog.operation(code).is_some() {
        return Ok(code);
    }
    let known: Vec<_> = catalog.operations.iter().map(|operation| operation.code.as_str()).collect();
    let detail = format!("the catalog has no operation {code:?}; it has {}", known.join(", "));
    Err(Failure::invalid(pointer, "unknown", detail))
}

/// The quantity asked for; none at all is a job without work (A40).
pub(crate) fn quantity(catalog: &Catalog, at: &str, operation: &str, units: Units) -> Result<u64, Failure> {
    let per = catalog.operation(operation).map_or(Per::Page, |operation| operation.per);
    match units.count(at, per)? {
        0 => Err(Failure::bad_request(
            format!("{at}/quantity"),
            "too_small",
            "there is nothing to charge: give 1 or more",
        )),
        quantity => Ok(quantity),
    }
}

pub(crate) fn unpriceable(at: &str, unpriced: &Unpriced) -> Failure {
    let (field, code) = match unpriced {
        Unpriced::UnknownOperation(_) => ("operation", "unknown"),
        Unpriced::TooLarge => ("quantity", "out_of_range"),
    };
    Failure::invalid(format!("{at}/{field}"), code, unpriced.to_string())
}

/// The only line of a one-shot usage.
pub(crate) fn one_line(catalog: &Catalog, at: &str, operation: &str, item: &AskedItem) -> Result<Line, Failure> {
    let code = operation_of(catalog, at, Some(operation))?;
    let quantity = quantity(catalog, at, code, item.units)?;
    catalog
        .line(code, quantity, ResultMode::default(), item.name.clone(), item.document.clone())
        .map_err(|unpriced| unpriceable(at, &unpriced))
}
