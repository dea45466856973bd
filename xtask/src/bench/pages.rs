//! How fast documents are counted that are uploaded for an estimate: by the worker processes, over HTTP.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, from_slice, json};

use super::load::block_on;
use super::machine;
use super::pdf::pdf;
use super::report::{keep, table};
use super::server::Server;
use super::store::Database;
use super::work::Worker;

/// Uploads that are not counted: by then the workers are there.
const WARM_UP: usize = 5;

/// An upload that is measured: what it is called, and how many pages each of its documents has.
struct Upload {
    name: &'static str,
    pages: Vec<u32>,
    /// What is aimed at, for its median.
    goal_ms: Option<f64>,
}

fn uploads() -> [Upload; 3] {
    [
        Upload { name: "a PDF of one page", pages: vec![1], goal_ms: None },
        Upload {
            name: "50 PDFs of 1 to 5 pages",
            pages: (0..50).map(|file| 1 + file % 5).collect(),
            goal_ms: Some(50.0),
        },
        Upload { name: "a PDF of 10 000 pages", pages: vec![10_000], goal_ms: Some(100.0) },
    ]
}

/// Measures, and writes the figures into the page unless it is only a look.
pub(super) fn run(quick: bool) -> Result<()> {
    let times = if quick { 5 } else { 100 };
    let database = Database::sqlite()?;
    let (folio, key) = database.tenant(include_str!("catalog.toml"), "live")?;
    let server = folio.serve(&key)?;
    let measured = uploads().into_iter().map(|upload| Measured::of(&server, upload, times)).collect::<Result<_>>()?;
    let report = Report { host: machine::host()?, times, measured }.to_string();
    println!("\n{report}");
    if quick { Ok(()) } else { keep("pages", &report) }
}

/// What an upload took, each time.
struct Measured {
    upload: Upload,
    bytes: usize,
    took: Vec<Duration>,
}

impl Measured {
    fn of(server: &Server, upload: Upload, times: usize) -> Result<Self> {
        println!("== {}", upload.name);
        let files: Vec<Vec<u8>> = upload.pages.iter().map(|pages| pdf(*pages)).collect();
        let pages = upload.pages.iter().sum::<u32>().to_string();
        block_on(async {
            let mut worker = Worker::connect(server.address(), server.key()).await?;
            let customer = format!("c{pages}");
            worker.post("/v1/customers", &json!({"external_id": customer}).to_string()).await?;
            let texts = [("customer", customer.as_str()), ("operation", "extract")];
            let mut took = Vec::new();
            for time in 0..WARM_UP + times {
                let begun = Instant::now();
                let estimate: Value = from_slice(worker.upload("/v1/estimates", &texts, &files).await?)?;
                if time >= WARM_UP {
                    took.push(begun.elapsed());
                }
                ensure!(estimate["total"] == pages.as_str(), "{pages} pages, and not as in {estimate}");
            }
            took.sort_unstable();
            Ok(Self { upload, bytes: files.iter().map(Vec::len).sum(), took })
        })
    }

    fn milliseconds(&self, percent: usize) -> f64 {
        self.took.get(self.took.len() * percent / 100).map_or(0.0, |took| took.as_secs_f64() * 1e3)
    }

    fn row(&self) -> Vec<String> {
        let Upload { name, pages, goal_ms } = &self.upload;
        let median = self.milliseconds(50);
        let judged = |goal: &f64| {
            let verdict = if median < *goal { "met" } else { "not met" };
            format!("{verdict}: under {goal:.0} ms at the median")
        };
        vec![
            (*name).to_owned(),
            pages.iter().sum::<u32>().to_string(),
            format!("{}", self.bytes.div_ceil(1_000)),
            format!("{median:.1}"),
            format!("{:.1}", self.milliseconds(99)),
            goal_ms.as_ref().map_or_else(|| "–".to_owned(), judged),
        ]
    }
}

struct Report {
    host: String,
    times: usize,
    measured: Vec<Measured>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, times, measured } = self;
        writeln!(f, "{host}. Each upload {times} times, one after another, on one connection.\n")?;
        let head = ["upload", "pages", "kB", "p50 ms", "p99 ms", "goal"].map(str::to_owned).to_vec();
        let rows: Vec<_> = std::iter::once(head).chain(measured.iter().map(Measured::row)).collect();
        write!(f, "{}", table(&rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_is_judged_by_its_median() {
        let [_, small, _] = uploads();
        let took = [49, 49, 50, 50, 51].map(Duration::from_millis).to_vec();
        let row = Measured { upload: small, bytes: 1_001, took }.row();
        assert_eq!(row[1..], ["150", "2", "50.0", "51.0", "not met: under 50 ms at the median"]);
    }
}
